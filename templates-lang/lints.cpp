#include "templates-lang/lints.h"

#include <algorithm>
#include <array>
#include <utility>

#include "templates-lang/ast_walk.h"
#include "templates-lang/codes.h"
#include "templates-lang/cpp_scanner.h"
#include "templates-lang/lexer.h"

namespace bora::lang {
namespace {

using Names = std::set<std::string, std::less<>>;

/// Functions that `{{ }}` may call without naming them: an import of that name replaces Bora's own.
constexpr auto kImplicitlyUsed = std::to_array<std::string_view>(
    {"escape", "json_encode", "linkify", "squeeze", "url_escape", "xhtml_escape"});

template <class Visit>
void for_each_node(const Body& body, const Visit& visit) {
  for (const Node& node : body) {
    visit(node);
    for_each_body(node, [&](const Body& inner) { for_each_node(inner, visit); });
  }
}

/// Whether all files of the page were found and read.
bool is_complete(const Page& page) {
  if (page.root()->extends) return false;
  for (const auto& file : page.files) {
    if (!file->is_whole) return false;
    bool has_all = true;
    for_each_node(file->body, [&](const Node& node) {
      const auto* call = std::get_if<Call>(&node.value);
      const auto* include = call ? &call->component : std::get_if<Include>(&node.value);
      if (include != nullptr && !page.includes.contains(include)) has_all = false;
    });
    if (!has_all) return false;
  }
  return true;
}

bool has_blocks(const Template& file) {
  bool found = false;
  for_each_node(file.body, [&](const Node& node) {
    found = found || std::holds_alternative<Block>(node.value);
  });
  return found;
}

/// Returns the offsets at which names are introduced; these places do not use the names.
std::set<std::uint32_t> introductions(const Template& file) {
  std::set<std::uint32_t> places;
  for (const Param& param : file.params) places.insert(param.name.span.begin);
  for (const Import& import : file.imports) {
    for (const Import::Imported& imported : import.imported) {
      const std::vector<CppToken> tokens = scan_cpp(file.source->text(), imported.name);
      if (!tokens.empty()) places.insert(tokens.back().span.begin);
      if (imported.alias) places.insert(imported.alias->span.begin);
    }
  }
  for_each_node(file.body, [&](const Node& node) {
    if (const auto* set = std::get_if<Set>(&node.value)) {
      for (const Name& name : set->names) places.insert(name.span.begin);
    } else if (const auto* loop = std::get_if<For>(&node.value)) {
      for (const Name& name : loop->names) places.insert(name.span.begin);
    } else if (const auto* include = std::get_if<Include>(&node.value)) {
      for (const auto& argument : include->arguments) places.insert(argument.name.span.begin);
    } else if (const auto* call = std::get_if<Call>(&node.value)) {
      for (const auto& argument : call->component.arguments) {
        places.insert(argument.name.span.begin);
      }
    }
  });
  return places;
}

/// Returns all identifiers in the file's tags, except where they are introduced.
Names used_names(const Template& file) {
  const std::set<std::uint32_t> introduced = introductions(file);
  const std::string_view text = file.source->text();
  DiagnosticSink ignored;
  Names names;
  for (const Token& tag : lex(file.source, ignored)) {
    for (const CppToken& token : scan_cpp(text, tag.content)) {
      if (token.kind == CppToken::Kind::identifier && !introduced.contains(token.span.begin))
        names.emplace(file.source->text(token.span));
    }
  }
  return names;
}

/// Returns the name that an import introduces, and its place; an empty one for `*` and operators.
Name imported_name(const Import::Imported& imported, const SourceText& source) {
  if (imported.alias) return *imported.alias;
  const std::vector<CppToken> tokens = scan_cpp(source.text(), imported.name);
  if (tokens.empty() || tokens.back().kind != CppToken::Kind::identifier) return {};
  const bool is_operator = std::ranges::any_of(
      tokens, [&](const CppToken& token) { return source.text(token.span) == "operator"; });
  if (is_operator) return {};
  return {std::string(source.text(tokens.back().span)), tokens.back().span};
}

}  // namespace

void Linter::add(const Page& page, bool is_part) {
  const bool is_right = sink_.error_count() == known_errors_;
  known_errors_ = sink_.error_count();
  const bool is_known = is_right && is_complete(page);
  Names used;
  for (const auto& template_file : page.files) {
    File& facts = file(*template_file);
    used.insert(facts.used.begin(), facts.used.end());
    if (!is_right || !template_file->is_whole || facts.is_linted) continue;
    facts.is_linted = true;
    lint_file(*template_file, static_files_, sink_);
  }
  // A child may give a value to a parameter of its base with `set`.
  Names params;
  for (const PageParam& param : page.params) params.insert(param.param->name.text);
  for (const auto& template_file : page.files) {
    for (Declared& declared : file(*template_file).declared) {
      const bool is_given = declared.code != codes::kUnusedParam && params.contains(declared.name);
      if (!is_known || is_given || used.contains(declared.name)) declared.is_used = true;
    }
  }
  const bool is_base = page.chain.size() == 1 && has_blocks(*page.leaf());
  if (!is_base && !is_part) file(*page.leaf()).is_seen_whole = true;
}

void Linter::finish(Seen seen) {
  for (auto& [name, facts] : files_) {
    if (seen == Seen::some_pages && !facts.is_seen_whole) continue;
    for (Declared& declared : facts.declared) {
      if (declared.is_used) continue;
      Diagnostic finding = error_at(declared.code, declared.source, declared.span,
                                    std::move(declared.message), std::move(declared.help));
      finding.severity = Severity::warning;
      sink_.report(std::move(finding));
    }
  }
}

Linter::File& Linter::file(const Template& file) {
  const auto [place, is_new] = files_.try_emplace(file.source->name());
  if (is_new) gather(file, place->second);
  return place->second;
}

void Linter::gather(const Template& file, File& facts) {
  if (!file.is_whole) return;
  facts.used = used_names(file);
  const auto add = [&](const char* code, const Name& name, std::string message, std::string help) {
    facts.declared.push_back(
        {code, name.text, file.source, name.span, std::move(message), std::move(help), false});
  };
  for (const Param& param : file.params) {
    add(codes::kUnusedParam, param.name, "parameter " + quoted(param.name.text) + " is never used",
        "remove it, here and where the page is rendered");
  }
  for (const Import& import : file.imports) {
    for (const Import::Imported& imported : import.imported) {
      const Name name = imported_name(imported, *file.source);
      if (name.text.empty() ||
          std::ranges::find(kImplicitlyUsed, name.text) != kImplicitlyUsed.end())
        continue;
      add(codes::kUnusedImport, name, quoted(name.text) + " is imported and never used", "");
    }
  }
  Names set_names;
  for_each_node(file.body, [&](const Node& node) {
    const auto* set = std::get_if<Set>(&node.value);
    if (set == nullptr || set->names.empty()) return;
    // If one value has several names, some may be there only because of the others.
    if (std::ranges::any_of(set->names, [&](const Name& name) {
          return facts.used.contains(name.text) || set_names.contains(name.text);
        }))
      return;
    const Name& name = set->names.front();
    set_names.insert(name.text);
    if (set->names.size() == 1) {
      const std::string value(file.source->text(set->value.span));
      const bool may_do_more = value.find('(') != std::string::npos;
      add(codes::kUnusedVariable, name, "variable " + quoted(name.text) + " is never used",
          may_do_more ? "for what the value does, write '{% set " + value + " %}'" : "remove it");
    }
  });
}

}  // namespace bora::lang
