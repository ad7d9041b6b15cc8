#include "compiler/codegen/page_scan.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "compiler/routes/cpp_names.h"
#include "templates-lang/cpp_scanner.h"

namespace bora::compiler {
namespace {

using lang::CppToken;
using lang::Span;

std::string_view token_text(std::string_view text, const CppToken& token) {
  return text.substr(token.span.begin, token.span.size());
}

constexpr std::string_view kModuleMarkup = "bora_modules.markup<";
constexpr std::string_view kRoutePrefix = "::route::";
constexpr std::string_view kRoutes = "route";
constexpr std::string_view kSetResources = "set_resources";

bool is_identifier(std::string_view text, const CppToken& token, std::string_view name) {
  return token.kind == CppToken::Kind::identifier && token_text(text, token) == name;
}

// Whether the name at `i` is one of something else: `x.name`, `x->name`, `scope::name`.
bool is_member(std::string_view text, const std::vector<CppToken>& tokens, std::size_t i) {
  const std::string_view before = i > 0 ? token_text(text, tokens[i - 1]) : std::string_view();
  return before == "." || before == "->" || before == "::";
}

// "admin.users" as C++ writes it, "admin::users"; empty if no route can be called so.
std::string route_function(std::string_view name) {
  std::string function;
  while (true) {
    const std::size_t dot = std::min(name.find('.'), name.size());
    const std::string_view part = name.substr(0, dot);
    if (!is_plain_identifier(part) || is_reserved_name(part)) return {};
    function += part;
    if (dot == name.size()) return function;
    function += "::";
    name.remove_prefix(dot + 1);
  }
}

// Rewrites one expression, token by token.
class Rewriter {
 public:
  using IsFree = std::function<bool(std::string_view)>;

  Rewriter(std::string_view text, Span span, const IsFree& is_free)
      : text_(text), span_(span), is_free_(is_free) {}

  std::vector<Piece> run() {
    const std::string_view whole = text_.substr(span_.begin, span_.size());
    if (whole.find("reverse_url") == whole.npos && whole.find("modules") == whole.npos) {
      return {{{}, span_, std::string(whole)}};
    }
    tokens_ = lang::scan_cpp(text_, span_);
    std::uint32_t begin = span_.begin;
    for (std::size_t i = 0; i + 3 < tokens_.size(); ++i) {
      const bool is_name = tokens_[i].kind == CppToken::Kind::identifier;
      if (!is_name || is_member(text_, tokens_, i)) continue;
      const std::uint32_t at = tokens_[i].span.begin;
      const std::size_t known = pieces_.size();
      std::uint32_t rest = 0;
      if (word(i) == "reverse_url") rest = reverse_url(i, {begin, at});
      if (word(i) == "modules") rest = module(i, {begin, at});
      if (pieces_.size() > known) begin = rest;
    }
    if (pieces_.empty()) return {{{}, span_, std::string(whole)}};
    add(next_before_, {begin, span_.end});
    return std::move(pieces_);
  }

 private:
  [[nodiscard]] std::string_view word(std::size_t i) const { return token_text(text_, tokens_[i]); }

  void add(std::string before, Span span) {
    if (before.empty() && span.size() == 0) return;
    pieces_.push_back(
        {std::move(before), span, std::string(text_.substr(span.begin, span.size()))});
  }

  // `reverse_url("name"`, then ',' or ')'. Returns where the template's text goes on.
  std::uint32_t reverse_url(std::size_t i, Span before) {
    const CppToken& literal = tokens_[i + 2];
    const bool is_call = word(i + 1) == "(" && literal.kind == CppToken::Kind::string &&
                         word(i + 2).front() == '"' && word(i + 2).back() == '"' &&
                         (word(i + 3) == "," || word(i + 3) == ")");
    if (!is_call || !is_free_("reverse_url")) return 0;
    const std::string function = route_function(word(i + 2).substr(1, literal.span.size() - 2));
    if (function.empty()) return 0;
    add(std::exchange(next_before_, "("), before);
    pieces_.push_back(
        {std::string(kRoutePrefix), {literal.span.begin + 1, literal.span.end - 1}, function});
    return word(i + 3) == "," ? tokens_[i + 3].span.end : tokens_[i + 3].span.begin;
  }

