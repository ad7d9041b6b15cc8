#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <vector>

#include <fmt/core.h>

#include <bora/core/escape.h>
#include <bora/web/route_table.h>
#include <bora/web/urls.h>

#include "runtime/http/characters.h"
#include "runtime/http/url_query.h"
#include "runtime/paths/automaton.h"
#include "runtime/paths/segment_regex.h"
#include "runtime/paths/segment_values.h"
#include "runtime/text/edit_distance.h"
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

bool is_name(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c != '-' && (is_label_character(c)); });
}

}  // namespace

/// Goes through a pattern, which was checked when its table was made, and fills it in.
class URLMaker {
 public:
  URLMaker(const Route& route, std::initializer_list<URLArgument> arguments)
      : route_(route), arguments_(arguments) {}

  std::string make() {
    if (route_.rules != nullptr && !route_.rules->host.empty()) add_host(route_.rules->host);
    path_begin_ = url_.size();
    std::string_view rest = route_.pattern.substr(1);
    while (true) {
      const std::size_t slash = rest.find('/');  // no regular expression holds one
      const std::string_view segment = rest.substr(0, slash);
      url_ += '/';
      if (segment.starts_with('{')) {
        add_parameter(segment.substr(1, segment.size() - 2));
      } else {
        append_canonical(url_, segment);
      }
      if (slash == std::string_view::npos) break;
      rest.remove_prefix(slash + 1);
    }
    if (used_ < arguments_.size()) fail_count();
    return std::move(url_);
  }

  static bool is_missing(const URLArgument& argument) {
    return argument.kind_ == URLArgument::Kind::missing;
  }

  static std::string text_of(const URLArgument& argument) {
    switch (argument.kind_) {
      case URLArgument::Kind::integer:
        return (argument.is_negative_ ? "-" : "") + fmt::to_string(argument.magnitude_);
      case URLArgument::Kind::real: {
        char digits[400];  // the smallest double has some 330 of them
        const auto end =
            std::to_chars(digits, digits + sizeof digits, argument.real_, std::chars_format::fixed);
        return {digits, end.ptr};
      }
      case URLArgument::Kind::boolean:
        return argument.magnitude_ != 0 ? "true" : "false";
      case URLArgument::Kind::missing:
        return {};
      default:
        return std::string(argument.text_);
    }
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
    const std::string label = text_of(next_argument());
    if (label.empty() || !std::ranges::all_of(label, is_label_character))
      fail(name, "must be a label of a host: letters, digits and '-'");
    url_ += label;
  }

  const URLArgument& next_argument() {
    if (used_ == arguments_.size()) fail_count();
    return arguments_.begin()[used_++];
  }

  /// `inside` is what stands between the braces: "id", "id:int", "page?:uint".
  void add_parameter(std::string_view inside) {
    const std::size_t colon = inside.find(':');
    std::string_view name = inside.substr(0, colon);
    const bool is_optional = name.ends_with('?');
    if (is_optional) name.remove_suffix(1);
    const URLArgument missing(std::nullopt);
    const bool is_left_out = is_optional && used_ == arguments_.size();
    const URLArgument& argument = is_left_out ? missing : next_argument();
    if (is_optional && argument.kind_ == URLArgument::Kind::missing) {
      if (url_.size() > path_begin_ + 1) url_.pop_back();  // its slash
      return;
    }
    const std::string text = text_of(argument);
    const std::string_view converter =
        colon == std::string_view::npos ? std::string_view() : inside.substr(colon + 1);
    if (converter == "path") return add_rest(name, text);
    if (text.empty()) fail(name, "must not be empty");
    if (is_dot_segment(text)) fail(name, "must not be '.' or '..'");
    if (!converter.empty()) check_value(name, converter, text);
    append_component(url_, text, /*keep_slashes=*/false);
  }

  void add_rest(std::string_view name, std::string_view text) {
    if (has_dot_segment(text)) fail(name, "must not have a segment '.' or '..'");
    append_component(url_, text, /*keep_slashes=*/true);
  }

