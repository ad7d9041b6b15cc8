#include <bora/websocket/websocket_handler.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include <bora/core/log.h>
#include <bora/web/application.h>

#include "runtime/net/transport.h"
#include "runtime/web/upgrade.h"
#include "runtime/websocket/channel_state.h"
#include "runtime/websocket/connection.h"
#include "runtime/websocket/frame.h"
#include "runtime/websocket/handshake.h"
#include "runtime/websocket/permessage_deflate.h"

namespace bora::websocket {

namespace {

constexpr std::uint16_t kNoCode = 1005;
constexpr std::uint16_t kLost = 1006;

/// Runs a hook whose exception must not end anything but the hook.
template <class Hook>
void run_hook(std::string_view name, Hook hook) noexcept {
  try {
    hook();
  } catch (...) {
    app_log.exception(name);
  }
}

}  // namespace

WebSocketHandler::~WebSocketHandler() {
  leave_channels();
  if (connection_ != nullptr) {
    connection_->forget_delegate();
    connection_->abort();
  }
  delete socket_extras_;
}

// ---- Hooks ----

void WebSocketHandler::on_message(std::string_view, MessageType) {
  gen_log.debug("ignored a message to a WebSocket handler without on_message()");
}

void WebSocketHandler::on_bad_message(std::string_view, const BadMessageError& error) {
  if (connection_ != nullptr) connection_->fail(kCloseInvalidData, error.what());
}

bool WebSocketHandler::check_origin(std::string_view origin) {
  return is_same_origin(origin, request());
}

std::optional<std::string> WebSocketHandler::select_subprotocol(const std::vector<std::string>&) {
  return std::nullopt;
}

WebSocketOptions WebSocketHandler::websocket_options() {
  const web::Settings& settings = this->settings();
  WebSocketOptions options;
  options.max_message_size = settings.websocket_max_message_size;
  options.ping_interval = settings.websocket_ping_interval;
  options.ping_timeout = settings.websocket_ping_timeout;
  return options;
}

std::optional<CompressionOptions> WebSocketHandler::get_compression_options() {
  return std::nullopt;
}

// ---- The handshake ----

void WebSocketHandler::refuse(int status, std::string_view text) {
  gen_log.debug("refused a WebSocket: ", text);
  clear();
  set_status(status);
  if (status == 405) set_header("Allow", "GET");
  set_header("Content-Type", "text/plain; charset=UTF-8");
  if (status == 426) {
    set_header("Upgrade", "websocket");
    set_header("Sec-WebSocket-Version", "13");
  }
  finish(text);
}

bool WebSocketHandler::bora_accept(const detail::SocketCalls& calls) {
  const http::HTTPServerRequest& request = this->request();
  const http::HTTPHeaders& headers = request.headers();
  if (const std::optional<Refusal> refusal = check_upgrade(request)) {
    refuse(refusal->status, refusal->text);
    return false;
  }
  const std::optional<std::string_view> origin = headers.get_view("Origin");
  if (origin && !check_origin(*origin)) {
    refuse(403, "Cross origin websockets not allowed");
    return false;
  }

  std::string fields = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
                       accept_key(*headers.get_view("Sec-WebSocket-Key")) + "\r\n";
  const std::vector<std::string> offered = *offered_subprotocols(headers);
  if (std::optional<std::string> chosen = select_subprotocol(offered)) {
    if (std::find(offered.begin(), offered.end(), *chosen) == offered.end())
      throw std::logic_error("select_subprotocol() returned '" + *chosen +
                             "', which the client does not offer");
    fields += "Sec-WebSocket-Protocol: " + *chosen + "\r\n";
    socket_extras().subprotocol = *std::move(chosen);
  }

  WebSocketOptions options = this->websocket_options();
  if (std::optional<CompressionOptions> compression = get_compression_options())
    options.compression = compression;
  Hub& hub = Hub::current();
  std::unique_ptr<Compression> own_compression;
  Compression* compression = nullptr;
  if (options.compression) {
    const CompressionOptions& wanted = *options.compression;
    const std::optional<AcceptedDeflate> accepted =
        accept_deflate(headers.get("Sec-WebSocket-Extensions"),
                       deflate_preferences(wanted, options.overflow, true));
    if (accepted) {
      own_compression = std::make_unique<Compression>(accepted->parameters, wanted, true);
      compression = own_compression.get();
      if (compression->is_shared()) {
        own_compression.reset();
        compression = &hub.shared(accepted->parameters, wanted, true);
      }
      fields += "Sec-WebSocket-Extensions: " + accepted->field + "\r\n";
    }
  }

  web::TakenConnection taken = web::take_connection(*this, fields);
  net::StreamRest rest;
  net::Transport transport = net::take_transport(std::move(taken.stream), rest);
  if (!transport.is_open()) return false;
  (void)own_compression.release();
  calls_ = &calls;
  connection_ = &Connection::start(*this, std::move(transport), hub.rules_for(options, true),
                                   compression, rest.unsent + taken.head, rest.received);
  return true;
}

// A peer that leaves while open() waits makes its next write throw. That is no error of the program,
// and what open() has begun by then is for on_close() to end.
Task<void> WebSocketHandler::bora_opened(Task<void> opening) {
  try {
    co_await opening;
  } catch (const WebSocketClosedError& error) {
    if (is_open()) throw;  // of another connection
    gen_log.debug("open() ended with its connection: ", error.what());
  }
  is_opened_ = true;
  if (connection_ != nullptr) {
    connection_->open();
  } else {
    run_hook("on_close() threw", [this] { on_close(); });
  }
}

// The request is over: what is left is the connection, or nothing.
void WebSocketHandler::bora_release(web::RequestHandler& handler) noexcept {
  auto& self = static_cast<WebSocketHandler&>(handler);
  self.has_request_ = false;
  // open() has thrown, and that was logged.
  if (self.connection_ != nullptr && !self.is_opened_) {
    self.is_at_work_ = true;  // connection_closed() comes within the call
    self.connection_->fail(kCloseInternalError, "internal error");
    self.is_at_work_ = false;
  }
  self.destroy_if_over();
}

void WebSocketHandler::destroy_if_over() {
  if (!has_request_ && connection_ == nullptr && !is_at_work_) delete this;
}

void WebSocketHandler::leave_channels() {
  while (socket_extras_ != nullptr && !socket_extras_->subscriptions.empty()) {
    const std::shared_ptr<detail::ChannelState> channel =
        socket_extras_->subscriptions.back().channel;
    const std::size_t unsent = channel->end(*this);
    if (unsent > 0) messages_dropped(unsent, "the connection ended");
  }
}

WebSocketHandler::Extras& WebSocketHandler::socket_extras() {
  if (socket_extras_ == nullptr) socket_extras_ = new Extras;
  return *socket_extras_;
}

// ---- What the connection tells ----

bool WebSocketHandler::message_received(MessageType type, std::string_view data) {
  is_at_work_ = true;
  try {
    Task<void> task = calls_->on_message(*this, type, data);
    if (!task.done()) {
      task_ = std::move(task);
      if (!task_.start(&message_done, this)) return false;
      task_.take();
    }
  } catch (const BadMessageError& error) {
    run_hook("on_bad_message() threw", [&] { on_bad_message(data, error); });
  } catch (const WebSocketClosedError& error) {
    message_ended_early(error);
  } catch (...) {
    message_failed();
  }
  message_over();
  return true;
}

void WebSocketHandler::message_done(void* self) {
  auto& handler = *static_cast<WebSocketHandler*>(self);
  try {
    handler.task_.take();
  } catch (const BadMessageError& error) {
    run_hook("on_bad_message() threw", [&] { handler.on_bad_message({}, error); });
  } catch (const WebSocketClosedError& error) {
    handler.message_ended_early(error);
  } catch (...) {
    handler.message_failed();
  }
  if (handler.connection_ != nullptr) handler.connection_->resume();
  handler.message_over();
}

// As with open(): peers may leave at any time.
void WebSocketHandler::message_ended_early(const WebSocketClosedError& error) {
  if (is_open()) return message_failed();  // of another connection
  gen_log.debug("on_message() ended with its connection: ", error.what());
}

// Called while the exception is being handled.
void WebSocketHandler::message_failed() {
  app_log.exception("uncaught exception in on_message()");
  if (connection_ != nullptr) connection_->fail(kCloseInternalError, "internal error");
}

void WebSocketHandler::message_over() {
  task_ = {};
  is_at_work_ = false;
  destroy_if_over();
}

void WebSocketHandler::ping_received(std::string_view data) {
  run_hook("on_ping() threw", [&] { on_ping(data); });
}

void WebSocketHandler::pong_received(std::string_view data) {
  run_hook("on_pong() threw", [&] { on_pong(data); });
}

void WebSocketHandler::messages_dropped(std::size_t count, std::string_view reason) {
  run_hook("on_drop() threw", [&] { on_drop(count, reason); });
}

void WebSocketHandler::connection_closed() {
  const std::uint16_t code = connection_->close_code();
  if (code != kNoCode && code != kLost) socket_extras().close_code = code;
  if (!connection_->close_reason().empty())
    socket_extras().close_reason = connection_->close_reason();
  leave_channels();
  connection_ = nullptr;
  if (is_opened_) run_hook("on_close() threw", [this] { on_close(); });
  destroy_if_over();
}

// ---- Output and state ----

Sending WebSocketHandler::write_message(std::string_view data, MessageType type) {
  if (connection_ == nullptr)
    throw WebSocketClosedError("write_message() after the WebSocket was closed");
  return connection_->write(type, data);
}

void WebSocketHandler::ping(std::string_view data) {
  if (connection_ == nullptr) throw WebSocketClosedError("ping() after the WebSocket was closed");
  connection_->ping(data);
}

void WebSocketHandler::close(std::uint16_t code, std::string_view reason) {
  if (!is_sendable_close_code(code))
    throw std::invalid_argument("close(): no endpoint may send the code " + std::to_string(code));
  if (connection_ != nullptr) connection_->close(code, reason);
}

bool WebSocketHandler::is_open() const {
  return connection_ != nullptr && connection_->may_write();
}

std::optional<std::uint16_t> WebSocketHandler::close_code() const {
  return socket_extras_ == nullptr ? std::nullopt : socket_extras_->close_code;
}

std::string_view WebSocketHandler::close_reason() const {
  return socket_extras_ == nullptr ? std::string_view() : socket_extras_->close_reason;
}

std::string_view WebSocketHandler::selected_subprotocol() const {
  return socket_extras_ == nullptr ? std::string_view() : socket_extras_->subprotocol;
}

std::size_t WebSocketHandler::queue_size() const {
  return connection_ == nullptr ? 0 : connection_->queue_size();
}

void WebSocketHandler::set_nodelay(bool value) {
  if (connection_ != nullptr) connection_->set_nodelay(value);
}

}  // namespace bora::websocket
