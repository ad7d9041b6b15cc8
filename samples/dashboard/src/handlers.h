#pragma once

#include <string_view>

#include <bora/filters.h>
#include <bora/web.h>
#include <bora/websocket.h>

#include "dashboard.h"

namespace dashboard {

using bora::Task;

class Home : public bora::web::RequestHandler {
 public:
  void get();
};

/// An open page: it gets a list of all measurements, then each new one.
class Live : public bora::websocket::WebSocketHandler {
 public:
  void open();
  void on_close() override;
  void show(const bora::render::JSONText& message);

 private:
  Dashboard* dashboard_ = nullptr;
};

/// Computes for a tenth of a second, so that the figures change.
class Work : public bora::web::RequestHandler {
 public:
  Task<void> post();
};

}  // namespace dashboard