  void check_value(std::string_view name, std::string_view converter, std::string_view text) const {
    using paths::Converter;
    struct Known {
      std::string_view name;
      Converter converter;
      std::string_view demand;
    };
    static constexpr Known kKnown[] = {
        {"int", Converter::integer, "must be an integer of 64 bits"},
        {"i64", Converter::integer, "must be an integer of 64 bits"},
        {"uint", Converter::uint, "must be an integer of 64 bits and not negative"},
        {"float", Converter::real, "must be a number"},
        {"bool", Converter::boolean, "must be true or false"},
        {"uuid", Converter::uuid, "must be a UUID"},
        {"slug", Converter::slug, "must consist of letters, digits, '-' and '_'"},
    };
    for (const Known& known : kKnown) {
      if (converter != known.name) continue;
      if (!paths::is_value(known.converter, text)) fail(name, known.demand);
      return;
    }
    if (is_name(converter)) return;  // of the program's own: its format() writes what it reads
    std::vector<paths::Problem> problems;
    const auto automaton = paths::compile_regex(converter, problems);
    const std::string escaped = url_escape(text, false);
    if (automaton && !paths::takes(bytes_of(*automaton), escaped))
      fail(name, "must fit its regular expression");
  }

  static const unsigned char* bytes_of(const paths::Automaton& automaton) {
    return reinterpret_cast<const unsigned char*>(automaton.bytes().data());
  }

  [[noreturn]] void fail(std::string_view parameter, std::string_view reason) const {
    throw std::invalid_argument(fmt::format("URL of route '{}' ({}): parameter '{}' {}",
                                            route_.name, route_.pattern, parameter, reason));
  }

  [[noreturn]] void fail_count() const {
    std::size_t wanted = 0;
    for (std::size_t at = 0; (at = route_.pattern.find("/{", at)) != std::string_view::npos; ++at)
      ++wanted;
    if (route_.rules != nullptr)
      wanted += static_cast<std::size_t>(std::ranges::count(route_.rules->host, '{'));
    throw std::invalid_argument(fmt::format("URL of route '{}' ({}): it has {} parameter{}, not {}",
                                            route_.name, route_.pattern, wanted,
                                            wanted == 1 ? "" : "s", arguments_.size()));
  }

  const Route& route_;
  std::initializer_list<URLArgument> arguments_;
  std::size_t used_ = 0;
  std::size_t path_begin_ = 0;
  std::string url_;
};

std::string url_concat(std::string_view url,
                       std::initializer_list<std::pair<std::string_view, URLArgument>> arguments) {
  std::string query;
  for (const auto& [name, value] : arguments) {
    if (URLMaker::is_missing(value)) continue;
    if (!query.empty()) query += '&';
    query += url_escape(name) + "=" + url_escape(URLMaker::text_of(value));
  }
  return http::with_query(url, query);
}

std::string absolute_url(const http::HTTPServerRequest& request, std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos && scheme < url.find('/')) return std::string(url);
  std::string result(request.protocol());
  result += ":";
  if (!url.starts_with("//")) result.append("//").append(request.host());
  return result.append(url);
}

std::string reverse_url(const Route& route, std::initializer_list<URLArgument> arguments) {
  return URLMaker(route, arguments).make();
}

namespace {

std::string_view nearest_route_name(const RouteTable& table, std::string_view name) {
  std::string_view nearest;
  std::size_t least = name.size() / 3 + 1;
  for (const Route& route : routes(table)) {
    const std::size_t distance = text::edit_distance(name, route.name);
    if (route.name.empty() || distance >= least) continue;
    least = distance;
    nearest = route.name;
  }
  return nearest;
}

}  // namespace

std::string reverse_url(const RouteTable& table, std::string_view name,
                        std::initializer_list<URLArgument> arguments) {
  for (const Route& route : routes(table)) {
    if (route.name == name && !name.empty()) return reverse_url(route, arguments);
  }
  const std::string_view nearest = nearest_route_name(table, name);
  throw std::invalid_argument(
      fmt::format("there is no route '{}'", name) +
      (nearest.empty() ? std::string() : fmt::format("; did you mean '{}'?", nearest)));
}

}  // namespace bora::web
