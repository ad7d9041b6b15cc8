#pragma once

#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/postgres/link.h"

namespace bora::postgres {

/// libpq's view of parameters, which must outlive it.
class Link::Arguments {
 public:
  /// @throws database::Error  They can't be sent.
  Arguments(const database::Parameters& parameters, const std::source_location& where);
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;

  [[nodiscard]] int count() const noexcept { return static_cast<int>(count_); }
  [[nodiscard]] const char* const* values() const noexcept { return values_; }
  [[nodiscard]] const int* lengths() const noexcept { return lengths_; }
  [[nodiscard]] const int* formats() const noexcept { return formats_; }

 private:
  /// The longest text of a number, and its end.
  using Number = std::array<char, 32>;
  static constexpr std::size_t kFew = 6;

  void make_room(std::size_t count);
  void add(const database::Parameter& parameter, const std::source_location& where);

  // These are enough for most statements, so that the allocator is not called.
  std::size_t count_ = 0;
  std::array<const char*, kFew> few_values_;
  std::array<int, kFew> few_lengths_;
  std::array<int, kFew> few_formats_;
  std::array<Number, kFew> few_numbers_;
  const char** values_ = few_values_.data();
  int* lengths_ = few_lengths_.data();
  int* formats_ = few_formats_.data();
  Number* numbers_ = few_numbers_.data();
  std::vector<const char*> many_values_;
  std::vector<int> many_lengths_;
  std::vector<int> many_formats_;
  std::vector<Number> many_numbers_;
};

/// The wait for the answer of one entry.
class Link::Answer final : public Operation {
 public:
  Answer(Link& link, Entry& entry, const Deadline& deadline) noexcept
      : link_(link), entry_(&entry), deadline_(deadline) {
    entry.answer = this;
  }
  ~Answer() override {
    if (entry_ == nullptr) return;
    entry_->answer = nullptr;
    link_.abandon();
  }

  [[nodiscard]] bool await_ready() const noexcept { return entry_ == nullptr; }
  template <class Caller>
  bool await_suspend(std::coroutine_handle<Caller> caller) {
    return suspend(caller, deadline_);
  }
  Sent await_resume() {
    if (has_timed_out()) throw TimeoutError("the statement took longer than its deadline");
    check();
    return std::move(sent_);
  }

  void finish(Sent sent) noexcept {
    sent_ = std::move(sent);
    entry_ = nullptr;
    if (is_waiting()) wake();
  }

 private:
  Link& link_;
  Entry* entry_;
  Deadline deadline_;
  Sent sent_;
};

/// A statement that was sent; awaiting `answer` gives its result.
class Link::Attempt {
 public:
  /// Sends the statement on a link that is ready.
  /// @throws ConnectionError
  Attempt(Link& link, const database::Statement& statement, const Arguments& arguments,
          const Deadline& deadline);

  /// The rows; nothing when the statement must be sent once more.
  /// @throws database::Error
  std::optional<database::Rows> rows_of(Sent sent, bool may_repeat);

 private:
  static Entry& send(Attempt& attempt, const Arguments& arguments);

  Link& link_;
  const database::Statement& statement_;
  bool was_idle_ = false;
  bool is_prepared_ = false;

 public:
  Answer answer;
};

}  // namespace bora::postgres
