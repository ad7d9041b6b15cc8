#pragma once

// Finds everything that a page's generated unit is made of: the chain of files that it extends, the
// files that it includes, the body that each block ends up with, and the parameters.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/ast.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/template_source.h"

namespace bora::lang {

class TemplateCache;
struct EscapeRules;

/// A block's body and the file in which it is written (whose escaping and lines it keeps).
struct BlockBody {
  const Block* block = nullptr;
  const Template* file = nullptr;
};

/// A parameter of the page and the file that declares it.
struct PageParam {
  const Param* param = nullptr;
  const Template* file = nullptr;
};

/// A parameter of a base to which a child gives a value with `{% set %}` outside of blocks.
struct FixedParam {
  PageParam param;
  const Set* set = nullptr;
  const Template* file = nullptr;  ///< the file of the `set`
};

/// One page after the resolution of all names: the input of code generation.
///
/// To render it, walk `root()->body`; at a Block go on in `blocks.at(name)`, at a Super in
/// `supers.at(&node)`, at an Include in `includes.at(&node)`, at a Call in
/// `includes.at(&node.component)`, and at a Slot in the call's Fill for it or in its own body. The
/// pointers live as long as the Page.
struct Page {
  std::string name;  ///< "blog/entry.html"

  /// All files of the page, each once; other pages may share them.
  std::vector<std::shared_ptr<const Template>> files;

  /// The inheritance chain, leaf first, root last. At least one element.
  std::vector<const Template*> chain;

  /// The body that each block name ends up with: that of the most derived file. Blocks of included
  /// files are among them; a file's own blocks go before those of the files that it includes
  /// (Tornado: the last one wins).
  std::map<std::string, BlockBody, std::less<>> blocks;

  /// The blocks of `blocks` whose body is a part of the output.
  std::set<const Block*> rendered_blocks;

  /// The body that each `{% super() %}` means, which its block overrides. Those without a body are
  /// left out.
  std::map<const Super*, BlockBody> supers;

  /// The file of each Include in any file; those that could not be resolved are left out.
  std::map<const Include*, const Template*> includes;

  /// The page's parameters: first the root's, last the leaf's, then those of the files that are
  /// included plainly (if a file with arguments includes one, without its own parameters). There is
  /// one entry for each name: its place is that of its first declaration, its default (or the lack
  /// of one) is that of the most derived file.
  std::vector<PageParam> params;

  /// Parameters that a child fixed; `params` does not have them. The leaf's come first, those of a
  /// file in its order.
  std::vector<FixedParam> fixed;

  /// The project's rules about escaping; null if it has none.
  std::shared_ptr<const EscapeRules> escape_rules;

  [[nodiscard]] const Template* leaf() const { return chain.front(); }
  [[nodiscard]] const Template* root() const { return chain.back(); }
};

/// Returns the name that `written` in the file `containing` means: relative to that file's folder,
/// or to the root with a leading '/'. Returns nothing if it leaves the root or names a folder.
std::optional<std::string> resolve_template_name(std::string_view written,
                                                 std::string_view containing);

/// How deep includes may nest, and how many a page may have, including repeats.
inline constexpr int kMaxIncludeDepth = 30;
inline constexpr std::uint32_t kMaxIncludes = 10'000;

/// How many bases a page may have, including those of its base.
inline constexpr std::size_t kMaxBases = 100;

/// Reads and parses `name` and all files that it extends and includes, and reports mistakes: files
/// that are missing (with the nearest name) or leave the root, cycles (with each step), an include
/// of a file that extends another, a block defined twice, a parameter declared twice in a file or
/// with two types, too many bases, includes nested too deep, arguments that are missing or unknown,
/// content for slots that do not exist.
///
/// If a file that a child includes defines a block, it overrides the base's, as in Tornado. Within
/// one level of the chain, two included files can't both define a block, nor can a root and a file
/// that it includes: nobody could tell which is meant.
///
/// @returns  The page. After errors, it is as complete as possible, and must not be generated. Null
///           if `name` itself could not be loaded.
std::unique_ptr<Page> resolve_page(std::string_view name, TemplateCache& cache,
                                   DiagnosticSink& sink);

/// The same for one page alone.
std::unique_ptr<Page> resolve_page(std::string_view name, TemplateSource& source,
                                   DiagnosticSink& sink);

}  // namespace bora::lang
