#include "runtime/http/origin_rules.h"

#include <optional>
#include <stdexcept>
#include <string>

#include "runtime/http/forwarded.h"
#include "runtime/text/characters.h"

namespace bora::http {

namespace {

/// Takes the last element off a list.
std::string_view take_last(std::string_view& list) {
  const std::size_t comma = list.rfind(',');
  const std::string_view last = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
  return text::trim_blanks(last);
}

/// "http" or "https" as a literal, empty for anything else.
std::string_view known_protocol(std::string_view text) {
  for (const std::string_view known : {"http", "https"}) {
    if (equals_ignoring_case(text, known)) return known;
  }
  return {};
}

}  // namespace

OriginRules::OriginRules(const HTTPServerOptions& options)
    : reads_headers_(options.xheaders),
      reads_forwarded_(options.forwarded),
      protocol_(known_protocol(options.protocol)),
      trusted_(options.trusted_downstream) {
  if (!options.protocol.empty() && protocol_.empty()) {
    throw std::invalid_argument("HTTPServerOptions::protocol is http or https, not '" +
                                options.protocol + "'");
  }
  if (reads_headers_ && reads_forwarded_) {
    throw std::invalid_argument(
        "HTTPServerOptions: either xheaders or forwarded: the proxy passes the other ones on as "
        "whoever sent them has written them");
  }
}

void OriginRules::apply(RequestBuilder& request) const {
  if (!protocol_.empty()) request.set_protocol(protocol_);
  if (!reads_headers_ && !reads_forwarded_) return;
  const IPAddress peer = request.address();
  // D-19: if there is a list, only peers on it are believed. The peer of a Unix-domain socket is on
  // this host.
  if (!trusted_.empty() && peer.size != 0 && !trusted_.contains(peer)) return;
  reads_forwarded_ ? apply_forwarded(request) : apply_x_headers(request);
}

void OriginRules::apply_x_headers(RequestBuilder& request) const {
  const HTTPHeaders& headers = request.headers();
  if (const auto client = IPAddress::parse(client_of(headers))) request.set_address(*client);
  std::string schemes =
      headers.contains("X-Scheme") ? headers.get("X-Scheme") : headers.get("X-Forwarded-Proto");
  std::string_view rest = schemes;
  const std::string_view scheme = known_protocol(take_last(rest));
  if (!scheme.empty()) request.set_protocol(scheme);
}

// Each proxy appends an element about who called it. The list is read from its end, as with
// X-Forwarded-For: the first element that does not name one of our proxies is about the client, and
// its proto is how the client asked. An element that can't be read, or that hides the name, ends
// the search, because anybody may have written what stands before it.
void OriginRules::apply_forwarded(RequestBuilder& request) const {
  const std::string field = request.headers().get("Forwarded");
  std::string_view rest = field;
  std::optional<ForwardedElement> element;
  std::optional<IPAddress> client;
  do {
    element = take_last_forwarded(rest);
    client = element ? forwarded_address(element->node) : std::nullopt;
  } while (client && trusted_.contains(*client) && !rest.empty());
  if (client) request.set_address(*client);
  const std::string_view scheme = element ? known_protocol(element->proto) : std::string_view();
  if (!scheme.empty()) request.set_protocol(scheme);
}

// Each proxy appends the address that it was called from. The list is read from its end: our own
// proxies have told the truth, so the first other address is the client's. The client may have
// written anything before it.
std::string OriginRules::client_of(const HTTPHeaders& headers) const {
  if (headers.contains("X-Real-Ip")) return headers.get("X-Real-Ip");
  const std::string chain = headers.get("X-Forwarded-For");
  std::string_view rest = chain;
  std::string_view client;
  while (!rest.empty()) {
    client = take_last(rest);
    const auto address = IPAddress::parse(client);
    if (!address || !trusted_.contains(*address)) break;
  }
  return std::string(client);
}

}  // namespace bora::http
