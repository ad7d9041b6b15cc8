#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bench {

/// What a limit server is asked, always in these very bytes, and how its answer begins.
struct Question {
  std::string request;
  std::string head;
  std::size_t reply_size = 0;  ///< Head and body.
};

/// Answers what TechEmpower's tests ask as cheaply as this machine can: an epoll loop that knows the
/// requests by heart, libpq's prepared statements with binary values, all statements of a request in
/// one round trip (each a transaction of its own), and answers put together by hand. As in Bora's pool, a request has one of the
/// database's connections for itself. It never returns.
///
/// @param questions  In the order plaintext, JSON, single query, queries, updates, fortunes, cached
///                   queries; those that take a number ask for 20.
void run_limit_server(int listener, const std::string& database,
                      const std::vector<Question>& questions);

}  // namespace bench
