#include <bora/http/http_headers.h>

#include <algorithm>
#include <stdexcept>

#include <bora/http/error.h>

#include "runtime/http/byte_scan.h"
#include "runtime/http/characters.h"
#include "runtime/http/response_head.h"
#include "runtime/text/characters.h"

namespace bora::http {

namespace {

// What a cleared object keeps; the head of nearly every request is smaller.
constexpr std::size_t kMaxKeptBlock = 8 * 1024;

void check(std::string_view name, std::string_view value) {
  if (!is_token(name))
    throw std::invalid_argument("not a header name: '" + std::string(name) + "'");
  if (!is_field_value(value)) {
    throw std::invalid_argument("control character in the value of header '" + std::string(name) +
                                "'");
  }
}

}  // namespace

HTTPHeaders::HTTPHeaders(std::initializer_list<Field> fields) {
  for (const auto& [name, value] : fields) add(name, value);
}

HTTPHeaders HTTPHeaders::parse(std::string_view text) {
  HTTPHeaders headers;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    headers.parse_line(text.substr(0, end));
    text.remove_prefix(end);
  }
  return headers;
}

void HTTPHeaders::parse_line(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) throw HTTPInputError("a header line without a colon");
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = text::trim_blanks(line.substr(colon + 1));
  if (!is_token(name)) throw HTTPInputError("a header line whose name is no token");
  if (!is_field_value(value)) throw HTTPInputError("a header line with a control character");
  append_checked(name, value);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  constexpr std::size_t kWord = 8;
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  const auto is_same = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (a[i] != b[i] && to_lower(a[i]) != to_lower(b[i])) return false;
    }
    return true;
  };
  if (size < kWord) return is_same(0, size);
  // Usually both are spelt alike, or differ in more than the case.
  const auto is_same_word = [&](std::size_t at) {
    const std::uint64_t difference =
        detail::load_word(a.data() + at) ^ detail::load_word(b.data() + at);
    if (difference == 0) return true;
    return (difference & ~detail::repeated(0x20)) == 0 && is_same(at, at + kWord);
  };
  for (std::size_t at = 0; at + kWord < size; at += kWord) {
    if (!is_same_word(at)) return false;
  }
  return is_same_word(size - kWord);
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

void HTTPHeaders::add_time(std::string_view name, Moment time) {
  add(name, std::string_view(format_http_date(time.seconds())));
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

std::optional<std::string_view> HTTPHeaders::get_view(std::string_view name) const& {
  for (const Entry& entry : fields_) {
    if (is_named(entry, name)) return value_of(entry);
  }
  return {};
}

std::vector<std::string_view> HTTPHeaders::get_list(std::string_view name) const& {
  std::vector<std::string_view> values;
  for (const Entry& entry : fields_) {
    if (is_named(entry, name)) values.push_back(value_of(entry));
  }
  return values;
}

std::string HTTPHeaders::setdefault(std::string_view name, std::string_view value) {
  if (!contains(name)) add(name, value);
  return get(name);
}

std::string HTTPHeaders::to_string() const {
  std::string text;
  for (const auto [name, value] : *this) text.append(name).append(": ").append(value) += '\n';
  return text;
}

bool HTTPHeaders::contains(std::string_view name) const {
  return get_view(name).has_value();
}

HTTPHeaders::Field HTTPHeaders::operator[](std::size_t index) const& {
  const Entry& entry = fields_[index];
  return {name_of(entry), value_of(entry)};
}

void HTTPHeaders::clear() {
  if (block_.capacity() > kMaxKeptBlock) std::string().swap(block_);
  block_.clear();
  fields_.clear();
}

void HTTPHeaders::rename(std::string_view from, std::string_view to) {
  const auto offset = static_cast<std::uint32_t>(block_.size());
  block_.append(to);
  for (Entry& entry : fields_) {
    if (!is_named(entry, from)) continue;
    entry.name_offset = offset;
    entry.name_size = static_cast<decltype(entry.name_size)>(to.size());
  }
}

void HTTPHeaders::append_checked(std::string_view name, std::string_view value) {
  const auto offset = static_cast<std::uint32_t>(block_.size());
  const auto name_size = static_cast<std::uint32_t>(name.size());
  block_.append(name).append(value);
  fields_.push_back(
      {offset, offset + name_size, static_cast<std::uint32_t>(value.size()), name_size});
}

}  // namespace bora::http
