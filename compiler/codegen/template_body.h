#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/codegen/cpp_writer.h"
#include "compiler/codegen/page_scan.h"
#include "templates-lang/html_context.h"
#include "templates-lang/inheritance.h"

namespace bora::compiler {

/// The names of the objects that `{{ }}` calls: one letter each, as the call takes the place of the
/// two braces, and none that an expression of the page uses.
class SinkNames {
 public:
  /// @param taken  All names that the page uses.
  explicit SinkNames(const NameSet& taken);

  /// The name of the object that is used as the `index`th.
  [[nodiscard]] std::string name(std::size_t index) const;

 private:
  std::string letters_;
};

/// An object that `{{ }}` calls.
struct Sink {
  std::string_view type;                 ///< One of runtime_names.h.
  const lang::Template* file = nullptr;  ///< For kEscapedBy: whose function it calls.
  std::string name;
  const lang::EscapeRules* rules = nullptr;  ///< Of the project, for the sink that takes them.
};

/// What the body of a page turned out to need.
struct BodyParts {
  std::vector<std::string> literals;  ///< By their index in the table.
  std::vector<Sink> sinks;            ///< In the order of their first use.
  /// Indices in `sinks` for each part that is written to an Output of its own, in their order.
  std::vector<std::set<std::size_t>> captured;
  bool keeps_values = false;  ///< kKeptHeader is needed.
};

/// A block that is rendered alone.
struct BlockStart {
  lang::BlockBody block;
  lang::HTMLContext context;  ///< That of its first byte.
};

/// Writes the statements that render a page, or one of its blocks. Literals are reached as
/// `bora_text[INDEX]`, sinks by their names.
///
/// @param block  Null: the whole page.
/// @param known  What an earlier call for the same returned, so that parts with an Output of
///               their own find their sinks; with none, the code is good for nothing else than to
///               find out.
BodyParts write_body(CppWriter& writer, const lang::Page& page, const BlockStart* block,
                     const SinkNames& sinks, const BodyParts* known);

/// Writes the objects of the sinks, for the Output that is called `bora_out` there.
void write_sinks(CppWriter& writer, const std::vector<Sink>& sinks);

}  // namespace bora::compiler
