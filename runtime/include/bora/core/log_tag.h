#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

// A word that stands in each line that is logged for one piece of work: a request's id. It follows
// a coroutine through its waits, so that the lines of requests that run side by side can be told
// apart:
//
//   [I 261122 10:16:36 access 5f3a9c0b12d4e677] 200 GET / (127.0.0.1) 0.31ms
//
// The web layer's filter RequestID sets one for each request; a program's own jobs may set theirs.

namespace bora {

/// A tag, or none. Copies share one text; they belong to the thread that made the first.
class LogTag {
 public:
  /// Makes an empty tag: lines carry none.
  LogTag() noexcept = default;
  /// @param text  At most 96 bytes of printable ASCII without ']': any other character becomes '?',
  ///              and longer text is cut.
  explicit LogTag(std::string_view text);
  LogTag(const LogTag& other) noexcept : words_(other.words_) { hold(); }
  LogTag(LogTag&& other) noexcept : words_(std::exchange(other.words_, nullptr)) {}
  LogTag& operator=(LogTag other) noexcept {
    std::swap(words_, other.words_);
    return *this;
  }
  ~LogTag() {
    if (words_ != nullptr) release();
  }

  /// The tag that lines carry now.
  static LogTag current() noexcept { return LogTag(current_words); }

  [[nodiscard]] std::string_view text() const noexcept;
  [[nodiscard]] bool is_none() const noexcept { return words_ == nullptr; }

  /// Makes lines carry `tag` from now on; returns the previous one. A coroutine that begins to wait
  /// keeps the tag and has it again when it resumes; the code that it returns to has its own tag
  /// again.
  static LogTag exchange(LogTag tag) noexcept {
    std::swap(current_words, tag.words_);
    return tag;
  }

 private:
  struct Words;

  explicit LogTag(Words* words) noexcept : words_(words) { hold(); }
  void hold() const noexcept {
    if (words_ != nullptr) count_up();
  }
  void count_up() const noexcept;
  void release() noexcept;

  static constinit thread_local Words* current_words;

  Words* words_ = nullptr;
};

/// Makes lines carry `tag` while this object lives.
class LogTagScope {
 public:
  explicit LogTagScope(LogTag tag) noexcept : before_(LogTag::exchange(std::move(tag))) {}
  LogTagScope(const LogTagScope&) = delete;
  LogTagScope& operator=(const LogTagScope&) = delete;
  ~LogTagScope() { LogTag::exchange(std::move(before_)); }

 private:
  LogTag before_;
};

}  // namespace bora
