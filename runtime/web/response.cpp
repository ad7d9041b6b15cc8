#include "runtime/web/response.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "runtime/http/byte_scan.h"

namespace bora::web {
namespace {

/// Buffers that no answer uses. Only a few are kept, because only handlers that have written
/// something and wait need one.
class BufferPool {
 public:
  BufferPool() = default;
  ~BufferPool() {
    while (count_ > 0) delete free_[--count_];
  }
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  ResponseBuffers* take() { return count_ > 0 ? free_[--count_] : make(); }

  void give_back(ResponseBuffers* buffers) {
    if (buffers->body.capacity() > kMaxKeptBytes || count_ == kMaxKept) {
      drop(buffers);
      return;
    }
    buffers->body.clear();
    if (!buffers->headers.empty()) buffers->headers.clear();
    buffers->reason.clear();
    free_[count_++] = buffers;
  }

 private:
  static constexpr std::size_t kMaxKept = 16;
  static constexpr std::size_t kMaxKeptBytes = 1024 * 1024;

  // Seldom needed, and kept out of their callers.
  [[gnu::noinline]] static ResponseBuffers* make() { return new ResponseBuffers; }
  [[gnu::noinline]] static void drop(ResponseBuffers* buffers) { delete buffers; }

  ResponseBuffers* free_[kMaxKept] = {};
  std::size_t count_ = 0;
};

thread_local BufferPool pool;

/// Fields that have a place of their own in ResponseHead.
enum class OwnField { none, server, date, content_type, content_length, transfer_encoding };

[[gnu::noinline]] bool is_otherwise_spelled(std::string_view name, std::string_view field) {
  return http::equals_ignoring_case(name, field);
}

/// `name` has the length of `field`, and is nearly always spelled like it.
bool is_field(std::string_view name, std::string_view field) {
  return name == field || is_otherwise_spelled(name, field);
}

OwnField own_field(std::string_view name) {
  switch (name.size()) {
    case 4:
      return is_field(name, "Date") ? OwnField::date : OwnField::none;
    case 6:
      return is_field(name, "Server") ? OwnField::server : OwnField::none;
    case 12:
      return is_field(name, "Content-Type") ? OwnField::content_type : OwnField::none;
    case 14:
      return is_field(name, "Content-Length") ? OwnField::content_length : OwnField::none;
    case 17:
      return is_field(name, "Transfer-Encoding") ? OwnField::transfer_encoding : OwnField::none;
    default:
      return OwnField::none;
  }
}

/// RFC 9112, 4 and RFC 9110, 5.5: what both a reason phrase and a field value may hold.
bool is_field_text(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

void check_value(std::string_view name, std::string_view value) {
  if (http::is_field_value(value)) return;
  throw std::invalid_argument("header '" + std::string(name) + "': control character in the value");
}

[[gnu::noinline]] std::int64_t parse_length(std::string_view value) {
  std::int64_t length = -1;
  const char* end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, length);
  if (error != std::errc() || rest != end || length < 0) {
    throw std::invalid_argument("header 'Content-Length': not a number of bytes");
  }
  return length;
}

}  // namespace

ResponseBuffers& Response::buffers() {
  if (buffers_ == nullptr) buffers_ = pool.take();
  return *buffers_;
}

void Response::give_back_buffers() {
  pool.give_back(buffers_);
  buffers_ = nullptr;
}

void Response::clear() {
  if (buffers_ != nullptr) {
    buffers_->body.clear();
    buffers_->headers.clear();
    buffers_->reason.clear();
  }
  content_type_ = kHTML;
  content_length_ = -1;
  server_ = true;
  date_ = true;
}

void Response::set_reason(std::string_view reason) {
  if (reason.empty() && buffers_ == nullptr) return;
  const bool is_allowed = std::all_of(reason.begin(), reason.end(),
                                      [](char c) { return is_field_text(c) && c != '<'; });
  buffers().reason = is_allowed ? reason : "Unknown";
}

std::string_view Response::reason() const {
  return buffers_ == nullptr ? std::string_view() : buffers_->reason;
}

/// The last answer in this memory nearly always had the same type, and the text that is kept was
/// checked.
void Response::keep_content_type(std::string_view name, std::string_view value) {
  const std::string& kept = buffers().content_type;
  if (kept != value) replace_content_type(name, value);
  content_type_ = kept;
}

void Response::replace_content_type(std::string_view name, std::string_view value) {
  check_value(name, value);
  buffers().content_type = value;
}

bool Response::set_own_field(std::string_view name, std::string_view value) {
  switch (own_field(name)) {
    case OwnField::content_type:
      keep_content_type(name, value);
      return true;
    case OwnField::content_length:
      content_length_ = parse_length(value);
      return true;
    case OwnField::transfer_encoding:
      throw std::invalid_argument(
          "header 'Transfer-Encoding': the server decides how to send a body");
    case OwnField::server:
    case OwnField::date:
    case OwnField::none:
      return false;
  }
  return false;
}

void Response::set_header(std::string_view name, std::string_view value) {
  if (!set_own_field(name, value)) set_other_field(name, value);
}

void Response::set_other_field(std::string_view name, std::string_view value) {
  buffers().headers.set(name, value);
  const OwnField field = own_field(name);
  if (field == OwnField::server) server_ = false;
  if (field == OwnField::date) date_ = false;
}

void Response::add_header(std::string_view name, std::string_view value) {
  // These fields exist once in a message, whatever the caller asks for.
  if (own_field(name) != OwnField::none) return set_header(name, value);
  buffers().headers.add(name, value);
}

void Response::clear_header(std::string_view name) {
  switch (own_field(name)) {
    case OwnField::content_type:
      content_type_ = {};
      return;
    case OwnField::content_length:
      content_length_ = -1;
      return;
    case OwnField::server:
      server_ = false;
      break;
    case OwnField::date:
      date_ = false;
      break;
    case OwnField::transfer_encoding:
    case OwnField::none:
      break;
  }
  if (buffers_ != nullptr) buffers_->headers.remove(name);
}

bool Response::has_header(std::string_view name) const {
  return buffers_ != nullptr && buffers_->headers.contains(name);
}

std::optional<std::string> Response::find_header(std::string_view name) const {
  switch (own_field(name)) {
    case OwnField::content_type:
      if (content_type_.empty()) return std::nullopt;
      return std::string(content_type_);
    case OwnField::content_length:
      if (content_length_ < 0) return std::nullopt;
      return std::to_string(content_length_);
    case OwnField::server:
    case OwnField::date:
    case OwnField::transfer_encoding:
    case OwnField::none:
      break;
  }
  if (buffers_ == nullptr || !buffers_->headers.contains(name)) return std::nullopt;
  return buffers_->headers.get(name);
}

void Response::drop_body_headers() {
  content_type_ = {};
  content_length_ = -1;
  if (buffers_ == nullptr) return;
  buffers_->headers.remove("Content-Encoding");
  buffers_->headers.remove("Content-Language");
}

std::string_view Response::body_text() const {
  return buffers_ == nullptr ? std::string_view() : buffers_->body.text();
}

void Response::clear_body() {
  if (buffers_ != nullptr) buffers_->body.clear();
}

http::ResponseHead Response::head(int status, std::int64_t content_length) const {
  http::ResponseHead head;
  head.status = status;
  head.content_type = content_type_;
  head.server = server_;
  head.date = date_;
  head.content_length = content_length;
  if (buffers_ != nullptr) {
    head.reason = buffers_->reason;
    if (!buffers_->headers.empty()) head.headers = &buffers_->headers;
  }
  return head;
}

}  // namespace bora::web
