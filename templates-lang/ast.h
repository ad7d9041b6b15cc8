#pragma once

// The tree of one template file: node structs without behaviour. Every Span is a place in the
// file's own SourceText. Expressions are C++ and stay text: Bora finds their ends, the C++ compiler
// reads them.

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "templates-lang/source_text.h"

namespace bora::lang {

struct Node;
using Body = std::vector<Node>;

/// C++ text inside a tag, without the blanks and comments around it. Never empty in a whole tree.
struct Expression {
  Span span;
};

/// An identifier that the template introduces.
struct Name {
  std::string text;
  Span span;
};

/// Literal text, after `{{!`-style escapes and the whitespace mode have been applied; so it may
/// differ from the bytes at `span`.
struct Text {
  Span span;
  std::string text;
};

/// `{{ value }}`, or `{% raw value %}` with `raw` set.
struct Output {
  Span tag;  ///< from the first brace to the byte after the last one
  Expression value;
  bool raw = false;
};

/// `{% if %}`, `{% elif %}`, `{% else %}`: at least one branch; only the last may lack a condition.
struct If {
  struct Branch {
    Span tag;
    std::optional<Expression> condition;  ///< empty for the `else`
    Body body;
  };
  std::vector<Branch> branches;
  Span end_tag;
};

/// `{% for a, b in range %}`. One name is an element; several are a structured binding. `else_body`
/// is rendered if the range was empty.
struct For {
  Span tag;
  std::vector<Name> names;
  Expression range;
  Body body;
  std::optional<Body> else_body;
  Span end_tag;
};

struct While {
  Span tag;
  Expression condition;
  Body body;
  std::optional<Body> else_body;
  Span end_tag;
};

struct Break {
  Span tag;
};
struct Continue {
  Span tag;
};

/// `{% set name = value %}`, `{% set a, b = value %}` (structured binding),
/// `{% set T name = value %}` (with `type`) and, as in Tornado, any other statement
/// (`{% set total += x %}`), for which `names` is empty and `value` is the whole statement.
struct Set {
  Span tag;
  std::optional<Span> type;
  std::vector<Name> names;
  Expression value;
};

struct Block {
  Span tag;
  Name name;
  Body body;
  Span end_tag;
};

/// Another file that is rendered here: `{% include "file" %}`, `{% include "file" with a=b %}`,
/// `{% module Template("file", a=b) %}`; also the component of a Call.
struct Include {
  /// A plain one shares the scope around it, as in Tornado. The others have a scope of their own,
  /// in which the arguments are the file's parameters.
  enum class Kind { plain, with, module, call };
  struct Argument {
    Name name;
    Expression value;
  };
  Span tag;
  std::string file;  ///< as written, without quotes
  Span file_span;    ///< without quotes
  std::vector<Argument> arguments;
  Kind kind = Kind::plain;

  [[nodiscard]] bool has_own_scope() const { return kind != Kind::plain; }
};

/// `{% apply function %}…{% end %}`
struct Apply {
  Span tag;
  Expression function;
  Body body;
  Span end_tag;
};

/// `{% try %}…{% except T e %}…{% else %}…{% finally %}…{% end %}`
struct Try {
  struct Except {
    Span tag;
    std::optional<Span> type;  ///< "std::exception", "const Error&"; empty for a branch that
                               ///< catches everything
    std::optional<Name> name;  ///< after the type, or after `as`
    Body body;
  };
  Span tag;
  Body body;
  std::vector<Except> excepts;
  std::optional<Body> else_body;
  std::optional<Body> finally_body;
  Span end_tag;
};

/// `{% module Entry(post) %}`
struct Module {
  Span tag;
  Expression call;  ///< "Entry(post)"
  Span name;        ///< "Entry", "shop::List<int>"
  Span arguments;   ///< "(post)"
};

/// `{% super() %}` inside a block.
struct Super {
  Span tag;
};

struct Flush {
  Span tag;
};

/// `{% slot %}…{% end %}`, `{% slot name %}…{% end %}` in a component: the place for the content of
/// a call. The body is rendered if the call has none for it.
struct Slot {
  Span tag;
  std::optional<Name> name;  ///< empty for the slot of the content outside of slots
  Body body;
  Span end_tag;
};

/// `{% call card(title="x") %}…{% end %}`: the component "card.html" with content for its slots.
struct Call {
  /// `{% slot name %}…{% end %}` directly in the call. Content outside of slots is the slot without
  /// a name.
  struct Fill {
    Span tag;  ///< the call's own tag, for content outside of slots
    std::optional<Name> name;
    Body body;
  };
  Include component;
  std::vector<Fill> fills;  ///< one for each name
  Span end_tag;

  [[nodiscard]] const Fill* fill_of(const Slot& slot) const {
    for (const Fill& fill : fills) {
      if (fill.name.has_value() != slot.name.has_value()) continue;
      if (!fill.name || fill.name->text == slot.name->text) return &fill;
    }
    return nullptr;
  }
};

struct Node {
  using Variant = std::variant<Text, Output, If, For, While, Break, Continue, Set, Block, Include,
                               Apply, Try, Module, Super, Flush, Call, Slot>;
  Variant value;
};

/// `{% param T name [= default] %}`
struct Param {
  Span tag;
  Span type;
  Name name;
  std::optional<Expression> default_value;
};

/// `{% import "models.h" %}`, `{% import <map> %}`: a header.
/// `{% from shop::text import shorten as cut, Price %}`: names of a namespace or class.
/// `{% from shop::text import * %}`: all names of a namespace.
/// `{% from "text.h" import shop::shorten %}`: a header and names.
struct Import {
  struct Imported {
    Span name;                  ///< "shorten", "shop::shorten" or "*".
    std::optional<Name> alias;  ///< after `as`
  };
  Span tag;
  std::optional<Span> header;      ///< with its quotes or angle brackets
  std::optional<Span> scope;       ///< "shop::text".
  std::vector<Imported> imported;  ///< empty for a plain header import
};

/// `{% extends "base.html" %}`
struct Extends {
  Span tag;
  std::string file;
  Span file_span;
};

/// `{% handler shop::Page %}`: the class of `handler`, if the file names something of the request.
struct HandlerType {
  Span tag;
  Expression type;
};

/// The escaping of a file's `{{ }}`. There is one value for the whole file, that of the last
/// directive (as in Tornado).
struct Autoescape {
  enum class Kind { xhtml_escape, none, function };
  Kind kind = Kind::xhtml_escape;
  std::optional<Span> tag;       ///< the directive, if there is one
  std::optional<Span> function;  ///< for Kind::function: the name as written
};

/// One parsed file.
struct Template {
  std::string name;  ///< relative to the template root: "blog/entry.html"
  SourcePtr source;
  std::optional<Extends> extends;
  std::vector<Param> params;
  std::vector<Import> imports;
  std::optional<HandlerType> handler;
  Autoescape autoescape;
  Body body;
  bool is_whole = true;  ///< false if errors were reported: parts of the tree may be guesses
};

}  // namespace bora::lang
