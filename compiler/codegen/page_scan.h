#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/inheritance.h"

// What has to be known of a page's C++ before a line of it is written: which names it uses.

namespace bora::compiler {

using NameSet = std::set<std::string, std::less<>>;

/// Calls `visit` for every node below `body`, which is written in `file`; blocks and includes lead
/// to what they stand for on this page. Parents come before their children.
void for_each_node(const lang::Page& page, const lang::Body& body, const lang::Template& file,
                   const std::function<void(const lang::Node&, const lang::Template&)>& visit);

/// Every C++ text inside a node itself, not in its children.
std::vector<lang::Span> cpp_spans(const lang::Node& node);

/// The identifiers of a page.
struct PageNames {
  NameSet all;     ///< Those in its expressions, members too, and those that it introduces.
  NameSet free;    ///< Those that it uses and does not introduce: something else must give them.
  NameSet given;   ///< The page's parameters among those that it uses.
  NameSet scopes;  ///< What stands in front of a '::' at the start of a name: "route", "std".
  bool flushes = false;       ///< There is a `{% flush %}`.
  bool uses_modules = false;  ///< There is a `{% module %}` with a class, or what stands for one.
  bool captures = false;      ///< There is an `{% apply %}`.
  bool catches_all = false;   ///< There is a `{% finally %}`.
};

/// The identifiers of a block with all that is laid into it.
struct BlockNames {
  PageNames names;
  /// Why it can't be rendered alone, "it uses 'x', which …"; empty if it can.
  std::string obstacle;
};

struct PageScan {
  PageNames page;
  std::map<std::string, BlockNames, std::less<>> blocks;  ///< By name, those that are rendered.
};

/// A block inside more blocks than this is not rendered alone: so a page's code grows with its
/// text, and not with its square.
inline constexpr std::size_t kMaxOuterBlocks = 8;

/// Names that the page's files import.
NameSet imported_names(const lang::Page& page);

/// Scopes are those of the generated code: a name that `{% set %}` or `{% for %}` introduces is not
/// free up to the end of the body in which it stands.
PageScan scan_page(const lang::Page& page);

/// Whether C++ text names something of namespace `scope`: `route::home()`.
bool uses_namespace(std::string_view text, lang::Span span, std::string_view scope);

/// Whether the loop's body names `name` otherwise than as a member: `loop.index`, not `x.loop`.
bool body_names(const lang::Page& page, const lang::Body& body, const lang::Template& file,
                std::string_view name);

/// Modules that are functions: `{% module linkify(text) %}`.
bool is_function_module(std::string_view name);

/// A piece of an expression as it is written into C++.
struct Piece {
  std::string before;  ///< Generated code in front of it.
  lang::Span span;     ///< Where it stands in the template.
  std::string text;    ///< What is written there: the template's own text unless it was rewritten.
};

/// `span` with what Bora gives a meaning of its own:
/// - `reverse_url("admin.users", 7)`, the name a literal, becomes `route::admin::users(7)`,
/// - `modules.Entry(x)` becomes `bora_modules.markup<Entry>(x)`.
///
/// @param is_free  Whether a name is not one that the page introduces there.
std::vector<Piece> rewrite_expression(std::string_view text, lang::Span span,
                                      const std::function<bool(std::string_view)>& is_free);

/// The parts of `enumerate(range)` and `enumerate(range, 1)`.
struct Enumerate {
  lang::Span range;
  std::string start = "0";
};

/// Empty if the expression is no call of `enumerate`.
std::optional<Enumerate> parse_enumerate(std::string_view text, lang::Span span);

}  // namespace bora::compiler
