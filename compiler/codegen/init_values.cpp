#include "compiler/codegen/init_values.h"

#include <charconv>
#include <cstdint>
#include <limits>

#include "compiler/codegen/cpp_writer.h"
#include "compiler/codegen/runtime_names.h"

namespace bora::compiler {
namespace {

using Kind = TomlValue::Kind;

std::string integer_literal(std::int64_t value) {
  // C++ has no negative literals, and the magnitude of the smallest number does not fit into the
  // type.
  if (value == std::numeric_limits<std::int64_t>::min()) return "-9223372036854775807 - 1";
  return std::to_string(value);
}

std::string real_literal(double value) {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, value);
  std::string literal(text, end.ptr);
  if (literal.find_first_of(".e") == std::string::npos) literal += ".0";
  return literal;
}

std::string bare(const TomlValue& value) {
  switch (value.kind) {
    case Kind::integer:
      return integer_literal(value.integer);
    case Kind::real:
      return real_literal(value.real);
    case Kind::boolean:
      return value.boolean ? "true" : "false";
    default:
      return "::std::string_view(" + string_literal(value.text) + ", " +
             std::to_string(value.text.size()) + ")";
  }
}

std::string element(const TomlValue& value) {
  return value.kind == Kind::string ? std::string(runtime::kInitText) + "{" + bare(value) + "}"
                                    : bare(value);
}

}  // namespace

const TomlValue* init_object(const TomlValue& value) {
  return value.kind == Kind::table ? &value.entries.front().value : nullptr;
}

std::string init_type(const TomlValue& value) {
  switch (value.kind) {
    case Kind::table:
      return "decltype(&" + init_object(value)->text + ")";
    case Kind::array:
      return "std::vector<" +
             (value.items.empty() ? "std::string_view" : init_type(value.items.front())) + ">";
    case Kind::integer:
      return "std::int64_t";
    case Kind::real:
      return "double";
    case Kind::boolean:
      return "bool";
    default:
      return "std::string_view";
  }
}

std::string init_expression(const TomlValue& value) {
  if (const TomlValue* object = init_object(value)) return "&" + object->text;
  if (value.kind == Kind::string) return bare(value);
  if (value.kind != Kind::array) return "{" + bare(value) + "}";
  std::string list;
  for (const TomlValue& item : value.items) list += (list.empty() ? "" : ", ") + element(item);
  return "{" + list + "}";
}

}  // namespace bora::compiler
