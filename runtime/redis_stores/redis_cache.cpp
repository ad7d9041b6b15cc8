#include <algorithm>

#include <bora/redis_stores/redis_stores.h>

#include "runtime/stores/present.h"

namespace bora::stores {
namespace {

/// A text for each entry: "FRESH_UNTIL KEPT_UNTIL VALUE".
class RedisCache final : public CacheStore {
 public:
  RedisCache(redis::Client& client, std::string prefix)
      : client_(client), prefix_(std::move(prefix)) {}

  Task<std::optional<Entry>> get(std::string key) override {
    const auto text = co_await client_.command<std::optional<std::string>>("GET", name(key));
    std::optional<Entry> entry;
    if (!text) co_return entry;
    const std::size_t first = text->find(' ');
    const std::size_t second = first == std::string::npos ? first : text->find(' ', first + 1);
    if (second == std::string::npos) co_return entry;
    entry.emplace();
    entry->fresh_until = std::strtoll(text->c_str(), nullptr, 10);
    entry->kept_until = std::strtoll(text->c_str() + first, nullptr, 10);
    entry->value = text->substr(second + 1);
    co_return entry;
  }
  Task<void> set(std::string key, Entry entry) override {
    const std::int64_t left = std::max<std::int64_t>(1, entry.kept_until - present());
    const std::string text = std::to_string(entry.fresh_until) + ' ' +
                             std::to_string(entry.kept_until) + ' ' + entry.value;
    co_await client_.command("SET", name(key), text, "PX", left);
  }
  Task<void> remove(std::string key) override { co_await client_.command("DEL", name(key)); }

 private:
  [[nodiscard]] std::string name(const std::string& key) const { return prefix_ + ":cache:" + key; }

  redis::Client& client_;
  std::string prefix_;
};

}  // namespace

std::unique_ptr<CacheStore> redis_cache(redis::Client& client, std::string prefix) {
  return std::make_unique<RedisCache>(client, std::move(prefix));
}

}  // namespace bora::stores
