#pragma once

// From one page's name to everything that its generated unit is made of: the chain of files that it
// extends, the files that it includes, which body each block ends up with, and the parameters.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "templates-lang/ast.h"
#include "templates-lang/diagnostic.h"
#include "templates-lang/template_source.h"

namespace bora::lang {

/// A block's body and the file in which it is written (whose escaping and lines it keeps: TPL-19).
struct BlockBody {
  const Block* block = nullptr;
  const Template* file = nullptr;
};

/// A parameter of the page and the file that declares it.
struct PageParam {
  const Param* param = nullptr;
  const Template* file = nullptr;
};

/// One page, resolved: the input of code generation.
///
/// To render it, walk `root()->body`; at a Block go on in `blocks.at(name)`; at an Include go on in
/// `includes.at(&node)`. The pointers live as long as the Page.
struct Page {
  std::string name;  ///< "blog/entry.html"

  /// All files of the page, parsed once each.
  std::vector<std::unique_ptr<Template>> files;

  /// The inheritance chain, leaf first, root last. At least one element.
  std::vector<const Template*> chain;

  /// The body that each block name ends up with: the most derived one's. Holds the blocks of
  /// included files too.
  std::map<std::string, BlockBody, std::less<>> blocks;

  /// What each Include node of any file stands for.
  std::map<const Include*, const Template*> includes;

  /// The page's parameters: the root's first, the leaf's last, then those of included files; one
  /// entry for each name.
  std::vector<PageParam> params;

  [[nodiscard]] const Template* leaf() const { return chain.front(); }
  [[nodiscard]] const Template* root() const { return chain.back(); }
};

/// Reads and parses `name` and all that it extends and includes, and reports what is wrong: files
/// that are missing (with the nearest name) or leave the root, cycles (each step named), a block
/// defined twice in a file, a parameter declared with two types, includes nested too deep.
///
/// @returns  The page; also when errors were reported, as far as it could be resolved (then it must
///           not be generated). Null when `name` itself could not be loaded.
std::unique_ptr<Page> resolve_page(std::string_view name, TemplateSource& source,
                                   DiagnosticSink& sink);

}  // namespace bora::lang
