#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

struct z_stream_s;

namespace bora {

/// zlib's side of undoing gzip: members in a row, into memory of the caller's.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Takes bytes off `input` and writes up to `room` bytes. Less than `room`: there are no more
  /// until more input comes.
  /// @returns  False if it is no gzip, or damaged.
  [[nodiscard]] bool inflate(std::string_view& input, char* output, std::size_t room,
                             std::size_t& written);

  /// Between two members, or before the first: the text may end here.
  [[nodiscard]] bool is_between_members() const { return is_between_members_; }

 private:
  std::unique_ptr<z_stream_s> stream_;
  bool is_between_members_ = true;
};

}  // namespace bora
