#include "runtime/devtools/fault.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "runtime/web/failure.h"

namespace bora::devtools {
namespace {

/// The folder in which Bora's own sources were compiled: this file's path without its last part.
std::string bora_sources() {
  const std::string here = __FILE__;
  const std::size_t at = here.find("runtime/devtools/");
  return at == std::string::npos ? here : here.substr(0, at + 8);
}

std::string normal(const std::string& path) {
  return path.empty() ? path : std::filesystem::path(path).lexically_normal().string();
}

bool is_below(const std::string& path, const std::string& folder) {
  return !folder.empty() && path.size() > folder.size() + 1 && path.starts_with(folder) &&
         path[folder.size()] == '/';
}

std::string hint_for(const std::string& type, const std::string& message) {
  struct Hint {
    std::string_view type;
    std::string_view message;
    std::string_view text;
  };
  static constexpr Hint kHints[] = {
      {"std::bad_optional_access", "",
       "A std::optional was empty. Test it first, or answer 404: throw bora::web::HTTPError(404)."},
      {"std::out_of_range", "",
       "Usually at() was called with a key or an index that is not there: use find(), or test it "
       "first."},
      {"std::bad_variant_access", "", "The std::variant holds another type than was asked for."},
      {"std::bad_function_call", "", "The std::function is empty."},
      {"std::bad_alloc", "", "There was no memory left, or a size was computed wrongly."},
      {"std::logic_error", "set_state()",
       "Call application.set_state(…) in main() before the first request comes."},
      {"std::system_error", "", "A call of the system failed; the message says why."},
  };
  for (const Hint& hint : kHints) {
    if (type == hint.type && message.find(hint.message) != std::string::npos)
      return std::string(hint.text);
  }
  return {};
}

}  // namespace

Fault examine(const std::exception_ptr& error, const std::string& source) {
  Fault fault;
  const std::string text = web::describe(error);
  // "std::runtime_error: out of paper": a type's own colons have no blank after them.
  const std::size_t colon = text.find(": ");
  fault.type = text.substr(0, colon);
  if (colon != std::string::npos) fault.message = text.substr(colon + 2);
  fault.hint = hint_for(fault.type, fault.message);

  std::error_code ignored;
  const std::string root =
      normal(source.empty() ? std::filesystem::current_path(ignored).string() : source);
  static const std::string sources = bora_sources();
  for (Frame& frame : frames_of(error)) {
    ShownFrame shown;
    frame.file = normal(frame.file);
    shown.is_own = is_below(frame.file, root) && !is_below(frame.file, normal(sources)) &&
                   frame.file.find("/bora/") == std::string::npos;
    shown.shown = is_below(frame.file, root) ? frame.file.substr(root.size() + 1) : frame.file;
    shown.frame = std::move(frame);
    fault.frames.push_back(std::move(shown));
  }
  const auto first = std::find_if(fault.frames.begin(), fault.frames.end(),
                                  [](const ShownFrame& frame) { return frame.is_own; });
  fault.place = static_cast<std::size_t>(first - fault.frames.begin());
  return fault;
}

Excerpt read_excerpt(const std::string& file, unsigned line, unsigned around) {
  Excerpt excerpt;
  excerpt.first = line > around ? line - around : 1;
  std::ifstream input(file);
  std::string text;
  for (unsigned number = 1; std::getline(input, text); ++number) {
    if (number < excerpt.first) continue;
    if (number > line + around) break;
    excerpt.lines.push_back(text);
  }
  return excerpt;
}

}  // namespace bora::devtools
