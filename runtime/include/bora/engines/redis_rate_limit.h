#pragma once

#include <memory>
#include <string>

#include <bora/filters/rate_limit_store.h>
#include <bora/redis/client.h>

namespace bora::filters {

/// Counts of a RateLimit in Redis, by its clock: one script for each request. `client` must outlive
/// it.
std::shared_ptr<RateLimitStore> redis_rate_limit(redis::Client& client,
                                                 std::string prefix = "bora");

}  // namespace bora::filters
