#include "compiler/driver/message_catalog.h"

#include <algorithm>
#include <utility>

#include "compiler/driver/codes.h"
#include "templates-lang/codes.h"
#include "templates-lang/lexer.h"

namespace bora::compiler {
namespace {

constexpr char kHeader[] =
    "# Translations: copy this file to LANGUAGE.po and fill in the empty strings.\n"
    "#, fuzzy\n"
    "msgid \"\"\n"
    "msgstr \"\"\n"
    "\"Project-Id-Version: PACKAGE VERSION\\n\"\n"
    "\"PO-Revision-Date: YEAR-MO-DA HO:MI+ZONE\\n\"\n"
    "\"Last-Translator: FULL NAME <EMAIL@ADDRESS>\\n\"\n"
    "\"Language-Team: LANGUAGE <LL@li.org>\\n\"\n"
    "\"Language: \\n\"\n"
    "\"MIME-Version: 1.0\\n\"\n"
    "\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
    "\"Content-Transfer-Encoding: 8bit\\n\"\n"
    "\"Plural-Forms: nplurals=INTEGER; plural=EXPRESSION;\\n\"\n";

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kSpecial = "\a\b\f\n\r\t\v\"\\";
  constexpr std::string_view kLetters = "abfnrtv\"\\";
  constexpr std::string_view kDigits = "01234567";
  if (const std::size_t special = kSpecial.find(c); special != std::string_view::npos) {
    out += '\\';
    out += kLetters[special];
  } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'\\', kDigits[byte >> 6], kDigits[byte >> 3 & 7], kDigits[byte & 7]};
  } else {
    out += c;
  }
}

/// Writes `msgid "text"`, or a line for each line of the text, as gettext's own tools do.
void append_string(std::string& out, std::string_view keyword, std::string_view text) {
  out += keyword;
  out += " \"";
  const bool has_lines = text.find('\n') < text.size() - std::min<std::size_t>(text.size(), 1);
  if (has_lines) out += "\"\n\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    append_escaped(out, text[i]);
    if (has_lines && text[i] == '\n' && i + 1 < text.size()) out += "\"\n\"";
  }
  out += "\"\n";
}

}  // namespace

void MessageCatalog::add_template(const lang::SourcePtr& source, lang::DiagnosticSink& sink) {
  lang::DiagnosticSink ignored;
  for (const lang::Token& tag : lang::lex(source, ignored)) {
    if (!tag.is_damaged) add(source, tag.content, true, sink);
  }
}

void MessageCatalog::add_source(const lang::SourcePtr& source, lang::DiagnosticSink& sink) {
  add(source, {0, static_cast<std::uint32_t>(source->text().size())}, false, sink);
}

void MessageCatalog::add(const lang::SourcePtr& source, lang::Span part, bool is_template,
                         lang::DiagnosticSink& sink) {
  for (lang::MessageCall& call : lang::message_calls(source->text(), part)) {
    if (call.message) {
      add(source, std::move(call), sink);
    } else if (is_template && call.function != "translate") {
      lang::Diagnostic finding =
          lang::error_at(lang::codes::kMessageNotLiteral, source, call.not_literal,
                         "a message to be translated is a literal string, or it can't be extracted",
                         "look it up where the text is made");
      finding.severity = lang::Severity::warning;
      sink.report(std::move(finding));
    }
  }
}

void MessageCatalog::add(const lang::SourcePtr& source, lang::MessageCall call,
                         lang::DiagnosticSink& sink) {
  lang::Message& message = *call.message;
  if (message.singular.empty()) return;  // An empty message is the header of a gettext file.
  const std::string place =
      source->name() + ':' + std::to_string(source->position(call.span.begin).line);
  const auto [known, is_new] =
      known_.try_emplace({message.context, message.singular}, entries_.size());
  if (is_new) {
    entries_.push_back({std::move(message), {place}, source, call.span});
    return;
  }
  Entry& entry = entries_[known->second];
  if (entry.places.back() != place) entry.places.push_back(place);
  if (!message.plural || message.plural == entry.message.plural) return;
  if (!entry.message.plural) {
    entry.message.plural = std::move(message.plural);
    entry.source = source;
    entry.span = call.span;
    return;
  }
  lang::Diagnostic finding = lang::error_at(
      codes::kPluralsDiffer, source, call.span,
      "message " + lang::quoted(entry.message.singular) + " has another plural elsewhere",
      "give them one plural, or tell them apart with pgettext()");
  finding.notes.push_back({entry.source, entry.span, "the other plural is here"});
  sink.report(std::move(finding));
}

std::string MessageCatalog::pot() const {
  std::string out = kHeader;
  for (const Entry& entry : entries_) {
    out += '\n';
    for (const std::string& place : entry.places) out += "#: " + place + '\n';
    const lang::Message& message = entry.message;
    if (!message.context.empty()) append_string(out, "msgctxt", message.context);
    append_string(out, "msgid", message.singular);
    if (message.plural) {
      append_string(out, "msgid_plural", *message.plural);
      out += "msgstr[0] \"\"\nmsgstr[1] \"\"\n";
    } else {
      out += "msgstr \"\"\n";
    }
  }
  return out;
}

}  // namespace bora::compiler
