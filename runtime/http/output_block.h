#pragma once

#include <cstdint>
#include <memory>

#include "runtime/http/block.h"
#include "runtime/http/write_pace.h"

namespace bora::http {

class FilePiece;

/// Output that waits for the client: bytes, perhaps a part of a file after them, and another block
/// after that.
class OutputBlock final : public Block {
 public:
  OutputBlock();
  ~OutputBlock();
  OutputBlock(const OutputBlock&) = delete;
  OutputBlock& operator=(const OutputBlock&) = delete;

  /// Null for most.
  [[nodiscard]] FilePiece* file() const { return file_.get(); }
  /// May be called once for each block, together with what comes after the file.
  void add_file(std::shared_ptr<FilePiece> file, OutputBlock* next);
  /// Drops the file, which was sent, or never will be. Returns the next block, if any.
  OutputBlock* drop_file();
  /// The last of the blocks that begin here, to which more bytes are added.
  [[nodiscard]] OutputBlock& last();
  /// Bytes of this and of all blocks that come after it.
  [[nodiscard]] std::uint64_t total() const;

  /// How fast it leaves; the first block's counts.
  [[nodiscard]] WritePace& pace() { return pace_; }

 private:
  std::shared_ptr<FilePiece> file_;
  OutputBlock* next_ = nullptr;
  WritePace pace_;
};

}  // namespace bora::http
