#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <stdexcept>

#include <bora/web/route_table.h>

#include "runtime/http/characters.h"
#include "runtime/web/path_text.h"

namespace bora::web {
namespace {

bool has_dot_segment(std::string_view path) {
  while (true) {
    const std::size_t slash = path.find('/');
    if (is_dot_segment(path.substr(0, slash))) return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

bool is_label_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || http::is_digit(c) || c == '-' ||
         c == '_';
}

}  // namespace

/// Goes through a pattern, which was checked when its table was made, and fills it in.
class URLMaker {
 public:
  URLMaker(const Route& route, std::initializer_list<URLArgument> arguments)
      : route_(route), arguments_(arguments) {}

  std::string make() {
    if (route_.rules != nullptr && !route_.rules->host.empty()) add_host(route_.rules->host);
    std::string_view pattern = route_.pattern;
    while (!pattern.empty()) {
      const std::size_t brace = pattern.find('{');
      add_literal(pattern.substr(0, brace));
      if (brace == std::string_view::npos) break;
      pattern.remove_prefix(brace + 1);
      const std::size_t end = pattern.find('}');
      add_parameter(pattern.substr(0, end));
      pattern.remove_prefix(end + 1);
    }
    if (used_ != arguments_.size()) fail_count();
    return std::move(url_);
  }

 private:
  void add_host(std::string_view pattern) {
    url_ = "//";
    while (!pattern.empty()) {
      const std::size_t brace = pattern.find('{');
      url_ += pattern.substr(0, brace);
      if (brace == std::string_view::npos) return;
      const std::size_t end = pattern.find('}');
      add_label(pattern.substr(brace + 1, end - brace - 1));
      pattern.remove_prefix(end + 1);
    }
  }

  void add_label(std::string_view name) {
    if (used_ == arguments_.size()) fail_count();
    const URLArgument& argument = arguments_.begin()[used_++];
    const std::string label =
        argument.is_integer_ ? fmt::to_string(argument.magnitude_) : std::string(argument.text_);
    const bool is_negative = argument.is_integer_ && argument.is_negative_;
    if (is_negative || label.empty() || !std::ranges::all_of(label, is_label_character)) {
      fail(name, "must be a label of a host: letters, digits and '-'");
    }
    url_ += label;
  }

  void add_literal(std::string_view text) {
    while (true) {
      const std::size_t slash = text.find('/');
      append_canonical(url_, text.substr(0, slash));
      if (slash == std::string_view::npos) return;
      url_ += '/';
      text.remove_prefix(slash + 1);
    }
  }

  void add_parameter(std::string_view parameter) {
    if (used_ == arguments_.size()) fail_count();
    const URLArgument& argument = arguments_.begin()[used_++];
    const std::size_t colon = parameter.find(':');
    const std::string_view name = parameter.substr(0, colon);
    const bool is_plain = colon == std::string_view::npos;
    if (argument.is_integer_) {
      add_integer(name, argument, is_plain);
    } else if (is_plain) {
      add_segment(name, argument.text_);
    } else if (parameter.substr(colon) == ":path") {
      add_rest(name, argument.text_);
    } else {
      add_digits(name, argument.text_);
    }
  }

  void add_integer(std::string_view name, const URLArgument& argument, bool is_plain) {
    constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
    if (!is_plain && !argument.is_negative_ && argument.magnitude_ > kLargest)
      fail(name, "is too large");
    if (argument.is_negative_) url_ += '-';
    url_ += fmt::to_string(argument.magnitude_);
  }

  void add_segment(std::string_view name, std::string_view text) {
    if (text.empty()) fail(name, "must not be empty");
    if (is_dot_segment(text)) fail(name, "must not be '.' or '..'");
    append_component(url_, text, /*keep_slashes=*/false);
  }

  void add_rest(std::string_view name, std::string_view text) {
    if (has_dot_segment(text)) fail(name, "must not have a segment '.' or '..'");
    append_component(url_, text, /*keep_slashes=*/true);
  }

  void add_digits(std::string_view name, std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end) fail(name, "must be an integer");
    url_ += text;
  }

  [[noreturn]] void fail(std::string_view parameter, std::string_view reason) const {
    throw std::invalid_argument(fmt::format("URL of route '{}' ({}): parameter '{}' {}",
                                            route_.name, route_.pattern, parameter, reason));
  }

  [[noreturn]] void fail_count() const {
    std::size_t wanted = 0;
    for (const char c : route_.pattern) wanted += c == '{' ? 1 : 0;
    if (route_.rules != nullptr)
      wanted += static_cast<std::size_t>(std::ranges::count(route_.rules->host, '{'));
    throw std::invalid_argument(fmt::format("URL of route '{}' ({}): it has {} parameter{}, not {}",
                                            route_.name, route_.pattern, wanted,
                                            wanted == 1 ? "" : "s", arguments_.size()));
  }

  const Route& route_;
  std::initializer_list<URLArgument> arguments_;
  std::size_t used_ = 0;
  std::string url_;
};

std::string reverse_url(const Route& route, std::initializer_list<URLArgument> arguments) {
  return URLMaker(route, arguments).make();
}

std::string reverse_url(const RouteTable& table, std::string_view name,
                        std::initializer_list<URLArgument> arguments) {
  for (const Route& route : routes(table)) {
    if (route.name == name && !name.empty()) return reverse_url(route, arguments);
  }
  throw std::invalid_argument(fmt::format("there is no route '{}'", name));
}

}  // namespace bora::web
