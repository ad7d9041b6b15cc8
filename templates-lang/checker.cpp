#include "templates-lang/checker.h"

#include <algorithm>
#include <set>
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
  FileChecker(const Template& file, DiagnosticSink& sink) : file_(file), sink_(sink) {}

  void run() { check_body(file_.body, {}); }

 private:
  /// What stands around a node.
  struct Around {
    bool is_in_loop = false;
    bool is_in_block = false;
    // An apply, or a call's content, between the node and a loop: no jump can leave it.
    const char* wall_in_loop = nullptr;
    Span wall;
  };

  void check_body(const Body& body, const Around& around) {
    for (const Node& node : body) {
      check_jump(node, around);
      check_super(node, around);
      check_excepts(node);
      check_inner(node, around);
    }
  }

  void check_inner(const Node& node, Around around) {
    const auto* loop_else = else_of_loop(node);
    if (std::holds_alternative<For>(node.value) || std::holds_alternative<While>(node.value)) {
      for_each_body(node, [&](const Body& body) {
        const bool is_else = &body == loop_else;
        Around inner = around;
        if (!is_else) inner = {true, around.is_in_block, nullptr, {}};
        check_body(body, inner);
      });
      return;
    }
    if (std::holds_alternative<Block>(node.value)) around.is_in_block = true;
    for_each_body(node, [&](const Body& body) {
      Around inner = around;
      if (const auto* apply = std::get_if<Apply>(&node.value)) {
        build_wall(inner, "an '{% apply %}'", apply->tag);
      } else if (const auto* call = std::get_if<Call>(&node.value)) {
        build_wall(inner, "the content of a '{% call %}'", call->component.tag);
      }
      check_body(body, inner);
    });
  }

  static void build_wall(Around& around, const char* name, Span tag) {
    if (around.is_in_loop) {
      around.wall_in_loop = name;
      around.wall = tag;
    }
    around.is_in_loop = false;
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
    if (around.wall_in_loop) {
      found.message = name + " can't leave " + around.wall_in_loop;
      found.notes.push_back({file_.source, around.wall, "it is opened here"});
    }
    sink_.report(std::move(found));
  }

  void check_super(const Node& node, const Around& around) {
    const auto* super = std::get_if<Super>(&node.value);
    if (!super || around.is_in_block) return;
    sink_.report(error(codes::kSuperOutsideBlock, super->tag, "'{% super() %}' stands in no block",
                       "it writes what the base has in the block around it"));
  }

  void check_excepts(const Node& node) {
    const auto* attempt = std::get_if<Try>(&node.value);
    if (!attempt || !file_.is_whole) return;
    const Try::Except* catch_all = nullptr;
    for (const Try::Except& except : attempt->excepts) {
      if (catch_all) {
        Diagnostic found = error(codes::kExceptNeverReached, except.tag,
                                 "this '{% except %}' is never reached", "move it up");
        found.notes.push_back({file_.source, catch_all->tag, "this one catches everything"});
        sink_.report(std::move(found));
      }
      if (!except.type) catch_all = &except;
    }
  }

  Diagnostic error(const char* code, Span span, std::string message, std::string help = {}) const {
    return error_at(code, file_.source, span, std::move(message), std::move(help));
  }

  const Template& file_;
  DiagnosticSink& sink_;
};

/// Checks what a page's leaf has besides blocks, and compares its blocks with those of its bases.
class ChildChecker {
 public:
  ChildChecker(const Page& page, const Extends& extends, DiagnosticSink& sink)
      : page_(page), leaf_(*page.leaf()), extends_(extends), sink_(sink) {}

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
    const auto is_it = [&](const FixedParam& fixed) { return fixed.set == &set; };
    if (std::ranges::none_of(page_.fixed, is_it)) warn_never_rendered(set.tag, "this '{% set %}'");
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
          } else if constexpr (std::is_same_v<T, Call>) {
            return value.component.tag;
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
  DiagnosticSink& sink_;
};

