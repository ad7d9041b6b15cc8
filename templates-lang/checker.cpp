#include "templates-lang/checker.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "templates-lang/ast_walk.h"
#include "templates-lang/characters.h"
#include "templates-lang/codes.h"
#include "templates-lang/context_flow.h"

namespace bora::lang {
namespace {

/// Checks one file by itself.
class FileChecker {
 public:
  FileChecker(const Template& file, const Capabilities& can, DiagnosticSink& sink)
      : file_(file), can_(can), sink_(sink) {}

  void run() {
    const Autoescape& autoescape = file_.autoescape;
    if (autoescape.kind == Autoescape::Kind::function && autoescape.tag) {
      require(can_.autoescape_function, *autoescape.tag,
              "'{% autoescape %}' with a function of your own",
              "until then 'xhtml_escape' and 'None' work");
    }
    check_body(file_.body, {});
  }

 private:
  /// What stands around a node.
  struct Around {
    bool is_in_loop = false;
    bool is_in_block = false;
    const Apply* apply_in_loop = nullptr;  // Cuts the way to a loop around it.
  };

  void check_body(const Body& body, const Around& around) {
    for (const Node& node : body) {
      check_jump(node, around);
      check_super(node, around);
      check_support(node);
      check_inner(node, around);
    }
  }

  void check_inner(const Node& node, Around around) {
    const auto* loop_else = else_of_loop(node);
    if (std::holds_alternative<For>(node.value) || std::holds_alternative<While>(node.value)) {
      for_each_body(node, [&](const Body& body) {
        const bool is_else = &body == loop_else;
        Around inner = around;
        if (!is_else) inner = {true, around.is_in_block, nullptr};
        check_body(body, inner);
      });
      return;
    }
    if (const auto* apply = std::get_if<Apply>(&node.value)) {
      around.apply_in_loop = around.is_in_loop ? apply : around.apply_in_loop;
      around.is_in_loop = false;
    }
    // What a call passes on becomes a function of its own.
    if (std::holds_alternative<Call>(node.value)) around.is_in_loop = false;
    if (std::holds_alternative<Block>(node.value)) around.is_in_block = true;
    for_each_body(node, [&](const Body& body) { check_body(body, around); });
  }

  static const Body* else_of_loop(const Node& node) {
    const auto* loop = std::get_if<For>(&node.value);
    if (loop) return loop->else_body ? &*loop->else_body : nullptr;
    const auto* while_loop = std::get_if<While>(&node.value);
    return while_loop && while_loop->else_body ? &*while_loop->else_body : nullptr;
  }

  void check_jump(const Node& node, const Around& around) {
    const auto* jump_out = std::get_if<Break>(&node.value);
    const auto* jump_on = std::get_if<Continue>(&node.value);
    if ((!jump_out && !jump_on) || around.is_in_loop || !file_.is_whole) return;
    const std::string name = jump_out ? "'{% break %}'" : "'{% continue %}'";
    Diagnostic found = error(codes::kOutsideLoop, jump_out ? jump_out->tag : jump_on->tag,
                             name + " stands in no loop");
    if (around.apply_in_loop) {
      found.message = name + " can't leave an '{% apply %}'";
      found.notes.push_back({file_.source, around.apply_in_loop->tag, "it is opened here"});
    }
    sink_.report(std::move(found));
  }

  void check_super(const Node& node, const Around& around) {
    const auto* super = std::get_if<Super>(&node.value);
    if (!super || around.is_in_block) return;
    sink_.report(error(codes::kSuperOutsideBlock, super->tag, "'{% super() %}' stands in no block",
                       "it writes what the base has in the block around it"));
  }

  void check_support(const Node& node) {
    if (const auto* apply = std::get_if<Apply>(&node.value)) {
      require(can_.apply, apply->tag, "'{% apply %}'",
              "until then call the function: '{{ f(x) }}'");
    } else if (const auto* attempt = std::get_if<Try>(&node.value)) {
      require(can_.exceptions, attempt->tag, "'{% try %}'", "");
    } else if (const auto* module = std::get_if<Module>(&node.value)) {
      require(can_.modules, module->tag, "'{% module %}'", "until then include a template");
    } else if (const auto* super = std::get_if<Super>(&node.value)) {
      require(can_.super_blocks, super->tag, "'{% super() %}'", "");
    } else if (const auto* flush = std::get_if<Flush>(&node.value)) {
      require(can_.flush, flush->tag, "'{% flush %}'", "");
    } else if (const auto* call = std::get_if<Call>(&node.value)) {
      require(can_.components, call->tag, "'{% call %}'", "until then include a template");
    } else if (const auto* slot = std::get_if<Slot>(&node.value)) {
      require(can_.components, slot->tag, "'{% slot %}'", "until then use blocks");
    } else if (const auto* include = std::get_if<Include>(&node.value)) {
      require(can_.include_arguments || include->arguments.empty(), include->tag,
              "'{% include %}' with arguments",
              "until then write '{% set NAME = VALUE %}' before a plain include");
    }
  }

  void require(bool is_supported, Span tag, std::string what, std::string help) {
    if (is_supported || has_finding(tag)) return;
    sink_.report(error(codes::kNotSupportedYet, tag, std::move(what) + " is not supported yet",
                       std::move(help)));
  }

  // Whoever wrote a tag wrongly learns that first.
  bool has_finding(Span tag) const {
    return std::ranges::any_of(sink_.diagnostics(), [&](const Diagnostic& d) {
      return d.source == file_.source && d.span.begin >= tag.begin && d.span.begin < tag.end;
    });
  }

