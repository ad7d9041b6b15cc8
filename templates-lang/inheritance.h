#pragma once

// From one page's name to everything that its generated unit is made of: the chain of files that it
// extends, the files that it includes, which body each block ends up with, and the parameters.

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

/// A parameter of a base that a child gives its value with `{% set %}` outside of blocks.
struct FixedParam {
  PageParam param;
  const Set* set = nullptr;
  const Template* file = nullptr;  ///< Where the `set` stands.
};

/// One page, resolved: the input of code generation.
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

  /// The body that each block name ends up with: the most derived one's. Holds the blocks of
  /// included files too; those a file writes itself go before those that it includes (Tornado: the
  /// last one wins).
  std::map<std::string, BlockBody, std::less<>> blocks;

  /// Those of `blocks` whose body is part of the output.
  std::set<const Block*> rendered_blocks;

  /// What each `{% super() %}` stands for: the body that its block overrides. Without those that
  /// stand for nothing.
  std::map<const Super*, BlockBody> supers;

  /// What each Include of any file stands for; without those that could not be resolved.
  std::map<const Include*, const Template*> includes;

  /// The page's parameters: the root's first, the leaf's last, then those of the files that are
  /// included plainly (where a file with arguments includes one, without its own parameters). One
  /// entry for each name: the place is its first declaration's, the default (or its absence) that
  /// of the most derived file.
  std::vector<PageParam> params;

  /// Parameters that a child fixed; `params` does not hold them. The leaf's first, those of a file
  /// in its order.
  std::vector<FixedParam> fixed;

  /// What the project says about escaping; null: nothing.
  std::shared_ptr<const EscapeRules> escape_rules;

  [[nodiscard]] const Template* leaf() const { return chain.front(); }
  [[nodiscard]] const Template* root() const { return chain.back(); }
};

/// The name that `written`, in the file `containing`, stands for: relative to that file's folder,
/// or to the root with a leading '/'. Nothing if it leaves the root or names a folder.
std::optional<std::string> resolve_template_name(std::string_view written,
                                                 std::string_view containing);

/// How deep includes may nest, and how many a page may be made of, repeats counted.
inline constexpr int kMaxIncludeDepth = 30;
inline constexpr std::uint32_t kMaxIncludes = 10'000;

/// How many bases a page may have, those of its base counted.
inline constexpr std::size_t kMaxBases = 100;

/// Reads and parses `name` and all that it extends and includes, and reports what is wrong: files
/// that are missing (with the nearest name) or leave the root, cycles (each step named), an include
/// of a file that extends another, a block defined twice, a parameter declared twice in a file or
/// with two types, too many bases, includes nested too deep, arguments that are missing or unknown,
/// content for slots that do not exist.
///
/// A block that a child's included file defines overrides the base's, as in Tornado. Within one
/// level of the chain two included files can't both define a block, nor can a root and a file that
/// it includes: nobody could tell which is meant.
///
/// @returns  The page; also when errors were reported, as far as it could be resolved (then it must
///           not be generated). Null when `name` itself could not be loaded.
std::unique_ptr<Page> resolve_page(std::string_view name, TemplateCache& cache,
                                   DiagnosticSink& sink);

/// The same for one page alone.
std::unique_ptr<Page> resolve_page(std::string_view name, TemplateSource& source,
                                   DiagnosticSink& sink);

}  // namespace bora::lang
