// Whatever is in a manifest, it is refused, or its C++ is well-formed. Nothing of it leaves the
// literals, names and paths that it is meant for.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/codegen/routes_codegen.h"
#include "tests/support/catch.h"

using namespace bora;

namespace {

/// Reads C++ like its lexer, and keeps the text without literals, comments and `#line`s.
class Skeleton {
 public:
  explicit Skeleton(std::string_view code) : code_(code) {
    while (at_ < code_.size() && is_whole) step();
    is_whole = is_whole && open_.empty();
  }

  bool is_whole = true;  ///< literals end in their line, brackets match, and the rest is ASCII
  std::string text;

 private:
  void step() {
    const char c = code_[at_];
    if (c == '"' || c == '\'') return skip_literal(c);
    if (code_.substr(at_).starts_with("//") || (c == '#' && is_line_start())) {
      at_ = std::min(code_.find('\n', at_), code_.size());
      return;
    }
    if (std::string_view("([{").find(c) != std::string_view::npos) open_ += c;
    if (std::string_view(")]}").find(c) != std::string_view::npos) close(c);
    if (static_cast<unsigned char>(c) >= 0x80 || c == '\0' || c == '`' || c == '$' || c == '@')
      is_whole = false;
    text += c;
    ++at_;
  }

  bool is_line_start() const {
    const std::size_t line = at_ == 0 ? 0 : code_.rfind('\n', at_ - 1) + 1;
    return code_.substr(line, at_ - line).find_first_not_of(' ') == std::string_view::npos;
  }

  void skip_literal(char quote) {
    for (++at_; at_ < code_.size() && code_[at_] != quote; ++at_) {
      if (code_[at_] == '\\') ++at_;
      if (at_ < code_.size() && code_[at_] == '\n') is_whole = false;
    }
    is_whole = is_whole && at_ < code_.size();
    ++at_;
    text += "\"\"";
  }

  void close(char c) {
    const char opener = c == ')' ? '(' : c == ']' ? '[' : '{';
    is_whole = is_whole && !open_.empty() && open_.back() == opener;
    if (is_whole) open_.pop_back();
  }

  std::string_view code_;
  std::size_t at_ = 0;
  std::string open_;
};

const std::vector<std::string> kPayloads = {R"(")",
                                            R"(\")",
                                            R"(\\)",
                                            R"(x"); evil(); (")",
                                            R"(%s%n)",
                                            R"(\n#define evil 1\n)",
                                            R"(*/ evil /*)",
                                            R"(// evil)",
                                            R"(?\?/)",
                                            R"(\u0000)",
                                            R"(\u202e)",
                                            "é",
                                            R"(\t)",
                                            "class",
                                            "delete",
                                            "__evil",
                                            "bora_evil",
                                            "_X",
                                            "a.b",
                                            "a b",
                                            "a-b",
                                            "",
                                            R"(R\"(evil)\")",
                                            "evil);",
                                            "<evil>",
                                            "${evil}",
                                            "@evil@",
                                            "`evil`",
                                            "'",
                                            R"(')\u000a)",
                                            "nan",
                                            "errno",
                                            "1979-05-27",
                                            std::string(5000, 'x')};

/// Returns manifests that contain the payload in different places, as a string with TOML's own
/// escapes.
std::vector<std::string> manifests_with(const std::string& payload) {
  const std::string text = '"' + payload + '"';
  const std::string route = "[routes]\nr = { path = \"/r\", handler = \"H\" }\n";
  return {
      "[app]\nnamespace = " + text + "\n" + route,
      "[app]\nuse = [" + text + "]\n" + route,
      "[app]\nerror_handler = " + text + "\n" + route,
      "[app]\nfilters = [" + text + "]\n" + route,
      "[converters]\n" + text + " = \"X\"\n" + route,
      "[converters]\nx = " + text + "\n" + route,
      "[routes]\n" + text + " = { path = \"/r\", handler = \"H\" }\n",
      "[routes]\nr = { path = " + text + ", handler = \"H\" }\n",
      "[routes]\nr = { path = \"/" + payload + "\", handler = \"H\" }\n",
      "[routes]\nr = { path = \"/{" + payload + "}\", handler = \"H\" }\n",
      "[routes]\nr = { path = \"/{x:" + payload + "}\", handler = \"H\" }\n",
      "[routes]\nr = { path = \"/r\", handler = " + text + " }\n",
      "[routes]\nr = { path = \"/r\", websocket = " + text + " }\n",
      "[routes]\nr = { path = \"/r\", handler = \"H\", host = " + text + " }\n",
      "[routes]\nr = { path = \"/r\", handler = \"H\", host = \"{" + payload + "}.org\" }\n",
      "[routes]\nr = { path = \"/r\", handler = \"H\", init = { " + text + " = 1 } }\n",
      "[routes]\nr = { path = \"/r\", handler = \"H\", init = { x = " + text + " } }\n",
      "[routes]\nr = { path = \"/r\", handler = \"H\", init = { x = [" + text + "] } }\n",
      "[routes]\nr = { path = \"/r\", handler = \"H\", filters = [" + text + "] }\n",
      "[routes]\nr = { path = \"/r\", handler = \"H\", filters = [{ filter = " + text + " }] }\n",
      "[routes]\nr = { path = \"/r\", handler = \"H\", filters = [{ filter = \"F\", x = " + text +
          " }] }\n",
      "[routes]\nr = { path = \"/r\", handler = \"H\", filters = [{ filter = \"F\", " + text +
          " = 1 }] }\n",
      "[groups." + text + "]\n[groups." + text +
          ".routes]\nr = { path = \"/r\", handler = \"H\" }\n",
      "[groups.g]\nname = " + text +
          "\n[groups.g.routes]\nr = { path = \"/r\", handler = \"H\" }\n",
      "[groups.g]\nprefix = " + text +
          "\n[groups.g.routes]\nr = { path = \"/r\", handler = \"H\" }\n",
      "[static]\n" + text + " = { mount = \"/s/\", dir = \"s\" }\n",
      "[static]\ns = { mount = \"/" + payload + "/\", dir = \"s\" }\n",
      "[static]\ns = { mount = \"/s/\", dir = " + text + " }\n",
      "[redirects]\nd = { path = \"/d\", to = " + text + " }\n",
      "[redirects]\nd = { path = \"/d\", to = \"/" + payload + "\" }\n",
  };
}

}  // namespace

