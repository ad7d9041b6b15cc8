#pragma once

// What an app keeps between requests: sessions, a cache, jobs. In memory, in a database, or, with
// <bora/redis_stores/redis_stores.h>, in Redis.

#include <bora/stores/cache.h>
#include <bora/stores/jobs.h>
#include <bora/stores/sessions.h>
