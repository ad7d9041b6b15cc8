#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace i18n {

struct Message {
  std::string from;
  std::string subject;
  std::chrono::system_clock::time_point sent;
};

struct Inbox {
  std::vector<Message> messages;
  std::int64_t unread = 0;
  std::int64_t bytes = 0;
};

/// Returns an inbox with sample messages.
Inbox sample_inbox(std::int64_t unread, std::chrono::system_clock::time_point now);

/// Returns "{count} messages" with the number in its place, which differs between languages.
std::string fill(std::string_view text, std::int64_t count);

}  // namespace i18n
