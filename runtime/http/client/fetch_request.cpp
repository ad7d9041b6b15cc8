// What is sent: from HTTPRequest and the client's defaults to the head of a request.

#include <charconv>
#include <stdexcept>

#include <bora/http/cookie_jar.h>
#include <bora/http/httputil.h>

#include "runtime/core/crypto.h"
#include "runtime/http/characters.h"
#include "runtime/http/client/fetch.h"

namespace bora::http {

namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kDefaultTimeout = std::chrono::seconds(20);

nanoseconds value_of(const std::optional<TimeLimit>& own, const std::optional<TimeLimit>& other,
                     nanoseconds otherwise) {
  if (own) return own->value();
  return other ? other->value() : otherwise;
}

template <class T>
T value_of(const std::optional<T>& own, const std::optional<T>& other, T otherwise) {
  return own ? *own : other.value_or(otherwise);
}

void append_field(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

void Fetch::refuse(const std::string& why) {
  throw std::invalid_argument("fetch(): " + why);
}

Fetch::MethodTraits Fetch::traits_of(std::string_view method) {
  static constexpr MethodTraits kKnown[] = {
      {.name = "GET"},
      {.name = "HEAD"},
      {.name = "POST", .has_body = true, .is_idempotent = false},
      {.name = "PUT", .has_body = true},
      {.name = "DELETE"},
      {.name = "PATCH", .has_body = true, .is_idempotent = false},
      {.name = "OPTIONS"},
  };
  for (const MethodTraits& known : kKnown) {
    if (known.name == method) return known;
  }
  return {.name = method, .is_known = false, .is_idempotent = false};
}

void Fetch::resolve_defaults() {
  const HTTPRequest& own = *request_;
  const HTTPRequest& other = core_->options.defaults;
  connect_timeout_ = value_of(own.connect_timeout, other.connect_timeout, kDefaultTimeout);
  request_timeout_ = value_of(own.request_timeout, other.request_timeout, kDefaultTimeout);
  nanoseconds queue = connect_timeout_;
  if (queue.count() <= 0 || (request_timeout_.count() > 0 && request_timeout_ < queue))
    queue = request_timeout_;
  queue_timeout_ = value_of(own.queue_timeout, other.queue_timeout, queue);
  first_byte_timeout_ = value_of(own.first_byte_timeout, other.first_byte_timeout, nanoseconds(0));
  read_timeout_ = value_of(own.read_timeout, other.read_timeout, nanoseconds(0));
  total_timeout_ = value_of(own.total_timeout, other.total_timeout, nanoseconds(0));
  decompresses_ = value_of(own.decompress_response, other.decompress_response, true);
  follows_ = value_of(own.follow_redirects, other.follow_redirects, true);
  max_redirects_ = value_of(own.max_redirects, other.max_redirects, 5);
  const std::uint64_t otherwise =
      own.streaming_callback ? UINT64_MAX : core_->options.max_body_size;
  max_body_size_ = value_of(own.max_body_size, other.max_body_size, otherwise);
  cookie_jar_ = own.cookie_jar ? own.cookie_jar : other.cookie_jar;
}

void Fetch::require_valid() const {
  const HTTPRequest& request = *request_;
  if (!is_token(request.method)) refuse("the method is no word of letters");
  const MethodTraits method = traits_of(request.method);
  const int bodies = (request.body ? 1 : 0) + (request.body_producer ? 1 : 0) +
                     (request.body_file.empty() ? 0 : 1);
  if (bodies > 1) refuse("a request has one of body, body_producer and body_file");
  if (!request.allow_nonstandard_methods) {
    if (!method.is_known)
      refuse("unknown method " + request.method + " (see allow_nonstandard_methods)");
    if (method.has_body && bodies == 0)
      refuse("a body is missing: " + request.method + " has one (see allow_nonstandard_methods)");
    if (!method.has_body && bodies > 0)
      refuse(request.method + " has no body (see allow_nonstandard_methods)");
  }
  if (request.method == "CONNECT" || request.method == "TRACE")
    refuse("the method " + request.method + " is not for clients of this kind");
  if (!request.headers.empty()) {
    for (const std::string_view name : {"Transfer-Encoding", "Upgrade", "Trailer", "TE"}) {
      if (request.headers.contains(name))
        refuse("the field " + std::string(name) + " belongs to the client");
    }
    if (request.headers.contains("Expect")) refuse("the field Expect is expect_100_continue's");
    if (request.headers.get_list("Host").size() > 1) refuse("two Host fields");
  }
  const std::string& mode = text_of(request.auth_mode, core_->options.defaults.auth_mode);
  if (!mode.empty() && mode != "basic" && mode != "digest")
    refuse("unsupported auth_mode " + mode + ": basic or digest");
  const std::string& proxy_mode =
      text_of(request.proxy_auth_mode, core_->options.defaults.proxy_auth_mode);
  if (!proxy_mode.empty() && proxy_mode != "basic" && proxy_mode != "digest")
    refuse("unsupported proxy_auth_mode " + proxy_mode + ": basic or digest");
  const std::string& scheme = text_of(request.proxy_scheme, core_->options.defaults.proxy_scheme);
  if (!scheme.empty() && scheme != "http" && scheme != "socks5")
    refuse("unsupported proxy_scheme " + scheme + ": http or socks5");
  for (const std::string* const text : {&request.proxy_username, &request.proxy_password}) {
    if (text->size() > 255 || has_control_character(*text))
      refuse("proxy_username and proxy_password are texts of 255 bytes at most");
  }
  for (const std::string* const text : {&request.user_agent, &request.auth_username}) {
    if (has_control_character(*text)) refuse("a control character in user_agent or auth_username");
  }
}

void Fetch::begin() {
  const HTTPRequest& request = *request_;
  // The same URL is often asked for again and again.
  if (!request.url.empty() && request.url == core_->last_url) {
    hop_.url = core_->last_parsed;
  } else {
    hop_.url = parse_client_url(request.url);
    if (hop_.url.credentials.empty()) {
      core_->last_url = request.url;
      core_->last_parsed = hop_.url;
    }
  }
  hop_.method = request.method;
  hop_.headers = request.headers;
  hop_.has_body = request.body || request.body_producer || !request.body_file.empty();
  if (const auto length = hop_.headers.get_view("Content-Length")) {
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(length->data(), length->data() + length->size(), value);
    if (error != std::errc() || end != length->data() + length->size() ||
        hop_.headers.get_list("Content-Length").size() > 1)
      refuse("Content-Length is not one number");
    if (request.body && value != request.body->size())
      refuse("Content-Length is not the length of the body");
    if (!hop_.has_body && value != 0) refuse("a Content-Length without a body");
    if (request.body_producer) declared_length_ = value;
    hop_.headers.remove("Content-Length");
  }
  response_.request = request_;
  response_.start_time = std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(loop_.clock().since_epoch()));
}

ClientRoute Fetch::route() const {
  const HTTPRequest& own = *request_;
  const HTTPRequest& other = core_->options.defaults;
  ClientRoute route;
  route.host = hop_.url.host;
  route.port = hop_.url.port;
  if (hop_.url.is_secure) route.tls = core_->tls_for(own, hop_.is_at_home);
  route.allow_ipv6 = value_of(own.allow_ipv6, other.allow_ipv6, true);
  route.source_ip = text_of(own.network_interface, other.network_interface);
  if (!route.source_ip.empty() && !net::Address::from_ip(route.source_ip, 0))
    refuse("network_interface is no IP address");
  const HTTPRequest& named = own.proxy_host.empty() ? other : own;
  if (!named.proxy_host.empty()) {
    route.proxy.kind =
        named.proxy_scheme == "socks5" ? ProxyRoute::Kind::socks5 : ProxyRoute::Kind::http;
    route.proxy.host = named.proxy_host;
    route.proxy.port = named.proxy_port;
    if (route.proxy.port < 1 || route.proxy.port > 65535) refuse("proxy_port is no port");
    route.proxy.username = named.proxy_username;
    route.proxy.password = named.proxy_password;
  } else if (core_->options.proxies_from_environment) {
    route.proxy = core_->proxies.proxy_for(hop_.url);
  }
  if (route.proxy.kind == ProxyRoute::Kind::http &&
      text_of(own.proxy_auth_mode, other.proxy_auth_mode) == "digest")
    route.proxy.digest = core_->proxy_digest(route.proxy);
  return route;
}

std::string Fetch::authorization() const {
  if (!hop_.is_at_home) return {};
  const HTTPRequest& own = *request_;
  const HTTPRequest& other = core_->options.defaults;
  std::string credentials = hop_.url.credentials;
  const HTTPRequest& named = own.auth_username.empty() ? other : own;
  if (!named.auth_username.empty())
    credentials = encode_username_password(named.auth_username, named.auth_password);
  if (credentials.empty()) return {};
  if (text_of(own.auth_mode, other.auth_mode) != "digest")
    return "Basic " + crypto::to_base64(credentials);
  if (!hop_.challenge) return {};
  const std::string_view text = credentials;
  const std::size_t colon = std::min(text.find(':'), text.size());
  DigestLogin login;
  login.username = text.substr(0, colon);
  login.password = text.substr(std::min(colon + 1, text.size()));
  login.method = hop_.method;
  login.target = hop_.url.target;
  const std::string nonce = crypto::to_hex(crypto::random_bytes(16));
  login.client_nonce = nonce;
  return digest_authorization(*hop_.challenge, login);
}

std::string Fetch::head_text() {
  const HTTPRequest& own = *request_;
  const HTTPRequest& other = core_->options.defaults;
  const ClientRoute& way = way_;
  const HTTPHeaders& fields = hop_.headers;
  std::string text;
  text.reserve(256);
  text.append(hop_.method).append(" ");
  const std::string whole_url = way.asks_proxy() ? hop_.url.text() : std::string();
  const std::string_view target = way.asks_proxy() ? whole_url : hop_.url.target;
  text.append(target).append(" HTTP/1.1\r\n");
  append_field(text, "Host", fields.get_view("Host").value_or(hop_.url.host_field));
  const std::string login = authorization();
  std::string cookies = cookie_jar_ ? cookie_jar_->get(hop_.url.text()) : std::string();
  for (const auto& [name, value] : fields) {
    if (equals_ignoring_case(name, "Host")) continue;
    if (!login.empty() && equals_ignoring_case(name, "Authorization")) continue;
    if (equals_ignoring_case(name, "Cookie") && !cookies.empty()) {
      cookies.insert(0, std::string(value) + "; ");
      continue;
    }
    if (equals_ignoring_case(name, "User-Agent") && !own.user_agent.empty()) continue;
    append_field(text, name, value);
  }
  if (!own.user_agent.empty()) {
    append_field(text, "User-Agent", own.user_agent);
  } else if (!fields.contains("User-Agent")) {
    append_field(text, "User-Agent",
                 other.user_agent.empty() ? std::string_view("Bora/" BORA_VERSION)
                                          : std::string_view(other.user_agent));
  }
  if (decompresses_ && !fields.contains("Accept-Encoding"))
    append_field(text, "Accept-Encoding", "gzip");
  if (own.if_modified_since && !fields.contains("If-Modified-Since"))
    append_field(text, "If-Modified-Since", format_timestamp(*own.if_modified_since));
  if (!login.empty()) append_field(text, "Authorization", login);
  if (!cookies.empty()) append_field(text, "Cookie", cookies);
  if (way.asks_proxy()) {
    const std::string pass = proxy_authorization(way.proxy, hop_.method, target);
    if (!pass.empty()) append_field(text, "Proxy-Authorization", pass);
  }
  if (hop_.has_body) {
    if (hop_.method == "POST" && !fields.contains("Content-Type"))
      append_field(text, "Content-Type", "application/x-www-form-urlencoded");
    if (own.body) {
      append_field(text, "Content-Length", std::to_string(own.body->size()));
    } else if (file_size_ || declared_length_) {
      append_field(text, "Content-Length",
                   std::to_string(file_size_ ? *file_size_ : *declared_length_));
    } else {
      append_field(text, "Transfer-Encoding", "chunked");
    }
    if (own.expect_100_continue) append_field(text, "Expect", "100-continue");
  } else if (traits_of(hop_.method).has_body) {
    append_field(text, "Content-Length", "0");
  }
  text.append("\r\n");
  return text;
}

}  // namespace bora::http
