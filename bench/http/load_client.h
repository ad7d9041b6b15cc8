#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>

namespace bench {

/// A request that is sent again and again, and the size of its reply.
struct Exchange {
  std::string request;
  std::size_t reply_size;
  std::size_t depth = 1;  ///< how many are sent at once on each connection
};

struct Load {
  double cpu_us;  ///< of the server, for one request
  double requests_per_second;
  double p50_us;  ///< until all replies to the requests of one go have arrived
  double p99_us;
  double longest_us;
};

/// Keeps `connections` connections to 127.0.0.1:`port` busy for as long as `duration`.
/// @throws std::runtime_error  The server closed a connection.
[[nodiscard]] Load measure_load(int port, pid_t server, const Exchange& exchange,
                                std::size_t connections, std::chrono::milliseconds duration);

/// Returns the whole reply, with Content-Length, to one request on a connection of its own.
/// @throws std::runtime_error  Another status than 200, or no reply.
[[nodiscard]] std::string fetch(int port, const std::string& request);

}  // namespace bench
