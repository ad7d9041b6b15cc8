#include "runtime/http/client/fetch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <stdexcept>

#include <bora/core/executor.h>
#include <bora/core/gen.h>
#include <bora/core/log.h>
#include <bora/http/cookie_jar.h>
#include <bora/http/httputil.h>
#include <bora/net/netutil.h>
#include <bora/net/tcp_client.h>

#include "runtime/core/crypto.h"
#include "runtime/http/characters.h"
#include "runtime/net/stream_core.h"

namespace bora::http {

namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kDefaultTimeout = std::chrono::seconds(20);
constexpr std::size_t kMaxDropped = 64 * 1024;  // of a redirect's body
constexpr std::size_t kMaxAtOnce = 128 * 1024;  // of a body that is handed to the system whole
constexpr std::size_t kMaxUnwanted = 16 * 1024;
constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kStreamBuffer = 32 * 1024;
constexpr std::uint64_t kMaxReserved = 1024 * 1024;
constexpr nanoseconds kContinuePatience = std::chrono::seconds(1);  // RFC 9110, 10.1.1

/// The connection is gone, and whatever of an answer came is not enough.
struct ConnectionLost {
  std::error_code error;
  std::string text;
};

nanoseconds after(nanoseconds begin, nanoseconds limit) {
  return limit.count() <= 0 ? nanoseconds::max() : bora::detail::saturating_add(begin, limit);
}

nanoseconds value_of(const std::optional<TimeLimit>& own, const std::optional<TimeLimit>& other,
                     nanoseconds otherwise) {
  if (own) return own->value();
  return other ? other->value() : otherwise;
}

template <class T>
T value_of(const std::optional<T>& own, const std::optional<T>& other, T otherwise) {
  return own ? *own : other.value_or(otherwise);
}

const std::string& text_of(const std::string& own, const std::string& other) {
  return own.empty() ? other : own;
}

struct MethodTraits {
  std::string_view name;
  bool is_known = true;
  bool has_body = false;
  bool is_idempotent = true;  ///< RFC 9110, 9.2.2.
};

MethodTraits traits_of(std::string_view method) {
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

[[noreturn]] void refuse(const std::string& why) {
  throw std::invalid_argument("fetch(): " + why);
}

bool is_redirect(int code) {
  return code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
}

void append_field(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

/// How many gzip codings are on a body; -1: some other coding, and it stays as it is.
int gzip_layers(const HTTPHeaders& headers) {
  int layers = 0;
  for (const std::string_view value : headers.get_list("Content-Encoding")) {
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      std::string_view coding = rest.substr(0, comma);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      while (!coding.empty() && (coding.front() == ' ' || coding.front() == '\t'))
        coding.remove_prefix(1);
      while (!coding.empty() && (coding.back() == ' ' || coding.back() == '\t'))
        coding.remove_suffix(1);
      if (coding.empty() || equals_ignoring_case(coding, "identity")) continue;
      if (!equals_ignoring_case(coding, "gzip") && !equals_ignoring_case(coding, "x-gzip"))
        return -1;
      ++layers;
    }
  }
  return layers;
}

}  // namespace

// ---- The body of a request ----

class Fetch::Sender final : public BodyWriter {
 public:
  Sender(net::IOStream& stream, std::optional<std::uint64_t> length)
      : stream_(stream), left_(length) {}

  Task<void> write(std::string data) override {
    if (data.empty()) co_return;
    if (left_) {
      if (data.size() > *left_)
        throw std::length_error("fetch(): more body than its Content-Length says");
      *left_ -= data.size();
    } else {
      char size[24];
      const auto end = std::to_chars(size, size + sizeof size, data.size(), 16).ptr;
      data.insert(0, std::string(size, end) + "\r\n").append("\r\n");
    }
    net::WriteTask writing = stream_.write(std::move(data));
    co_await writing;
  }

  Task<void> finish() {
    if (!left_) {
      net::WriteTask writing = stream_.write("0\r\n\r\n");
      co_await writing;
    } else if (*left_ > 0) {
      throw std::length_error("fetch(): less body than its Content-Length says");
    }
  }

