#pragma once

#include <cstddef>

#include <bora/http/error.h>
#include <bora/http/http_connection.h>
#include <bora/http/http_server.h>

#include "runtime/http/body_pace.h"
#include "runtime/http/origin_rules.h"
#include "runtime/http/peer_address.h"
#include "runtime/http/request_parser.h"
#include "runtime/http/write_pace.h"

namespace bora::http {

class HTTP1ServerConnection;
class Workspace;

/// The data that a server's connections have in common.
struct ServerContext {
  ServerContext(HTTPServerConnectionDelegate& the_delegate, const HTTPServerOptions& the_options);
  virtual ~ServerContext();
  ServerContext(const ServerContext&) = delete;
  ServerContext& operator=(const ServerContext&) = delete;

  /// A connection was closed; `count` are left.
  virtual void on_closed() = 0;
  void count_refusal(Error error) noexcept;

  HTTPServerConnectionDelegate& delegate;
  const HTTPServerOptions options;
  const RequestParser::Limits limits;
  const BodyPace::Limits pace_limits;
  const WritePace::Limits write_limits;
  const OriginRules origin_rules;
  const bool prepares_requests;  ///< by origin_rules, or by decoding their bodies
  Workspace& workspace;
  bool is_draining = false;
  std::size_t count = 0;
  HTTPServerStatistics statistics;
  HTTP1ServerConnection* first = nullptr;  ///< Of the list of all connections.
  HTTP1ServerConnection* next = nullptr;   ///< of a walk through it that is under way
  AddressCount addresses;                  ///< With max_connections_per_address only.
};

}  // namespace bora::http
