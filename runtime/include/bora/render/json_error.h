#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bora {

/// A text is not JSON. what() says why and where: "parse error at line 1, column 7: …".
///
/// A handler that does not catch it answers 400, without an error in the log, if the text was its
/// request's body (`json_decode(request().body())`); any other text is an error of the program.
class JSONError : public std::runtime_error {
 public:
  explicit JSONError(const std::string& what, std::string_view text = {})
      : std::runtime_error(what), begin_(text.data()), size_(text.size()) {}

  /// Whether the text lay within `memory`.
  [[nodiscard]] bool is_of(std::string_view memory) const {
    return begin_ != nullptr && memory.data() != nullptr && begin_ >= memory.data() &&
           begin_ + size_ <= memory.data() + memory.size();
  }

 private:
  const char* begin_;  // compared, never read
  std::size_t size_;
};

}  // namespace bora
