#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <bora/core/locks.h>
#include <bora/web/application.h>

namespace chat {

struct Message {
  std::int64_t id = 0;
  std::string name;
  std::string text;
};

/// The last messages, and a way to wait for the next one.
class Messages {
 public:
  static constexpr std::size_t kKept = 200;

  const Message& add(std::string name, std::string text);
  /// Returns the messages after `id`; all that are kept if it is 0.
  [[nodiscard]] std::vector<Message> after(std::int64_t id) const;
  [[nodiscard]] std::int64_t last_id() const { return last_id_; }

  bora::Condition changed;

 private:
  std::deque<Message> kept_;
  std::int64_t last_id_ = 0;
};

class Chat : public bora::web::Application {
 public:
  Chat();
  Messages messages;
};

}  // namespace chat
