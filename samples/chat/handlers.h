#pragma once

#include <chrono>

#include <bora/web.h>

#include "chat.h"

namespace chat {

using bora::Task;

class Page : public bora::web::RequestHandler {
 public:
  Messages& messages() const { return static_cast<Chat&>(application()).messages; }
};

class Home : public Page {
 public:
  void get();
};

class NewMessage : public Page {
 public:
  void post();
};

/// A long poll: it answers when there are new messages, or with none after a while, before a proxy
/// gives up.
class Updates : public Page {
 public:
  static constexpr std::chrono::seconds kPatience{25};

  Task<void> post();
  void on_connection_close() override;

 private:
  bool is_gone_ = false;
};

}  // namespace chat
