#pragma once

#include <memory>
#include <string_view>

#include <bora/redis/value.h>

struct redisReader;

namespace bora::redis {

/// Turns bytes into replies, by hiredis.
class Reader {
 public:
  Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  /// @throws ConnectionError  The bytes are not Redis' protocol.
  void feed(std::string_view bytes);
  /// The next reply, which may be moved from; null until more bytes are fed.
  /// @throws ConnectionError
  Value* next();

 private:
  struct Free {
    void operator()(redisReader* reader) const noexcept;
  };
  std::unique_ptr<redisReader, Free> reader_;
  Value reply_;  ///< the one being made
};

}  // namespace bora::redis
