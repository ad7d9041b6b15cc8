#include "runtime/http/output_block.h"

#include <utility>

#include "runtime/http/file_piece.h"

namespace bora::http {

OutputBlock::OutputBlock() = default;
OutputBlock::~OutputBlock() = default;

void OutputBlock::add_file(std::shared_ptr<FilePiece> file, OutputBlock* next) {
  file_ = std::move(file);
  next_ = next;
}

OutputBlock* OutputBlock::drop_file() {
  if (file_ != nullptr) file_->forget_queue();
  file_.reset();
  if (next_ != nullptr) next_->pace_ = pace_;
  return std::exchange(next_, nullptr);
}

OutputBlock& OutputBlock::last() {
  OutputBlock* block = this;
  while (block->next_ != nullptr) block = block->next_;
  return *block;
}

std::uint64_t OutputBlock::total() const {
  std::uint64_t bytes = 0;
  for (const OutputBlock* block = this; block != nullptr; block = block->next_) {
    bytes += block->size() + (block->file_ != nullptr ? block->file_->left() : 0);
  }
  return bytes;
}

}  // namespace bora::http