 private:
  net::IOStream& stream_;
  std::optional<std::uint64_t> left_;
};

// ---- Time ----

Fetch::Fetch(std::shared_ptr<AsyncHTTPClient::Core> core,
             std::shared_ptr<const HTTPRequest> request,
             std::function<void(const HTTPResponse&)> on_head)
    : core_(std::move(core)),
      request_(std::move(request)),
      on_head_(std::move(on_head)),
      loop_(IOLoop::current()),
      place_in_core_(core_->running.insert(core_->running.end(), this)) {
  std::swap(parser_.head().headers, core_->spare);
}

Fetch::~Fetch() {
  if (timer_ != 0) loop_.remove_timeout(timer_);
  core_->running.erase(place_in_core_);
  constexpr std::size_t kMaxSpare = 64;
  if (parser_.head().headers.size() <= kMaxSpare) std::swap(parser_.head().headers, core_->spare);
}

void Fetch::limit(nanoseconds until, const char* name) {
  if (until >= deadline_) return;
  deadline_ = until;
  deadline_name_ = name;
}

void Fetch::enter(FetchPhase phase) {
  const nanoseconds moment = now();
  const nanoseconds spent = moment - phase_started_;
  switch (phase_) {
    case FetchPhase::queue:
      time_.queue = spent;
      break;
    case FetchPhase::dns:
      time_.dns = spent;
      break;
    case FetchPhase::connect:
    case FetchPhase::proxy:
      time_.connect += spent;
      break;
    case FetchPhase::tls:
      time_.tls = spent;
      break;
    case FetchPhase::first_byte:
      time_.first_byte = spent;
      break;
    case FetchPhase::request:
    case FetchPhase::answer:
      break;
  }
  if (phase == FetchPhase::queue) {
    const TimeInfo before = std::exchange(time_, {});
    time_.redirect = before.redirect;
  }
  if (phase_ == FetchPhase::queue) attempt_started_ = moment;
  phase_ = phase;
  phase_started_ = moment;

  deadline_ = nanoseconds::max();
  limit(after(started_, total_timeout_), "Timeout of the whole fetch");
  if (phase == FetchPhase::queue) {
    limit(after(moment, queue_timeout_), "Timeout in request queue");
  } else {
    if (phase <= FetchPhase::tls)
      limit(after(attempt_started_, connect_timeout_), "Timeout while connecting");
    limit(after(attempt_started_, request_timeout_),
          phase <= FetchPhase::tls ? "Timeout while connecting" : "Timeout during request");
    if (phase == FetchPhase::first_byte)
      limit(after(moment, first_byte_timeout_), "Timeout while waiting for the answer");
    if (phase == FetchPhase::answer && !is_handing_out_)
      limit(after(moment, read_timeout_), "Timeout between two pieces of the answer");
  }
  set_timer();
}

// A timer that is early looks again when its time has come: most never do.
void Fetch::set_timer() {
  if (deadline_ >= timer_at_) return;
  if (timer_ != 0) loop_.remove_timeout(timer_);
  timer_at_ = deadline_;
  timer_ = loop_.call_later(deadline_ - now(), [this] { on_timer(); });
}

void Fetch::on_timer() {
  timer_ = 0;
  timer_at_ = nanoseconds::max();
  if (now() < deadline_) return set_timer();
  has_timed_out_ = true;
  work_.cancel();
}

void Fetch::abandon() noexcept {
  is_abandoned_ = true;
  work_.cancel();
}

FetchPlace Fetch::place() const {
  return {.host = hop_.url.host_field.find(':') == std::string::npos ||
                          hop_.url.host_field.ends_with(']')
                      ? hop_.url.host_field + ":" + std::to_string(hop_.url.port)
                      : hop_.url.host_field,
          .address = address_,
          .phase = phase_,
          .elapsed = now() - started_};
}

// ---- Preparation ----

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
  route.proxy.is_digest = route.proxy.kind == ProxyRoute::Kind::http &&
                          text_of(own.proxy_auth_mode, other.proxy_auth_mode) == "digest";
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
    const std::string pass = proxy_authorization(
        way.proxy, proxy_challenge_ ? &*proxy_challenge_ : nullptr, hop_.method, target);
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

// ---- The work ----

Task<HTTPResponse> Fetch::run(std::shared_ptr<AsyncHTTPClient::Core> core,
                              std::shared_ptr<const HTTPRequest> request,
                              std::function<void(const HTTPResponse&)> on_head) {
  if (core->is_closed()) throw std::logic_error("fetch() on an AsyncHTTPClient that was closed");
  Fetch self(std::move(core), std::move(request), std::move(on_head));
  self.resolve_defaults();
  self.require_valid();
  self.begin();
  self.started_ = self.phase_started_ = self.now();
  std::exception_ptr failure;
  bool was_cancelled = false;
  self.work_ = self.work();
  try {
    co_await self.work_;
  } catch (const CancelledError&) {
    was_cancelled = true;
    failure = std::current_exception();
  } catch (...) {
    failure = std::current_exception();
  }
  self.finish(failure, was_cancelled);
  co_return std::move(self.response_);
}

void Fetch::finish(const std::exception_ptr& failure, bool was_cancelled) {
  if (timer_ != 0) loop_.remove_timeout(std::exchange(timer_, 0));
  deadline_ = nanoseconds::max();
  time_.total = now() - started_;
  if (!failure) {
    response_.time_info = time_;
    response_.request_time = time_.total;
    report(response_.code, {});
    if (request_->raise_error) response_.rethrow();
    return;
  }
  try {
    if (was_cancelled && has_timed_out_) throw HTTPTimeoutError(deadline_name_, place());
    if (was_cancelled && is_abandoned_)
      throw HTTPClientClosedError("the client was closed", place());
    std::rethrow_exception(failure);
  } catch (const CancelledError&) {
    report(599, "cancelled");
    throw;
  } catch (const std::exception& error) {
    report(599, error.what());
    throw;
  }
}

Task<void> Fetch::work() {
  if (!request_->body_file.empty()) {
    const std::string path = request_->body_file;
    auto job = [path]() -> std::int64_t {
      struct stat status{};
      return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : -1;
    };
    auto looking = run_in_executor(job);
    const std::int64_t size = co_await looking;
    if (size < 0) refuse("body_file " + path + " can't be read, or is no file");
    file_size_ = static_cast<std::uint64_t>(size);
  }
  for (;;) {
    Task<void> attempting = attempt();
    co_await attempting;
    if (answer_challenge()) continue;
    if (!follow_redirect()) co_return;
  }
}

Task<void> Fetch::attempt() {
  way_ = route();
  const std::string key = way_.key();
  for (bool is_retry = false;; is_retry = true) {
    enter(FetchPhase::queue);
    ConnectionPool::Acquire turn = core_->pool.acquire(key);
    ConnectionPool::Lease lease = co_await turn;
    std::unique_ptr<ClientConnection> connection;
    if (!is_retry) connection = lease.take_idle(!may_send_again());
    time_.reused = connection != nullptr;
    if (connection) {
      ++core_->counts.connections_reused;
      address_ = connection->address;
    } else {
      address_.clear();
      try {
        Task<std::unique_ptr<ClientConnection>> opening =
            open_connection(way_, core_->resolver, *this);
        connection = co_await opening;
      } catch (const net::ResolveError& error) {
        throw HTTPResolveError(error.what(), place());
      } catch (const net::ConnectError& error) {
        throw HTTPConnectError(error.what(), place());
      } catch (const net::SSLError& error) {
        throw HTTPTLSError(error.what(), place());
      } catch (const ProxyRefusal& error) {
        throw HTTPProxyError(error.what(), place());
      } catch (const net::StreamClosedError& error) {
        if (phase_ == FetchPhase::tls) throw HTTPTLSError(error.what(), place());
        if (phase_ == FetchPhase::proxy) {
          throw HTTPProxyError(std::string("the proxy ended the connection: ") + error.what(),
                               place());
        }
        throw HTTPConnectError(error.what(), place());
      } catch (const std::system_error& error) {
        throw HTTPConnectError(error.what(), place());
      }
      ++core_->counts.connections_made;
    }
    const bool may_retry = time_.reused && !is_retry && may_send_again();
    Task<bool> exchanging = exchange(*connection, may_retry);
    const bool is_answered = co_await exchanging;
    if (!is_answered) {
      was_retried_ = true;
      ++core_->counts.retries;
      continue;
    }
    ++connection->requests;
    const auto& core = net::detail::StreamAccess::core(connection->stream);
    if (must_close_ || !parser_.may_keep_alive() || connection->stream.closed() ||
        !core->is_idle() || core_->is_closed())
      co_return;
    nanoseconds life = nanoseconds::max();
    if (const auto told = parser_.keep_alive_timeout()) life = *told - std::chrono::seconds(1);
    lease.give_back(std::move(connection), life);
    co_return;
  }
}

/// False: the connection was gone, and the request may be sent again.
Task<bool> Fetch::exchange(ClientConnection& connection, bool may_retry) {
  const bool is_head = hop_.method == "HEAD";
  parser_.begin(is_head ? ResponseParser::For::head : ResponseParser::For::request,
                {.max_header_size = core_->options.max_header_size});
  decoder_.reset();
  continue_.clear();
  is_dropping_ = body_is_sent_ = must_close_ = is_handing_out_ = false;
  body_bytes_ = 0;
  response_.body.clear();
  if (equals_ignoring_case(hop_.headers.get("Connection"), "close")) must_close_ = true;
  std::optional<ConnectionLost> lost;
  try {
    Task<void> sending = send_and_read(connection);
    co_await sending;
  } catch (const ConnectionLost& loss) {
    lost = loss;
  }
  if (!lost) co_return true;
  if (may_retry && !parser_.has_started()) co_return false;
  std::string what = "the server ended the connection without an answer";
  if (parser_.has_started()) what = "the server ended the connection within its answer";
  if (lost->error != net::Error::closed_by_peer)
    what = "the connection broke" +
           std::string(parser_.has_started() ? " within the answer: " : ": ") + lost->text;
  throw HTTPStreamClosedError(what, place());
}

// No coroutine of its own: most requests are sent in one piece, and then there is only an answer to
// read.
Task<void> Fetch::send_and_read(ClientConnection& connection) {
  enter(FetchPhase::request);
  std::string head = head_text();
  const HTTPRequest& request = *request_;
  const bool is_whole = !hop_.has_body || (request.body && request.body->size() <= kMaxAtOnce &&
                                           !request.expect_100_continue);
  if (is_whole && hop_.has_body) head += *request.body;
  try {
    static_cast<void>(connection.stream.write(std::move(head)));
  } catch (const net::StreamClosedError&) {  // what it said before is told by reading
  }
  if (is_whole) {
    body_is_sent_ = true;
    enter(FetchPhase::first_byte);
    return read_answer(connection);
  }
  return send_while_reading(connection);
}

// A server may answer before it has read everything, and then nobody needs the rest.
Task<void> Fetch::send_while_reading(ClientConnection& connection) {
  auto both = [this, &connection](TaskGroup& group) -> Task<void> {
    group.spawn(send_body(connection));
    Task<void> reading = read_answer(connection);
    co_await reading;
    group.cancel();
  };
  auto running = task_group(both);
  co_await running;
  if (!body_is_sent_) must_close_ = true;
}

Task<void> Fetch::send_body(ClientConnection& connection) {
  const HTTPRequest& request = *request_;
  if (request.expect_100_continue) {
    Event::Wait agreed = continue_.wait(kContinuePatience);
    try {
      co_await agreed;
    } catch (const TimeoutError&) {  // RFC 9110, 10.1.1: not every server knows of it
    }
  }
  try {
    if (request.body) {
      const std::string_view body = *request.body;
      for (std::size_t at = 0; at < body.size(); at += kPiece) {
        net::WriteTask writing = connection.stream.write(body.substr(at, kPiece));
        co_await writing;
      }
    } else if (file_size_) {
      Task<void> sending = send_file(connection);
      co_await sending;
    } else {
      Sender sender(connection.stream, declared_length_);
      Task<void> producing = request.body_producer(sender);
      co_await producing;
      Task<void> finishing = sender.finish();
      co_await finishing;
    }
  } catch (const net::StreamClosedError&) {
    co_return;  // the reader tells
  }
  body_is_sent_ = true;
  if (phase_ == FetchPhase::request) enter(FetchPhase::first_byte);
}

Task<void> Fetch::send_file(ClientConnection& connection) {
  auto open = [path = request_->body_file] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); };
  auto opening = run_in_executor(open);
  const auto file = std::make_shared<net::FileDescriptor>(co_await opening);
  if (!*file) refuse("body_file " + request_->body_file + " can't be opened");
  std::uint64_t at = 0;
  while (at < *file_size_) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, *file_size_ - at));
    auto read = [file, at, wanted] {
      std::string piece(wanted, '\0');
      const ssize_t count = ::pread(file->get(), piece.data(), wanted, static_cast<off_t>(at));
      piece.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
      return piece;
    };
    auto reading = run_in_executor(read);
    std::string piece = co_await reading;
    if (piece.empty())
      throw std::length_error("fetch(): body_file became shorter while it was sent");
    at += piece.size();
    net::WriteTask writing = connection.stream.write(std::move(piece));
    co_await writing;
  }
}

