#pragma once

#include <memory>

#include <libpq-fe.h>

#include <bora/core/task.h>
#include <bora/postgres/pool.h>

namespace bora::postgres {

struct FinishConnection {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
using ConnectionPtr = std::unique_ptr<PGconn, FinishConnection>;

/// Makes a connection in the loop's executor: looking names up, TLS and a password's check would
/// block the loop.
/// @throws database::ConnectionError
Task<ConnectionPtr> connect(const ConnectOptions& options);

}  // namespace bora::postgres
