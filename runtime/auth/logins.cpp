#include <bora/auth/logins.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

// toml++ is compiled into this file, even if the system has it as a library with settings of its
// own.
#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#if __has_include(<toml++/toml.hpp>)
#include <toml++/toml.hpp>
#else
#include <toml++/toml.h>
#endif

#include "runtime/auth/login_cookie.h"

namespace bora::auth {

namespace {

[[noreturn]] void fail(const std::string& place, const toml::source_region& at,
                       const std::string& why) {
  throw std::runtime_error(place + ":" + std::to_string(at.begin.line) + ": " + why);
}

/// The keys of one [[login]].
class Entry {
 public:
  Entry(const toml::table& table, const std::string& place) : table_(table), place_(place) {
    for (const auto& [key, value] : table_) {
      constexpr std::string_view kKnown[] = {
          "name",        "kind",      "issuer",         "client_id",           "client_secret",
          "scope",       "algorithm", "secret_in_body", "allow_http_loopback", "client_secret_env",
          "redirect_uri"};
      const std::string_view name = key.str();
      if (std::find(std::begin(kKnown), std::end(kKnown), name) == std::end(kKnown))
        fail(place_, value.source(), "a [[login]] has no key " + shortened(name));
    }
  }

  [[nodiscard]] std::string text(const char* key, const std::string& missing = {}) const {
    const auto* const node = table_.get(key);
    if (node == nullptr) return missing;
    const auto value = node->value_exact<std::string>();
    if (!value) fail(place_, node->source(), std::string(key) + " is a text");
    return *value;
  }
  [[nodiscard]] bool flag(const char* key, bool missing) const {
    const auto* const node = table_.get(key);
    if (node == nullptr) return missing;
    const auto value = node->value_exact<bool>();
    if (!value) fail(place_, node->source(), std::string(key) + " is true or false");
    return *value;
  }
  [[nodiscard]] std::string secret() const {
    const std::string variable = text("client_secret_env");
    if (variable.empty()) return text("client_secret");
    const char* const value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0')
      fail(place_, table_.source(), "the environment has no " + variable);
    return value;
  }
  [[noreturn]] void refuse(const std::string& why) const { fail(place_, table_.source(), why); }

 private:
  const toml::table& table_;
  const std::string& place_;
};

}  // namespace

Logins::Logins() = default;
Logins::~Logins() = default;

void Logins::read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": the file can't be read");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  read(text, path);
}

void Logins::read(std::string_view text, const std::string& place) {
  const toml::parse_result result = toml::parse(text);
  if (!result) fail(place, result.error().source(), std::string(result.error().description()));
  const toml::array* const list = result.table()["login"].as_array();
  if (list == nullptr) throw std::runtime_error(place + ": there is no [[login]]");
  for (const toml::node& node : *list) {
    const toml::table* const table = node.as_table();
    if (table == nullptr) fail(place, node.source(), "a login is a table: [[login]]");
    const Entry entry(*table, place);
    const std::string kind = entry.text("kind", "openid");
    try {
      if (kind == "openid") {
        OpenIDOptions options;
        options.name = entry.text("name", options.name);
        options.issuer = entry.text("issuer");
        options.client_id = entry.text("client_id");
        options.client_secret = entry.secret();
        options.redirect_uri = entry.text("redirect_uri");
        options.scope = entry.text("scope", options.scope);
        options.algorithm = entry.text("algorithm", options.algorithm);
        options.secret_in_body = entry.flag("secret_in_body", options.secret_in_body);
        options.allow_http_loopback = entry.flag("allow_http_loopback", false);
        add(std::move(options));
      } else if (kind == "github" || kind == "facebook") {
        const auto make = kind == "github" ? &github : &facebook;
        OAuth2Options options =
            make(entry.text("client_id"), entry.secret(), entry.text("redirect_uri"));
        options.name = entry.text("name", options.name);
        options.scope = entry.text("scope", options.scope);
        add(std::move(options));
      } else {
        entry.refuse("kind is openid, github or facebook, and not " + shortened(kind));
      }
    } catch (const std::invalid_argument& error) {
      entry.refuse(error.what());
    }
  }
}

void Logins::claim(const std::string& name) {
  if (std::find(names_.begin(), names_.end(), name) != names_.end())
    throw std::invalid_argument("two logins are called " + name);
  names_.push_back(name);
}

void Logins::add(OpenIDOptions options) {
  auto client = std::make_unique<OpenIDClient>(std::move(options));
  claim(client->options().name);
  openid_.emplace(client->options().name, std::move(client));
}

void Logins::add(OAuth2Options options) {
  auto client = std::make_unique<OAuth2Client>(std::move(options));
  claim(client->options().name);
  oauth2_.emplace(client->options().name, std::move(client));
}

OpenIDClient* Logins::openid(std::string_view name) const {
  const auto found = openid_.find(name);
  return found == openid_.end() ? nullptr : found->second.get();
}
OAuth2Client* Logins::oauth2(std::string_view name) const {
  const auto found = oauth2_.find(name);
  return found == oauth2_.end() ? nullptr : found->second.get();
}

Task<void> Logins::begin(web::RequestHandler& handler, std::string name, std::string return_to) {
  if (OpenIDClient* const client = openid(name))
    return client->begin(handler, std::move(return_to));
  OAuth2Client* const client = oauth2(name);
  if (client == nullptr) throw AuthError(404, "there is no login called " + shortened(name));
  client->begin(handler, std::move(return_to));
  return {};
}

Task<Identity> Logins::finish(web::RequestHandler& handler, std::string name) {
  if (OpenIDClient* const client = openid(name)) return client->finish(handler);
  OAuth2Client* const client = oauth2(name);
  if (client == nullptr) throw AuthError(404, "there is no login called " + shortened(name));
  return client->finish(handler);
}

}  // namespace bora::auth
