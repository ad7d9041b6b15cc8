#include "templates-lang/ast_dump.h"

#include <string_view>

namespace bora::lang {
namespace {

class Dumper {
 public:
  explicit Dumper(const Template& file) : file_(file) {}

  std::string run() {
    if (file_.extends) add("extends", quoted(file_.extends->file));
    for (const Param& param : file_.params) add_param(param);
    for (const Import& import : file_.imports) add_import(import);
    if (file_.handler) add("handler", quoted(file_.handler->type.span));
    add_autoescape();
    add_body(file_.body);
    return std::move(out_);
  }

  void operator()(const Text& text) { add("text", quoted(text.text)); }
  void operator()(const Output& output) {
    add(output.raw ? "raw" : "output", quoted(output.value.span));
  }
  void operator()(const Break&) { add("break"); }
  void operator()(const Continue&) { add("continue"); }
  void operator()(const Super&) { add("super"); }
  void operator()(const Flush&) { add("flush"); }
  void operator()(const Module& module) { add("module", quoted(module.call.span)); }
  void operator()(const Slot& slot) { add("slot", slot.name ? slot.name->text : "", slot.body); }
  void operator()(const Block& block) { add("block", block.name.text, block.body); }
  void operator()(const Apply& apply) { add("apply", quoted(apply.function.span), apply.body); }
  void operator()(const Call& call) {
    out_ += "(call " + operands(call.component);
    for (const Call::Fill& fill : call.fills) {
      add("fill", fill.name ? fill.name->text : "", fill.body);
    }
    out_ += ')';
  }

  void operator()(const If& node) {
    out_ += "(if ";
    for (const If::Branch& branch : node.branches) {
      if (branch.condition) {
        add("case", quoted(branch.condition->span), branch.body);
      } else {
        add("else", "", branch.body);
      }
    }
    out_ += ')';
  }

  void operator()(const For& node) {
    out_ += "(for " + list(node.names) + quoted(node.range.span);
    add_branches(node.body, node.else_body);
  }

  void operator()(const While& node) {
    out_ += "(while " + quoted(node.condition.span);
    add_branches(node.body, node.else_body);
  }

  void operator()(const Set& set) {
    const std::string type = set.type ? quoted(*set.type) + " " : "";
    add("set", type + list(set.names) + quoted(set.value.span));
  }

  void operator()(const Include& include) {
    add(include.kind == Include::Kind::module ? "module-template" : "include", operands(include));
  }

  void operator()(const Try& node) {
    out_ += "(try ";
    add_body(node.body);
    for (const Try::Except& except : node.excepts) {
      std::string operand = except.type ? quoted(*except.type) : "";
      if (except.name) operand += " " + except.name->text;
      add("except", operand, except.body);
    }
    if (node.else_body) add("else", "", *node.else_body);
    if (node.finally_body) add("finally", "", *node.finally_body);
    out_ += ')';
  }

 private:
  std::string operands(const Include& include) const {
    std::string operand = quoted(include.file);
    for (const Include::Argument& argument : include.arguments) {
      operand += " " + argument.name.text + "=" + quoted(argument.value.span);
    }
    return operand;
  }

  void add_body(const Body& body) {
    for (const Node& node : body) std::visit(*this, node.value);
  }

  void add(std::string_view kind, std::string_view operand = {}) {
    out_ += '(';
    out_ += kind;
    if (!operand.empty()) out_ += ' ';
    out_ += operand;
    out_ += ')';
  }

  void add(std::string_view kind, std::string_view operand, const Body& body) {
    add(kind, operand);
    if (body.empty()) return;
    out_.back() = ' ';
    add_body(body);
    out_ += ')';
  }

  void add_branches(const Body& body, const std::optional<Body>& else_body) {
    out_ += ' ';
    add_body(body);
    if (else_body) add("else", "", *else_body);
    out_ += ')';
  }

  void add_param(const Param& param) {
    const std::string value = param.default_value ? "=" + quoted(param.default_value->span) : "";
    add("param", quoted(param.type) + " " + param.name.text + value);
  }

  void add_import(const Import& import) {
    std::string operand;
    if (import.header) operand += " header=" + quoted(*import.header);
    if (import.scope) operand += " scope=" + quoted(*import.scope);
    for (const Import::Imported& imported : import.imported) {
      operand += " " + std::string(file_.source->text(imported.name));
      if (imported.alias) operand += "->" + imported.alias->text;
    }
    add("import", operand.substr(1));
  }

  void add_autoescape() {
    const Autoescape& autoescape = file_.autoescape;
    if (autoescape.kind == Autoescape::Kind::none) add("autoescape", "None");
    if (autoescape.function) add("autoescape", quoted(*autoescape.function));
  }

  static std::string list(const std::vector<Name>& names) {
    std::string result;
    for (const Name& name : names) result += name.text + " ";
    return result;
  }

  std::string quoted(Span span) const { return quoted(file_.source->text(span)); }

  static std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (char c : text) {
      switch (c) {
        case '\n':
          result += "\\n";
          break;
        case '\r':
          result += "\\r";
          break;
        case '\t':
          result += "\\t";
          break;
        case '"':
        case '\\':
          result += '\\';
          [[fallthrough]];
        default:
          result += c;
      }
    }
    return result + '"';
  }

  const Template& file_;
  std::string out_;
};

}  // namespace

std::string dump(const Template& file) {
  return Dumper(file).run();
}

}  // namespace bora::lang
