#include "compiler/codegen/page_scan.h"

#include <algorithm>

#include "templates-lang/cpp_scanner.h"

namespace bora::compiler {
namespace {

using lang::CppToken;
using lang::Span;

std::string_view token_text(std::string_view text, const CppToken& token) {
  return text.substr(token.span.begin, token.span.size());
}

bool is_identifier(std::string_view text, const CppToken& token, std::string_view name) {
  return token.kind == CppToken::Kind::identifier && token_text(text, token) == name;
}

// A walk over one page. It ends, as resolve_page() refuses blocks and includes that lead to
// themselves.
class NodeWalk {
 public:
  using Visit = std::function<void(const lang::Node&, const lang::Template&)>;

  NodeWalk(const lang::Page& page, const Visit& visit) : page_(page), visit_(visit) {}

  void body(const lang::Body& nodes, const lang::Template& file) {
    for (const lang::Node& node : nodes) {
      visit_(node, file);
      std::visit([&](const auto& value) { children(value, file); }, node.value);
    }
  }

 private:
  template <class T>
  void children(const T&, const lang::Template&) {}

  void children(const lang::If& node, const lang::Template& file) {
    for (const auto& branch : node.branches) body(branch.body, file);
  }
  void children(const lang::For& node, const lang::Template& file) { loop(node, file); }
  void children(const lang::While& node, const lang::Template& file) { loop(node, file); }
  void children(const lang::Block& node, const lang::Template& file) {
    const auto found = page_.blocks.find(node.name.text);
    if (found == page_.blocks.end()) return body(node.body, file);
    body(found->second.block->body, *found->second.file);
  }
  void children(const lang::Include& node, const lang::Template&) {
    const auto found = page_.includes.find(&node);
    if (found != page_.includes.end()) body(found->second->body, *found->second);
  }

  template <class Loop>
  void loop(const Loop& node, const lang::Template& file) {
    body(node.body, file);
    if (node.else_body) body(*node.else_body, file);
  }

  const lang::Page& page_;
  const Visit& visit_;
};

struct SpansOf {
  std::vector<Span> operator()(const lang::Output& node) const { return {node.value.span}; }
  std::vector<Span> operator()(const lang::If& node) const {
    std::vector<Span> spans;
    for (const auto& branch : node.branches) {
      if (branch.condition) spans.push_back(branch.condition->span);
    }
    return spans;
  }
  std::vector<Span> operator()(const lang::For& node) const { return {node.range.span}; }
  std::vector<Span> operator()(const lang::While& node) const { return {node.condition.span}; }
  std::vector<Span> operator()(const lang::Set& node) const {
    if (node.type) return {*node.type, node.value.span};
    return {node.value.span};
  }
  template <class T>
  std::vector<Span> operator()(const T&) const {
    return {};
  }
};

// The walk of scan_names(), in the order and with the scopes of the generated code.
class NameScan {
 public:
  explicit NameScan(const lang::Page& page) : page_(page) {}

  PageNames run() {
    scopes_.emplace_back();
    for (const lang::PageParam& param : page_.params) introduce(param.param->name);
    for (const auto& file : page_.files) add_imported(*file);
    body(page_.root()->body, *page_.root());
    return std::move(names_);
  }

 private:
  void add_imported(const lang::Template& file) {
    for (const lang::Import& import : file.imports) {
      for (const auto& imported : import.imported) {
        if (imported.alias) introduce(*imported.alias);
        for (const CppToken& token : lang::scan_cpp(file.source->text(), imported.name)) {
          introduce(token_text(file.source->text(), token));
        }
      }
    }
  }

  void introduce(const lang::Name& name) { introduce(name.text); }
  void introduce(std::string_view name) {
    names_.all.emplace(name);
    scopes_.back().emplace(name);
  }
  [[nodiscard]] bool is_introduced(std::string_view name) const {
    return std::ranges::any_of(scopes_, [&](const auto& scope) { return scope.contains(name); });
  }

