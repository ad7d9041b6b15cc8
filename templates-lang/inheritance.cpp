#include "templates-lang/inheritance.h"

#include <algorithm>
#include <set>
#include <utility>

#include "templates-lang/ast_walk.h"
#include "templates-lang/codes.h"
#include "templates-lang/cpp_scanner.h"
#include "templates-lang/file_loader.h"
#include "templates-lang/template_cache.h"

namespace bora::lang {
namespace {

/// A body that is rendered as a whole: that of a file or of a block.
struct Unit {
  const Body* body = nullptr;
  const Template* file = nullptr;
};

/// An include, a block or a super in a unit, and the unit that it means.
struct Reference {
  Span tag;
  const Include* include = nullptr;  // null for a block and a super
  bool is_super = false;
  std::string_view name;  // the name of the block or of the included file
  Unit target;
};

class Resolver {
 public:
  Resolver(Page& page, TemplateCache& cache, DiagnosticSink& sink)
      : page_(page), sink_(sink), loader_(page, cache, sink) {}

  bool run();

 private:
  using Blocks = std::map<std::string, BlockBody, std::less<>>;
  struct Size {
    std::uint32_t includes = 0;  // including repeats
    int depth = 0;
  };
  /// A unit on the way from the root to the one that is measured, and the reference to the next
  /// one.
  struct Step {
    Unit unit;
    Reference left_by;
  };
  // The limit for nested blocks and includes together, which limits the recursion.
  static constexpr std::size_t kMaxSteps = 500;

  void load_chain(const Template* leaf);
  void report_extends_cycle(const Extends& closing, std::size_t first);
  void load_level(const Template& file);
  void load_includes(const Template& file, const Body& body, std::vector<const Template*>& found);
  const Template* load_included(const Include& include, const Template& file);
  void check_arguments(const Include& include, const Template& file, const Template& included);
  void add_supers(const Body& body, const BlockBody& base);
  void check_fills(const Call& call, const Template& file);
  void collect_slots(const Body& body, std::set<std::string>& names,
                     std::set<const Body*>& walked) const;
  void add_blocks(const Template& file, const Body& body, const Template& level_file,
                  Blocks& level);
  void add_block(const Block& block, const Template& file, const Template& level_file,
                 Blocks& level);

  Size measure(Unit unit);
  Size measure(const Reference& reference);
  void add_references(const Body& body, const Template& file, std::vector<Reference>& found);
  bool closes_circle(const Reference& reference);
  std::string describe(const Step& step) const;
  void report_size(std::string message);

