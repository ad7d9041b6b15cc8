#include <bora/http/async_http_client.h>

#include <mutex>
#include <set>
#include <stdexcept>

#include <bora/core/io_loop.h>
#include <bora/core/locks.h>

#include "runtime/http/client/client_core.h"
#include "runtime/http/client/fetch.h"
#include "runtime/net/ssl_engine.h"

namespace bora::http {

namespace {

constexpr std::size_t kScratch = 64 * 1024;
constexpr std::size_t kMaxProxyDigests = 100;

/// Memory from the coroutines' free lists: malloc is slow for something as large as a request.
template <class T>
struct RequestMemory {
  using value_type = T;
  RequestMemory() noexcept = default;
  template <class U>
  RequestMemory(const RequestMemory<U>&) noexcept {}  // NOLINT: allocators convert
  T* allocate(std::size_t count) {
    return static_cast<T*>(bora::detail::allocate_frame(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    bora::detail::release_frame(memory, count * sizeof(T));
  }
  template <class U>
  bool operator==(const RequestMemory<U>&) const noexcept {
    return true;
  }
};

/// The clients of a thread's loop: the shared one, and those that end with the loop.
class LoopClients {
 public:
  static LoopClients& current() {
    if (of_thread == nullptr) {
      of_thread = new LoopClients;
      IOLoop::current().spawn(keep(of_thread));
    }
    return *of_thread;
  }
  static LoopClients* current_if_any() noexcept { return of_thread; }

  std::set<AsyncHTTPClient::Core*> cores;
  std::shared_ptr<AsyncHTTPClient::Core> shared;

 private:
  // Waits until the loop cancels its tasks, which it does when it ends.
  static Task<void> keep(LoopClients* clients) {
    const std::unique_ptr<LoopClients, void (*)(LoopClients*)> owned(clients, &end);
    Event::Wait wait = clients->never_.wait();
    co_await wait;
  }
  static void end(LoopClients* clients) {
    of_thread = nullptr;
    for (AsyncHTTPClient::Core* const core : clients->cores) core->close();
    delete clients;
  }

  Event never_;
  static thread_local LoopClients* of_thread;
};

thread_local LoopClients* LoopClients::of_thread = nullptr;

std::mutex configuration_lock;

AsyncHTTPClientOptions& configuration() {
  static auto& options = *new AsyncHTTPClientOptions;
  return options;
}

std::shared_ptr<AsyncHTTPClient::Core> shared_core() {
  LoopClients& clients = LoopClients::current();
  if (clients.shared == nullptr || clients.shared->is_closed()) {
    const std::scoped_lock lock(configuration_lock);
    clients.shared = std::make_shared<AsyncHTTPClient::Core>(configuration());
  }
  return clients.shared;
}

}  // namespace

// ---- The core ----

AsyncHTTPClient::Core::Core(AsyncHTTPClientOptions the_options)
    : options(std::move(the_options)),
      resolver(options.resolver ? options.resolver : std::make_shared<net::DefaultLoopResolver>()),
      pool({.max_clients = options.max_clients,
            .max_per_origin = options.max_connections_per_origin,
            .max_idle = options.max_idle_connections,
            .idle_timeout = options.idle_timeout.value()}) {
  if (options.max_clients == 0 || options.max_connections_per_origin == 0)
    throw std::invalid_argument("an AsyncHTTPClient needs one connection at least");
  if (options.proxies_from_environment) proxies = EnvironmentProxies::read();
  LoopClients::current().cores.insert(this);
}

AsyncHTTPClient::Core::~Core() {
  if (LoopClients* const clients = LoopClients::current_if_any()) clients->cores.erase(this);
}

std::span<char> AsyncHTTPClient::Core::scratch() {
  if (!scratch_) scratch_.reset(new char[kScratch]);
  return {scratch_.get(), kScratch};
}

Task<HTTPResponse> AsyncHTTPClient::Core::fetch(std::shared_ptr<const HTTPRequest> request,
                                                std::function<void(const HTTPResponse&)> on_head) {
  return Fetch::run(shared_from_this(), std::move(request), std::move(on_head));
}

void AsyncHTTPClient::Core::close() noexcept {
  if (std::exchange(is_closed_, true)) return;
  pool.close_idle();
  for (Fetch* const fetch : running) fetch->abandon();
}

net::SSLContext AsyncHTTPClient::Core::tls_for(const HTTPRequest& request, bool is_at_home) {
  const HTTPRequest& other = options.defaults;
  const net::SSLContext& given = request.ssl_options ? request.ssl_options : other.ssl_options;
  net::SSLOptions wanted;
  std::string key;
  if (given) {
    if (is_at_home || (given.options().certfile.empty() && given.options().keyfile.empty()))
      return given;
    wanted = given.options();
    key = "given " + std::to_string(reinterpret_cast<std::uintptr_t>(&given.options()));
  } else {
    const auto pick = [&](std::string HTTPRequest::* field) {
      return (request.*field).empty() ? other.*field : request.*field;
    };
    const bool is_checked = request.validate_cert.value_or(other.validate_cert.value_or(true));
    wanted.cert_reqs = is_checked ? net::CertReqs::by_default : net::CertReqs::cert_none;
    wanted.ca_certs = pick(&HTTPRequest::ca_certs);
    wanted.certfile = pick(&HTTPRequest::client_cert);
    wanted.keyfile = pick(&HTTPRequest::client_key);
    wanted.alpn = {"http/1.1"};
    wanted.handshake_timeout = std::chrono::seconds(0);  // connect_timeout limits it
    key = is_checked ? "checked" : "unchecked";
  }
  if (!is_at_home) {
    wanted.certfile.clear();
    wanted.keyfile.clear();
    wanted.password.clear();
  }
  for (const std::string* const part : {&wanted.ca_certs, &wanted.certfile, &wanted.keyfile})
    key.append("\n").append(*part);
  const auto found = contexts_.find(key);
  if (found != contexts_.end()) return found->second;
  return contexts_.emplace(key, net::SSLContext::client(std::move(wanted))).first->second;
}

std::shared_ptr<std::optional<DigestChallenge>> AsyncHTTPClient::Core::proxy_digest(
    const ProxyRoute& proxy) {
  if (proxy_digests_.size() >= kMaxProxyDigests) proxy_digests_.clear();
  auto& digest = proxy_digests_[proxy.key()];
  if (digest == nullptr) digest = std::make_shared<std::optional<DigestChallenge>>();
  return digest;
}

// ---- The handles ----

AsyncHTTPClient::AsyncHTTPClient() : core_(shared_core()) {}
AsyncHTTPClient::AsyncHTTPClient(AsyncHTTPClientOptions options)
    : core_(std::make_shared<Core>(std::move(options))) {}
AsyncHTTPClient::~AsyncHTTPClient() = default;

void AsyncHTTPClient::configure(AsyncHTTPClientOptions options) {
  const std::scoped_lock lock(configuration_lock);
  configuration() = std::move(options);
}

Task<HTTPResponse> AsyncHTTPClient::fetch(std::string url) {
  auto request = std::allocate_shared<HTTPRequest>(RequestMemory<HTTPRequest>());
  request->url = std::move(url);
  return core_->fetch(std::move(request));
}
Task<HTTPResponse> AsyncHTTPClient::fetch(const HTTPRequest& request) {
  return core_->fetch(
      std::allocate_shared<const HTTPRequest>(RequestMemory<HTTPRequest>(), request));
}
bora::detail::AwaitByNameIf<bora::detail::LostTemporary<HTTPRequest>, Task<HTTPResponse>>
AsyncHTTPClient::fetch(HTTPRequest&& request) {
  return core_->fetch(
      std::allocate_shared<const HTTPRequest>(RequestMemory<HTTPRequest>(), std::move(request)));
}

void AsyncHTTPClient::close() {
  core_->close();
}

HTTPClientStatistics AsyncHTTPClient::statistics() const {
  HTTPClientStatistics counts = core_->counts;
  counts.running = core_->pool.running();
  counts.waiting = core_->pool.waiting();
  counts.idle_connections = core_->pool.idle();
  return counts;
}

// ---- Blocking ----

HTTPClient::HTTPClient(AsyncHTTPClientOptions options) : client_(std::move(options)) {}
HTTPClient::~HTTPClient() {
  close();
}

HTTPResponse HTTPClient::fetch(const std::string& url) {
  return IOLoop::current().run_sync(client_.fetch(url));
}
HTTPResponse HTTPClient::fetch(const HTTPRequest& request) {
  return IOLoop::current().run_sync(client_.fetch(request));
}
void HTTPClient::close() {
  client_.close();
}

}  // namespace bora::http