Task<void> Fetch::read_answer(ClientConnection& connection) {
  // Whoever is called while the bytes lie there might fetch something himself.
  const bool hands_out = static_cast<bool>(request_->streaming_callback) ||
                         static_cast<bool>(request_->header_callback);
  std::string own(hands_out ? kStreamBuffer : 0, '\0');
  for (;;) {
    if (std::exchange(is_handing_out_, false) && read_timeout_.count() > 0)
      enter(FetchPhase::answer);
    const std::span<char> buffer = hands_out ? std::span<char>(own) : core_->scratch();
    net::ReadTask<std::size_t> reading = connection.stream.read_into(buffer, true);
    std::size_t count = 0;
    std::optional<ConnectionLost> lost;
    try {
      count = co_await reading;
    } catch (const net::StreamClosedError& error) {
      lost = ConnectionLost{error.real_error(), error.what()};
    }
    if (lost) {
      if (lost->error == net::Error::closed_by_peer && parser_.has_head() &&
          parser_.finish() == Step::complete) {
        must_close_ = true;
        end_body();
        co_return;
      }
      throw ConnectionLost(*lost);
    }
    is_handing_out_ = hands_out;
    if (phase_ != FetchPhase::answer || read_timeout_.count() > 0) enter(FetchPhase::answer);
    std::string_view rest(buffer.data(), count);
    while (!rest.empty() && !parser_.is_complete()) {
      std::size_t taken = 0;
      const Step step = parser_.feed(rest, taken);
      rest.remove_prefix(taken);
      if (step == Step::interim) {
        if (parser_.head().code == 100) continue_.set();
      } else if (step == Step::head) {
        take_head();
      } else if (step == Step::failed) {
        const std::string what(describe(parser_.fault()));
        if (parser_.fault() == ResponseFault::headers_too_large)
          throw HTTPResponseTooLargeError(what, place());
        throw HTTPProtocolError(what, place());
      } else if (step == Step::data) {
        if (is_dropping_) {
          body_bytes_ += parser_.data().size();
          if (body_bytes_ > kMaxDropped) {
            must_close_ = true;
            co_return;
          }
        } else {
          Task<void> taking = decode(parser_.data());
          co_await taking;
        }
      }
    }
    if (!parser_.is_complete()) continue;
    if (!rest.empty()) must_close_ = true;  // bytes that belong to no request
    end_body();
    co_return;
  }
}