  void collect_params();
  const std::vector<PageParam>& needs(Unit unit);
  void add_needs(const Include& include, const Template& file, std::vector<PageParam>& found);
  void fix_params();
  bool is_declared_up_to(std::size_t level, std::string_view name) const;
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
  std::map<std::string_view, std::size_t> param_places_;  // indices in Page::params
  bool has_repeated_blocks_ = false;
  std::map<const Body*, std::vector<PageParam>> needs_;
  std::vector<std::pair<const Call*, const Template*>> calls_;  // with the files that contain them
};

bool Resolver::run() {
  const Template* leaf = loader_.load_page();
  if (!leaf) return false;
  load_chain(leaf);
  for (auto file = page_.chain.rbegin(); file != page_.chain.rend(); ++file) load_level(**file);
  for (const auto& [call, file] : calls_) check_fills(*call, *file);
  measure(Unit{&page_.root()->body, page_.root()});
  // Without its includes, the page can be walked over although they nest too deep for the stack.
  if (is_too_big_) page_.includes.clear();
  collect_params();
  return true;
}

void Resolver::load_chain(const Template* leaf) {
  page_.chain.push_back(leaf);
  while (true) {
    const Template& child = *page_.root();
    if (!child.extends) return;
    if (page_.chain.size() > kMaxBases) {
      sink_.report(error_at(codes::kTooManyBases, leaf->source, leaf->extends->tag,
                            quoted(leaf->name) + " has more than " + std::to_string(kMaxBases) +
                                " bases, one extending the next"));
      return;
    }
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

// Loads what one file of the chain includes, directly or not, and adds the blocks of all these
// files. The root comes first, so that later levels override earlier ones.
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
    const auto* call = std::get_if<Call>(&node.value);
    const auto* include = call ? &call->component : std::get_if<Include>(&node.value);
    if (include && !include->file.empty()) {
      const Template* included = load_included(*include, file);
      if (included && std::ranges::find(found, included) == found.end()) found.push_back(included);
      if (included && call) calls_.emplace_back(call, &file);
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
  if (include.has_own_scope() && included->is_whole) check_arguments(include, file, *included);
  return included;
}

void Resolver::check_arguments(const Include& include, const Template& file,
                               const Template& included) {
  std::vector<std::string> names;
  for (const Param& param : included.params) names.push_back(param.name.text);
  for (const Include::Argument& argument : include.arguments) {
    if (std::ranges::find(names, argument.name.text) != names.end()) continue;
    const std::string nearest = nearest_name(argument.name.text, names);
    sink_.report(error_at(codes::kUnknownArgument, file.source, argument.name.span,
                          quoted(included.name) + " has no parameter " + quoted(argument.name.text),
                          !nearest.empty() ? "did you mean " + quoted(nearest) + "?"
                          : names.empty()  ? "it has no '{% param %}' at all"
                                           : "its parameters are " + listed(names)));
  }
  for (const Param& param : included.params) {
    const auto is_given = [&](const Include::Argument& argument) {
      return argument.name.text == param.name.text;
    };
    if (param.default_value || std::ranges::any_of(include.arguments, is_given)) continue;
    Diagnostic found =
        error_at(codes::kMissingArgument, file.source, include.tag,
                 quoted(included.name) + " needs the argument " + quoted(param.name.text));
    found.notes.push_back({included.source, param.tag, "the parameter is declared here"});
    sink_.report(std::move(found));
  }
}

void Resolver::check_fills(const Call& call, const Template& file) {
  const Template* component = page_.includes.at(&call.component);
  if (!component->is_whole) return;
  std::set<std::string> names;
  std::set<const Body*> walked;
  collect_slots(component->body, names, walked);
  for (const Call::Fill& fill : call.fills) {
    if (names.contains(fill.name ? fill.name->text : "")) continue;
    std::vector<std::string> named(names.begin(), names.end());
    std::erase(named, "");
    const std::string nearest = fill.name ? nearest_name(fill.name->text, named) : "";
    std::string help;
    if (!nearest.empty()) {
      help = "did you mean " + quoted(nearest) + "?";
    } else if (!named.empty()) {
      help = "its slots are " + listed(named);
    } else if (names.empty()) {
      help = "write '{% slot %}{% end %}' in it where the content belongs";
    }
    sink_.report(error_at(
        codes::kUnknownSlot, file.source, fill.name ? fill.name->span : call.component.tag,
        quoted(component->name) + (fill.name ? " has no slot " + quoted(fill.name->text)
                                             : " has no slot for what stands outside of slots"),
        std::move(help)));
  }
}

// Collects the slots of a component; "" is the one without a name.
void Resolver::collect_slots(const Body& body, std::set<std::string>& names,
                             std::set<const Body*>& walked) const {
  if (!walked.insert(&body).second) return;
  for (const Node& node : body) {
    if (const auto* slot = std::get_if<Slot>(&node.value)) {
      names.insert(slot->name ? slot->name->text : "");
    }
    if (const auto* include = std::get_if<Include>(&node.value)) {
      const auto target = page_.includes.find(include);
      if (target != page_.includes.end()) collect_slots(target->second->body, names, walked);
    }
    const auto* block = std::get_if<Block>(&node.value);
    const auto target = block ? page_.blocks.find(block->name.text) : page_.blocks.end();
    if (target != page_.blocks.end()) {
      collect_slots(target->second.block->body, names, walked);
    } else {
      for_each_body(node, [&](const Body& inner) { collect_slots(inner, names, walked); });
    }
  }
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
  const auto base = page_.blocks.find(block.name.text);
  if (base != page_.blocks.end()) add_supers(block.body, base->second);
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

// Adds what each `{% super() %}` in a block means, except those in blocks inside it.
void Resolver::add_supers(const Body& body, const BlockBody& base) {
  for (const Node& node : body) {
    if (const auto* super = std::get_if<Super>(&node.value)) page_.supers.emplace(super, base);
    if (std::holds_alternative<Block>(node.value)) continue;
    for_each_body(node, [&](const Body& inner) { add_supers(inner, base); });
  }
}

// Returns the size of a unit with everything that it refers to, and reports circles. Each unit is
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
    report_size("the page includes more than " + std::to_string(kMaxIncludes) +
                " files and blocks of bases");
  }
  return sizes_[unit.body] = size;
}

Resolver::Size Resolver::measure(const Reference& reference) {
  if (closes_circle(reference)) return {};
  const int step = reference.include || reference.is_super ? 1 : 0;
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
    const auto* call = std::get_if<Call>(&node.value);
    const auto* include = call ? &call->component : std::get_if<Include>(&node.value);
    const auto* super = std::get_if<Super>(&node.value);
    const auto included = include ? page_.includes.find(include) : page_.includes.end();
    if (included != page_.includes.end()) {
      const Template* next = included->second;
      found.push_back({include->tag, include, false, next->name, {&next->body, next}});
    }
    if (super) {
      const auto target = page_.supers.find(super);
      if (target == page_.supers.end()) continue;
      const BlockBody& next = target->second;
      page_.rendered_blocks.insert(next.block);
      found.push_back(
          {super->tag, nullptr, true, next.block->name.text, {&next.block->body, next.file}});
    } else if (const auto* block = std::get_if<Block>(&node.value)) {
      const auto target = page_.blocks.find(block->name.text);
      if (target == page_.blocks.end()) continue;
      const BlockBody& next = target->second;
      page_.rendered_blocks.insert(next.block);
      found.push_back(
          {block->tag, nullptr, false, block->name.text, {&next.block->body, next.file}});
    } else {
      for_each_body(node, [&](const Body& inner) { add_references(inner, file, found); });
    }
  }
}

bool Resolver::closes_circle(const Reference& reference) {
  const auto is_target = [&](const Step& step) { return step.unit.body == reference.target.body; };
  const auto first = std::ranges::find_if(steps_, is_target);
  if (first == steps_.end()) return false;
  if (has_repeated_blocks_) return true;  // the repeated block may be the only mistake
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
    for (const Param& param : (*file)->params) add_param(**file, param, true);
  }
  for (const auto& file : page_.files) check_repeated_params(*file);
  for (const PageParam& param : needs(Unit{&page_.root()->body, page_.root()})) {
    add_param(*param.file, *param.param, false);
  }
  fix_params();
}

// Returns the parameters of the files that a unit includes plainly, without the unit's own.
const std::vector<PageParam>& Resolver::needs(Unit unit) {
  const auto [known, is_new] = needs_.try_emplace(unit.body);
  if (!is_new) return known->second;
  std::vector<Reference> references;
  add_references(*unit.body, *unit.file, references);
  std::vector<PageParam> found;
  for (const Reference& reference : references) {
    if (reference.include) {
      add_needs(*reference.include, *reference.target.file, found);
    } else {
      const std::vector<PageParam>& inner = needs(reference.target);
      found.insert(found.end(), inner.begin(), inner.end());
    }
  }
  // Each parameter is kept once, because a page may include one file a thousand times.
  std::set<const Param*> seen;
  std::erase_if(found, [&](const PageParam& param) { return !seen.insert(param.param).second; });
  return needs_[unit.body] = std::move(found);
}

void Resolver::add_needs(const Include& include, const Template& file,
                         std::vector<PageParam>& found) {
  if (!include.has_own_scope()) {
    for (const Param& param : file.params) found.push_back({&param, &file});
  }
  for (const PageParam& param : needs(Unit{&file.body, &file})) {
    const auto is_same = [&](const Param& own) { return own.name.text == param.param->name.text; };
    if (!include.has_own_scope() || std::ranges::none_of(file.params, is_same)) {
      found.push_back(param);
    }
  }
}

// Finds each `{% set title = "x" %}` of a child outside of blocks, if a base has the parameter.
void Resolver::fix_params() {
  std::set<std::string_view> fixed;
  for (std::size_t level = 0; level + 1 < page_.chain.size(); ++level) {
    const Template& file = *page_.chain[level];
    for (const Node& node : file.body) {
      const auto* set = std::get_if<Set>(&node.value);
      if (!set || set->type || set->names.size() != 1) continue;
      const std::string_view name = set->names.front().text;
      const auto place = param_places_.find(name);
      if (place == param_places_.end() || is_declared_up_to(level, name)) continue;
      if (!fixed.insert(name).second) continue;
      page_.fixed.push_back({page_.params[place->second], set, &file});
    }
  }
  std::erase_if(page_.params,
                [&](const PageParam& param) { return fixed.contains(param.param->name.text); });
}

// Whether the leaf or another file of the chain up to this level declares the parameter itself.
bool Resolver::is_declared_up_to(std::size_t level, std::string_view name) const {
  for (std::size_t i = 0; i <= level; ++i) {
    for (const Param& param : page_.chain[i]->params) {
      if (param.name.text == name) return true;
    }
  }
  return false;
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

// Returns the type's tokens with a blank between any two, so that its spacing does not matter.
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

std::unique_ptr<Page> resolve_page(std::string_view name, TemplateCache& cache,
                                   DiagnosticSink& sink) {
  auto page = std::make_unique<Page>();
  page->name = name;
  page->escape_rules = cache.escape_rules();
  if (!Resolver(*page, cache, sink).run()) return nullptr;
  return page;
}

std::unique_ptr<Page> resolve_page(std::string_view name, TemplateSource& source,
                                   DiagnosticSink& sink) {
  TemplateCache cache(source);
  return resolve_page(name, cache, sink);
}

}  // namespace bora::lang
