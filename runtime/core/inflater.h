#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

struct z_stream_s;

namespace bora {

/// zlib's part in undoing gzip: members in a row, into memory of the caller.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Takes bytes from `input` and writes up to `room` bytes. If it writes fewer, it needs more
  /// input.
  /// @returns  False if the input is not gzip, or damaged.
  [[nodiscard]] bool inflate(std::string_view& input, char* output, std::size_t room,
                             std::size_t& written);

  /// Whether it is between two members, or before the first: the text may end here.
  [[nodiscard]] bool is_between_members() const { return is_between_members_; }

 private:
  std::unique_ptr<z_stream_s> stream_;
  bool is_between_members_ = true;
};

}  // namespace bora
