#pragma once

#include <string>
#include <string_view>

namespace bora::lang {

/// The directives of the language; a trailing underscore where C++ has the word.
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

/// As it is written in a template: "for".
std::string_view spelling(Directive directive);

/// The directive of that name, or Directive::unknown.
Directive find_directive(std::string_view word);

/// Whether a body and an `{% end %}` follow.
bool opens_body(Directive directive);

/// Whether it begins another branch of an open directive: elif, else, except, finally.
bool is_branch(Directive directive);

/// Whether it says something of the file and writes nothing where it stands: the line of such tags
/// is no line of the text.
bool is_declaration(Directive directive);

/// What an unknown word was probably meant to be, and how to say so.
struct DirectiveGuess {
  Directive directive = Directive::unknown;
  std::string help;  ///< "did you mean '{% for %}'?"; may be empty.
};

/// Knows the spellings of Jinja, Django and of C++ besides slips of the pen.
DirectiveGuess guess_directive(std::string_view word);

}  // namespace bora::lang