  void expression(Span span, const lang::Template& file) {
    const std::string_view text = file.source->text();
    const std::vector<CppToken> tokens = lang::scan_cpp(text, span);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].kind != CppToken::Kind::identifier) continue;
      const std::string_view name = token_text(text, tokens[i]);
      names_.all.emplace(name);
      const std::string_view before = i > 0 ? token_text(text, tokens[i - 1]) : std::string_view();
      if (before == "." || before == "->" || before == "::") continue;
      if (i + 1 < tokens.size() && token_text(text, tokens[i + 1]) == "::") {
        names_.scopes.emplace(name);
      } else if (!is_introduced(name)) {
        names_.free.emplace(name);
      }
    }
  }

  void body(const lang::Body& nodes, const lang::Template& file) {
    for (const lang::Node& node : nodes) {
      std::visit([&](const auto& value) { visit(value, file); }, node.value);
    }
  }
  void nested(const lang::Body& nodes, const lang::Template& file) {
    scopes_.emplace_back();
    body(nodes, file);
    scopes_.pop_back();
  }

  template <class T>
  void visit(const T&, const lang::Template&) {}

  void visit(const lang::Output& node, const lang::Template& file) {
    expression(node.value.span, file);
  }
  void visit(const lang::If& node, const lang::Template& file) {
    for (const auto& branch : node.branches) {
      if (branch.condition) expression(branch.condition->span, file);
      nested(branch.body, file);
    }
  }
  void visit(const lang::For& node, const lang::Template& file) {
    expression(node.range.span, file);
    scopes_.emplace_back();
    for (const lang::Name& name : node.names) introduce(name);
    nested(node.body, file);
    scopes_.pop_back();
    if (node.else_body) nested(*node.else_body, file);
  }
  void visit(const lang::While& node, const lang::Template& file) {
    expression(node.condition.span, file);
    nested(node.body, file);
    if (node.else_body) nested(*node.else_body, file);
  }
  void visit(const lang::Set& node, const lang::Template& file) {
    if (node.type) expression(*node.type, file);
    expression(node.value.span, file);
    for (const lang::Name& name : node.names) introduce(name);
  }
  void visit(const lang::Block& node, const lang::Template& file) {
    const auto found = page_.blocks.find(node.name.text);
    if (found == page_.blocks.end()) return body(node.body, file);
    body(found->second.block->body, *found->second.file);
  }
  void visit(const lang::Include& node, const lang::Template&) {
    const auto found = page_.includes.find(&node);
    if (found != page_.includes.end()) body(found->second->body, *found->second);
  }
  void visit(const lang::Flush&, const lang::Template&) { names_.flushes = true; }
  void visit(const lang::Module& node, const lang::Template& file) {
    names_.calls_module = true;
    expression(node.call.span, file);
  }

  const lang::Page& page_;
  PageNames names_;
  std::vector<NameSet> scopes_;
};

// The end of the range in front of `, 7`: the last comma outside brackets, if a number is all that
// stands behind it.
std::optional<std::size_t> start_comma(std::string_view text, const std::vector<CppToken>& tokens) {
  const std::size_t number = tokens.size() - 2;
  if (number < 4 || tokens[number].kind != CppToken::Kind::number) return {};
  if (token_text(text, tokens[number - 1]) != ",") return {};
  return number - 1;
}

}  // namespace

void for_each_node(const lang::Page& page, const lang::Body& body, const lang::Template& file,
                   const std::function<void(const lang::Node&, const lang::Template&)>& visit) {
  NodeWalk(page, visit).body(body, file);
}

std::vector<Span> cpp_spans(const lang::Node& node) {
  return std::visit(SpansOf(), node.value);
}

PageNames scan_names(const lang::Page& page) {
  return NameScan(page).run();
}

bool uses_namespace(std::string_view text, Span span, std::string_view scope) {
  const std::vector<CppToken> tokens = lang::scan_cpp(text, span);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (is_identifier(text, tokens[i], scope) && token_text(text, tokens[i + 1]) == "::")
      return true;
  }
  return false;
}

bool body_names(const lang::Page& page, const lang::Body& body, const lang::Template& file,
                std::string_view name) {
  bool is_named = false;
  for_each_node(page, body, file, [&](const lang::Node& node, const lang::Template& node_file) {
    const std::string_view text = node_file.source->text();
    for (const Span span : cpp_spans(node)) {
      std::string_view previous;
      for (const CppToken& token : lang::scan_cpp(text, span)) {
        const bool is_member = previous == "." || previous == "->" || previous == "::";
        is_named = is_named || (!is_member && is_identifier(text, token, name));
        previous = token_text(text, token);
      }
    }
  });
  return is_named;
}

std::optional<Enumerate> parse_enumerate(std::string_view text, Span span) {
  const std::vector<CppToken> tokens = lang::scan_cpp(text, span);
  if (tokens.size() < 4 || !is_identifier(text, tokens[0], "enumerate")) return {};
  if (token_text(text, tokens[1]) != "(" || token_text(text, tokens.back()) != ")") return {};
  int depth = 0;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    const std::string_view piece = token_text(text, tokens[i]);
    if (piece == "(") ++depth;
    if (piece == ")" && --depth == 0 && i + 1 < tokens.size()) return {};
  }
  Enumerate result;
  std::uint32_t end = tokens.back().span.begin;
  if (const auto comma = start_comma(text, tokens)) {
    result.start = token_text(text, tokens[*comma + 1]);
    end = tokens[*comma].span.begin;
  }
  result.range = lang::trim_cpp(text, {tokens[1].span.end, end});
  return result;
}

}  // namespace bora::compiler
