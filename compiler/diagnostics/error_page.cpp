#include "compiler/diagnostics/error_page.h"

#include <algorithm>
#include <set>

#include "compiler/diagnostics/embedded_pages.h"

namespace bora::compiler {
namespace {

constexpr std::string_view kFence = "```";
constexpr std::string_view kIndent = "    ";

/// Turns Markdown into text for a terminal, line by line.
class PageWriter {
 public:
  explicit PageWriter(bool colours) : colours_(colours) {}

  void add(std::string_view line) {
    if (line.starts_with(kFence)) {
      if (!is_code_) add_file_name(line.substr(kFence.size()));
      is_code_ = !is_code_;
    } else if (is_code_) {
      if (!line.empty()) out_ += kIndent;
      add_line(line, "36");
    } else if (line.starts_with('#')) {
      add_line(line.substr(std::min(line.find_first_not_of("# "), line.size())), "1");
    } else {
      add_line(line, "");
    }
  }

  std::string take() { return std::move(out_); }

 private:
  /// After "```html home.html", the name of the file is shown.
  void add_file_name(std::string_view info) {
    const std::size_t blank = info.find(' ');
    if (blank == std::string_view::npos) return;
    out_ += "  ";
    const std::string_view name = info.substr(blank + 1);
    add_line(name.substr(0, name.find(' ')), "2");
  }

  void add_line(std::string_view line, std::string_view colour) {
    const bool is_coloured = colours_ && !colour.empty() && !line.empty();
    if (is_coloured) out_ += "\x1b[" + std::string(colour) + "m";
    out_ += line;
    if (is_coloured) out_ += "\x1b[0m";
    out_ += '\n';
  }

  bool colours_;
  bool is_code_ = false;
  std::string out_;
};

}  // namespace

std::string_view error_page(std::string_view code) {
  for (const EmbeddedFile& page : embedded_pages()) {
    if (page.path.substr(0, page.path.find('.')) == code) return page.text;
  }
  return {};
}

std::string page_for_terminal(std::string_view markdown, bool colours) {
  PageWriter writer(colours);
  while (!markdown.empty()) {
    const std::size_t end = std::min(markdown.find('\n'), markdown.size());
    writer.add(markdown.substr(0, end));
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
  }
  return writer.take();
}

std::string explain_hint(const std::vector<lang::Diagnostic>& diagnostics) {
  std::set<std::string> codes;
  for (const lang::Diagnostic& diagnostic : diagnostics) codes.insert(diagnostic.code);
  if (codes.empty()) return {};
  const std::string& code = diagnostics.front().code;
  return "`bora explain " + code + "`" + (codes.size() == 1 ? "" : " (or another code)") +
         " says more\n";
}

}  // namespace bora::compiler
