#include <bora/http/http_headers.h>

#include <algorithm>
#include <stdexcept>

#include "runtime/http/characters.h"

namespace bora::http {

namespace {

// What a cleared object keeps: more than nearly every request's head.
constexpr std::size_t kMaxKeptBlock = 8 * 1024;

// RFC 9110, 5.5: field values are visible characters, obs-text (0x80 to 0xff), SP and HTAB.
bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

void check(std::string_view name, std::string_view value) {
  if (!is_token(name))
    throw std::invalid_argument("not a header name: '" + std::string(name) + "'");
  if (!is_field_value(value)) {
    throw std::invalid_argument("control character in the value of header '" + std::string(name) +
                                "'");
  }
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

bool HTTPHeaders::is_named(const Entry& entry, std::string_view name) const {
  return entry.name_size == name.size() && equals_ignoring_case(name_of(entry), name);
}

void HTTPHeaders::add(std::string_view name, std::string_view value) {
  check(name, value);
  append_checked(name, value);
}

void HTTPHeaders::set(std::string_view name, std::string_view value) {
  check(name, value);
  remove(name);
  append_checked(name, value);
}

void HTTPHeaders::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Entry& entry) { return is_named(entry, name); });
  if (fields_.empty()) block_.clear();
}

std::string HTTPHeaders::get(std::string_view name, std::string_view missing) const {
  std::string joined;
  bool found = false;
  for (const Entry& entry : fields_) {
    if (!is_named(entry, name)) continue;
    if (found) joined += ", ";
    joined += value_of(entry);
    found = true;
  }
  if (!found) joined = missing;
  return joined;
}

std::optional<std::string_view> HTTPHeaders::get_view(std::string_view name) const {
  for (const Entry& entry : fields_) {
    if (is_named(entry, name)) return value_of(entry);
  }
  return {};
}

std::vector<std::string_view> HTTPHeaders::get_list(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Entry& entry : fields_) {
    if (is_named(entry, name)) values.push_back(value_of(entry));
  }
  return values;
}

bool HTTPHeaders::contains(std::string_view name) const {
  return get_view(name).has_value();
}

HTTPHeaders::Field HTTPHeaders::operator[](std::size_t index) const {
  const Entry& entry = fields_[index];
  return {name_of(entry), value_of(entry)};
}

void HTTPHeaders::clear() {
  if (block_.capacity() > kMaxKeptBlock) std::string().swap(block_);
  block_.clear();
  fields_.clear();
}

void HTTPHeaders::append_checked(std::string_view name, std::string_view value) {
  const auto offset = static_cast<std::uint32_t>(block_.size());
  const auto name_size = static_cast<std::uint32_t>(name.size());
  block_.append(name).append(value);
  fields_.push_back(
      {offset, offset + name_size, static_cast<std::uint32_t>(value.size()), name_size});
}

}  // namespace bora::http
