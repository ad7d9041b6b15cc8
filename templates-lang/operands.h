#pragma once

// Reads the operands after a directive's name into the parts of the tree. A mistake is reported
// once, and the result is empty.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "templates-lang/ast.h"
#include "templates-lang/cpp_scanner.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/token.h"

namespace bora::lang {

/// Reads the operands of undamaged tokens of one file.
class OperandReader {
 public:
  /// @param file_name  The template's; components are searched with its ending.
  OperandReader(const SourcePtr& source, std::string_view file_name, DiagnosticSink& sink)
      : source_(source),
        text_(source->text()),
        ending_(file_name.substr(std::min(file_name.rfind('.'), file_name.size()))),
        sink_(sink) {}

  /// Returns the C++ of an expression or of a directive with one, without comments around it.
  ///
  /// @param wanted  "a condition": what the message says is missing.
  std::optional<Expression> expression(const Token& tag, std::string_view wanted,
                                       std::string help = {});

  /// Returns the name and the range; the caller fills in tags and bodies. The same is true for the
  /// functions below.
  std::optional<For> for_loop(const Token& tag);
  std::optional<Set> set(const Token& tag);
  std::optional<Param> param(const Token& tag);
  std::optional<Import> import(const Token& tag);
  std::optional<Import> from(const Token& tag);
  std::optional<Extends> extends(const Token& tag);
  std::optional<Include> include(const Token& tag);
  /// `{% module Template("file", a=b) %}` is an Include.
  std::optional<std::variant<Module, Include>> module(const Token& tag);
  /// Returns the component of a call.
  std::optional<Include> component(const Token& tag);
  /// Returns the type and the name; both or one of them may be missing.
  std::optional<Try::Except> except(const Token& tag);
  /// Returns the name of a block or a slot. It becomes only a part of generated names, so keywords
  /// of C++ and leading digits are allowed.
  std::optional<Name> word_name(const Token& tag);
  std::optional<Autoescape> autoescape(const Token& tag);

  /// Reports an operand of a directive that has none.
  void nothing(const Token& tag);

 private:
  using Tokens = std::vector<CppToken>;
  struct File {
    std::string name;
    Span span;
    std::uint32_t end = 0;  ///< after the name and its quote
  };

  std::string_view text(Span span) const { return source_->text(span); }
  bool is_word(const CppToken& token, std::string_view word) const;
  std::size_t find_top_level(const Tokens& tokens, std::string_view op, std::size_t from = 0) const;
  /// Returns the bracket that closes the one at `open`; the end if none does.
  std::size_t find_closing(const Tokens& tokens, std::size_t open) const;
  Span code(Span part) const { return trim_cpp(text_, part); }
  std::optional<Expression> checked_expression(Span span);
  bool check_characters(const Tokens& tokens);

  std::optional<Name> introduced_name(Span span);
  std::optional<std::vector<Name>> introduced_names(Span list);
  bool is_declaration(const Tokens& left) const;
  bool is_plain_list(const Tokens& tokens) const;
  std::optional<Span> qualified_name(const Tokens& tokens, std::size_t& at) const;
  std::optional<Import::Imported> imported(const Tokens& tokens, std::size_t& at);
  std::optional<Span> header(const Token& tag) const;
  std::optional<File> file(const Token& tag);
  std::optional<std::vector<Include::Argument>> arguments(Span list);
  std::optional<Include> template_module(const Token& tag, const Tokens& tokens);

  void report(const char* code, Span span, std::string message, std::string help = {});

  const SourcePtr& source_;
  std::string_view text_;
  std::string_view ending_;  // ".html"
  DiagnosticSink& sink_;
};

}  // namespace bora::lang
