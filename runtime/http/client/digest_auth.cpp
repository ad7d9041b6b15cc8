#include "runtime/http/client/digest_auth.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "runtime/core/crypto.h"
#include "runtime/http/characters.h"
#include "runtime/text/fields.h"

namespace bora::http {

namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Challenge {
  std::string scheme;
  Parameters parameters;
};

void skip(std::string_view& text, std::string_view set) {
  text.remove_prefix(std::min(text.find_first_not_of(set), text.size()));
}

// RFC 9110, 11.6.1: a list of challenges, each of which is itself a list with commas. A name with
// '=' after it is a parameter of the challenge before; another begins the next challenge.
std::vector<Challenge> read_challenges(std::string_view text) {
  std::vector<Challenge> challenges;
  for (;;) {
    skip(text, " \t,");
    std::string name(text::take_token(text));
    if (name.empty()) return challenges;
    std::string_view behind = text;
    skip(behind, " \t");
    if (!behind.starts_with('=') || challenges.empty()) {
      challenges.push_back({std::move(name), {}});
      continue;
    }
    text = behind.substr(1);
    skip(text, " \t");
    std::optional<std::string> value = text.starts_with('"') ? text::take_quoted_string(text)
                                                             : std::string(text::take_token(text));
    if (!value) return challenges;
    challenges.back().parameters.emplace_back(std::move(name), *std::move(value));
  }
}

bool lists(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view element = list.substr(0, comma);
    skip(element, " \t");
    element = element.substr(0, element.find_last_not_of(" \t") + 1);
    if (equals_ignoring_case(element, wanted)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

std::optional<DigestChallenge> usable(const Challenge& challenge) {
  if (!equals_ignoring_case(challenge.scheme, "Digest")) return std::nullopt;
  DigestChallenge result;
  bool has_nonce = false;
  for (const auto& [name, value] : challenge.parameters) {
    if (equals_ignoring_case(name, "realm")) {
      result.realm = value;
    } else if (equals_ignoring_case(name, "nonce")) {
      result.nonce = value;
      has_nonce = true;
    } else if (equals_ignoring_case(name, "opaque")) {
      result.opaque = value;
      result.has_opaque = true;
    } else if (equals_ignoring_case(name, "stale")) {
      result.is_stale = equals_ignoring_case(value, "true");
    } else if (equals_ignoring_case(name, "algorithm")) {
      result.is_session =
          value.size() > 5 && equals_ignoring_case(value.substr(value.size() - 5), "-sess");
      const std::string base = value.substr(0, value.size() - (result.is_session ? 5 : 0));
      result.is_sha256 = equals_ignoring_case(base, "SHA-256");
      if (!result.is_sha256 && !equals_ignoring_case(base, "MD5")) return std::nullopt;
    } else if (equals_ignoring_case(name, "qop")) {
      if (!lists(value, "auth")) return std::nullopt;
      result.has_qop = true;
    }
  }
  if (!has_nonce) return std::nullopt;
  return result;
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result += '"';
}

}  // namespace

std::optional<DigestChallenge> read_digest_challenge(const HTTPHeaders& headers,
                                                     std::string_view field) {
  std::optional<DigestChallenge> best;
  for (const std::string_view value : headers.get_list(field)) {
    for (const Challenge& challenge : read_challenges(value)) {
      auto found = usable(challenge);
      if (found && (!best || (found->is_sha256 && !best->is_sha256))) best = std::move(found);
    }
  }
  return best;
}

std::string digest_authorization(const DigestChallenge& challenge, const DigestLogin& login) {
  const auto hash = [&](const std::string& text) {
    crypto::Hasher hasher(challenge.is_sha256 ? crypto::Digest::sha256 : crypto::Digest::md5);
    hasher.update(text);
    return crypto::to_hex(hasher.finish());
  };
  const std::string user(login.username);
  const std::string nonce_count = [&] {
    char text[16];
    std::snprintf(text, sizeof text, "%08x", login.count);
    return std::string(text);
  }();
  std::string secret = hash(user + ":" + challenge.realm + ":" + std::string(login.password));
  if (challenge.is_session)
    secret = hash(secret + ":" + challenge.nonce + ":" + std::string(login.client_nonce));
  const std::string what = hash(std::string(login.method) + ":" + std::string(login.target));
  const std::string response = challenge.has_qop
                                   ? hash(secret + ":" + challenge.nonce + ":" + nonce_count + ":" +
                                          std::string(login.client_nonce) + ":auth:" + what)
                                   : hash(secret + ":" + challenge.nonce + ":" + what);
  std::string text = "Digest username=" + quoted(user) + ", realm=" + quoted(challenge.realm) +
                     ", nonce=" + quoted(challenge.nonce) + ", uri=" + quoted(login.target) +
                     ", response=\"" + response + "\", algorithm=";
  text += challenge.is_sha256 ? "SHA-256" : "MD5";
  if (challenge.is_session) text += "-sess";
  if (challenge.has_qop || challenge.is_session) text += ", cnonce=" + quoted(login.client_nonce);
  if (challenge.has_qop) text += ", qop=auth, nc=" + nonce_count;
  if (challenge.has_opaque) text += ", opaque=" + quoted(challenge.opaque);
  return text;
}

}  // namespace bora::http
