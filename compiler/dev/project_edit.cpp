#include "compiler/dev/project_edit.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "compiler/codegen/cpp_writer.h"
#include "compiler/dev/build_log.h"
#include "runtime/text/characters.h"

namespace bora::compiler {
namespace {

struct Word {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Returns the words of a CMake call between the bracket at `open` and the closing one, whose place
/// becomes `close`.
std::vector<Word> cmake_words(std::string_view text, std::size_t open, std::size_t& close) {
  std::vector<Word> words;
  std::size_t at = open + 1;
  close = std::string_view::npos;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (c == ')') {
      close = at;
      return words;
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at;
    } else if (c == '"') {
      const std::size_t end = text.find('"', at + 1);
      if (end == std::string_view::npos) return words;
      words.push_back({at, end + 1});
      at = end + 1;
    } else {
      const std::size_t end = std::min(text.find_first_of(" \t\r\n)#", at), text.size());
      words.push_back({at, end});
      at = end;
    }
  }
  return words;
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// Returns the distance of `at` from the begin of its line.
std::size_t column_of(std::string_view text, std::size_t at) {
  const std::size_t line = text.rfind('\n', at);
  return line == std::string_view::npos ? at : at - line - 1;
}

/// Returns where the line of `at` begins.
std::size_t line_begin(std::string_view text, std::size_t at) {
  const std::size_t feed = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return feed == std::string_view::npos ? 0 : feed + 1;
}

/// The part of a TOML file that belongs to `[name]`: from the end of its header to the next header.
struct Table {
  std::size_t begin = 0;
  std::size_t end = 0;
};
std::optional<Table> find_table(std::string_view text, std::string_view name) {
  std::optional<Table> found;
  int depth = 0;  // open brackets of arrays over several lines
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text::trim_space(text.substr(at, end - at));
    if (depth == 0 && line.starts_with('[')) {
      if (found) {
        found->end = at;
        return found;
      }
      if (text::trim_space(line.substr(1, line.find(']') - 1)) == name && !line.starts_with("[["))
        found = Table{std::min(end + 1, text.size()), text.size()};
    } else {
      char quote = '\0';
      for (const char c : line) {
        if (quote != '\0') {
          if (c == quote) quote = '\0';
        } else if (c == '"' || c == '\'') {
          quote = c;
        } else if (c == '#') {
          break;
        } else if (c == '[') {
          ++depth;
        } else if (c == ']') {
          --depth;
        }
      }
    }
    at = end + 1;
  }
  return found;
}

}  // namespace

std::optional<std::string> add_source(std::string_view cmake, std::string_view function,
                                      std::string_view app, const std::string& path) {
  const std::string call = std::string(function) + '(';
  for (std::size_t at = 0; (at = cmake.find(call, at)) != std::string_view::npos; ++at) {
    const std::size_t line = line_begin(cmake, at);
    if (cmake.substr(line, at - line).find('#') != std::string_view::npos) continue;
    std::size_t close = 0;
    const std::vector<Word> words = cmake_words(cmake, at + call.size() - 1, close);
    if (close == std::string_view::npos || words.empty()) continue;
    const auto text = [&](const Word& word) {
      return cmake.substr(word.begin, word.end - word.begin);
    };
    const bool is_app = function == "bora_add_app"
                            ? text(words[0]) == app
                            : std::any_of(words.begin(), words.end(),
                                          [&](const Word& word) { return text(word) == app; });
    if (!is_app) continue;
    static constexpr std::string_view kKeywords[] = {
        "TEMPLATES", "TEMPLATE_FILES", "ROUTES", "STATIC", "APP", "LIBRARIES", "SOURCES"};
    std::vector<Word> sources;
    bool is_within = false;
    for (const Word& word : words) {
      const bool is_keyword =
          std::find(std::begin(kKeywords), std::end(kKeywords), text(word)) != std::end(kKeywords);
      if (is_keyword) {
        is_within = text(word) == "SOURCES";
      } else if (is_within) {
        if (text(word) == path) return std::string(cmake);
        sources.push_back(word);
      }
    }
    if (sources.empty()) return std::nullopt;
    const Word* after = &sources.back();
    for (const Word& source : sources) {
      if (folder_of(text(source)) == folder_of(path)) after = &source;
    }
    std::string result(cmake.substr(0, after->end));
    result += '\n' + std::string(column_of(cmake, sources.front().begin), ' ') + path;
    result += cmake.substr(after->end);
    return result;
  }
  return std::nullopt;
}

std::string add_route(std::string_view manifest, const std::string& key, const std::string& value) {
  std::string result(manifest);
  const std::optional<Table> table = find_table(manifest, "routes");
  if (!table) {
    if (!result.empty() && !result.ends_with('\n')) result += '\n';
    return result + "\n[routes]\n" + key + " = " + value + '\n';
  }
  // The place is after the last line that is not blank or a comment: comments after that belong to
  // what follows.
  std::size_t place = table->begin;
  std::size_t equals = 0;
  for (std::size_t at = table->begin; at < table->end;) {
    const std::size_t end = std::min(manifest.find('\n', at), table->end);
    const std::string_view line = manifest.substr(at, end - at);
    if (const std::string_view said = text::trim_space(line);
        !said.empty() && !said.starts_with('#')) {
      place = std::min(end + 1, table->end);
      const std::size_t sign = line.find(" = ");
      if (sign != std::string_view::npos && !line.starts_with(' ')) equals = sign;
    }
    at = end + 1;
  }
  std::string line = key;
  if (line.size() < equals) line.append(equals - line.size(), ' ');
  line += " = " + value + '\n';
  if (place > 0 && result[place - 1] != '\n') line.insert(0, "\n");
  return result.insert(place, line);
}

std::optional<std::string> add_use(std::string_view manifest, const std::string& header) {
  const std::string quoted = '"' + header + '"';
  const std::optional<Table> table = find_table(manifest, "app");
  std::string result(manifest);
  if (!table) return "[app]\nuse = [" + quoted + "]\n\n" + result;
  for (std::size_t at = table->begin; at < table->end;) {
    const std::size_t end = std::min(manifest.find('\n', at), table->end);
    const std::string_view line = manifest.substr(at, end - at);
    const std::string_view said = text::trim_space(line);
    if (said.starts_with("use") && text::trim_space(said.substr(3)).starts_with('=')) {
      std::size_t here = manifest.find('[', at);
      if (here == std::string_view::npos || here >= table->end) return std::nullopt;
      std::size_t last = here + 1;  // where the last header ends
      bool has_comma = true;
      for (++here; here < table->end && manifest[here] != ']'; ++here) {
        const char c = manifest[here];
        if (c == '#') {
          here = std::min(manifest.find('\n', here), table->end - 1);
        } else if (c == '"' || c == '\'') {
          const std::size_t close = manifest.find(c, here + 1);
          if (close == std::string_view::npos) return std::nullopt;
          if (manifest.substr(here + 1, close - here - 1) == header) return result;
          here = close;
          last = close + 1;
          has_comma = false;
        } else if (c == ',') {
          last = here + 1;
          has_comma = true;
        }
      }
      if (here >= table->end) return std::nullopt;
      const bool is_first = manifest[last - 1] == '[';
      const bool has_lines = manifest.substr(at, here - at).find('\n') != std::string_view::npos;
      std::string added = has_comma ? "" : ",";
      if (has_lines && !is_first) {
        const std::size_t begin = manifest.find_first_of("\"'", at);
        added += '\n' + std::string(column_of(manifest, begin), ' ') + quoted;
      } else {
        added += (is_first ? "" : " ") + quoted;
      }
      if (has_comma && !is_first) added += ',';
      return result.insert(last, added);
    }
    at = end + 1;
  }
  return result.insert(table->begin, "use = [" + quoted + "]\n");
}

namespace {

std::vector<std::string_view> folder_words(std::string_view folder) {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin <= folder.size();) {
    const std::size_t end = std::min(folder.find('/', begin), folder.size());
    words.push_back(folder.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// "my_blog" as "MyBlog".
std::string in_camel_case(std::string_view word) {
  std::string result;
  bool begins_word = true;
  for (const char c : word) {
    if (c != '_') result += begins_word ? text::to_upper(c) : c;
    begins_word = c == '_';
  }
  return result;
}

}  // namespace

std::optional<NameParts> name_parts(std::string_view name) {
  NameParts parts;
  const std::size_t slash = name.rfind('/');
  std::string_view last = name;
  if (slash != std::string_view::npos) {
    parts.folder = name.substr(0, slash + 1);
    last = name.substr(slash + 1);
    for (const char c : parts.folder) {
      const bool is_fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '/';
      if (!is_fine) return std::nullopt;
    }
    // Each becomes a namespace of views, and a part of the class's name: two folders may have a
    // file of the same name.
    for (const std::string_view word : folder_words(name.substr(0, slash))) {
      if (to_identifier(word) != word) return std::nullopt;
      parts.class_name += in_camel_case(word);
    }
    if (parts.folder.starts_with('/') || parts.folder.find("//") != std::string::npos)
      return std::nullopt;
  }
  bool begins_word = true;
  for (const char c : last) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_digit = c >= '0' && c <= '9';
    if (c == '_' || c == '-') {
      if (parts.file.empty() || begins_word) return std::nullopt;
      parts.file += '_';
      begins_word = true;
      continue;
    }
    if (!is_letter && (!is_digit || parts.file.empty())) return std::nullopt;
    const bool is_upper = c >= 'A' && c <= 'Z';
    const auto lower = text::to_lower(c);
    if (is_upper && !parts.file.empty() && !begins_word) parts.file += '_';
    parts.file += lower;
    const bool is_big = begins_word || is_upper;
    parts.class_name += is_big ? text::to_upper(c) : c;
    begins_word = false;
  }
  if (parts.file.empty() || begins_word) return std::nullopt;
  // A keyword can't be a name: to_identifier() would have to change it.
  if (to_identifier(parts.file) != parts.file ||
      to_identifier(parts.class_name) != parts.class_name)
    return std::nullopt;
  return parts;
}

std::string line_diff(std::string_view before, std::string_view after) {
  const std::vector<std::string> old_lines = lines_of(before);
  const std::vector<std::string> new_lines = lines_of(after);
  std::size_t begin = 0;
  while (begin < old_lines.size() && begin < new_lines.size() &&
         old_lines[begin] == new_lines[begin])
    ++begin;
  // Only few lines are ever added, so the rest can be compared one by one. An old line comes before
  // the line that replaces it.
  std::string diff;
  std::string added;
  std::size_t at = begin;
  for (std::size_t i = begin; i < new_lines.size(); ++i) {
    const auto same = std::find(old_lines.begin() + static_cast<std::ptrdiff_t>(at),
                                old_lines.end(), new_lines[i]);
    if (same == old_lines.end()) {
      added += "  + " + new_lines[i] + '\n';
      continue;
    }
    for (; at < static_cast<std::size_t>(same - old_lines.begin()); ++at)
      diff += "  - " + old_lines[at] + '\n';
    diff += std::exchange(added, {});
    ++at;
  }
  for (; at < old_lines.size(); ++at) diff += "  - " + old_lines[at] + '\n';
  diff += added;
  return diff;
}

}  // namespace bora::compiler