  // `modules.Entry(`, `modules.shop::List<int>(`
  std::uint32_t module(std::size_t i, Span before) {
    if (word(i + 1) != "." || !is_free_("modules")) return 0;
    std::size_t open = i + 2;
    while (open < tokens_.size() && word(open) != "(") ++open;
    if (open == tokens_.size() || open == i + 2) return 0;
    add(std::exchange(next_before_, ">"), before);
    add(std::string(kModuleMarkup), {tokens_[i + 2].span.begin, tokens_[open - 1].span.end});
    return tokens_[open].span.begin;
  }

  std::string_view text_;
  Span span_;
  const IsFree& is_free_;
  std::vector<CppToken> tokens_;
  std::vector<Piece> pieces_;
  std::string next_before_;  // What stands before the text that follows a rewritten name.
};

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
  void children(const lang::Super& node, const lang::Template&) {
    const auto found = page_.supers.find(&node);
    if (found != page_.supers.end()) body(found->second.block->body, *found->second.file);
  }
  void children(const lang::Apply& node, const lang::Template& file) { body(node.body, file); }
  void children(const lang::Slot& node, const lang::Template& file) { body(node.body, file); }
  void children(const lang::Call& node, const lang::Template& file) {
    for (const auto& fill : node.fills) body(fill.body, file);
    children(node.component, file);
  }
  void children(const lang::Try& node, const lang::Template& file) {
    body(node.body, file);
    for (const auto& except : node.excepts) body(except.body, file);
    if (node.else_body) body(*node.else_body, file);
    if (node.finally_body) body(*node.finally_body, file);
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
  std::vector<Span> operator()(const lang::Apply& node) const { return {node.function.span}; }
  std::vector<Span> operator()(const lang::Module& node) const { return {node.call.span}; }
  std::vector<Span> operator()(const lang::Include& node) const {
    std::vector<Span> spans;
    for (const auto& argument : node.arguments) spans.push_back(argument.value.span);
    return spans;
  }
  std::vector<Span> operator()(const lang::Call& node) const { return (*this)(node.component); }
  template <class T>
  std::vector<Span> operator()(const T&) const {
    return {};
  }
};

// The walk of scan_page(), in the order and with the scopes of the generated code.
class NameScan {
 public:
  explicit NameScan(const lang::Page& page) : page_(page) { open_.push_back({&page_names_}); }

  PageScan run() {
    scopes_.emplace_back();
    const NameSet imported = imported_names(page_);
    for (const std::string& name : imported) introduce(name);
    for (const lang::PageParam& param : page_.params) introduce(param.param->name);
    std::vector<BlockNames> fixed(page_.fixed.size());
    for (std::size_t i = 0; i < fixed.size(); ++i) fixed_param(page_.fixed[i], fixed[i]);
    first_local_ = count_;
    scopes_.emplace_back();
    body(page_.root()->body, *page_.root());
    for (auto& [name, block] : scan_.blocks) {
      block.names.all.insert(imported.begin(), imported.end());
      for (std::size_t i = fixed.size(); i-- > 0;) {
        const std::string& param = page_.fixed[i].param.param->name.text;
        if (block.names.given.contains(param)) add(fixed[i].names, block.names);
      }
    }
    scan_.page = std::move(page_names_.names);
    return std::move(scan_);
  }

 private:
  // The names of a scope, numbered in the order in which they are introduced.
  using Scope = std::map<std::string, std::size_t, std::less<>>;

  // What surrounds a node in generated code.
  struct Surroundings {
    int fors = 0;
    int loops = 0;
    int modules = 0;     // `{% module Template(…) %}`
    int components = 0;  // `{% call … %}`
  };

  // What is scanned: the page, and the blocks that lead to the node.
  struct Open {
    BlockNames* block = nullptr;
    std::size_t first_own = 0;  // Of the introduced names.
    Surroundings outside = {};
  };

  void fixed_param(const lang::FixedParam& fixed, BlockNames& names) {
    open_.push_back({&names});
    expression(fixed.set->value.span, *fixed.file);
    open_.pop_back();
    introduce(fixed.param.param->name);
  }

