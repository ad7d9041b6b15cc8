#pragma once

#include <memory>
#include <string_view>

#include <bora/redis/value.h>

struct redisReader;

namespace bora::redis {

/// Bytes to replies, by hiredis.
class Reader {
 public:
  Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  /// @throws ConnectionError  It is not Redis' protocol.
  void feed(std::string_view bytes);
  /// The next reply, which may be moved from; null until there is more.
  /// @throws ConnectionError
  Value* next();

 private:
  struct Free {
    void operator()(redisReader* reader) const noexcept;
  };
  std::unique_ptr<redisReader, Free> reader_;
  Value reply_;  ///< That is being made.
};

}  // namespace bora::redis