  Diagnostic error(const char* code, Span span, std::string message, std::string help = {}) const {
    return error_at(code, file_.source, span, std::move(message), std::move(help));
  }

  const Template& file_;
  const Capabilities& can_;
  DiagnosticSink& sink_;
};

/// Checks what a page's leaf holds besides blocks, and its blocks against those of its bases.
class ChildChecker {
 public:
  ChildChecker(const Page& page, const Extends& extends, const Capabilities& can,
               DiagnosticSink& sink)
      : page_(page), leaf_(*page.leaf()), extends_(extends), can_(can), sink_(sink) {}

  void run() {
    for (const Node& node : leaf_.body) check_top_level(node);
    check_blocks(leaf_.body);
  }

 private:
  // A child's own text, output and statements never run: only its blocks count (as in Tornado).
  void check_top_level(const Node& node) {
    if (const auto* text = std::get_if<Text>(&node.value)) return check_text(*text);
    if (const auto* set = std::get_if<Set>(&node.value)) return check_set(*set);
    if (!std::holds_alternative<Block>(node.value)) warn_never_rendered(tag_of(node), "this");
  }

  void check_text(const Text& text) {
    if (std::ranges::all_of(text.text, is_blank)) return;
    Span span = text.span;
    const std::string_view bytes = leaf_.source->text(span);
    std::uint32_t blanks = 0;
    while (is_blank(bytes[blanks])) ++blanks;
    const std::size_t line_end = std::min(bytes.find('\n', blanks), bytes.size());
    span = {span.begin + blanks, span.begin + static_cast<std::uint32_t>(line_end)};
    while (is_blank(leaf_.source->text()[span.end - 1])) --span.end;
    warn_never_rendered(span, "this text");
  }

  void check_set(const Set& set) {
    for (const Name& name : set.names) {
      const PageParam* fixed = base_param(name.text);
      if (!fixed || can_.fixed_params) continue;
      Diagnostic found = diagnostic(codes::kNotSupportedYet, Severity::error, set.tag,
                                    "giving the base's parameter " + quoted(name.text) +
                                        " a value here is not supported yet");
      found.help = "until then the handler passes it";
      found.notes.push_back(
          {fixed->file->source, fixed->param->tag, "the parameter is declared here"});
      sink_.report(std::move(found));
      return;
    }
    warn_never_rendered(set.tag, "this '{% set %}'");
  }

  const PageParam* base_param(std::string_view name) const {
    for (const PageParam& param : page_.params) {
      if (param.file != &leaf_ && param.param->name.text == name) return &param;
    }
    return nullptr;
  }

  // A block that overrides nothing is reported without those inside it.
  void check_blocks(const Body& body) {
    for (const Node& node : body) {
      const auto* block = std::get_if<Block>(&node.value);
      if (block && !page_.rendered_blocks.contains(block)) {
        warn_overrides_nothing(*block);
      } else {
        for_each_body(node, [&](const Body& inner) { check_blocks(inner); });
      }
    }
  }

  void warn_overrides_nothing(const Block& block) {
    if (block.name.text.empty()) return;
    Diagnostic found =
        diagnostic(codes::kOverridesNothing, Severity::warning, block.name.span,
                   "block " + quoted(block.name.text) + " overrides nothing and is never rendered");
    std::vector<std::string> names;
    for (const auto& [name, body] : page_.blocks) {
      if (page_.rendered_blocks.contains(body.block)) names.push_back(name);
    }
    const std::string nearest = nearest_name(block.name.text, names);
    if (!nearest.empty()) {
      found.help = "did you mean " + quoted(nearest) + "?";
    } else if (!names.empty()) {
      found.help = "the blocks to override are " + listed(names);
    }
    sink_.report(std::move(found));
  }

  static std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t kMost = 8;
    std::string list;
    for (std::size_t i = 0; i < names.size() && i < kMost; ++i) {
      list += (i > 0 ? ", " : "") + quoted(names[i]);
    }
    return names.size() > kMost ? list + ", …" : list;
  }

  void warn_never_rendered(Span span, const std::string& what) {
    Diagnostic found = diagnostic(codes::kNeverRendered, Severity::warning, span,
                                  what + " stands outside all blocks and is never rendered");
    found.help = "move it into a block";
    found.notes.push_back({leaf_.source, extends_.tag, "the file extends another"});
    sink_.report(std::move(found));
  }

  static Span tag_of(const Node& node) {
    return std::visit(
        [](const auto& value) -> Span {
          using T = std::decay_t<decltype(value)>;
          if constexpr (std::is_same_v<T, Text>) {
            return value.span;
          } else if constexpr (std::is_same_v<T, If>) {
            return value.branches.front().tag;
          } else {
            return value.tag;
          }
        },
        node.value);
  }

  Diagnostic diagnostic(const char* code, Severity severity, Span span, std::string message) const {
    return {code, severity, leaf_.source, span, std::move(message), {}, {}, {}};
  }

  const Page& page_;
  const Template& leaf_;
  const Extends& extends_;
  const Capabilities& can_;
  DiagnosticSink& sink_;
};

}  // namespace

void check_page(const Page& page, DiagnosticSink& sink, const Capabilities& capabilities) {
  for (const auto& file : page.files) FileChecker(*file, capabilities, sink).run();
  const Template& leaf = *page.leaf();
  if (leaf.extends && leaf.is_whole) ChildChecker(page, *leaf.extends, capabilities, sink).run();
  if (!sink.has_errors()) check_contexts(page, sink);
}

}  // namespace bora::lang