  static void add(const PageNames& names, PageNames& to) {
    to.all.insert(names.all.begin(), names.all.end());
    to.free.insert(names.free.begin(), names.free.end());
    to.given.insert(names.given.begin(), names.given.end());
    to.scopes.insert(names.scopes.begin(), names.scopes.end());
    to.uses_modules = to.uses_modules || names.uses_modules;
  }

  template <class Record>
  void record(const Record& into) {
    for (const Open& open : open_) into(open.block->names);
  }
  void record_scope(std::string_view name) {
    record([&](PageNames& names) { names.scopes.emplace(name); });
  }
  void record_modules() {
    record([](PageNames& names) { names.uses_modules = true; });
  }

  // Notes what keeps those open blocks from being rendered alone that `is_kept` tells.
  template <class IsKept>
  void obstruct(const IsKept& is_kept, std::string_view why) {
    for (const Open& open : open_) {
      if (open.block->obstacle.empty() && is_kept(open)) open.block->obstacle = why;
    }
  }

  void introduce(const lang::Name& name) { introduce(name.text); }
  void introduce(std::string_view name) {
    record([&](PageNames& names) { names.all.emplace(name); });
    scopes_.back().insert_or_assign(std::string(name), count_++);
  }
  // When it was introduced.
  [[nodiscard]] const std::size_t* introduced(std::string_view name) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
      const auto found = scope->find(name);
      if (found != scope->end()) return &found->second;
    }
    return nullptr;
  }

  void expression(Span span, const lang::Template& file) {
    const auto is_free = [this](std::string_view name) { return introduced(name) == nullptr; };
    for (const Piece& piece : rewrite_expression(file.source->text(), span, is_free)) {
      if (piece.before == kModuleMarkup) record_modules();
      if (piece.before == kRoutePrefix) record_scope(kRoutes);
      identifiers(piece.text);
    }
  }

