#pragma once

#include <memory>
#include <string>

#include <bora/redis/client.h>
#include <bora/stores/cache.h>
#include <bora/stores/jobs.h>
#include <bora/stores/sessions.h>

// The stores in Redis. `client` must outlive them; all their keys begin with `prefix`.

namespace bora::stores {

std::unique_ptr<SessionStore> redis_sessions(redis::Client& client, SessionLimits limits = {},
                                             std::string prefix = "bora");
std::unique_ptr<CacheStore> redis_cache(redis::Client& client, std::string prefix = "bora");
/// Uses sorted sets and scripts, so that delays, visibility and attempts change in one step.
std::unique_ptr<JobQueue> redis_jobs(redis::Client& client, std::string prefix = "bora");

}  // namespace bora::stores
