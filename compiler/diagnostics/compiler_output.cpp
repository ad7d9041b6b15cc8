#include "compiler/diagnostics/compiler_output.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "runtime/text/characters.h"

namespace bora::compiler {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

/// Takes ":12" from the end of `text`; 0 if there is none.
std::uint32_t take_number(std::string_view& text) {
  std::size_t begin = text.size();
  while (begin > 0 && text::is_digit(text[begin - 1])) --begin;
  if (begin == text.size() || begin == 0 || text[begin - 1] != ':') return 0;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + begin, text.data() + text.size(), number);
  if (error != std::errc()) return 0;
  text = text.substr(0, begin - 1);
  return number;
}

/// Reads "FILE:LINE:COLUMN: error: TEXT"; returns nothing for other lines.
std::optional<CompilerMessage> read_message(std::string_view line) {
  struct Word {
    std::string_view text;
    CompilerMessage::Kind kind;
  };
  static constexpr Word kWords[] = {{": fatal error: ", CompilerMessage::Kind::error},
                                    {": error: ", CompilerMessage::Kind::error},
                                    {": warning: ", CompilerMessage::Kind::warning},
                                    {": note: ", CompilerMessage::Kind::note}};
  std::size_t at = std::string_view::npos;
  const Word* found = nullptr;
  for (const Word& word : kWords) {
    const std::size_t here = line.find(word.text);
    if (here < at) {
      at = here;
      found = &word;
    }
  }
  if (found == nullptr) return std::nullopt;
  std::string_view place = line.substr(0, at);
  if (place.empty() || place.front() == ' ') return std::nullopt;
  CompilerMessage message;
  message.kind = found->kind;
  message.text = line.substr(at + found->text.size());
  message.column = take_number(place);
  message.line = take_number(place);
  if (message.line == 0) std::swap(message.line, message.column);
  message.file = place;
  replace_all(message.text, "\u2018", "'");
  replace_all(message.text, "\u2019", "'");
  return message;
}

/// Whether a line comes before a message and belongs to it.
bool is_context(std::string_view line) {
  static constexpr std::string_view kParts[] = {": In ",
                                                ": At global scope:",
                                                ": At top level:",
                                                "   required from ",
                                                "   required by ",
                                                "   recursively required ",
                                                "   in 'constexpr' expansion of "};
  if (line.starts_with("In file included from ") || line.starts_with("In module ")) return true;
  if (line.starts_with("                 from ")) return true;
  return !line.starts_with(' ') &&
         std::any_of(std::begin(kParts), std::end(kParts), [&](std::string_view part) {
           return line.find(part) != std::string_view::npos;
         });
}

/// "2 errors generated.", "compilation terminated.", "cc1plus: all warnings being treated as
/// errors"
bool is_summary(std::string_view line) {
  return line.ends_with(" generated.") || line == "compilation terminated." ||
         line.starts_with("cc1plus: ");
}

class Reader {
 public:
  std::vector<CompilerOutputPart> read(std::string_view output) {
    while (!output.empty()) {
      const std::size_t end = std::min(output.find('\n'), output.size() - 1) + 1;
      add_line(output.substr(0, end));
      output.remove_prefix(end);
    }
    if (!context_raw_.empty()) add_loose(std::exchange(context_raw_, {}));
    return std::move(parts_);
  }

 private:
  void add_line(std::string_view raw) {
    std::string line = without_colours(raw);
    while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
    if (is_summary(line)) {
      context_.clear();
      add_loose(std::exchange(context_raw_, {}) + std::string(raw));
    } else if (std::optional<CompilerMessage> message = read_message(line)) {
      add_message(std::move(*message), raw);
    } else if (is_context(line)) {
      context_.push_back(std::move(line));
      context_raw_ += raw;
    } else if (!context_.empty() || parts_.empty() || !parts_.back().is_finding) {
      add_loose(std::exchange(context_raw_, {}) + std::string(raw));
      context_.clear();
    } else {
      parts_.back().finding.raw += raw;
    }
  }

  void add_message(CompilerMessage message, std::string_view raw) {
    message.context = std::exchange(context_, {});
    const std::string all = std::exchange(context_raw_, {}) + std::string(raw);
    const bool is_note = message.kind == CompilerMessage::Kind::note;
    if (is_note && (parts_.empty() || !parts_.back().is_finding)) {
      add_loose(all);
      return;
    }
    if (is_note) {
      parts_.back().finding.notes.push_back(std::move(message));
    } else {
      parts_.emplace_back().is_finding = true;
      parts_.back().finding.message = std::move(message);
    }
    parts_.back().finding.raw += all;
  }

  void add_loose(std::string raw) {
    if (parts_.empty() || parts_.back().is_finding) parts_.emplace_back();
    parts_.back().raw += raw;
  }

  std::vector<CompilerOutputPart> parts_;
  std::vector<std::string> context_;
  std::string context_raw_;
};

}  // namespace

std::vector<CompilerOutputPart> read_compiler_output(std::string_view output) {
  return Reader().read(output);
}

std::string without_colours(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\x1b' || at + 1 == text.size() || text[at + 1] != '[') {
      plain += text[at];
      continue;
    }
    ++at;  // skips up to the letter that ends the sequence
    while (at + 1 < text.size() && !(text[at + 1] >= '@' && text[at + 1] <= '~')) ++at;
    if (at + 1 < text.size()) ++at;
  }
  return plain;
}

}  // namespace bora::compiler
