// Any lines as addresses and networks, and as what proxies say about their client; any text as a
// Forwarded field.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/http/http_connection.h>
#include <bora/http/http_server.h>
#include <bora/net/io_stream.h>
#include <bora/net/ssl_context.h>

#include "runtime/http/forwarded.h"
#include "runtime/http/ip_address.h"
#include "runtime/http/origin_rules.h"
#include "runtime/http/peer_address.h"
#include "runtime/http/request_builder.h"
#include "tests/fuzz/invariants.h"

namespace {

using namespace bora;
using http::IPAddress;
using http::NetworkList;

/// The connection of a request that nobody answers.
class NoConnection final : public http::HTTPConnection {
 public:
  void write_headers(const http::ResponseHead&, std::string_view) override {}
  void write(std::string_view) override {}
  void write_file(std::shared_ptr<const net::FileDescriptor>, std::uint64_t,
                  std::uint64_t) override {}
  Task<void> flush() override { co_return; }
  void finish() override {}
  std::optional<net::SSLCertificate> get_ssl_certificate() const override { return {}; }
  bool is_closed() const override { return false; }
  void pause_reading() override {}
  void resume_reading() override {}
  void set_max_body_size(std::uint64_t) override {}
  std::uint64_t max_body_size() const override { return 0; }
  void set_body_timeout(std::chrono::seconds) override {}
  net::IOStream detach() override { throw std::logic_error("there is no connection"); }
  void release() override {}
};

bool operator==(const IPAddress& a, const IPAddress& b) {
  return a.size == b.size && std::equal(a.bytes, a.bytes + a.size, b.bytes);
}

/// Returns the client that the list names, by a look at all its elements.
IPAddress expected_client(const IPAddress& peer, const std::string& chain,
                          const NetworkList& trusted) {
  std::vector<std::string> elements{""};
  for (const char c : chain) {
    if (c == ',') {
      elements.emplace_back();
    } else {
      elements.back() += c;
    }
  }
  IPAddress client = peer;
  while (!elements.empty()) {
    std::string& element = elements.back();
    if (elements.size() == 1 && element.empty()) return client;  // ", 10.0.0.1"
    element.erase(0, std::min(element.find_first_not_of(" \t"), element.size()));
    element.erase(element.find_last_not_of(" \t") + 1);
    const auto address = IPAddress::parse(element);
    if (!address) return peer;
    client = *address;
    if (!trusted.contains(client)) return client;
    elements.pop_back();
  }
  return client;
}

/// A server behind proxies.
class Rules {
 public:
  explicit Rules(std::vector<std::string> networks)
      : trusted_(networks), is_open_(networks.empty()), rules_(with(options_, networks)) {}

  void check(const IPAddress& peer, const std::string& chain) const {
    static NoConnection connection;
    http::RequestBuilder builder(connection);
    try {
      builder.headers().add("X-Forwarded-For", chain);
    } catch (const std::invalid_argument&) {
      return;  // not the value of a field
    }
    // This is the field's value without the blanks around it.
    const std::string value = builder.headers().get("X-Forwarded-For");
    http::PeerAddress bytes;
    bytes.bytes[0] = peer.size;
    std::copy(std::begin(peer.bytes), std::end(peer.bytes), bytes.bytes + 1);
    builder.begin({}, {bytes.bytes, "http", &options_.form_limits}, 0);
    rules_.apply(builder);

    const bool is_believed = is_open_ || peer.size == 0 || trusted_.contains(peer);
    const IPAddress expected = is_believed ? expected_client(peer, value, trusted_) : peer;
    fuzz::require(builder.address() == expected, "the last address that is none of ours");
  }

 private:
  static const http::HTTPServerOptions& with(http::HTTPServerOptions& options,
                                             std::vector<std::string>& networks) {
    options.xheaders = true;
    options.trusted_downstream = std::move(networks);
    return options;
  }

  http::HTTPServerOptions options_;
  NetworkList trusted_;
  bool is_open_;
  http::OriginRules rules_;
};

/// Most lines are no networks, and an exception for each takes long.
bool may_be_network(std::string_view line) {
  return line.find_first_not_of("0123456789abcdefABCDEF:./") == std::string_view::npos;
}

void check_field(std::string_view field) {
  std::string_view rest = field;
  while (!rest.empty()) {
    const std::size_t before = rest.size();
    const auto element = http::take_last_forwarded(rest);
    fuzz::require(rest.size() < before, "each step takes something");
    if (!element) continue;
    const auto address = http::forwarded_address(element->node);
    fuzz::require(!address || element->node.find_first_of(" ,;\"") == std::string::npos,
                  "an address");
  }
  const std::string whole = std::string(field) + ", for=\"[2001:db8::1]:80\";proto=https";
  rest = whole;
  const auto added = http::take_last_forwarded(rest);
  fuzz::require(added && added->node == "[2001:db8::1]:80" && added->proto == "https",
                "what a proxy adds reads the same behind anything");
  fuzz::require(rest == field, "and the rest is what came");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::as_text(data, size);
  check_field(text);
  std::vector<std::string> lines;
  std::vector<IPAddress> addresses;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (const auto address = IPAddress::parse(line)) {
      fuzz::require(line.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos,
                    "an address and nothing else");
      fuzz::require((address->size == 16) == http::is_ipv6_address(line),
                    "of one kind or the other");
      fuzz::require(NetworkList({std::string(line)}).contains(*address), "each contains itself");
      addresses.push_back(*address);
    }
    lines.emplace_back(line);
  }
  try {
    const NetworkList list(lines);
    for (const IPAddress& address : addresses) {
      fuzz::require(list.contains(address), "what is on the list is on the list");
      fuzz::require(list.contains(address.unmapped()), "mapped or not");
    }
  } catch (const std::invalid_argument&) {
  }

  // The first line is what the proxy says; the others are the trusted networks.
  if (lines.empty()) return 0;
  std::vector<std::string> networks;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (!may_be_network(lines[i])) continue;
    try {
      static_cast<void>(NetworkList({lines[i]}));
      networks.push_back(lines[i]);
    } catch (const std::invalid_argument&) {
    }
  }
  const Rules rules(std::move(networks));
  rules.check({}, lines[0]);
  rules.check(*IPAddress::parse("10.0.0.1"), lines[0]);
  addresses.resize(std::min<std::size_t>(addresses.size(), 3));
  for (const IPAddress& address : addresses) rules.check(address, lines[0]);
  return 0;
}
