#include "runtime/testing/response_parser.h"

namespace bora::testing {

ResponseParser& ResponseParser::of(llhttp_t* parser) {
  return *static_cast<ResponseParser*>(parser->data);
}

llhttp_settings_t ResponseParser::make_settings() {
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  settings.on_message_begin = [](llhttp_t* parser) { return of(parser).begin_message(); };
  settings.on_status = [](llhttp_t* parser, const char* at, std::size_t size) {
    of(parser).response_.reason.append(at, size);
    return 0;
  };
  settings.on_header_field = [](llhttp_t* parser, const char* at, std::size_t size) {
    of(parser).name_.append(at, size);
    return 0;
  };
  settings.on_header_value = [](llhttp_t* parser, const char* at, std::size_t size) {
    of(parser).value_.append(at, size);
    return 0;
  };
  settings.on_header_value_complete = [](llhttp_t* parser) {
    of(parser).end_field();
    return 0;
  };
  settings.on_headers_complete = [](llhttp_t* parser) {
    of(parser).response_.status = llhttp_get_status_code(parser);
    return of(parser).is_head_ ? 1 : 0;  // 1: no body follows
  };
  settings.on_body = [](llhttp_t* parser, const char* at, std::size_t size) {
    of(parser).response_.body.append(at, size);
    return 0;
  };
  settings.on_message_complete = [](llhttp_t* parser) { return of(parser).end_message(); };
  return settings;
}

ResponseParser::ResponseParser(bool is_head) : settings_(make_settings()), is_head_(is_head) {
  llhttp_init(&parser_, HTTP_RESPONSE, &settings_);
  parser_.data = this;
}

int ResponseParser::begin_message() {
  response_ = {};
  has_started_ = true;
  return 0;
}

void ResponseParser::end_field() {
  response_.headers.append_checked(name_, value_);
  name_.clear();
  value_.clear();
}

int ResponseParser::end_message() {
  const bool is_interim =
      response_.status >= 100 && response_.status < 200 && response_.status != 101;
  is_complete_ = !is_interim;
  return is_complete_ ? HPE_PAUSED : 0;
}

bool ResponseParser::feed(std::string_view bytes) {
  return check(llhttp_execute(&parser_, bytes.data(), bytes.size()));
}

bool ResponseParser::finish() {
  return check(llhttp_finish(&parser_));
}

bool ResponseParser::check(llhttp_errno_t result) {
  if (result == HPE_OK || is_complete_) return true;
  error_ = llhttp_errno_name(result);
  if (const char* reason = llhttp_get_error_reason(&parser_)) error_ += std::string(" ") + reason;
  return false;
}

}  // namespace bora::testing
