#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <bora/core/escape.h>
#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/http/http_server.h>
#include <bora/http/httputil.h>
#include <bora/web.h>

#include "runtime/core/crypto.h"

namespace bora::test {

using nlohmann::json;

/// A key that signs as JSON Web Signatures do.
class SigningKey {
 public:
  enum class Kind { rsa, weak_rsa, p256, ed25519 };

  explicit SigningKey(Kind kind) : kind_(kind) {
    EVP_PKEY* key = nullptr;
    if (kind == Kind::rsa) key = EVP_RSA_gen(2048);
    if (kind == Kind::weak_rsa) key = EVP_RSA_gen(1024);
    if (kind == Kind::p256) key = EVP_EC_gen("P-256");
    if (kind == Kind::ed25519) key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    key_ = std::shared_ptr<EVP_PKEY>(key, &EVP_PKEY_free);
  }

  [[nodiscard]] std::string algorithm() const {
    return kind_ == Kind::p256 ? "ES256" : kind_ == Kind::ed25519 ? "EdDSA" : "RS256";
  }

  [[nodiscard]] json jwk(const std::string& id) const {
    json key = {{"kid", id}, {"use", "sig"}, {"alg", algorithm()}};
    if (kind_ == Kind::p256) {
      key.update({{"kty", "EC"},
                  {"crv", "P-256"},
                  {"x", number(OSSL_PKEY_PARAM_EC_PUB_X, 32)},
                  {"y", number(OSSL_PKEY_PARAM_EC_PUB_Y, 32)}});
    } else if (kind_ == Kind::ed25519) {
      unsigned char raw[32];
      std::size_t size = sizeof raw;
      EVP_PKEY_get_raw_public_key(key_.get(), raw, &size);
      key.update({{"kty", "OKP"},
                  {"crv", "Ed25519"},
                  {"x", crypto::to_base64url({reinterpret_cast<char*>(raw), size})}});
    } else {
      key.update({{"kty", "RSA"},
                  {"n", number(OSSL_PKEY_PARAM_RSA_N, 0)},
                  {"e", number(OSSL_PKEY_PARAM_RSA_E, 0)}});
    }
    return key;
  }

  [[nodiscard]] std::string sign(const std::string& text) const {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, kind_ == Kind::ed25519 ? nullptr : EVP_sha256(), nullptr,
                       key_.get());
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    EVP_DigestSign(context, nullptr, &size, bytes, text.size());
    std::string signature(size, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                   text.size());
    signature.resize(size);
    EVP_MD_CTX_free(context);
    if (kind_ != Kind::p256) return signature;
    const auto* der = reinterpret_cast<const unsigned char*>(signature.data());
    ECDSA_SIG* const parts = d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(size));
    std::string raw(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(parts), reinterpret_cast<unsigned char*>(raw.data()), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(parts), reinterpret_cast<unsigned char*>(raw.data()) + 32, 32);
    ECDSA_SIG_free(parts);
    return raw;
  }

 private:
  [[nodiscard]] std::string number(const char* name, int width) const {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &value);
    std::string bytes(static_cast<std::size_t>(width > 0 ? width : BN_num_bytes(value)), '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()),
                 static_cast<int>(bytes.size()));
    BN_free(value);
    return crypto::to_base64url(bytes);
  }

  std::shared_ptr<EVP_PKEY> key_;
  Kind kind_;
};

/// An OpenID provider on this machine that a test can make lie.
class LyingProvider {
 public:
  LyingProvider() : app_(routes()), server_(app_) {
    server_.listen(0, "127.0.0.1");
    current = this;
  }
  ~LyingProvider() {
    server_.stop();
    server_.close_all_connections();
    // The handlers that wait for their clients' end run once more, and use the application.
    while (app_.running_requests() > 0) IOLoop::current().run_once(std::chrono::milliseconds(5));
    current = nullptr;
  }

  [[nodiscard]] std::string issuer() const {
    return "http://127.0.0.1:" + std::to_string(server_.port());
  }

  /// Stores the arguments of the browser's visit at the authorization endpoint.
  void authorize(const std::string& url) {
    asked.clear();
    for (const auto& argument : http::parse_qs(url.substr(url.find('?') + 1)))
      asked[std::string(argument.name)] = argument.value;
  }

