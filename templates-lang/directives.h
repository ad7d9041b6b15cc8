#pragma once

#include <string>
#include <string_view>

namespace bora::lang {

/// The directives of the language; names that are C++ keywords have a trailing underscore.
enum class Directive {
  apply,
  autoescape,
  block,
  break_,
  call,
  comment,
  continue_,
  elif,
  else_,
  end,
  except,
  extends,
  finally,
  flush,
  for_,
  from,
  handler,
  if_,
  import,
  include,
  module,
  param,
  raw,
  set,
  slot,
  super,
  try_,
  unknown,
  while_,
  whitespace
};

/// Returns the directive as it is written in a template: "for".
std::string_view spelling(Directive directive);

/// Returns the directive of that name, or Directive::unknown.
Directive find_directive(std::string_view word);

/// Whether a body and an `{% end %}` follow.
bool opens_body(Directive directive);

/// Whether it begins another branch of an open directive: elif, else, except, finally.
bool is_branch(Directive directive);

/// Whether it declares something about the file and writes nothing: a line with only such tags is
/// no line of the text.
bool is_declaration(Directive directive);

/// The directive that an unknown word was probably meant to be, and the advice.
struct DirectiveGuess {
  Directive directive = Directive::unknown;
  std::string help;  ///< "did you mean '{% for %}'?"; may be empty.
};

/// Knows the words of Jinja, Django and C++, and common typing errors.
DirectiveGuess guess_directive(std::string_view word);

}  // namespace bora::lang
