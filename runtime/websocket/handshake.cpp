#include "runtime/websocket/handshake.h"

#include <algorithm>

#include "runtime/core/crypto.h"
#include "runtime/http/characters.h"
#include "runtime/text/characters.h"
#include "runtime/websocket/extension_list.h"

namespace bora::websocket {

namespace {

constexpr std::string_view kGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

// Whether one of a list of tokens (RFC 9110, 5.6.1) is `wanted`.
bool lists(const http::HTTPHeaders& headers, std::string_view name, std::string_view wanted) {
  const std::optional<std::vector<std::string>> tokens = parse_tokens(headers.get(name));
  return tokens && std::any_of(tokens->begin(), tokens->end(), [&](const std::string& token) {
           return http::equals_ignoring_case(token, wanted);
         });
}

// Upgrade may name a version, "websocket/13": the name is what counts.
bool offers_websocket(const http::HTTPHeaders& headers) {
  std::string text = headers.get("Upgrade");
  std::replace(text.begin(), text.end(), '/', ' ');
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string_view element = std::string_view(text).substr(begin, end - begin);
    while (!element.empty() && (element.front() == ' ' || element.front() == '\t'))
      element.remove_prefix(1);
    element = element.substr(0, element.find_first_of(" \t"));
    if (http::equals_ignoring_case(element, "websocket")) return true;
    begin = end + 1;
  }
  return false;
}

// Sixteen bytes in base64.
bool is_key(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==")) return false;
  // The last character before the padding holds two bits of data: the others must be zero.
  return std::all_of(key.begin(), key.end() - 2,
                     [](char c) { return text::is_alphanumeric(c) || c == '+' || c == '/'; }) &&
         std::string_view("AQgw").find(key[21]) != std::string_view::npos;
}

std::string_view without_default_port(std::string_view host, std::string_view scheme) {
  const std::string_view port = scheme == "https" || scheme == "wss" ? ":443" : ":80";
  if (host.ends_with(port)) host.remove_suffix(port.size());
  return host;
}

}  // namespace

std::optional<Refusal> check_upgrade(const http::HTTPServerRequest& request) {
  const http::HTTPHeaders& headers = request.headers();
  if (request.method() != "GET") return Refusal{405, "A WebSocket begins with GET."};
  if (request.version() != "HTTP/1.1")
    return Refusal{400, "A WebSocket begins with a request of HTTP/1.1."};
  if (!offers_websocket(headers)) return Refusal{400, "Can \"Upgrade\" only to \"WebSocket\"."};
  if (!lists(headers, "Connection", "upgrade"))
    return Refusal{400, "\"Connection\" must be \"Upgrade\"."};
  const std::vector<std::string_view> versions = headers.get_list("Sec-WebSocket-Version");
  if (versions.size() != 1 || versions.front() != "13")
    return Refusal{426, "Only version 13 of the WebSocket protocol is spoken here."};
  const std::vector<std::string_view> keys = headers.get_list("Sec-WebSocket-Key");
  if (keys.size() != 1 || !is_key(keys.front()))
    return Refusal{400, "\"Sec-WebSocket-Key\" must be 16 bytes in base64."};
  if (!offered_subprotocols(headers))
    return Refusal{400, "\"Sec-WebSocket-Protocol\" must list names, each once."};
  if (!parse_extensions(headers.get("Sec-WebSocket-Extensions")))
    return Refusal{400, "\"Sec-WebSocket-Extensions\" is malformed."};
  if (!request.body().empty()) return Refusal{400, "A WebSocket's request has no body."};
  return std::nullopt;
}

bool is_same_origin(std::string_view origin, const http::HTTPServerRequest& request) {
  const std::string text = text::lowered(origin);
  const std::size_t colon = text.find("://");
  if (colon == std::string::npos) return false;
  const std::string_view scheme = std::string_view(text).substr(0, colon);
  std::string_view host = std::string_view(text).substr(colon + 3);
  host = host.substr(0, host.find('/'));
  if (scheme != request.protocol()) return false;
  const std::string own = text::lowered(request.host());
  return !host.empty() && without_default_port(host, scheme) == without_default_port(own, scheme);
}

std::optional<std::vector<std::string>> offered_subprotocols(const http::HTTPHeaders& headers) {
  std::optional<std::vector<std::string>> names =
      parse_tokens(headers.get("Sec-WebSocket-Protocol"));
  if (!names) return std::nullopt;
  std::vector<std::string> sorted = *names;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return std::nullopt;
  return names;
}

std::string accept_key(std::string_view key) {
  crypto::Hasher hasher(crypto::Digest::sha1);
  hasher.update(key);
  hasher.update(kGUID);
  return crypto::to_base64(hasher.finish());
}

std::string new_key() {
  return crypto::to_base64(crypto::random_bytes(16));
}

}  // namespace bora::websocket
