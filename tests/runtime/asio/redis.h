#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include <bora/core/future.h>
#include <bora/core/gen.h>
#include <bora/core/io_loop.h>

// hiredis' asynchronous API on Bora's loop: an adapter, as hiredis has them for other loops, and a
// connection whose commands are awaited. docs/asio.md explains it. Copy it as you like.

namespace bora::test {

/// Tells hiredis when its socket is ready. It lives as long as the context.
class RedisAdapter {
 public:
  /// @throws std::logic_error  The context has an adapter already.
  static void attach(redisAsyncContext* context) {
    if (context->ev.data != nullptr) throw std::logic_error("hiredis: attached already");
    context->ev.data = new RedisAdapter(context);
    context->ev.addRead = [](void* self) { from(self).change(IOLoop::READ, true); };
    context->ev.delRead = [](void* self) { from(self).change(IOLoop::READ, false); };
    context->ev.addWrite = [](void* self) { from(self).change(IOLoop::WRITE, true); };
    context->ev.delWrite = [](void* self) { from(self).change(IOLoop::WRITE, false); };
    context->ev.cleanup = [](void* self) { delete &from(self); };
  }

 private:
  explicit RedisAdapter(redisAsyncContext* context) : context_(context), fd_(context->c.fd) {}
  ~RedisAdapter() {
    *is_alive_ = false;
    change(events_, false);
  }
  static RedisAdapter& from(void* self) { return *static_cast<RedisAdapter*>(self); }

  void change(unsigned events, bool is_wanted) {
    const unsigned wanted = is_wanted ? events_ | events : events_ & ~events;
    if (wanted == events_) return;
    const unsigned before = std::exchange(events_, wanted);
    if (wanted == 0) {
      loop_.remove_handler(fd_);
    } else if (before == 0) {
      loop_.add_handler(fd_, [this](int, unsigned ready) { handle(ready); }, wanted);
    } else {
      loop_.update_handler(fd_, wanted);
    }
  }

  // Functions that hiredis calls may free the context, and this object with it.
  void handle(unsigned ready) {
    const std::shared_ptr<bool> is_alive = is_alive_;
    redisAsyncContext* const context = context_;
    if ((ready & IOLoop::READ) != 0) redisAsyncHandleRead(context);
    if (*is_alive && (ready & IOLoop::WRITE) != 0) redisAsyncHandleWrite(context);
  }

  IOLoop& loop_ = IOLoop::current();
  redisAsyncContext* context_;
  int fd_;
  unsigned events_ = 0;
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

class RedisError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The server's answer: text, a number, nothing, or several of these.
struct RedisReply {
  bool is_nil = false;
  std::int64_t number = 0;
  std::string text;
  std::vector<RedisReply> items;
};

/// A connection. Commands may be sent before others are answered: the server keeps their order.
class Redis {
 public:
  Redis() = default;
  /// Commands that still wait end with RedisError.
  ~Redis() { disconnect(); }
  Redis(const Redis&) = delete;
  Redis& operator=(const Redis&) = delete;

  /// @throws RedisError
  Task<void> connect_unix(std::string path) {
    disconnect();
    redisAsyncContext* context = redisAsyncConnectUnix(path.c_str());
    if (context == nullptr) throw std::bad_alloc();
    if (context->err != 0) {
      const std::string why = context->errstr;
      redisAsyncFree(context);
      throw RedisError(why);
    }
    context->data = this;
    RedisAdapter::attach(context);
    redisAsyncSetConnectCallback(context, [](const redisAsyncContext* made, int status) {
      auto* self = static_cast<Redis*>(made->data);
      if (self == nullptr) return;
      if (status == REDIS_OK) return self->connected_.set_result();
      self->context_ = nullptr;  // hiredis frees it
      self->connected_.set_exception(std::make_exception_ptr(RedisError(made->errstr)));
    });
    redisAsyncSetDisconnectCallback(context, [](const redisAsyncContext* lost, int) {
      if (auto* self = static_cast<Redis*>(lost->data)) self->context_ = nullptr;
    });
    context_ = context;
    connected_ = Promise<void>();
    co_await connected_.future();
  }

  /// Returns the command's reply; replies come in the order of the calls. When the wait is
  /// cancelled, the reply is dropped as soon as it comes.
  /// @throws RedisError  The server refused it, or the connection is lost.
  Task<RedisReply> command(std::vector<std::string> words) {
    if (context_ == nullptr) throw RedisError("not connected");
    std::vector<const char*> pointers;
    std::vector<std::size_t> lengths;
    for (const std::string& word : words) {
      pointers.push_back(word.data());
      lengths.push_back(word.size());
    }
    auto promise = std::make_unique<Promise<RedisReply>>();
    Future<RedisReply> future = promise->future();
    const int status =
        redisAsyncCommandArgv(context_, on_reply, promise.get(), static_cast<int>(words.size()),
                              pointers.data(), lengths.data());
    if (status != REDIS_OK) throw RedisError(context_->errstr);
    promise.release();  // NOLINT: on_reply() has it
    RedisReply reply = co_await future;
    co_return reply;
  }

  void disconnect() noexcept {
    if (context_ == nullptr) return;
    context_->data = nullptr;
    redisAsyncFree(std::exchange(context_, nullptr));
  }

 private:
  static void on_reply(redisAsyncContext* context, void* reply, void* data) {
    const std::unique_ptr<Promise<RedisReply>> promise(static_cast<Promise<RedisReply>*>(data));
    if (promise->is_cancelled()) return;
    const auto* answer = static_cast<redisReply*>(reply);
    std::string failure;
    if (answer == nullptr) {
      failure = context->err != 0 ? context->errstr : "disconnected";
    } else if (answer->type == REDIS_REPLY_ERROR) {
      failure.assign(answer->str, answer->len);
    } else {
      return promise->set_result(copy(*answer));
    }
    promise->set_exception(std::make_exception_ptr(RedisError(failure)));
  }

  static RedisReply copy(const redisReply& reply) {
    RedisReply copied;
    copied.is_nil = reply.type == REDIS_REPLY_NIL;
    copied.number = reply.integer;
    if (reply.str != nullptr) copied.text.assign(reply.str, reply.len);
    for (std::size_t i = 0; i < reply.elements; ++i)
      copied.items.push_back(copy(*reply.element[i]));
    return copied;
  }

  redisAsyncContext* context_ = nullptr;
  Promise<void> connected_;
};

}  // namespace bora::test
