#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/inheritance.h"

namespace bora::compiler {

/// The names and paths of the unit of a template; all follow from the template's own name.
struct UnitName {
  std::string namespaces;        ///< "views::blog"
  std::string struct_name;       ///< "entry"
  std::string header;            ///< "views/blog/entry.h", the path to include it by
  std::string source;            ///< "views/blog/entry.cpp"
  std::string blocks_header;     ///< "views/blog/entry.blocks.h"
  std::string blocks_namespace;  ///< "views::blog::entry_", for the structs of its blocks

  /// "views::blog::entry". Two templates with the same qualified name can't be in one program; the
  /// caller checks this.
  [[nodiscard]] std::string qualified() const { return namespaces + "::" + struct_name; }
};

/// "blog/entry.html" gives views::blog::entry. Bytes that can't be in an identifier become '_'; a
/// keyword gets a '_' at its end. The paths keep the template's spelling, so that a build can say
/// which files it expects: "blog/a-b.html" gives views::blog::a_b in "views/blog/a-b.h".
///
/// @param keeps_ending  "mail.txt" gives views::mail_txt in "views/mail.txt.h", because there is a
///                      "mail.html" too.
UnitName unit_name(std::string_view template_name, bool keeps_ending = false);

/// The generated files of a page.
struct GeneratedUnit {
  std::string header;
  std::string source;
  /// For programs that render a block alone: `#include "views/blog/entry.blocks.h"`,
  /// `render(views::blog::entry_::block_list{.posts = p})`.
  std::string blocks_header;
};

/// How the page's text is stored.
enum class TextTables {
  constant,  ///< as a part of the code
  live,      ///< in a table that can be exchanged: see <bora/render/live_text.h>
};

/// Writes the C++ of a page that was resolved and checked without errors.
///
/// @param output_prefix  The text before UnitName::source where `#line` names the generated file:
///                       "build/bora/". May be empty.
GeneratedUnit generate_template(const lang::Page& page, std::string_view output_prefix = {},
                                bool keeps_ending = false,
                                TextTables tables = TextTables::constant);

/// The texts of a page, or of one of its blocks, by their index.
struct TextTable {
  std::string function;  ///< the generated function that writes them; each has its own name
  std::vector<std::string> texts;
};

/// A function that a program with live tables calls through a `LiveCode`: the page, or one of its
/// blocks.
struct LiveEntry {
  std::string function;
  std::uint64_t signature = 0;  ///< the hash of all that callers see of it
};

/// A page that is split into its code and its text. Two states of a page with the same shape differ
/// only in text, and one program can show both.
struct LiveUnit {
  std::uint64_t shape = 0;
  std::vector<TextTable> tables;
  std::vector<LiveEntry> entries;  ///< the first is the page itself
};

/// Splits the page. The shape is that of the code around the tables that generate_template() writes
/// with live tables.
LiveUnit live_unit(const lang::Page& page, bool keeps_ending = false);

/// Writes the C++ of some of a page's entries, for a shared object that a program with the same
/// signatures loads: it includes the page's header, which must be that of the program.
/// @param output_prefix  As for generate_template().
std::string generate_patch(const lang::Page& page, const std::vector<std::string>& functions,
                           std::string_view output_prefix, bool keeps_ending = false);

/// Returns the name of the C function, in such a shared object, that returns the entry's address.
std::string patch_symbol(const LiveEntry& entry);

/// Returns the signature of the page whose generated header this is.
std::uint64_t header_signature(std::string_view header);

}  // namespace bora::compiler
