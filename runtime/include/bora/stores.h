#pragma once

// Stores of what an app keeps between requests: sessions, a cache, jobs. They are in memory, in a
// database, or, with <bora/redis_stores/redis_stores.h>, in Redis.

#include <bora/stores/cache.h>
#include <bora/stores/jobs.h>
#include <bora/stores/sessions.h>
