#include <bora/http/http_server_request.h>

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include <bora/core/io_loop.h>
#include <bora/http/cookie.h>
#include <bora/http/http_connection.h>
#include <bora/net/ssl_context.h>

#include "runtime/core/host_name.h"
#include "runtime/http/characters.h"
#include "runtime/http/form.h"
#include "runtime/http/request_builder.h"
#include "runtime/http/request_memory.h"

namespace bora::http {

namespace {

// What a recycled request may keep. Bigger bodies and heads give their memory back.
constexpr std::size_t kMaxKeptBody = 16 * 1024;

// The buffer of a body is made in one piece if Content-Length tells its size, but not for more than
// this: the sender might never send it.
constexpr std::size_t kMaxReserve = 1024 * 1024;

}  // namespace

HTTPServerRequest::HTTPServerRequest() : memory_(new RequestMemory) {}

HTTPServerRequest::~HTTPServerRequest() {
  delete form_;
  delete memory_;
}

void HTTPServerRequest::append_body(std::string_view piece) {
  if (body_.empty()) body_.reserve(std::min(expected_body_size_, kMaxReserve));
  body_.append(piece);
}

std::string_view HTTPServerRequest::remote_ip() const {
  if (remote_ip_size_ == 0) {
    const int family = address_[0] == 16 ? AF_INET6 : AF_INET;  // no address: 0.0.0.0
    inet_ntop(family, address_ + 1, remote_ip_, sizeof(remote_ip_));
    remote_ip_size_ = static_cast<std::uint8_t>(std::strlen(remote_ip_));
  }
  return {remote_ip_, remote_ip_size_};
}

std::string HTTPServerRequest::host_name() const {
  return comparable_host(without_port(host_));
}

std::optional<net::SSLCertificate> HTTPServerRequest::get_ssl_certificate() const {
  return connection_->get_ssl_certificate();
}

std::string HTTPServerRequest::full_url() const {
  std::string url(protocol_);
  url.append("://").append(host_);
  if (uri_ != "*") {
    if (!uri_.starts_with('/')) url += '/';
    url += uri_;
  }
  return url;
}

HTTPServerRequest::Form& HTTPServerRequest::form() const {
  if (form_ == nullptr) form_ = new Form;
  return *form_;
}

const std::vector<Argument>& HTTPServerRequest::query_arguments() const {
  static_cast<void>(parse_query());
  return form().query_arguments;
}

const std::vector<Argument>& HTTPServerRequest::body_arguments() const {
  static_cast<void>(parse_body());
  return form().body_arguments;
}

const std::vector<std::pair<std::string, HTTPFile>>& HTTPServerRequest::files() const {
  static_cast<void>(parse_body());
  return form().files;
}

const std::string* HTTPServerRequest::parse_query() const {
  Form& form = this->form();
  if (form.query_state == Form::State::unread) {
    const bool is_fine = parse_urlencoded(query_, form_limits_.max_arguments, form.query_arguments,
                                          form.query_error);
    form.query_state = is_fine ? Form::State::read : Form::State::failed;
  }
  return form.query_state == Form::State::read ? nullptr : &form.query_error;
}

const std::string* HTTPServerRequest::parse_body() const {
  Form& form = this->form();
  if (form.body_state == Form::State::unread) {
    read_body(form);
    form.body_state = form.body_error.empty() ? Form::State::read : Form::State::failed;
    if (form.body_state == Form::State::failed) {
      form.body_arguments.clear();
      form.files.clear();
    }
  }
  return form.body_state == Form::State::read ? nullptr : &form.body_error;
}

void HTTPServerRequest::read_body(Form& form) const {
  parse_form(headers_.get_view("Content-Type").value_or(std::string_view()),
             headers_.contains("Content-Encoding"), body_, form_limits_, form.body_arguments,
             form.files, form.body_error);
}

std::vector<Argument> HTTPServerRequest::arguments() const {
  std::vector<Argument> all = query_arguments();
  const std::vector<Argument>& more = body_arguments();
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::string HTTPServerRequest::to_string() const {
  std::string text = "HTTPServerRequest(protocol='";
  text.append(protocol_).append("', host='").append(host_).append("', method='").append(method_);
  text.append("', uri='").append(uri_).append("', version='").append(version_);
  text.append("', remote_ip='").append(remote_ip()).append("')");
  return text;
}

std::string_view HTTPServerRequest::cookie(std::string_view name, std::string_view missing) const {
  std::string_view found = missing;
  bool is_found = false;
  for (const auto [field, value] : headers_) {
    if (!equals_ignoring_case(field, "Cookie")) continue;
    std::string_view rest = value;
    Cookie cookie;
    while (next_cookie(rest, cookie)) {
      if (cookie.name != name) continue;
      found = cookie.value;
      is_found = true;
    }
  }
  if (!is_found || !found.starts_with('"')) return found;
  return const_cast<HTTPServerRequest*>(this)->keep(unquote_cookie(found));
}

double HTTPServerRequest::request_time() const {
  std::int64_t now = finish_ns_;
  if (now == 0) now = IOLoop::current().clock().monotonic().count();
  if (is_finished_) finish_ns_ = now;
  return static_cast<double>(now - start_ns_) / 1e9;
}

void* HTTPServerRequest::allocate(std::size_t bytes, std::size_t alignment) {
  return memory_->allocate(bytes, alignment);
}

std::string_view HTTPServerRequest::keep(std::string_view text) {
  if (text.empty()) return {};
  char* const copy = static_cast<char*>(allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

void RequestBuilder::begin(const RequestHead& head, const Origin& origin, std::int64_t now_ns) {
  request_.method_ = head.method;
  request_.uri_ = head.uri;
  request_.path_ = head.path;
  request_.query_ = head.query;
  request_.version_ = head.version;
  request_.host_ = head.host.empty() ? std::string_view("127.0.0.1") : head.host;
  request_.protocol_ = origin.protocol;
  request_.expected_body_size_ = static_cast<std::size_t>(head.content_length);
  request_.form_limits_ = *origin.form_limits;
  std::memcpy(request_.address_, origin.address, sizeof(request_.address_));
  request_.start_ns_ = now_ns;
}

IPAddress RequestBuilder::address() const {
  IPAddress address;
  address.size = request_.address_[0];
  std::memcpy(address.bytes, request_.address_ + 1, sizeof(address.bytes));
  return address;
}

void RequestBuilder::set_address(const IPAddress& address) {
  request_.address_[0] = address.size;
  std::memcpy(request_.address_ + 1, address.bytes, sizeof(address.bytes));
}

void RequestBuilder::rename_header(std::string_view from, std::string_view to) {
  for (std::string_view* const view : {&request_.method_, &request_.uri_, &request_.path_,
                                       &request_.query_, &request_.version_, &request_.host_}) {
    *view = request_.keep(*view);  // they pointed into the headers' block, which moves
  }
  request_.headers_.rename(from, to);
}

void RequestBuilder::recycle() {
  request_.headers_.clear();
  if (request_.body_.capacity() > kMaxKeptBody) {
    std::string().swap(request_.body_);
  } else {
    request_.body_.clear();
  }
  if (request_.form_ != nullptr) {
    delete request_.form_;
    request_.form_ = nullptr;
  }
  request_.remote_ip_size_ = 0;
  request_.finish_ns_ = 0;
  request_.is_finished_ = false;
  request_.memory_->reset();
}

}  // namespace bora::http
