#include "templates-lang/inheritance.h"

#include <algorithm>
#include <set>
#include <utility>

#include "templates-lang/ast_walk.h"
#include "templates-lang/codes.h"
#include "templates-lang/cpp_scanner.h"
#include "templates-lang/file_loader.h"

namespace bora::lang {
namespace {

/// A body that is rendered as one: a file's or a block's.
struct Unit {
  const Body* body = nullptr;
  const Template* file = nullptr;
};

/// An include or a block in a unit, and what it stands for.
struct Reference {
  Span tag;
  const Include* include = nullptr;  // Null for a block.
  std::string_view name;             // The block's or the included file's.
  Unit target;
};

class Resolver {
 public:
  Resolver(Page& page, TemplateSource& source, DiagnosticSink& sink)
      : page_(page), sink_(sink), loader_(page, source, sink) {}

  bool run();

 private:
  using Blocks = std::map<std::string, BlockBody, std::less<>>;
  struct Size {
    std::uint32_t includes = 0;  // Repeats counted.
    int depth = 0;
  };
  /// A unit on the way from the root to the one that is measured, and where it is left.
  struct Step {
    Unit unit;
    Reference left_by;
  };
  // Blocks and includes together. Keeps recursion shallow.
  static constexpr std::size_t kMaxSteps = 500;

  void load_chain(const Template* leaf);
  void report_extends_cycle(const Extends& closing, std::size_t first);
  void load_level(const Template& file);
  void load_includes(const Template& file, const Body& body, std::vector<const Template*>& found);
  const Template* load_included(const Include& include, const Template& file);
  void add_blocks(const Template& file, const Body& body, const Template& level_file,
                  Blocks& level);
  void add_block(const Block& block, const Template& file, const Template& level_file,
                 Blocks& level);

  Size measure(Unit unit);
  Size measure(const Reference& reference);
  void add_references(const Body& body, const Template& file, std::vector<Reference>& found);
  void add_rendered_include(const Include& include, const Template* file);
  bool closes_circle(const Reference& reference);
  std::string describe(const Step& step) const;
  void report_size(std::string message);

  void collect_params();
  void add_param(const Template& file, const Param& param, bool is_override);
  void check_repeated_params(const Template& file);
  std::string normalized_type(const PageParam& param) const;

