#include "handlers.h"

#include <chrono>
#include <limits>
#include <stdexcept>
#include <string>

#include <openssl/evp.h>

#include <bora/core/io_loop.h>
#include <bora/http/cookie.h>
#include <bora/http/http_connection.h>
#include <bora/render/json.h>

namespace conformance {
namespace {

constexpr std::string_view kText = "text/plain";

struct Message {
  std::string_view message;
};

void to_json(bora::render::JSONWriter& writer, const Message& message) {
  writer.begin_object();
  writer.member("message", message.message);
  writer.end_object();
}

/// Returns the Content-Type of a body that is sent back.
std::string_view type_of_body(const bora::http::HTTPServerRequest& request) {
  return request.headers().get_view("Content-Type").value_or("application/octet-stream");
}

}  // namespace

SHA256::SHA256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
}

void SHA256::add(std::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string SHA256::digits() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_.get(), digest, &size);
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

void Plaintext::get() {
  set_header("Content-Type", kText);
  write("Hello, World!");
}

void Json::get() {
  set_header("Content-Type", "application/json");
  write(bora::render::json_encode(Message{"Hello, World!"}));
}

void Headers::get() {
  set_header("Content-Type", kText);
  for (const auto [name, value] : request().headers()) {
    write(name);
    write(": ");
    write(value);
    write("\n");
  }
}

void Cookies::get() {
  set_header("Content-Type", kText);
  const std::string line = request().headers().get("Cookie");
  for (const auto& [name, value] : bora::http::parse_cookie(line)) {
    write(name);
    write("=");
    write(bora::http::unquote_cookie(value));
    write("\n");
  }
}

Task<void> Sleep::get() {
  co_await bora::sleep(std::chrono::seconds(2));
  set_header("Content-Type", kText);
  write("slept\n");
}

void User::get(std::int64_t id) {
  set_header("Content-Type", kText);
  write(std::to_string(id));
}

void Upload::prepare() {
  request().connection().set_max_body_size(std::numeric_limits<std::uint64_t>::max());
}

void Upload::data_received(std::string_view piece) {
  sum_.add(piece);
  size_ += piece.size();
}

void Upload::post() {
  set_header("Content-Type", kText);
  write(std::to_string(size_) + " " + sum_.digits() + "\n");
}

void Echo::get(std::string_view) {
  set_header("Content-Type", type_of_body(request()));
  write(request().body());
}

bora::websocket::WebSocketOptions WebSocketEcho::limits;

void WebSocketEcho::on_message(std::string_view data, bora::websocket::MessageType type) {
  write_message(data, type);
}

Task<void> echo(bora::http::HTTPServerRequest& request) {
  bora::http::ResponseHead head;
  head.content_type = type_of_body(request);
  head.content_length = static_cast<std::int64_t>(request.body().size());
  request.connection().write_headers(head, request.body());
  request.connection().finish();
  return {};
}

}  // namespace conformance
