#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/codegen/cpp_writer.h"
#include "compiler/codegen/page_scan.h"
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
};

/// What the body of a page turned out to need.
struct BodyParts {
  std::vector<std::string> literals;  ///< By their index in the table.
  std::vector<Sink> sinks;            ///< In the order of their first use.
};

/// Writes the statements that render a page. Literals are reached as `bora_text[INDEX]`.
BodyParts write_body(CppWriter& writer, const lang::Page& page, const SinkNames& sinks);

}  // namespace bora::compiler