void Fetch::take_head() {
  AnswerHead& head = parser_.head();
  if (head.code == 101)
    throw HTTPProtocolError("the server switches to a protocol that was not asked for", place());
  response_.code = head.code;
  response_.reason = std::move(head.reason);
  response_.headers = head.headers;
  response_.effective_url = hop_.url.text();
  if (cookie_jar_) {
    for (const std::string_view field : response_.headers.get_list("Set-Cookie"))
      cookie_jar_->set(response_.effective_url, field);
  }
  const bool is_challenged = may_answer_challenge() || may_answer_proxy();
  // Not everybody who says "keep-alive" then goes on to read a body that he does not want: squid
  // reads no more than 64 KiB of it.
  const bool is_small = request_->body && request_->body->size() <= kMaxUnwanted;
  if (is_challenged && hop_.has_body && !is_small) must_close_ = true;
  is_dropping_ = will_follow() || is_challenged;
  if (!is_dropping_) begin_body();
}

void Fetch::begin_body() {
  if (request_->header_callback) call_header_callback();
  const auto length = parser_.content_length();
  if (decompresses_) {
    const int layers = gzip_layers(response_.headers);
    if (layers > 2) throw HTTPProtocolError("the answer's body is coded more than twice", place());
    if (layers > 0) {
      const std::string codings = response_.headers.get("Content-Encoding");
      response_.headers.remove("Content-Encoding");
      response_.headers.add("X-Consumed-Content-Encoding", std::string_view(codings));
      decoder_.emplace(layers, max_body_size_);
    }
  }
  if (on_head_) on_head_(response_);
  if (!length || decoder_ || parser_.is_complete()) return;
  if (*length > max_body_size_)
    throw HTTPResponseTooLargeError("the answer's body is larger than max_body_size", place());
  if (!request_->streaming_callback)
    response_.body.reserve(static_cast<std::size_t>(std::min(*length, kMaxReserved)));
}