TEST_CASE("routes hostile: nothing of a manifest gets out of its place in the C++", "[codegen]") {
  std::size_t accepted = 0;
  for (const std::string& payload : kPayloads) {
    for (const std::string& text : manifests_with(payload)) {
      lang::DiagnosticSink sink;
      const auto manifest = compiler::read_manifest(
          std::make_shared<const lang::SourceText>("routes.toml", text), sink);
      if (!manifest) continue;
      ++accepted;
      CAPTURE(text);
      const auto generated = compiler::generate_routes(*manifest);
      for (const std::string& code : {generated.header, generated.source, generated.urls}) {
        const Skeleton skeleton(code);
        CHECK(skeleton.is_whole);
        CHECK(skeleton.text.find("evil()") == std::string::npos);
        CHECK(skeleton.text.find("#define evil") == std::string::npos);
      }
    }
  }
  CHECK(accepted > 100);
}

TEST_CASE("routes hostile: a manifest with its bytes mixed up is refused or whole", "[codegen]") {
  const std::string seed =
      "[app]\nnamespace = \"shop\"\nuse = [\"a.h\"]\nslash = \"redirect-add\"\n"
      "[groups.g]\nhost = \"{t}.org\"\nprefix = \"/p\"\nfilters = [\"f\"]\n"
      "init = { a = \"x\", b = [1, 2], c = 0.5 }\n[groups.g.routes]\n"
      "r = { path = \"/{id:int}/{w:[a-z]+}/\", handler = \"H\", authenticated = true }\n"
      "[redirects]\nd = { path = \"/d/{id:int}\", to = \"/e/{id}\" }\n";
  std::uint32_t random = 7;
  const auto next = [&random](std::size_t limit) {
    random = random * 1664525 + 1013904223;
    return (random >> 8) % limit;
  };
  for (int i = 0; i < 3000; ++i) {
    std::string text = seed;
    for (std::size_t n = 0; n < 1 + next(3); ++n) {
      const std::size_t at = next(text.size());
      switch (next(3)) {
        case 0:
          text[at] = "\"'\\{}[]()=.,;:#\n\t /%?*-_a1\xC3\x00"[next(29)];
          break;
        case 1:
          text.erase(at, next(12));
          break;
        default:
          text.insert(at, text.substr(next(text.size()), next(20)));
      }
    }
    lang::DiagnosticSink sink;
    const auto manifest = compiler::read_manifest(
        std::make_shared<const lang::SourceText>("routes.toml", text), sink);
    CAPTURE(text);
    CHECK(manifest.has_value() != sink.has_errors());
    if (manifest) CHECK(Skeleton(compiler::generate_routes(*manifest).source).is_whole);
  }
}

TEST_CASE("routes hostile: huge and deep manifests end in a finding or a table", "[codegen]") {
  const auto read = [](const std::string& text) {
    lang::DiagnosticSink sink;
    const auto manifest = compiler::read_manifest(
        std::make_shared<const lang::SourceText>("routes.toml", text), sink);
    CHECK(manifest.has_value() != sink.has_errors());
    return manifest.has_value();
  };
  std::string deep = "[groups.a";
  for (int i = 0; i < 1000; ++i) deep += ".groups.a";
  CHECK_FALSE(read(deep + ".routes]\nr = { path = \"/\", handler = \"H\" }\n"));
  std::string arrays = "[routes]\nr = { path = \"/\", handler = \"H\", init = { x = ";
  CHECK_FALSE(read(arrays + std::string(1000, '[') + std::string(1000, ']') + " } }\n"));
  std::string tables = "x = ";
  for (int i = 0; i < 1000; ++i) tables += "{ a = ";
  CHECK_FALSE(read(tables + "1" + std::string(1000, '}') + "\n"));
  CHECK_FALSE(read(std::string(10'000'000, '#')));
  CHECK(read("[routes]\nr = { path = \"/\", handler = \"H\" }\n#" + std::string(10'000'000, ' ')));
}