/// Walks over what a page renders, for mistakes that can be seen only there.
class RenderedChecker {
 public:
  RenderedChecker(const Page& page, DiagnosticSink& sink) : page_(page), sink_(sink) {}

  void run() { check_body(page_.root()->body, *page_.root(), {}); }

 private:
  /// What stands around a node.
  struct Around {
    const char* wall = nullptr;  // the nearest directive whose content can't wait
    const Template* wall_file = nullptr;
    Span wall_tag;
    bool is_in_block = false;
  };

  void check_body(const Body& body, const Template& file, const Around& around) {
    if (!walked_.emplace(&body, around.wall != nullptr).second) return;
    for (const Node& node : body) {
      check_flush(node, file, around);
      check_super(node, file, around);
      check_inner(node, file, around);
    }
  }

  void check_inner(const Node& node, const Template& file, Around around) {
    const auto* call = std::get_if<Call>(&node.value);
    const auto* include = call ? &call->component : std::get_if<Include>(&node.value);
    if (const auto at = page_.includes.find(include); include && at != page_.includes.end()) {
      Around inner = around;
      inner.is_in_block = false;
      check_body(at->second->body, *at->second, inner);
    }
    if (const auto* super = std::get_if<Super>(&node.value)) {
      const auto at = page_.supers.find(super);
      if (at != page_.supers.end()) check_body(at->second.block->body, *at->second.file, around);
    }
    const auto* block = std::get_if<Block>(&node.value);
    const auto at = block ? page_.blocks.find(block->name.text) : page_.blocks.end();
    if (at != page_.blocks.end()) {
      around.is_in_block = true;
      return check_body(at->second.block->body, *at->second.file, around);
    }
    for_each_body(node, [&](const Body& body) {
      Around inner = around;
      if (const auto* apply = std::get_if<Apply>(&node.value)) {
        inner = {"an '{% apply %}'", &file, apply->tag, around.is_in_block};
      } else if (call) {
        inner = {"the content of a '{% call %}'", &file, call->component.tag, around.is_in_block};
      } else if (const Try::Except* except = except_of(node, body)) {
        inner = {"an '{% except %}'", &file, except->tag, around.is_in_block};
      }
      check_body(body, file, inner);
    });
  }

  static const Try::Except* except_of(const Node& node, const Body& body) {
    const auto* attempt = std::get_if<Try>(&node.value);
    if (!attempt) return nullptr;
    for (const Try::Except& except : attempt->excepts) {
      if (&except.body == &body) return &except;
    }
    return nullptr;
  }

  void check_flush(const Node& node, const Template& file, const Around& around) {
    const auto* flush = std::get_if<Flush>(&node.value);
    if (!flush || !around.wall) return;
    Diagnostic found = error_at(codes::kCannotFlush, file.source, flush->tag,
                                "'{% flush %}' can't stand in " + std::string(around.wall),
                                "move it after the end of that tag");
    found.notes.push_back({around.wall_file->source, around.wall_tag, "it is opened here"});
    sink_.report(std::move(found));
  }

  // If a base is missing, it is not known what a block overrides.
  void check_super(const Node& node, const Template& file, const Around& around) {
    const auto* super = std::get_if<Super>(&node.value);
    if (!super || !around.is_in_block || page_.supers.contains(super)) return;
    if (page_.root()->extends) return;
    sink_.report(error_at(codes::kSuperOfNothing, file.source, super->tag,
                          "the block around '{% super() %}' overrides no other",
                          "it writes what a base has in the block; there is none here"));
  }

  const Page& page_;
  DiagnosticSink& sink_;
  std::set<std::pair<const Body*, bool>> walked_;
};

}  // namespace

void check_file(const Template& file, DiagnosticSink& sink) {
  FileChecker(file, sink).run();
}

void check_page(const Page& page, DiagnosticSink& sink) {
  const Template& leaf = *page.leaf();
  if (leaf.extends && leaf.is_whole) ChildChecker(page, *leaf.extends, sink).run();
  RenderedChecker(page, sink).run();
  if (!sink.has_errors()) check_contexts(page, sink);
}

}  // namespace bora::lang