  [[nodiscard]] std::string id_token() const {
    json head = {{"alg", key->algorithm()}, {"kid", "k"}, {"typ", "JWT"}};
    if (change_head) change_head(head);
    json claims = {{"iss", issuer()},
                   {"sub", "ada"},
                   {"aud", "client"},
                   {"exp", now() + 300},
                   {"iat", now()},
                   {"nonce", asked.count("nonce") ? asked.at("nonce") : ""},
                   {"email", "ada@example.com"}};
    if (change_claims) change_claims(claims);
    std::string text = claims.dump();
    if (change_claims_text) change_claims_text(text);
    const std::string signed_text =
        crypto::to_base64url(head.dump()) + "." + crypto::to_base64url(text);
    const std::string signature = sign ? sign(signed_text) : key->sign(signed_text);
    return signed_text + "." + crypto::to_base64url(signature);
  }

  static std::int64_t now() { return std::time(nullptr); }

  std::shared_ptr<SigningKey> key;  ///< Signs, and is published.
  std::map<std::string, std::string> asked;
  std::vector<std::string> token_requests;
  int key_fetches = 0;
  int discoveries = 0;
  std::function<void(json&)> change_discovery;
  std::function<void(json&)> change_keys;
  std::function<void(json&)> change_head;
  std::function<void(json&)> change_claims;
  std::function<void(std::string&)> change_claims_text;
  std::function<std::string(const std::string&)> sign;
  std::function<void(json&)> change_tokens;
  std::function<void(web::RequestHandler&)> token_answer;  ///< Called instead of the usual answer.
  bool is_silent = false;
  bool is_discovery_silent = false;

  inline static LyingProvider* current = nullptr;

 private:
  class Discovery : public web::RequestHandler {
   public:
    Task<void> get() {
      ++current->discoveries;
      if (current->is_discovery_silent) co_await gone_.wait();
      if (gone_.is_set()) co_return;
      const std::string at = current->issuer();
      json text = {{"issuer", at},
                   {"authorization_endpoint", at + "/authorize"},
                   {"token_endpoint", at + "/token"},
                   {"jwks_uri", at + "/keys"},
                   {"userinfo_endpoint", at + "/userinfo"},
                   {"end_session_endpoint", at + "/logout"},
                   {"revocation_endpoint", at + "/revoke"}};
      if (current->change_discovery) current->change_discovery(text);
      write(text.dump());
    }
    void on_connection_close() override { gone_.set(); }

   private:
    Event gone_;
  };
  class Keys : public web::RequestHandler {
   public:
    void get() {
      ++current->key_fetches;
      json text = {{"keys", json::array({current->key->jwk("k")})}};
      if (current->change_keys) current->change_keys(text);
      write(text.dump());
    }
  };
  class Token : public web::RequestHandler {
   public:
    Task<void> post() {
      current->token_requests.emplace_back(request().body());
      if (current->is_silent) co_await gone_.wait();
      if (gone_.is_set()) co_return;
      if (current->token_answer) {
        current->token_answer(*this);
        co_return;
      }
      // RFC 7636: the code is good only together with its verifier.
      const bool has_code = get_argument("grant_type") == "authorization_code";
      const std::string challenge =
          crypto::to_base64url(crypto::sha256(get_argument("code_verifier", "")));
      if (has_code &&
          (get_argument("code") != "good" || challenge != current->asked["code_challenge"])) {
        set_status(400);
        write(R"({"error": "invalid_grant"})");
        co_return;
      }
      json text = {{"access_token", "access"},
                   {"token_type", "bearer"},
                   {"expires_in", 300},
                   {"refresh_token", "again"},
                   {"id_token", current->id_token()}};
      if (current->change_tokens) current->change_tokens(text);
      write(text.dump());
    }
    void on_connection_close() override { gone_.set(); }

   private:
    Event gone_;
  };
  class UserInfo : public web::RequestHandler {
   public:
    void get() {
      if (request().headers().get("Authorization") != "Bearer access") return set_status(401);
      write(R"({"sub": "ada", "name": "Ada Lovelace", "email_verified": true})");
    }
  };
  class Revoke : public web::RequestHandler {
   public:
    void post() { current->token_requests.emplace_back(request().body()); }
  };

  static std::vector<web::URLSpec> routes() {
    std::vector<web::URLSpec> list;
    list.push_back(web::url<Discovery>("/.well-known/openid-configuration"));
    list.push_back(web::url<Keys>("/keys"));
    list.push_back(web::url<Token>("/token"));
    list.push_back(web::url<UserInfo>("/userinfo"));
    list.push_back(web::url<Revoke>("/revoke"));
    return list;
  }

  web::Application app_;
  http::HTTPServer server_;
};

}  // namespace bora::test