void Fetch::call_header_callback() {
  const auto& call = request_->header_callback;
  std::string line = "HTTP/1." + std::to_string(parser_.head().minor_version) + " " +
                     std::to_string(response_.code);
  line.append(" ").append(response_.reason).append("\r\n");
  call(line);
  for (const auto& [name, value] : response_.headers) {
    line.assign(name).append(": ").append(value).append("\r\n");
    call(line);
  }
  call("\r\n");
}

void Fetch::count_body(std::size_t bytes) {
  body_bytes_ += bytes;
  if (body_bytes_ > max_body_size_)
    throw HTTPResponseTooLargeError("the answer's body is larger than max_body_size", place());
}

Task<void> Fetch::deliver(std::string_view piece) {
  count_body(piece.size());
  if (!request_->streaming_callback) {
    response_.body.append(piece);
    return {};
  }
  return request_->streaming_callback(piece);
}

Task<void> Fetch::decode(std::string_view bytes) {
  if (!decoder_) return deliver(bytes);
  auto undo = [](Fetch& self, std::string_view coded) -> Task<void> {
    ContentDecoder& decoder = *self.decoder_;
    decoder.add(coded);
    for (;;) {
      Error error = Error::none;
      const std::string_view piece = decoder.next(error);
      if (error == Error::body_too_large) {
        throw HTTPResponseTooLargeError(
            "the answer's body is larger than max_body_size when it is decoded", self.place());
      }
      if (error != Error::none)
        throw HTTPProtocolError("the answer's body is no gzip, or damaged", self.place());
      if (piece.empty()) break;
      Task<void> delivering = self.deliver(piece);
      co_await delivering;
    }
    decoder.keep_rest();
  };
  return undo(*this, bytes);
}

