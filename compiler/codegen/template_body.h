#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/codegen/cpp_writer.h"
#include "compiler/codegen/page_plan.h"

namespace bora::compiler {

/// The names of the objects that `{{ }}` calls: one letter each, since the call replaces the two
/// braces, and none that an expression of the page uses.
class SinkNames {
 public:
  /// @param taken  PlanNames::letters of the operations that are written.
  explicit SinkNames(std::uint64_t taken);

  /// Returns the name of the object that is used as the `index`th.
  [[nodiscard]] std::string name(std::size_t index) const;

 private:
  std::string letters_;
};

/// An object that `{{ }}` calls.
struct Sink {
  std::string_view type;                 ///< a name of runtime_names.h
  const lang::Template* file = nullptr;  ///< for kEscapedBy: the file whose function it calls
  std::string name;
  const lang::EscapeRules* rules = nullptr;  ///< the project's rules, for the sink that takes them
};

/// What the code of a part of a page needs besides its statements.
struct BodyParts {
  PlanRange range;
  std::vector<std::string> literals;  ///< by their index in the table
  std::vector<Sink> sinks;            ///< in the order of their first use
  /// Indices in `sinks`, for each operation whose body is written to an Output of its own.
  std::map<OpIndex, std::set<std::size_t>> captured;
  bool keeps_values = false;  ///< whether kKeptHeader is needed

  /// Returns the index of a sink in `sinks`, or the size of `sinks` if it is not among them.
  [[nodiscard]] std::size_t sink_index(std::string_view type,
                                       const lang::Template* function_of) const;
};

/// Collects the parts for a range of the plan: the whole page, or a block.
BodyParts body_parts(const PagePlan& plan, PlanRange range, const SinkNames& names);

/// Writes the statements that render the parts. The code names literals `bora_text[INDEX]`, and
/// sinks by their names.
void write_body(CppWriter& writer, const PagePlan& plan, const BodyParts& parts);

/// Writes the objects of the sinks, for the Output `bora_out`.
void write_sinks(CppWriter& writer, const std::vector<Sink>& sinks);

}  // namespace bora::compiler
