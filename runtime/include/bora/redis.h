#pragma once

// Redis: commands, transactions, scripts, Streams, publish and subscribe. Link Bora::redis, which
// find_package(Bora COMPONENTS redis) provides.

#include <bora/redis/client.h>
#include <bora/redis/subscriber.h>