void Fetch::end_body() const {
  if (decoder_ && !decoder_->is_at_end())
    throw HTTPProtocolError("the answer's body is a gzip that ends too early", place());
}

// ---- What follows an answer ----

bool Fetch::may_send_again() const {
  const HTTPRequest& request = *request_;
  if (request.retry_safe) return true;
  if (request.body_producer && hop_.has_body) return false;
  return traits_of(hop_.method).is_idempotent || hop_.headers.contains("Idempotency-Key");
}

bool Fetch::will_follow() const {
  return follows_ && redirects_ < max_redirects_ && is_redirect(response_.code) &&
         !response_.headers.get("Location").empty();
}

bool Fetch::is_digest() const {
  return text_of(request_->auth_mode, core_->options.defaults.auth_mode) == "digest";
}

bool Fetch::may_answer_challenge() const {
  return response_.code == 401 && is_digest() && hop_.is_at_home && !hop_.has_answered_challenge &&
         read_digest_challenge(response_.headers, "WWW-Authenticate").has_value();
}

bool Fetch::may_answer_proxy() const {
  if (response_.code != 407 || !way_.asks_proxy() || !way_.proxy.is_digest ||
      way_.proxy.username.empty() || hop_.has_answered_proxy)
    return false;
  return read_digest_challenge(response_.headers, "Proxy-Authenticate").has_value();
}

