#pragma once

#include <string_view>
#include <vector>

#include "bench/templates/models.h"

// The measured pages as one would write them by hand for speed alone: one check of the room for
// each run of appends, constant copies, the same escaping and the same digits. Generated code is
// compared with this limit.

namespace bench {

/// A buffer that is filled through a bare pointer.
class HandBuffer {
 public:
  HandBuffer() = default;
  ~HandBuffer();
  HandBuffer(const HandBuffer&) = delete;
  HandBuffer& operator=(const HandBuffer&) = delete;

  /// Makes room for `size` bytes after `at`, and returns the new place of `at`.
  char* room(char* at, std::size_t size) {
    return static_cast<std::size_t>(end_ - at) >= size ? at : grow(at, size);
  }
  [[nodiscard]] char* begin() { return begin_; }
  void finish(char* at) { used_ = at; }
  [[nodiscard]] std::string_view text() const {
    return {begin_, static_cast<std::size_t>(used_ - begin_)};
  }

 private:
  char* grow(char* at, std::size_t size);

  char* begin_ = nullptr;
  char* used_ = nullptr;
  char* end_ = nullptr;
};

void write_page(HandBuffer& buffer, std::string_view title, const std::vector<Link>& links,
                const std::vector<Item>& items);
void write_values(HandBuffer& buffer, const std::vector<Item>& items);
void write_teams(HandBuffer& buffer, int year, const std::vector<Team>& teams);
void write_fortunes(HandBuffer& buffer, const std::vector<Fortune>& fortunes);
void write_table(HandBuffer& buffer, const std::vector<Row>& rows);

}  // namespace bench
