#include "runtime/paths/foreign_syntax.h"

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/text/characters.h"

namespace bora::paths {
namespace {

constexpr std::string_view kNone{};

bool is_name(std::string_view text) {
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
         std::ranges::all_of(text, text::is_word);
}

std::string parameter(std::string_view name, std::string_view converter) {
  std::string result = "{" + std::string(name);
  if (!converter.empty()) result.append(":").append(converter);
  return result + "}";
}

std::string did_you_mean(const std::string& better) {
  return "did you mean '" + better + "'?";
}

/// Returns the converter for a type that is "int" or "string" elsewhere.
std::string_view converter_of(std::string_view type) {
  if (type == "string" || type == "str") return kNone;
  return type;
}

/// Reads `int:id`, `id:int` or `id`, from between angle brackets.
std::string from_angle_brackets(std::string_view inside) {
  const std::size_t colon = inside.find(':');
  if (colon == std::string_view::npos) return is_name(inside) ? parameter(inside, kNone) : "";
  const std::string_view type = inside.substr(0, colon);
  const std::string_view name = inside.substr(colon + 1);
  return is_name(type) && is_name(name) ? parameter(name, converter_of(type)) : "";
}

/// Returns the parameter for a capturing group: `[^/]+`, `.*`, `?P<id>\d+`.
std::string from_group(std::string_view group) {
  std::string_view name = "name";
  const std::size_t close = group.find('>');
  if ((group.starts_with("?P<") || group.starts_with("?<")) && close != std::string_view::npos) {
    const std::size_t open = group.find('<');
    if (is_name(group.substr(open + 1, close - open - 1)))
      name = group.substr(open + 1, close - open - 1);
    group.remove_prefix(close + 1);
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kKnown = {
      {{"[^/]+", ""},
       {"[^/]*", ""},
       {".*", "path"},
       {".+", "path"},
       {"\\d+", "uint"},
       {"[0-9]+", "uint"},
       {"-?\\d+", "int"},
       {"\\w+", "slug"},
       {"[\\w-]+", "slug"},
       {"[a-z0-9-]+", "slug"}}};
  for (const auto& [regex, converter] : kKnown) {
    if (group == regex) return parameter(name, converter);
  }
  return parameter(name, group);
}

ForeignSyntax at(std::size_t begin, std::size_t end, std::string what, std::string help) {
  return {begin, end, std::move(what), std::move(help)};
}

/// Returns the ')' of the '(' at `open`; npos if there is none, or if nothing between them shows a
/// regular expression.
std::size_t group_end(std::string_view path, std::size_t open) {
  int depth = 0;
  bool is_in_class = false;
  bool is_regex = false;
  for (std::size_t i = open; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '\\') {
      is_regex = true;
      ++i;
    } else if (is_in_class) {
      is_in_class = c != ']';
    } else if (c == '[') {
      is_in_class = is_regex = true;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      if (--depth == 0) return is_regex ? i : std::string_view::npos;
    } else if (c == '*' || c == '+' || c == '?' || c == '|') {
      is_regex = true;
    }
  }
  return std::string_view::npos;
}

std::optional<ForeignSyntax> foreign_group(std::string_view path, std::size_t open) {
  const std::size_t close = group_end(path, open);
  if (close == std::string_view::npos) return std::nullopt;
  const std::string_view group = path.substr(open + 1, close - open - 1);
  return at(open, close + 1, "a group", did_you_mean(from_group(group)));
}

/// Looks at a segment as a whole; `begin` is its place.
std::optional<ForeignSyntax> foreign_segment(std::string_view segment, std::size_t begin) {
  const std::size_t end = begin + segment.size();
  const std::string_view rest = segment.substr(1);
  switch (segment.front()) {
    case ':':
      if (!is_name(rest)) return std::nullopt;
      return at(begin, end, "a parameter",
                did_you_mean(parameter(rest, kNone)) + " The text itself is written '%3A" +
                    std::string(rest) + "'");
    case '*': {
      const std::string_view name = rest.substr(std::min(rest.find_first_not_of('*'), rest.size()));
      if (!name.empty() && !is_name(name)) return std::nullopt;
      return at(begin, end, "a wildcard",
                did_you_mean(parameter(name.empty() ? "rest" : name, "path")) +
                    " The text itself is written '%2A" + std::string(rest) + "'");
    }
    case '<': {
      if (!segment.ends_with('>')) return std::nullopt;
      const std::string better = from_angle_brackets(rest.substr(0, rest.size() - 1));
      if (better.empty()) return std::nullopt;
      return at(begin, end, "a parameter", did_you_mean(better));
    }
    case '[': {
      if (!segment.ends_with(']')) return std::nullopt;
      std::string_view name = rest.substr(0, rest.size() - 1);
      const bool is_rest = name.starts_with("...");
      if (is_rest) name.remove_prefix(3);
      if (!is_name(name)) return std::nullopt;
      return at(begin, end, "a parameter", did_you_mean(parameter(name, is_rest ? "path" : kNone)));
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<ForeignSyntax> foreign_syntax(std::string_view path) {
  if (path.starts_with("^/")) {
    return at(0, 1, "where a path begins", "remove it: a path is always matched as a whole");
  }
  int depth = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '{') ++depth;
    if (path[i] == '}' && depth > 0) --depth;
    if (depth > 0) continue;
    if (path[i] == '(') {
      if (auto found = foreign_group(path, i)) return found;
    }
    if (path[i] != '/' || i + 1 == path.size()) continue;
    const std::size_t end = std::min(path.find('/', i + 1), path.size());
    if (end == i + 1) continue;
    if (auto found = foreign_segment(path.substr(i + 1, end - i - 1), i + 1)) return found;
  }
  return std::nullopt;
}

std::string better_than_regex(std::string_view name, std::string_view regex) {
  if (regex.starts_with('(') && regex.ends_with(')')) regex = regex.substr(1, regex.size() - 2);
  if (!is_name(name)) return {};
  if (regex == "[^/]+" || regex == "[^/]*") return parameter(name, kNone);
  return regex == ".*" ? parameter(name, "path") : std::string();
}

std::string meant_parameter(std::string_view inside) {
  while (inside.starts_with('*') || inside.starts_with('.')) inside.remove_prefix(1);
  while (inside.ends_with('*') || inside.ends_with('.')) inside.remove_suffix(1);
  return is_name(inside) ? parameter(inside, "path") : std::string();
}

}  // namespace bora::paths