  void identifiers(std::string_view text) {
    const std::vector<CppToken> tokens =
        lang::scan_cpp(text, {0, static_cast<std::uint32_t>(text.size())});
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].kind != CppToken::Kind::identifier) continue;
      const std::string_view name = token_text(text, tokens[i]);
      record([&](PageNames& names) { names.all.emplace(name); });
      if (is_member(text, tokens, i)) continue;
      if (i + 1 < tokens.size() && token_text(text, tokens[i + 1]) == "::") {
        record_scope(name);
      } else if (const std::size_t* number = introduced(name)) {
        use(name, *number);
      } else {
        use_free(name);
      }
    }
  }

  void use(std::string_view name, std::size_t number) {
    if (number < first_local_) {
      record([&](PageNames& names) { names.given.emplace(name); });
    } else if (open_.size() > 1) {
      obstruct([&](const Open& open) { return number < open.first_own; }, uses_outer(name));
    }
  }

  void use_free(std::string_view name) {
    if (name == kSetResources && around_.modules > 0) {
      obstruct([&](const Open& open) { return open.outside.modules == around_.modules; },
               uses_outer(name));
      return record_modules();
    }
    if (name == "loop" && around_.fors > 0) {
      obstruct([&](const Open& open) { return open.outside.fors == around_.fors; },
               uses_outer(name));
    }
    record([&](PageNames& names) { names.free.emplace(name); });
  }

  static std::string uses_outer(std::string_view name) {
    return "it uses '" + std::string(name) + "', which is introduced outside of it";
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
    const Surroundings outside = around_;
    ++around_.fors;
    ++around_.loops;
    scopes_.emplace_back();
    for (const lang::Name& name : node.names) introduce(name);
    nested(node.body, file);
    scopes_.pop_back();
    around_ = outside;
    if (node.else_body) nested(*node.else_body, file);
  }
  void visit(const lang::While& node, const lang::Template& file) {
    expression(node.condition.span, file);
    ++around_.loops;
    nested(node.body, file);
    --around_.loops;
    if (node.else_body) nested(*node.else_body, file);
  }
  void visit(const lang::Break&, const lang::Template&) { jump(); }
  void visit(const lang::Continue&, const lang::Template&) { jump(); }
  void jump() {
    obstruct([&](const Open& open) { return open.outside.loops == around_.loops; },
             "it leaves a loop around it");
  }
  void visit(const lang::Set& node, const lang::Template& file) {
    if (node.type) expression(*node.type, file);
    expression(node.value.span, file);
    for (const lang::Name& name : node.names) introduce(name);
  }
  void visit(const lang::Block& node, const lang::Template& file) {
    const auto found = page_.blocks.find(node.name.text);
    if (found == page_.blocks.end()) return body(node.body, file);
    BlockNames& block = scan_.blocks[node.name.text];
    const bool is_deep = open_.size() > kMaxOuterBlocks + 1;
    if (is_deep) {
      block.obstacle = "it stands in more than " + std::to_string(kMaxOuterBlocks) + " others";
    } else {
      open_.push_back({&block, count_, around_});
    }
    body(found->second.block->body, *found->second.file);
    if (!is_deep) open_.pop_back();
  }
  void visit(const lang::Include& node, const lang::Template& file) {
    for (const auto& argument : node.arguments) expression(argument.value.span, file);
    const auto found = page_.includes.find(&node);
    if (found == page_.includes.end()) return;
    const lang::Template& included = *found->second;
    if (!node.has_own_scope()) return body(included.body, included);
    const Surroundings outside = around_;
    around_.modules += node.kind == lang::Include::Kind::module ? 1 : 0;
    around_.components += node.kind == lang::Include::Kind::call ? 1 : 0;
    scopes_.emplace_back();
    for (const lang::Param& param : included.params) {
      if (param.default_value) expression(param.default_value->span, included);
      introduce(param.name);
    }
    nested(included.body, included);
    scopes_.pop_back();
    around_ = outside;
  }
  void visit(const lang::Call& node, const lang::Template& file) {
    for (const auto& fill : node.fills) nested(fill.body, file);
    visit(node.component, file);
  }
  void visit(const lang::Slot& node, const lang::Template& file) {
    obstruct(
        [&](const Open& open) {
          return around_.components > 0 && open.outside.components == around_.components;
        },
        "it has a slot of a component that is called around it");
    nested(node.body, file);
  }
  void visit(const lang::Super& node, const lang::Template&) {
    const auto found = page_.supers.find(&node);
    if (found != page_.supers.end()) body(found->second.block->body, *found->second.file);
  }
  void visit(const lang::Apply& node, const lang::Template& file) {
    record([](PageNames& names) { names.captures = true; });
    expression(node.function.span, file);
    nested(node.body, file);
  }
  void visit(const lang::Try& node, const lang::Template& file) {
    nested(node.body, file);
    for (const auto& except : node.excepts) {
      if (except.type) expression(*except.type, file);
      scopes_.emplace_back();
      if (except.name) introduce(*except.name);
      nested(except.body, file);
      scopes_.pop_back();
    }
    if (node.else_body) nested(*node.else_body, file);
    if (node.finally_body) nested(*node.finally_body, file);
    if (node.finally_body) record([](PageNames& names) { names.catches_all = true; });
  }
  void visit(const lang::Flush&, const lang::Template&) {
    record([](PageNames& names) { names.flushes = true; });
  }
  void visit(const lang::Module& node, const lang::Template& file) {
    if (!is_function_module(file.source->text(node.name))) record_modules();
    expression(node.call.span, file);
  }

  const lang::Page& page_;
  PageScan scan_;
  BlockNames page_names_;
  std::vector<Open> open_;
  std::vector<Scope> scopes_;
  std::size_t count_ = 0;  // Of names that were introduced.
  std::size_t first_local_ = std::numeric_limits<std::size_t>::max();
  Surroundings around_;
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

NameSet imported_names(const lang::Page& page) {
  NameSet names;
  for (const auto& file : page.files) {
    const std::string_view text = file->source->text();
    for (const lang::Import& import : file->imports) {
      for (const auto& imported : import.imported) {
        if (imported.alias) names.insert(imported.alias->text);
        for (const CppToken& token : lang::scan_cpp(text, imported.name)) {
          names.emplace(token_text(text, token));
        }
      }
    }
  }
  return names;
}

PageScan scan_page(const lang::Page& page) {
  return NameScan(page).run();
}

bool is_function_module(std::string_view name) {
  return name == "linkify" || name == "xsrf_form_html";
}

std::vector<Piece> rewrite_expression(std::string_view text, Span span,
                                      const std::function<bool(std::string_view)>& is_free) {
  return Rewriter(text, span, is_free).run();
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
