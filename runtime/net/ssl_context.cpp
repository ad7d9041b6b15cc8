#include <bora/net/ssl_context.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <bora/core/assert.h>
#include <bora/core/log.h>

#include "runtime/core/absolute_path.h"
#include "runtime/core/host_name.h"
#include "runtime/net/ssl_context_impl.h"

// A server's host is chosen while the ClientHello is looked at, before OpenSSL looks at its ticket.
// A session is therefore judged by the demands of the host that is asked for.

namespace bora::net {
namespace {

// Lines about failed handshakes in each window of ten seconds.
constexpr int kLoggedAtMost = 10;
constexpr std::int64_t kLogWindowSeconds = 10;

std::int64_t epoch_seconds() noexcept {
  return static_cast<std::int64_t>(std::time(nullptr));
}

/// What the callbacks of a server's SSL_CTX need. Belongs to it, and never changes.
struct ServerState {
  std::shared_ptr<TicketKeys> tickets;
  std::string alpn;
  SSLHosts hosts;

  [[nodiscard]] SSL_CTX* find(std::string_view asked) const {
    const std::string name = comparable_host(asked);
    auto found = hosts.find(name);
    const std::size_t dot = name.find('.');
    if (found == hosts.end() && dot != std::string::npos) found = hosts.find(name.substr(dot));
    return found == hosts.end() ? nullptr : found->second.get();
  }
};

int state_index() {
  static const int index = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* state, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<ServerState*>(state);
      });
  return index;
}

const ServerState& state_of(const SSL_CTX* context) noexcept {
  return *static_cast<const ServerState*>(SSL_CTX_get_ex_data(context, state_index()));
}
const ServerState& state_of(const SSL* ssl) noexcept {
  return state_of(SSL_get_SSL_CTX(ssl));
}

// RFC 6066, 3: a list with one host_name.
std::string_view asked_name(SSL* ssl) noexcept {
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes, &size) != 1) return {};
  if (size < 5 || bytes[2] != TLSEXT_NAMETYPE_host_name) return {};
  const std::size_t length = static_cast<std::size_t>(bytes[3]) << 8 | bytes[4];
  if (length > size - 5) return {};
  return {reinterpret_cast<const char*>(bytes + 5), length};
}

int choose_host(SSL* ssl, int*, void*) noexcept {
  const ServerState& state = state_of(ssl);
  if (state.hosts.empty()) return SSL_CLIENT_HELLO_SUCCESS;
  SSL_CTX* const context = state.find(asked_name(ssl));
  if (context == nullptr) return SSL_CLIENT_HELLO_SUCCESS;
  // A connection keeps what it copied from its first context, so this is copied again.
  SSL_set_SSL_CTX(ssl, context);
  SSL_set_verify(ssl, SSL_CTX_get_verify_mode(context), nullptr);
  SSL_set_min_proto_version(ssl, static_cast<int>(SSL_CTX_get_min_proto_version(context)));
  return SSL_CLIENT_HELLO_SUCCESS;
}

int choose_protocol(SSL* ssl, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned offered_size, void*) noexcept {
  const std::string& configured = state_of(ssl).alpn;
  const std::string_view own =
      configured.empty() ? default_alpn_of(ssl) : std::string_view(configured);
  if (own.empty()) return SSL_TLSEXT_ERR_NOACK;
  const int result =
      SSL_select_next_proto(const_cast<unsigned char**>(out), out_size,
                            reinterpret_cast<const unsigned char*>(own.data()),
                            static_cast<unsigned>(own.size()), offered, offered_size);
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// 1: use the key; 2: use it, and give out a new ticket; 0: no such key; -1: failed.
int use_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                   EVP_MAC_CTX* mac, int is_sealing) noexcept {
  TicketKeys& tickets = *state_of(ssl).tickets;
  TicketKeys::Key key;
  int result = 1;
  if (is_sealing != 0) {
    key = tickets.current(epoch_seconds());
    std::copy(key.name.begin(), key.name.end(), name);
    if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return -1;
  } else {
    const std::string_view wanted(reinterpret_cast<const char*>(name), key.name.size());
    const TicketKeys::Found found = tickets.find(wanted, epoch_seconds(), key);
    if (found == TicketKeys::Found::unknown) return 0;
    // RFC 8446, C.4: clients should not use a ticket twice, so each visit gives them a new one.
    if (found == TicketKeys::Found::previous || SSL_version(ssl) == TLS1_3_VERSION) result = 2;
  }
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  const bool is_fine =
      EVP_MAC_CTX_set_params(mac, parameters) == 1 &&
      EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv, is_sealing) == 1;
  OPENSSL_cleanse(&key, sizeof(key));
  return is_fine ? result : -1;
}

void set_up_server(SSL_CTX* context, ServerState state) {
  SSL_CTX_set_ex_data(context, state_index(), new ServerState(std::move(state)));
  SSL_CTX_set_client_hello_cb(context, &choose_host, nullptr);
  SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &use_ticket_key);
}

