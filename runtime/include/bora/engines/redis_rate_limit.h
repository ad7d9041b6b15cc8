#pragma once

#include <memory>
#include <string>

#include <bora/filters/rate_limit_store.h>
#include <bora/redis/client.h>

namespace bora::filters {

/// Keeps the counts of a RateLimit in Redis, whose clock gives the time: one script for each
/// request. `client` must outlive the store.
std::shared_ptr<RateLimitStore> redis_rate_limit(redis::Client& client,
                                                 std::string prefix = "bora");

}  // namespace bora::filters
