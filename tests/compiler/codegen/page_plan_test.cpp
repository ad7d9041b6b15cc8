// The plan of a page: operations in the order in which they are rendered, with nothing left to look
// up, and what can be asked of them.

#include "compiler/codegen/page_plan.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/codegen/content_hash.h"
#include "compiler/codegen/template_codegen.h"
#include "templates-lang/checker.h"
#include "templates-lang/inheritance.h"
#include "tests/support/catch.h"
#include "tests/support/memory_templates.h"

namespace bora::compiler {
namespace {

using Files = std::map<std::string, std::string, std::less<>>;

/// A page and its plan.
struct Planned {
  explicit Planned(const Files& files) : templates(files) {
    page = lang::resolve_page("page.html", templates, sink);
    REQUIRE(page != nullptr);
    lang::check_page(*page, sink);
    for (const auto& found : sink.diagnostics()) UNSCOPED_INFO(found.message);
    REQUIRE(!sink.has_errors());
    plan = plan_page(*page);
  }
  explicit Planned(std::string text) : Planned(Files{{"page.html", std::move(text)}}) {}

  testing::MemoryTemplates templates;
  lang::DiagnosticSink sink;
  std::unique_ptr<lang::Page> page;
  PagePlan plan;
};

std::string text_of(const PagePlan& plan, OpIndex index) {
  struct Text {
    const PlanOp& op;

    [[nodiscard]] std::string cpp(const PlanExpression& expression) const {
      std::string text;
      for (const Piece& piece : expression.pieces) {
        text.append(piece.before).append(piece.text);
      }
      text.erase(0, text.find_first_not_of(' '));
      return text;
    }
    std::string operator()(const plan::Literal& literal) const {
      return (literal.continues ? "+'" : "'") + std::string(literal.text) + "'";
    }
    std::string operator()(const plan::Value& value) const {
      return "value " + cpp(value.value) + " in " + op.place->file->name;
    }
    std::string operator()(const plan::Choice&) const { return "choice"; }
    std::string operator()(const plan::Branch& branch) const {
      return branch.condition ? "if " + cpp(*branch.condition) : "else";
    }
    std::string operator()(const plan::Part& part) const {
      return std::string("part ") + "beFi"[static_cast<std::size_t>(part.kind)];
    }
    std::string operator()(const plan::For& loop) const {
      return "for " + cpp(loop.range) + (loop.names_loop ? " loop" : "") +
             (loop.is_hidden ? " hidden" : "") +
             (loop.enumerated_from ? " from " + std::string(*loop.enumerated_from) : "");
    }
    std::string operator()(const plan::While& loop) const { return "while " + cpp(loop.condition); }
    std::string operator()(const plan::Jump& jump) const {
      return (jump.is_break ? "break " : "continue ") + std::to_string(jump.loop);
    }
    std::string operator()(const plan::Set& set) const {
      std::string text = "set";
      for (const PlanBinding& binding : set.known) {
        text += " nvo"[static_cast<std::size_t>(binding.kind) + 1];
      }
      return text + " = " + cpp(set.value);
    }
    std::string operator()(const plan::Scope& scope) const {
      std::string text = "scope " + scope.place->file->name;
      for (const auto& argument : scope.arguments) {
        text += ' ' + argument.param->name.text + '=' + cpp(argument.value);
      }
      return text + (scope.names_resources ? " resources" : "");
    }
    std::string operator()(const plan::Call&) const { return "call"; }
    std::string operator()(const plan::Fill&) const { return "fill"; }
    std::string operator()(const plan::Slot&) const { return "slot"; }
    std::string operator()(const plan::FilledSlot& slot) const {
      return "filled by " + std::to_string(slot.fill);
    }
    std::string operator()(const plan::Capture& capture) const {
      return "capture " + cpp(capture.function);
    }
    std::string operator()(const plan::Module& module) const {
      return "module " + cpp(module.call);
    }
    std::string operator()(const plan::Flush&) const { return "flush"; }
    std::string operator()(const plan::Try&) const { return "try"; }
    std::string operator()(const plan::Except&) const { return "except"; }
  };
  return std::visit(Text{plan.ops[index]}, plan.ops[index].action);
}

void dump(const PagePlan& plan, PlanRange range, std::size_t depth, std::string& to) {
  for (OpIndex at = range.begin; at < range.end; at = plan.ops[at].end) {
    to += std::string(2 * depth, ' ') + text_of(plan, at) + '\n';
    dump(plan, plan.below(at), depth + 1, to);
  }
}

/// Returns one operation a line, with those below others indented.
std::string dump(const PagePlan& plan) {
  std::string text;
  dump(plan, plan.whole(), 0, text);
  return text;
}

std::vector<std::string> strings(const PlanNames::NameSet& names) {
  return {names.begin(), names.end()};
}

using Names = std::vector<std::string>;

TEST_CASE("page plan: text that meets across tags and files is one literal", "[codegen]") {
  const Planned page(
      {{"base.html", "<p>{% block a %}base{% end %}</p>{% include \"part.html\" %}!"},
       {"part.html", "part"},
       {"page.html", "{% extends \"base.html\" %}{% block a %}[{% super() %}]{% end %}"}});
  CHECK(dump(page.plan) == "'<p>'\n+'['\n+'base'\n+']'\n+'</p>'\n+'part'\n+'!'\n");
  CHECK(page.plan.texts_in(page.plan.whole()) == Names{"<p>[base]</p>part!"});
  // A block has a text of its own.
  const PlanBlock& block = page.plan.blocks.at("a");
  CHECK(page.plan.texts_in(block.ranges.front()) == Names{"[base]"});
}

TEST_CASE("page plan: bodies stand below their operation", "[codegen]") {
  const Planned page(
      "{% param std::vector<int> xs %}{% for x in xs %}{{ x }}{% if x %}{% break %}{% elif y %}b"
      "{% else %}c{% end %}{% else %}none{% end %}{% apply f %}d{% end %}"
      "{% try %}e{% except E e %}{{ e }}{% else %}g{% finally %}h{% end %}");
  CHECK(dump(page.plan) ==
        "for xs\n"
        "  part b\n"
        "    value x in page.html\n"
        "    choice\n"
        "      if x\n"
        "        break 0\n"
        "      if y\n"
        "        'b'\n"
        "      else\n"
        "        'c'\n"
        "  part e\n"
        "    'none'\n"
        "capture f\n"
        "  'd'\n"
        "try\n"
        "  part b\n"
        "    'e'\n"
        "  except\n"
        "    value e in page.html\n"
        "  part e\n"
        "    'g'\n"
        "  part F\n"
        "    'h'\n");
}

TEST_CASE("page plan: slots know their content, and arguments their values", "[codegen]") {
  const Planned page({{"card.html",
                       "{% param int n %}{% param int m = 7 %}<b>{% slot %}own{% end %}"
                       "{% slot foot %}no foot {{ n }}{% end %}</b>"},
                      {"page.html", "{% param int k %}{% call card(n=k) %}{{ k }}{% end %}."}});
  CHECK(dump(page.plan) ==
        "call\n"
        "  fill\n"
        "    value k in page.html\n"
        "  scope card.html n=k m=7\n"
        "    '<b>'\n"
        "    filled by 1\n"
        "    slot\n"
        "      'no foot '\n"
        "      value n in card.html\n"
        "'</b>'\n"
        "+'.'\n");
}

TEST_CASE("page plan: what is no longer written is not asked for", "[codegen]") {
  // These are the default of a parameter that gets a value, and the own content of a slot that the
  // call fills.
  const Planned page(
      {{"card.html", "{% param int n = locale.n() %}{% slot %}{{ request }}{% end %}"},
       {"page.html", "{% call card(n=1) %}x{% end %}"}});
  CHECK(page.plan.names().free.empty());
}

TEST_CASE("page plan: names are what the scopes of the code say", "[codegen]") {
  const Planned page(
      "{% param int a %}{% from shop import price as p %}{% set b = a %}{{ price(b).c }}"
      "{% for d in range(a) %}{{ d }}{{ route::home(p) }}{% end %}{{ d }}");
  const PlanNames names = page.plan.names();
  CHECK(strings(names.given) == Names{"a", "p", "price"});
  CHECK(strings(names.free) == Names{"d", "range"});
  CHECK(strings(names.scopes) == Names{"route"});
  for (const char* letter : {"a", "b", "c", "d", "p"}) {
    CAPTURE(letter);
    CHECK((names.letters & letter_bit(letter)) != 0);
  }
  CHECK((names.letters & letter_bit("e")) == 0);
  CHECK(letter_bit("ab") == 0);
  CHECK(letter_bit("_") == 0);
}

TEST_CASE("page plan: `loop` is an object of the loop that is meant", "[codegen]") {
  const Planned page(
      "{% param std::vector<int> xs %}{% for x in xs %}{% for y in xs %}{{ loop.index }}{% end %}"
      "{% end %}{% for x in xs %}{% for y in xs %}{% else %}{{ loop.index }}{% end %}{% end %}"
      "{% for loop in xs %}{{ loop }}{% end %}{% for x in xs %}{% set x = 1 %}{% end %}");
  std::vector<std::string> loops;
  for (OpIndex at = 0; at < page.plan.ops.size(); ++at) {
    if (std::holds_alternative<plan::For>(page.plan.ops[at].action)) {
      loops.push_back(text_of(page.plan, at));
    }
  }
  CHECK(loops ==
        Names{"for xs", "for xs loop", "for xs loop", "for xs", "for xs", "for xs hidden"});
}

TEST_CASE("page plan: `set` knows what a name was", "[codegen]") {
  const Planned page({{"part.html", "{% param int n %}{% set a = 2 %}{% set n = 3 %}{{ a + n }}"},
                      {"page.html",
                       "{% param int p %}{% set a = 1 %}{% set a = 2 %}{% set p = 3 %}"
                       "{% for x in f(a + p) %}{% set x = 1 %}{{ x }}{% end %}"
                       "{% include \"part.html\" with n=1 %}"}});
  CHECK(dump(page.plan) ==
        "setn = 1\n"
        "setv = 2\n"
        "seto = 3\n"
        "for f(a + p) hidden\n"
        "  part b\n"
        "    seto = 1\n"
        "    value x in page.html\n"
        "scope part.html n=1\n"
        "  setn = 2\n"
        "  seto = 3\n"
        "  value a + n in part.html\n");
}

TEST_CASE("page plan: what waits is known of each part", "[codegen]") {
  const Planned page(
      "{% if a %}{{ co_await f() }}{% end %}{% for x in xs %}{{ x }}{% end %}{% flush %}");
  const PagePlan& plan = page.plan;
  CHECK(plan.waits(plan.whole()));
  CHECK(plan.waits({0, plan.ops[0].end}));
  const OpIndex loop = plan.ops[0].end;
  CHECK_FALSE(plan.waits({loop, plan.ops[loop].end}));
  CHECK(plan.waits({plan.ops[loop].end, plan.whole().end}));
  CHECK(plan.names().flushes);
}

TEST_CASE("page plan: blocks know their parameters, and what stands in their way", "[codegen]") {
  const Planned page(
      "{% param int a %}{% param int b %}{% set s = a %}{% block free %}{{ b }}{% end %}"
      "{% block bound %}{{ s }}{% end %}{% block own %}{% set s = 1 %}{{ s }}{% end %}"
      "{% for x in range(a) %}{% block inside %}{{ loop.index }}{% end %}"
      "{% block leaves %}{% if a %}{% break %}{% end %}{% end %}{% end %}");
  const PagePlan& plan = page.plan;
  const auto obstacle = [&](std::string_view name) { return plan.obstacle(plan.blocks.at(name)); };
  CHECK(obstacle("free").empty());
  CHECK(strings(plan.names(plan.blocks.at("free")).given) == Names{"b"});
  CHECK(obstacle("bound") == "it uses 's', which is introduced outside of it");
  CHECK(obstacle("own").empty());
  CHECK(obstacle("inside") == "it uses 'loop', which is introduced outside of it");
  CHECK(obstacle("leaves") == "it leaves a loop around it");
}

TEST_CASE("page plan: a fixed parameter brings what its value needs", "[codegen]") {
  const Planned page(
      {{"base.html", "{% param int a %}{% param int b %}{% block x %}{{ b }}{% end %}{{ a }}"},
       {"page.html", "{% extends \"base.html\" %}{% param int c %}{% set b = c + locale %}"}});
  const PlanNames names = page.plan.names(page.plan.blocks.at("x"));
  CHECK(strings(names.given) == Names{"b", "c"});
  CHECK(strings(names.free) == Names{"locale"});
}

TEST_CASE("page plan: a block of an included file knows how the page came there", "[codegen]") {
  const Planned page({{"part.html", "{% block x %}{{ 1 }}{% end %}"},
                      {"page.html", "\n\n{% include \"part.html\" %}{% include \"part.html\" %}"}});
  const PlanBlock& block = page.plan.blocks.at("x");
  REQUIRE(block.ranges.size() == 2);
  const PlanOp& value = page.plan.ops[block.ranges.front().begin];
  CHECK(value.place->file->name == "part.html");
  REQUIRE(value.place->includer == page.plan.leaf);
  CHECK(value.place->line == 3);
}

TEST_CASE("page plan: deep and long pages", "[codegen]") {
  std::string deep = "{% param int x %}";
  for (int i = 0; i < 90; ++i) deep += "{% if x %}a";
  for (int i = 0; i < 90; ++i) deep += "{{ x }}{% end %}";
  const Planned nested(deep);
  CHECK(nested.plan.ops.size() == 90 * 4);

  std::string long_text = "{% param int x %}";
  for (int i = 0; i < 10'000; ++i) long_text += "a{{ x }}";
  const Planned many(long_text);
  CHECK(many.plan.ops.size() == 20'000);
  CHECK(many.plan.texts_in(many.plan.whole()).size() == 10'000);
  CHECK(strings(many.plan.names().given) == Names{"x"});

  // Eleven files, each of which includes the next twice: 4,094 includes.
  Files doubling{{"11.html", "{{ x }}"}};
  for (int i = 0; i < 11; ++i) {
    const std::string next = "{% include \"" + std::to_string(i + 1) + ".html\" %}";
    doubling[i == 0 ? "page.html" : std::to_string(i) + ".html"] =
        (i == 0 ? "{% param int x %}" : "") + next + next;
  }
  CHECK(Planned(doubling).plan.ops.size() == 2'048);

  // Of blocks inside blocks, only the outer ones are rendered alone.
  std::string blocks = "{% param int x %}";
  for (int i = 0; i < 20; ++i) blocks += "{% block b" + std::to_string(i) + " %}{{ x }}";
  for (int i = 0; i < 20; ++i) blocks += "{% end %}";
  const Planned stacked(blocks);
  CHECK(stacked.plan.obstacle(stacked.plan.blocks.at("b8")).empty());
  CHECK(stacked.plan.obstacle(stacked.plan.blocks.at("b9")) == "it stands in more than 8 others");
}

// Scripts and styles.

Names hashes(const Planned& page, InlineElement::Kind kind = InlineElement::Kind::script) {
  return page.plan.hashes_in(page.plan.whole(), kind);
}

TEST_CASE("content hash: as the standard and browsers have it", "[codegen]") {
  CHECK(content_hash("") == "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  CHECK(content_hash("abc") == "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  CHECK(content_hash(std::string(1'000'000, 'a')) ==
        "sha256-zcduXJkU+5KBocfihNc+Z/GAmkiklyAOBG05zMcRLNA=");
  // These lengths are around the end of SHA-256's blocks.
  CHECK(content_hash(std::string(55, 'x')) != content_hash(std::string(56, 'x')));
  CHECK(content_hash(std::string(64, 'x')) != content_hash(std::string(63, 'x')));
}

TEST_CASE("page plan: literal scripts and styles are found in all files of a page", "[codegen]") {
  const Planned page({{"base.html",
                       "<head><SCRIPT type=module>one()</SCRIPT >{% block head %}{% end %}</head>"
                       "<body>{% include \"part.html\" %}</body>"},
                      {"part.html", "<style media=print>p{}</style><script>two()</script>"},
                      {"page.html",
                       "{% extends \"base.html\" %}{% block head %}<script>three()</script>"
                       "<script>one()</script>{% end %}"}});
  CHECK(hashes(page) ==
        Names{content_hash("one()"), content_hash("three()"), content_hash("two()")});
  CHECK(hashes(page, InlineElement::Kind::style) == Names{content_hash("p{}")});
  CHECK(page.plan.hashes_in(page.plan.blocks.at("head").ranges.front(),
                            InlineElement::Kind::script) ==
        Names{content_hash("three()"), content_hash("one()")});
}

TEST_CASE("page plan: what is no whole literal script has no hash", "[codegen]") {
  for (const char* text :
       {"<script>var x = {{ 1 }};</script>", "<script nonce=\"{{ csp_nonce() }}\">f()</script>",
        "<script></script>", "<script src=\"/a.js\"></script>",
        "<script>{% if a %}f(){% end %}</script>", "<script type=\"application/json\">{}</script>",
        "<script type=\"text/x-template\">a</script>", "<!-- <script>f()</script> -->",
        "<textarea><script>f()</script></textarea>", "<p title='<script>f()</script>'>",
        "<button onclick=\"f()\">", "<svg><style>p</style></svg>"}) {
    CAPTURE(text);
    const Planned page{std::string(text)};
    CHECK(hashes(page).empty());
    CHECK(hashes(page, InlineElement::Kind::style).empty());
  }
}

TEST_CASE("page plan: a script is hashed as a browser has its text", "[codegen]") {
  const Planned lines("{% whitespace all %}<script>a()\r\nb()\rc()</script>");
  CHECK(hashes(lines) == Names{content_hash("a()\nb()\nc()")});
  const Planned nested("<script><!-- <script>f()</script> --></script>");
  CHECK(hashes(nested) == Names{content_hash("<!-- <script>f()</script> -->")});
  const Planned joined(
      "<script>a(){# no #};{% block b %}b(){% end %}</script>{% if 1 %}"
      "<script>c()</script>{% end %}");
  CHECK(hashes(joined) == Names{content_hash("a();b()"), content_hash("c()")});
  const Planned more("<script type=importmap>{}</script>{{ 1 }}<script>d()</script>");
  CHECK(hashes(more) == Names{content_hash("{}"), content_hash("d()")});
}

TEST_CASE("page plan: hashes stand in the page's struct, and in its shape", "[codegen]") {
  const Planned with("<script>f()</script>");
  const Planned other("<script>g()</script>");
  const Planned without("<p>f()</p>");
  CHECK(generate_template(*with.page)
            .header.find("bora_script_hashes[] = {\n    \"" + content_hash("f()")) !=
        std::string::npos);
  CHECK(generate_template(*without.page).header.find("hashes") == std::string::npos);
  // A program can't exchange a script like other text.
  CHECK(live_unit(*with.page).shape != live_unit(*other.page).shape);
}

}  // namespace
}  // namespace bora::compiler
