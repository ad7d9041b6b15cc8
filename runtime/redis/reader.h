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
  /// @throws ConnectionError  It is not Redis' protocol.
  void feed(std::string_view bytes);
  /// The next reply; false until there is more.
  /// @throws ConnectionError
  bool next(Value& reply);

 private:
  struct Free {
    void operator()(redisReader* reader) const noexcept;
  };
  std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace bora::redis
