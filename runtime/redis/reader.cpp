#include "runtime/redis/reader.h"

#include <cstddef>
#include <new>
#include <string>

#include <hiredis/read.h>

namespace bora::redis {
namespace {

/// Puts a value into its array, or makes it the reply.
void* put(const redisReadTask* task, Value value) noexcept {
  if (task->parent == nullptr) {
    auto* const reply = static_cast<Value*>(task->privdata);
    *reply = std::move(value);
    return reply;
  }
  auto* const array = static_cast<Value*>(task->parent->obj);
  Value& place = array->items()[static_cast<std::size_t>(task->idx)];
  place = std::move(value);
  return &place;
}

/// Allocating may fail; hiredis then expects null.
template <class Make>
void* made(const redisReadTask* task, const Make& make) noexcept {
  try {
    return put(task, make());
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void* make_text(const redisReadTask* task, char* text, std::size_t size) noexcept {
  return made(task, [&] {
    std::string copy(text, size);
    return task->type == REDIS_REPLY_ERROR ? Value::of_error(std::move(copy))
                                           : Value::of_text(std::move(copy));
  });
}

redisReplyObjectFunctions functions() noexcept {
  redisReplyObjectFunctions made_by = {};
  made_by.createString = make_text;
  // Its size is an int before hiredis 1.0, then a size_t.
  made_by.createArray = [](const redisReadTask* task, auto size) -> void* {
    return made(task, [&] { return Value::of_array(static_cast<std::size_t>(size)); });
  };
  made_by.createInteger = [](const redisReadTask* task, long long number) -> void* {
    return made(task, [&] { return Value::of_integer(number); });
  };
  made_by.createNil = [](const redisReadTask* task) -> void* {
    return made(task, [] { return Value(); });
  };
  made_by.freeObject = [](void*) {};  // it is the reader's
  return made_by;
}

}  // namespace

void Reader::Free::operator()(redisReader* reader) const noexcept {
  redisReaderFree(reader);
}

Reader::Reader() {
  static redisReplyObjectFunctions made_by = functions();
  reader_.reset(redisReaderCreateWithFunctions(&made_by));
  if (reader_ == nullptr) throw std::bad_alloc();
  reader_->privdata = &reply_;
}

void Reader::feed(std::string_view bytes) {
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != 0) {
    throw ConnectionError(std::string("not Redis' protocol: ") + reader_->errstr);
  }
}

Value* Reader::next() {
  void* reply = nullptr;
  if (redisReaderGetReply(reader_.get(), &reply) != 0) {
    throw ConnectionError(std::string("not Redis' protocol: ") + reader_->errstr);
  }
  return static_cast<Value*>(reply);
}

}  // namespace bora::redis
