#include <bora/render/json.h>

#include <cmath>

#include <bora/core/escape.h>

namespace bora::render {

void JSONWriter::open(char bracket) {
  separate();
  out_.append(std::string_view(&bracket, 1));
  needs_comma_ = false;
}

void JSONWriter::close(char bracket) {
  out_.append(std::string_view(&bracket, 1));
  needs_comma_ = true;
}

void JSONWriter::separate() {
  if (needs_comma_) out_.append(", ");
  needs_comma_ = true;
}

void JSONWriter::key(std::string_view name) {
  string(name);
  out_.append(": ");
  needs_comma_ = false;
}

void JSONWriter::null() {
  json("null");
}

void JSONWriter::boolean(bool value) {
  json(value ? "true" : "false");
}

void JSONWriter::integer(std::int64_t value) {
  separate();
  out_.append_integer(value);
}

void JSONWriter::unsigned_integer(std::uint64_t value) {
  separate();
  out_.append_unsigned(value);
}

void JSONWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  separate();
  out_.append_float(value);
}

void JSONWriter::number(float value) {
  if (!std::isfinite(value)) return null();
  separate();
  out_.append_float(value);
}

void JSONWriter::string(std::string_view text) {
  json(json_string(text));
}

void JSONWriter::json(std::string_view text) {
  separate();
  out_.append(text);
}

}  // namespace bora::render