bool Fetch::answer_challenge() {
  if (may_answer_proxy()) {
    proxy_challenge_ = read_digest_challenge(response_.headers, "Proxy-Authenticate");
    hop_.has_answered_proxy = true;
    return true;
  }
  if (!may_answer_challenge()) return false;
  hop_.challenge = read_digest_challenge(response_.headers, "WWW-Authenticate");
  hop_.has_answered_challenge = true;
  return true;
}

// RFC 9110, 15.4.
bool Fetch::follow_redirect() {
  if (!will_follow()) return false;
  const std::vector<std::string_view> locations = response_.headers.get_list("Location");
  ClientURL next;
  try {
    if (locations.size() > 1) refuse("a redirect to two places");
    next = resolve_location(hop_.url, locations.front());
  } catch (const std::invalid_argument& error) {
    throw HTTPRedirectError(std::string("a redirect leads to no URL of http: ") + error.what(),
                            place(), shared_response());
  }
  if (hop_.url.is_secure && !next.is_secure && !request_->allow_insecure_redirects) {
    throw HTTPRedirectError("a redirect leads from https to http (see allow_insecure_redirects)",
                            place(), shared_response());
  }
  ++redirects_;
  const int code = response_.code;
  const bool becomes_get = (code == 303 && hop_.method != "HEAD" && hop_.method != "GET") ||
                           ((code == 301 || code == 302) && hop_.method == "POST");
  if (becomes_get) {
    hop_.method = "GET";
    hop_.has_body = false;
    for (const std::string_view name :
         {"Content-Type", "Content-Encoding", "Content-Language", "Content-Location", "Digest",
          "Content-Digest", "Repr-Digest"})
      hop_.headers.remove(name);
  }
  hop_.headers.remove("Host");
  if (!hop_.url.is_same_origin(next)) {
    hop_.is_at_home = false;
    for (const std::string_view name : {"Authorization", "Cookie", "Proxy-Authorization"})
      hop_.headers.remove(name);
  }
  // Credentials in a Location are the server's, not the caller's.
  const std::string credentials = hop_.is_at_home ? hop_.url.credentials : std::string();
  hop_.url = std::move(next);
  hop_.url.credentials = credentials;
  hop_.challenge.reset();
  hop_.has_answered_challenge = hop_.has_answered_proxy = false;
  time_.redirect = now() - started_;
  return true;
}

std::shared_ptr<const HTTPResponse> Fetch::shared_response() const {
  return std::make_shared<const HTTPResponse>(response_);
}

void Fetch::report(int code, std::string_view error) const {
  const auto& observer = core_->options.observer;
  if (gen_log.is_enabled(LogLevel::debug)) {
    gen_log.debug("fetch: ", hop_.method, " ", hop_.url.text(), " ", code, " ",
                  static_cast<double>(time_.total.count()) / 1e6, "ms",
                  time_.reused ? " reused" : "", error.empty() ? "" : ": ", error);
  }
  if (!observer) return;
  const std::string url = hop_.url.text();
  const std::string host = place().host;
  FetchReport report;
  report.method = hop_.method;
  report.url = url;
  report.host = host;
  report.code = code;
  report.error = error;
  report.redirects = redirects_;
  report.was_retried = was_retried_;
  report.time_info = time_;
  try {
    observer(report);
  } catch (...) {
    app_log.exception("uncaught exception in an HTTP client's observer");
  }
}

}  // namespace bora::http
