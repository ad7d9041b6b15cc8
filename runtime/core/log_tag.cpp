#include <bora/core/log_tag.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace bora {

/// What copies of a tag share. The current tag of a thread is counted like any other.
struct LogTag::Words {
  static constexpr std::size_t kMaxSize = 96;

  std::uint32_t users = 1;
  std::uint32_t size = 0;
  char text[kMaxSize];
};

constinit thread_local LogTag::Words* LogTag::current_words = nullptr;

LogTag::LogTag(std::string_view text) : words_(new Words) {
  text = text.substr(0, Words::kMaxSize);
  std::ranges::transform(text, words_->text,
                         [](char c) { return c > ' ' && c < '\x7f' && c != ']' ? c : '?'; });
  words_->size = static_cast<std::uint32_t>(text.size());
}

std::string_view LogTag::text() const noexcept {
  return words_ == nullptr ? std::string_view() : std::string_view(words_->text, words_->size);
}

void LogTag::count_up() const noexcept {
  ++words_->users;
}

void LogTag::release() noexcept {
  if (--words_->users == 0) delete words_;
}

}  // namespace bora
