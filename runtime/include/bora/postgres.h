#pragma once

// PostgreSQL: pools of connections, transactions, streams, COPY, LISTEN. Link Bora::postgres, which
// find_package(Bora COMPONENTS postgres) provides.

#include <bora/postgres/listener.h>
#include <bora/postgres/pool.h>
