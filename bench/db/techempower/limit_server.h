#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// A request to a limit server, always in these very bytes, and the beginning of its answer.
struct Question {
  std::string request;
  std::string head;
  std::size_t reply_size = 0;  ///< head and body
};

/// Answers what TechEmpower's tests ask as cheaply as this machine can: an epoll loop that knows
/// the requests, libpq's prepared statements with binary values, all statements of a request in one
/// round trip (each a transaction of its own), and answers put together by hand. As in Bora's pool,
/// a request has one of the database's connections for itself. It never returns.
///
/// @param questions  In the order plaintext, JSON, single query, queries, updates, fortunes, cached
///                   queries; those that take a number ask for 20.
void run_limit_server(int listener, const std::string& database,
                      const std::vector<Question>& questions);

}  // namespace bench