  Page& page_;
  DiagnosticSink& sink_;
  FileLoader loader_;
  std::map<const Body*, Size> sizes_;
  std::vector<Step> steps_;
  int include_depth_ = 0;
  bool is_too_big_ = false;
  std::map<std::string_view, std::size_t> param_places_;  // In Page::params.
  bool has_repeated_blocks_ = false;
  std::vector<const Template*> rendered_includes_;  // Those without arguments, in order.
};

bool Resolver::run() {
  const Template* leaf = loader_.load_page();
  if (!leaf) return false;
  load_chain(leaf);
  for (auto file = page_.chain.rbegin(); file != page_.chain.rend(); ++file) load_level(**file);
  measure(Unit{&page_.root()->body, page_.root()});
  collect_params();
  return true;
}

void Resolver::load_chain(const Template* leaf) {
  page_.chain.push_back(leaf);
  while (true) {
    const Template& child = *page_.root();
    if (!child.extends) return;
    const Template* base = loader_.load(child.extends->file, child.extends->file_span, child);
    if (!base) return;
    const auto known = std::ranges::find(page_.chain, base);
    if (known != page_.chain.end()) {
      return report_extends_cycle(*child.extends,
                                  static_cast<std::size_t>(known - page_.chain.begin()));
    }
    page_.chain.push_back(base);
  }
}

void Resolver::report_extends_cycle(const Extends& closing, std::size_t first) {
  const Template& last = *page_.root();
  const bool is_alone = page_.chain[first] == &last;
  Diagnostic found = error_at(
      codes::kExtendsCycle, last.source, closing.tag,
      quoted(page_.chain[first]->name) + " extends itself" + (is_alone ? "" : " in a circle"),
      "the last base must extend nothing");
  for (std::size_t i = first; i + 1 < page_.chain.size(); ++i) {
    const Template& step = *page_.chain[i];
    const Span tag = step.extends ? step.extends->tag : Span{};
    found.notes.push_back(
        {step.source, tag, quoted(step.name) + " extends " + quoted(page_.chain[i + 1]->name)});
  }
  sink_.report(std::move(found));
}

// Loads what one file of the chain includes, directly or not, and gives its blocks and theirs their
// place. Called root first, so that later levels override earlier ones.
void Resolver::load_level(const Template& file) {
  std::vector<const Template*> files{&file};
  for (std::size_t i = 0; i < files.size(); ++i) load_includes(*files[i], files[i]->body, files);

  Blocks level;
  for (const Template* member : files) add_blocks(*member, member->body, file, level);
  for (const auto& [name, block] : level) page_.blocks[name] = block;
}

void Resolver::load_includes(const Template& file, const Body& body,
                             std::vector<const Template*>& found) {
  for (const Node& node : body) {
    if (const auto* include = std::get_if<Include>(&node.value)) {
      const Template* included = load_included(*include, file);
      if (included && std::ranges::find(found, included) == found.end()) found.push_back(included);
    }
    for_each_body(node, [&](const Body& inner) { load_includes(file, inner, found); });
  }
}

const Template* Resolver::load_included(const Include& include, const Template& file) {
  const auto known = page_.includes.find(&include);
  if (known != page_.includes.end()) return known->second;
  const Template* included = loader_.load(include.file, include.file_span, file);
  if (!included) return nullptr;
  if (included->extends) {
    Diagnostic found =
        error_at(codes::kIncludedFileExtends, file.source, include.tag,
                 quoted(included->name) + " extends another template and can't be included",
                 "move what both need to a file that extends nothing, and include that");
    found.notes.push_back({included->source, included->extends->tag, "it extends another here"});
    sink_.report(std::move(found));
    return nullptr;
  }
  page_.includes.emplace(&include, included);
  return included;
}

void Resolver::add_blocks(const Template& file, const Body& body, const Template& level_file,
                          Blocks& level) {
  for (const Node& node : body) {
    if (const auto* block = std::get_if<Block>(&node.value)) {
      add_block(*block, file, level_file, level);
    }
    for_each_body(node, [&](const Body& inner) { add_blocks(file, inner, level_file, level); });
  }
}

void Resolver::add_block(const Block& block, const Template& file, const Template& level_file,
                         Blocks& level) {
  if (block.name.text.empty()) return;
  const auto [known, is_new] = level.emplace(block.name.text, BlockBody{&block, &file});
  if (is_new) return;
  const BlockBody& first = known->second;
  const bool is_override = first.file == &level_file && &file != &level_file && level_file.extends;
  if (is_override) return;
  has_repeated_blocks_ = true;
  Diagnostic found = error_at(codes::kBlockRepeated, file.source, block.name.span,
                              "block " + quoted(block.name.text) + " is defined twice",
                              "give one of them another name");
  found.notes.push_back({first.file->source, first.block->name.span, "the other one is here"});
  sink_.report(std::move(found));
}

// How much a unit becomes with all that it refers to; finds circles on the way. Each unit is
// measured once, so the walk is linear although the page may be exponential.
Resolver::Size Resolver::measure(Unit unit) {
  const auto known = sizes_.find(unit.body);
  if (known != sizes_.end()) return known->second;

  std::vector<Reference> references;
  add_references(*unit.body, *unit.file, references);
  Size size;
  for (const Reference& reference : references) {
    steps_.push_back({unit, reference});
    const Size inner = measure(reference);
    steps_.pop_back();
    size.includes = std::min(size.includes + inner.includes, kMaxIncludes + 1);
    size.depth = std::max(size.depth, inner.depth);
  }
  if (size.includes > kMaxIncludes) {
    report_size("the page includes more than " + std::to_string(kMaxIncludes) + " files");
  }
  return sizes_[unit.body] = size;
}

Resolver::Size Resolver::measure(const Reference& reference) {
  if (closes_circle(reference)) return {};
  const int step = reference.include ? 1 : 0;
  include_depth_ += step;
  Size size;
  if (include_depth_ <= kMaxIncludeDepth && steps_.size() < kMaxSteps)
    size = measure(reference.target);
  if (include_depth_ + size.depth > kMaxIncludeDepth || steps_.size() >= kMaxSteps) {
    report_size("includes nest more than " + std::to_string(kMaxIncludeDepth) + " deep");
  }
  include_depth_ -= step;
  return {size.includes + static_cast<std::uint32_t>(step), size.depth + step};
}

void Resolver::add_references(const Body& body, const Template& file,
                              std::vector<Reference>& found) {
  for (const Node& node : body) {
    if (const auto* include = std::get_if<Include>(&node.value)) {
      const auto target = page_.includes.find(include);
      if (target == page_.includes.end()) continue;
      const Template* next = target->second;
      add_rendered_include(*include, next);
      found.push_back({include->tag, include, next->name, {&next->body, next}});
    } else if (const auto* block = std::get_if<Block>(&node.value)) {
      const auto target = page_.blocks.find(block->name.text);
      if (target == page_.blocks.end()) continue;
      const BlockBody& next = target->second;
      page_.rendered_blocks.insert(next.block);
      found.push_back({block->tag, nullptr, block->name.text, {&next.block->body, next.file}});
    } else {
      for_each_body(node, [&](const Body& inner) { add_references(inner, file, found); });
    }
  }
}

void Resolver::add_rendered_include(const Include& include, const Template* file) {
  const bool is_known = std::ranges::find(rendered_includes_, file) != rendered_includes_.end();
  if (include.arguments.empty() && !is_known) rendered_includes_.push_back(file);
}

bool Resolver::closes_circle(const Reference& reference) {
  const auto is_target = [&](const Step& step) { return step.unit.body == reference.target.body; };
  const auto first = std::ranges::find_if(steps_, is_target);
  if (first == steps_.end()) return false;
  if (has_repeated_blocks_) return true;  // Which may be all that is wrong.
  const Step& last = steps_.back();
  Diagnostic found =
      error_at(codes::kIncludeCycle, last.unit.file->source, reference.tag,
               describe(last) + ", which leads here again", "take the include out of the circle");
  for (auto step = first; step + 1 != steps_.end(); ++step) {
    found.notes.push_back({step->unit.file->source, step->left_by.tag, describe(*step)});
  }
  sink_.report(std::move(found));
  if (reference.include) page_.includes.erase(reference.include);
  return true;
}

std::string Resolver::describe(const Step& step) const {
  const std::string name = quoted(step.left_by.name);
  if (step.left_by.include) return quoted(step.unit.file->name) + " includes " + name;
  return "block " + name + " is that of " + quoted(step.left_by.target.file->name);
}

void Resolver::report_size(std::string message) {
  if (is_too_big_) return;
  is_too_big_ = true;
  const Step* at = nullptr;
  for (const Step& step : steps_) {
    if (!at || step.left_by.include) at = &step;
  }
  const Template& file = at ? *at->unit.file : *page_.root();
  sink_.report(error_at(codes::kIncludedTooOften, file.source, at ? at->left_by.tag : Span{},
                        std::move(message)));
}

void Resolver::collect_params() {
  for (auto file = page_.chain.rbegin(); file != page_.chain.rend(); ++file) {
    check_repeated_params(**file);
    for (const Param& param : (*file)->params) add_param(**file, param, true);
  }
  for (const Template* file : rendered_includes_) {
    check_repeated_params(*file);
    for (const Param& param : file->params) add_param(*file, param, false);
  }
}

void Resolver::add_param(const Template& file, const Param& param, bool is_override) {
  const PageParam next{&param, &file};
  const auto [place, is_new] = param_places_.emplace(param.name.text, page_.params.size());
  if (is_new) {
    page_.params.push_back(next);
    return;
  }
  PageParam& known = page_.params[place->second];
  if (known.file == &file) return;
  if (normalized_type(known) == normalized_type(next)) {
    if (is_override) known = next;
    return;
  }
  Diagnostic found = error_at(
      codes::kParamTypesDiffer, file.source, param.type,
      "parameter " + quoted(param.name.text) + " has another type in " + quoted(known.file->name),
      "give them the same type or different names");
  found.notes.push_back({known.file->source, known.param->type, "the other type is here"});
  sink_.report(std::move(found));
}

void Resolver::check_repeated_params(const Template& file) {
  std::map<std::string_view, const Param*> known;
  for (const Param& param : file.params) {
    const auto [first, is_new] = known.emplace(param.name.text, &param);
    if (is_new) continue;
    Diagnostic found = error_at(codes::kParamRepeated, file.source, param.name.span,
                                "parameter " + quoted(param.name.text) + " is declared twice");
    found.notes.push_back({file.source, first->second->name.span, "the first one is here"});
    sink_.report(std::move(found));
  }
}

// The type's tokens with a blank between any two: how it is spaced does not matter.
std::string Resolver::normalized_type(const PageParam& param) const {
  const SourceText& source = *param.file->source;
  std::string type;
  for (const CppToken& token : scan_cpp(source.text(), param.param->type)) {
    type += source.text(token.span);
    type += ' ';
  }
  return type;
}

}  // namespace

std::unique_ptr<Page> resolve_page(std::string_view name, TemplateSource& source,
                                   DiagnosticSink& sink) {
  auto page = std::make_unique<Page>();
  page->name = name;
  if (!Resolver(*page, source, sink).run()) return nullptr;
  return page;
}

}  // namespace bora::lang