std::string host_key(std::string_view name) {
  std::string key = comparable_host(name);
  if (key.starts_with("*.")) key.erase(0, 1);
  const bool is_name = !key.empty() && key != "." && key.find_first_of("*:/ ") == std::string::npos;
  if (!is_name) {
    throw SSLError("add_host(\"" + std::string(name) +
                   "\"): a host is a name such as \"example.com\" or \"*.example.com\"");
  }
  return key;
}

}  // namespace

// ---- Impl ----

SSLContext::Impl::Impl(SSLRole role, SSLOptions options)
    : role_(role),
      options_(std::move(options)),
      alpn_(alpn_wire(options_.alpn)),
      tickets_(role == SSLRole::server ? std::make_shared<TicketKeys>(epoch_seconds()) : nullptr),
      active_(load({})) {}

SSLContextPtr SSLContext::Impl::load(SSLHosts hosts) const {
  SSLContextPtr context = load_ssl_context(role_, options_, {});
  if (role_ == SSLRole::server) {
    set_up_server(context.get(), {tickets_, alpn_, std::move(hosts)});
  } else if (!alpn_.empty()) {
    SSL_CTX_set_alpn_protos(context.get(), reinterpret_cast<const unsigned char*>(alpn_.data()),
                            static_cast<unsigned>(alpn_.size()));
  }
  return context;
}

SSLContextPtr SSLContext::Impl::load_host(const std::string& name,
                                          const SSLOptions& options) const {
  SSLContextPtr context = load_ssl_context(role_, options, name);
  set_up_server(context.get(), {tickets_, alpn_, {}});
  return context;
}

void SSLContext::Impl::add_host(const std::string& name, SSLOptions options) {
  SSLHosts hosts;
  for (const auto& [other, context] : state_of(active_.get()).hosts) {
    SSL_CTX_up_ref(context.get());
    hosts[other].reset(context.get());
  }
  hosts[name] = load_host(name, options);
  replace(load(std::move(hosts)));
  hosts_[name] = std::move(options);
}

void SSLContext::Impl::reload() {
  SSLHosts hosts;
  for (const auto& [name, options] : hosts_) hosts[name] = load_host(name, options);
  replace(load(std::move(hosts)));
}

void SSLContext::Impl::replace(SSLContextPtr context) {
  const std::scoped_lock lock(mutex_);
  active_.swap(context);
}

SSL* SSLContext::Impl::make_ssl() const {
  const std::scoped_lock lock(mutex_);
  SSL* const ssl = SSL_new(active_.get());
  if (ssl == nullptr) throw SSLError("can't begin TLS: " + last_ssl_reason());
  return ssl;
}

void SSLContext::Impl::log_failure(std::string_view peer, std::string_view why) {
  const std::scoped_lock lock(log_mutex_);
  const std::int64_t window = epoch_seconds() / kLogWindowSeconds;
  if (window != log_window_) {
    if (left_out_ > 0) gen_log.info(left_out_, " more TLS handshakes failed");
    log_window_ = window;
    logged_ = 0;
    left_out_ = 0;
  }
  if (logged_ == kLoggedAtMost) {
    ++left_out_;
    return;
  }
  ++logged_;
  gen_log.info("TLS handshake with ", peer, " failed: ", why);
}

// ---- SSLContext ----

namespace {

/// reload() must read the same files even if the program has changed its folder meanwhile.
SSLOptions with_absolute_paths(SSLOptions options) {
  for (std::string* path : {&options.certfile, &options.keyfile, &options.ca_certs}) {
    *path = bora::detail::absolute_path(*path);
  }
  return options;
}

}  // namespace

SSLContext::SSLContext(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

SSLContext SSLContext::server(SSLOptions options) {
  return SSLContext(
      std::make_shared<Impl>(SSLRole::server, with_absolute_paths(std::move(options))));
}

SSLContext SSLContext::client() {
  return client(SSLOptions());
}

SSLContext SSLContext::client(SSLOptions options) {
  return SSLContext(
      std::make_shared<Impl>(SSLRole::client, with_absolute_paths(std::move(options))));
}

void SSLContext::add_host(std::string_view name, SSLOptions options) {
  BORA_ASSERT(impl_ != nullptr && is_server() && "add_host() is for servers' contexts");
  impl_->add_host(host_key(name), with_absolute_paths(std::move(options)));
}

void SSLContext::reload() {
  BORA_ASSERT(impl_ != nullptr && "reload() of no context");
  impl_->reload();
}

bool SSLContext::is_server() const noexcept {
  return impl_ != nullptr && impl_->role() == SSLRole::server;
}

const SSLOptions& SSLContext::options() const& noexcept {
  BORA_ASSERT(impl_ != nullptr && "options() of no context");
  return impl_->options();
}

}  // namespace bora::net
