#include "compiler/driver/build_step.h"

#include <algorithm>
#include <string>
#include <vector>

#include "compiler/diagnostics/catalog.h"
#include "compiler/driver/codes.h"
#include "tests/support/catch.h"
#include "tests/support/memory_file_system.h"

namespace {

using bora::compiler::compile_templates;
using bora::compiler::ExitStatus;
using bora::compiler::make_rule;
using bora::compiler::StepOutputs;
using bora::compiler::TemplatesStep;
using bora::lang::Diagnostic;
using bora::lang::DiagnosticSink;
using bora::testing::MemoryFileSystem;

const StepOutputs kOutputs{"out", "out/t.stamp", "out/t.d"};

/// One run and what it reported.
struct Run {
  ExitStatus status;
  std::vector<Diagnostic> found;

  /// "T040 templates/a.html" for each finding.
  [[nodiscard]] std::vector<std::string> places() const {
    std::vector<std::string> result;
    for (const Diagnostic& each : found)
      result.push_back(each.code + ' ' + (each.source ? each.source->name() : each.file));
    return result;
  }
};

Run compile(MemoryFileSystem& files, std::vector<std::string> pages,
            const std::string& root = "templates", const std::string& pages_file = {}) {
  DiagnosticSink sink;
  const TemplatesStep step{root, std::move(pages), pages_file, kOutputs};
  const ExitStatus status = compile_templates(files, step, sink);
  return {status, sink.diagnostics()};
}

const char* const kManifest =
    "[app]\nnamespace = \"shop\"\nuse = [\"handlers.h\"]\n\n"
    "[routes]\nhome = { path = \"/\", handler = \"Home\" }\n";

Run compile_manifest(MemoryFileSystem& files, const std::string& manifest = "routes.toml") {
  DiagnosticSink sink;
  const ExitStatus status =
      bora::compiler::compile_routes(files, {manifest, {"out", "out/r.stamp", "out/r.d"}}, sink);
  return {status, sink.diagnostics()};
}

bool changed(const MemoryFileSystem& files, const std::string& path) {
  return std::find(files.changes.begin(), files.changes.end(), path) != files.changes.end();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("build_step: a page becomes a header and a source", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/blog/a-b.html", "<p>text</p>\n");
  const Run run = compile(files, {"blog/a-b.html"});
  CHECK(run.status == ExitStatus::fine);
  CHECK(run.found.empty());
  CHECK(contains(files.text("out/views/blog/a-b.h"), "struct a_b"));
  CHECK(contains(files.text("out/views/blog/a-b.cpp"), "<p>text</p>"));
  CHECK(contains(files.text("out/views/blog/a-b.blocks.h"), "#include \"views/blog/a-b.h\""));
  CHECK(files.has("out/t.stamp"));
}

TEST_CASE("build_step: the stamp is changed last, after the depfile", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/a.html", "text");
  REQUIRE(compile(files, {"a.html"}).status == ExitStatus::fine);
  REQUIRE(files.changes.size() > 2);
  CHECK(files.changes.back() == "out/t.stamp");
  CHECK(files.changes[files.changes.size() - 2] == "out/t.d");
}

TEST_CASE("build_step: a second run writes the stamp only", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/a.html", "text");
  files.add("templates/b.html", "text");
  REQUIRE(compile(files, {"a.html", "b.html"}).status == ExitStatus::fine);
  files.changes.clear();
  REQUIRE(compile(files, {"b.html", "a.html", "a.html"}).status == ExitStatus::fine);
  CHECK(files.changes == std::vector<std::string>{"out/t.stamp"});
}

TEST_CASE("build_step: an edit of text rewrites one source", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/a.html", "text");
  files.add("templates/b.html", "text");
  REQUIRE(compile(files, {"a.html", "b.html"}).status == ExitStatus::fine);
  files.changes.clear();
  files.add("templates/a.html", "other");
  REQUIRE(compile(files, {"a.html", "b.html"}).status == ExitStatus::fine);
  CHECK(files.changes == std::vector<std::string>{"out/views/a.cpp", "out/t.stamp"});
}

TEST_CASE("build_step: the depfile names pages, bases, includes and the list", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/base.html", "{% block body %}{% end %}");
  files.add("templates/page.html",
            R"({% extends "base.html" %}{% block body %}{% include "_row.html" %}{% end %})");
  files.add("templates/_row.html", "row");
  files.add("templates/unused.html", "text");
  files.add("pages.txt", "page.html\r\n\n");
  REQUIRE(compile(files, {}, "templates", "pages.txt").status == ExitStatus::fine);
  CHECK(files.text("out/t.d") ==
        "/project/out/t.stamp: \\\n"
        "  /project/pages.txt \\\n"
        "  /project/templates/_row.html \\\n"
        "  /project/templates/base.html \\\n"
        "  /project/templates/page.html\n");
}

TEST_CASE("build_step: paths are spelled as given", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/a.html", "{{ 1 }");
  const Run run = compile(files, {"a.html"}, "../project/templates");
  CHECK(run.status == ExitStatus::findings);
  REQUIRE(run.found.size() == 1);
  CHECK(run.found[0].source->name() == "../project/templates/a.html");
  files.add("templates/b.html", "{{ 1 }}");
  REQUIRE(compile(files, {"b.html"}, "../project/templates").status == ExitStatus::fine);
  const std::string source = files.text("out/views/b.cpp");
  CHECK(contains(source, "#line 1 \"../project/templates/b.html\""));
  CHECK_FALSE(contains(source, "\"/project"));
}

TEST_CASE("build_step: an error in one page keeps all outputs as they were", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/a.html", "text");
  files.add("templates/b.html", "text");
  REQUIRE(compile(files, {"a.html", "b.html"}).status == ExitStatus::fine);
  files.changes.clear();
  files.add("templates/a.html", "changed");
  files.add("templates/b.html", "{% if x %}");
  const Run run = compile(files, {"a.html", "b.html"});
  CHECK(run.status == ExitStatus::findings);
  CHECK(run.places() == std::vector<std::string>{"T013 templates/b.html"});
  CHECK(files.changes.empty());
}

TEST_CASE("build_step: errors of all pages are reported, those of a base once", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/base.html", "{% if x %}{% block body %}{% end %}");
  const std::string child = R"({% extends "base.html" %}{% block body %}x{% end %})";
  files.add("templates/a.html", child);
  files.add("templates/b.html", child + "{% end %}");
  const Run run = compile(files, {"a.html", "b.html"});
  CHECK(run.status == ExitStatus::findings);
  CHECK(run.places() ==
        std::vector<std::string>{"T013 templates/base.html", "T012 templates/b.html"});
}

TEST_CASE("build_step: bad pages give one clear error each and no output", "[driver]") {
  struct Bad {
    const char* what;
    std::string text;
    std::string code;
  };
  const Bad table[] = {
      {"empty", "", "T071"},
      {"a NUL byte", std::string("a\0b", 3), "T001"},
      {"invalid UTF-8", "a\xFF", "T002"},
      {"UTF-16", std::string("\xFF\xFE<\0", 4), "T002"},
      {"an unterminated tag", "text {{ x", "T003"},
      {"an unterminated comment", "text {# x", "T004"},
      {"a cycle of extends", R"({% extends "page.html" %})", "T043"},
      {"a cycle of includes", R"({% include "page.html" %})", "T044"},
      {"a base that is missing", R"({% extends "none.html" %})", "T040"},
      {"a base outside the root", R"({% extends "../secret.html" %})", "T042"},
      {"an include outside the root", R"({% include "../secret.html" %})", "T042"},
  };
  for (const Bad& bad : table) {
    INFO(bad.what);
    MemoryFileSystem files;
    files.add("templates/page.html", bad.text);
    files.add("secret.html", "secret");
    const Run run = compile(files, {"page.html"});
    CHECK(run.status == ExitStatus::findings);
    CHECK(run.places() == std::vector<std::string>{bad.code + " templates/page.html"});
    CHECK(files.changes.empty());
  }
}

TEST_CASE("build_step: a byte order mark and CR LF are fine", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/bom.html", "\xEF\xBB\xBFtext");
  files.add("templates/crlf.html", "{% param bool a %}\r\n{% if a %}\r\na\r\n{% end %}\r\n");
  const Run run = compile(files, {"bom.html", "crlf.html"});
  CHECK(run.status == ExitStatus::fine);
  CHECK(run.found.empty());
}

TEST_CASE("build_step: a page that can't be loaded is a finding that names its path", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/home.html", "text");
  files.add("templates/locked.html", "text");
  files.add("secret.html", "text");
  files.add_link("templates/link.html", "secret.html");
  files.fail_reading("templates/locked.html", "Permission denied");
  const auto run_one = [&](const std::string& page, const std::string& code) {
    INFO(page);
    const Run run = compile(files, {page});
    CHECK(run.status == ExitStatus::findings);
    REQUIRE(run.found.size() == 1);
    CHECK(run.found[0].code == code);
    CHECK(run.found[0].file == "templates/" + page);
    CHECK_FALSE(changed(files, "out/t.stamp"));
    return run.found[0];
  };
  CHECK(run_one("hoem.html", "T040").help == "did you mean 'home.html'?");
  CHECK(run_one("locked.html", "T041").message == "cannot be read: Permission denied");
  run_one("link.html", "T042");
  run_one("../secret.html", "T042");
  run_one("a/../home.html", "T042");
  run_one("a//home.html", "T042");
  run_one("/home.html", "T042");
  run_one("", "T042");
}

TEST_CASE("build_step: pages that would be the same type are an error", "[driver]") {
  MemoryFileSystem files;
  for (const char* name : {"a-b.html", "a_b.html", "feed_xml.html", "feed.xml", "feed.html"})
    files.add(std::string("templates/") + name, "text");
  const Run run =
      compile(files, {"a-b.html", "a_b.html", "feed.xml", "feed.html", "feed_xml.html"});
  CHECK(run.status == ExitStatus::findings);
  CHECK(run.places() ==
        std::vector<std::string>{"T070 templates/a_b.html", "T070 templates/feed_xml.html"});
  REQUIRE(run.found.size() == 2);
  CHECK(run.found[0].message == "this page and 'templates/a-b.html' would both be views::a_b");
  CHECK(files.changes.empty());
}

TEST_CASE("build_step: a page beside another of its name keeps its ending", "[driver]") {
  MemoryFileSystem files;
  for (const char* name : {"mail.html", "mail.txt", "feed.xml", "a.js", "a.css"})
    files.add(std::string("templates/") + name, "text");
  const Run run = compile(files, {"mail.html", "mail.txt", "feed.xml", "a.js", "a.css"});
  CHECK(run.status == ExitStatus::fine);
  CHECK(run.found.empty());
  for (const char* unit : {"mail", "mail.txt", "feed", "a.js", "a.css"}) {
    INFO(unit);
    CHECK(files.kind("out/views/" + std::string(unit) + ".h") == bora::compiler::FileKind::file);
    CHECK(files.kind("out/views/" + std::string(unit) + ".cpp") == bora::compiler::FileKind::file);
  }
  std::string header;
  REQUIRE(!files.read("out/views/mail.txt.h", header));
  CHECK(header.find("struct mail_txt {") != std::string::npos);
  REQUIRE(!files.read("out/views/mail.h", header));
  CHECK(header.find("struct mail {") != std::string::npos);
}

TEST_CASE("build_step: a page can't be called like a folder of pages", "[driver]") {
  MemoryFileSystem files;
  for (const char* name : {"blog.html", "blog/deep/entry.html", "blogs.html"})
    files.add(std::string("templates/") + name, "text");
  const Run run = compile(files, {"blog.html", "blog/deep/entry.html", "blogs.html"});
  CHECK(run.status == ExitStatus::findings);
  CHECK(run.places() == std::vector<std::string>{"T070 templates/blog.html"});
  REQUIRE(run.found.size() == 1);
  CHECK(run.found[0].message ==
        "this page would be the type views::blog, which is the namespace of "
        "'templates/blog/deep/entry.html'");
}

TEST_CASE("build_step: a page can't have the header of another's blocks", "[driver]") {
  MemoryFileSystem files;
  for (const char* name : {"blog.html", "blog.blocks.html"})
    files.add(std::string("templates/") + name, "text");
  const Run run = compile(files, {"blog.html", "blog.blocks.html"});
  CHECK(run.places() == std::vector<std::string>{"T070 templates/blog.blocks.html"});
  CHECK(files.changes.empty());
}

TEST_CASE("build_step: a page whose name no rule of a build can spell is an error", "[driver]") {
  for (const std::string page : {"a\nb.html", "a\tb.html", "<\">/b.html", "a#b.html", "a<b.html",
                                 "a>b.html", "a\"b.html", "a|b.html", "a;b.html", "a:b.html",
                                 "a?b.html", "a[b.html", "a]b.html", "a\\b.html", "a`b.html"}) {
    CAPTURE(page);
    MemoryFileSystem files;
    files.add("templates/" + page, "text");
    const Run run = compile(files, {page});
    CHECK(run.status == ExitStatus::findings);
    CHECK(run.places() == std::vector<std::string>{"T073 templates/" + page});
    CHECK(files.changes.empty());
  }
  for (const std::string page : {"a b'.html", "a&b.html", "a$b.html", "(a,b).html", "a%{b}.html"}) {
    CAPTURE(page);
    MemoryFileSystem files;
    files.add("templates/" + page, "text");
    CHECK(compile(files, {page}).status == ExitStatus::fine);
  }
}

TEST_CASE("build_step: the depfile leaves out names that Ninja would cut", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/a.html", "{% include \"_it's.html\" %}{% include \"_part.html\" %}");
  files.add("templates/_it's.html", "part");
  files.add("templates/_part.html", "part");
  REQUIRE(compile(files, {"a.html"}).status == ExitStatus::fine);
  const std::string depfile = files.text("out/t.d");
  CHECK(depfile.find("_part.html") != std::string::npos);
  CHECK(depfile.find("it's") == std::string::npos);
}

TEST_CASE("build_step: --if-missing writes what is missing and leaves the stamp alone",
          "[driver]") {
  MemoryFileSystem files;
  files.add("templates/a.html", "text");
  REQUIRE(compile(files, {"a.html"}).status == ExitStatus::fine);

  const auto if_missing = [&files] {
    files.changes.clear();
    StepOutputs outputs = kOutputs;
    outputs.only_if_missing = true;
    DiagnosticSink sink;
    CHECK(compile_templates(files, {"templates", {"a.html"}, "", outputs}, sink) ==
          ExitStatus::fine);
    return files.changes;
  };
  files.add("templates/a.html", "other text");
  CHECK(if_missing().empty());
  REQUIRE(!files.remove("out/views/a.cpp"));
  const std::vector<std::string> changes = if_missing();
  CHECK(contains(files.text("out/views/a.cpp"), "other text"));
  CHECK(std::find(changes.begin(), changes.end(), "out/t.stamp") == changes.end());
}

TEST_CASE("build_step: a handler's file that is not built is told", "[driver]") {
  MemoryFileSystem files;
  files.add(
      "routes.toml",
      "[app]\nnamespace = \"shop\"\nuse = [\"handlers/home.h\", \"handlers/about.h\"]\n\n[routes]\n"
      "home = { path = \"/\", handler = \"Home\" }\n"
      "about = { path = \"/about\", handler = \"About\" }\n");
  files.add("src/handlers/home.cpp", "void Home::get() {}");
  files.add("src/handlers/about.cpp", "void shop::About::get() {}");
  files.add("src/handlers/other.cpp", "void Home::post() {}");
  const auto found = [&files](const std::string& sources) {
    files.add("sources.list", sources);
    DiagnosticSink sink;
    CHECK(bora::compiler::compile_routes(
              files, {"routes.toml", {"out", "out/r.stamp", "out/r.d"}, "sources.list", "src"},
              sink) == ExitStatus::fine);
    return sink.diagnostics();
  };
  const std::vector<Diagnostic> missing = found("src/main.cpp\n/project/src/handlers/home.cpp\n");
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].code == "R120");
  CHECK(missing[0].severity == bora::lang::Severity::warning);
  CHECK(missing[0].message ==
        "'src/handlers/about.cpp' defines the handler 'About', but the app is built without it");
  CHECK(missing[0].source->text(missing[0].span).find("handlers/about.h") != std::string::npos);

  CHECK(found("src/handlers/home.cpp\nsrc/handlers/about.cpp\n").empty());
  // A source that defines nothing of the routes' handlers need not be listed.
  files.add("src/handlers/about.cpp", "int AboutX::f(); // About : :");
  CHECK(found("src/handlers/home.cpp\n").empty());
}

TEST_CASE("build_step: folders and lists that are missing are the environment's fault",
          "[driver]") {
  MemoryFileSystem files;
  files.add("templates/a.html", "text");
  files.add("file", "text");
  for (const char* root : {"none", "file"}) {
    const Run run = compile(files, {"a.html"}, root);
    CHECK(run.status == ExitStatus::environment);
    CHECK(run.places() == std::vector<std::string>{std::string("E001 ") + root});
  }
  const Run run = compile(files, {}, "templates", "none.txt");
  CHECK(run.status == ExitStatus::environment);
  CHECK(run.places() == std::vector<std::string>{"E003 none.txt"});
  CHECK(files.changes.empty());
}

TEST_CASE("build_step: outputs that can't be written are the environment's fault", "[driver]") {
  for (const char* path : {"out", "out/views", "out/views/a.h", "out/views/a.cpp", "out/t.d"}) {
    INFO(path);
    MemoryFileSystem files;
    files.add("templates/a.html", "text");
    files.fail_writing(path, "No space left on device");
    const Run run = compile(files, {"a.html"});
    CHECK(run.status == ExitStatus::environment);
    REQUIRE(run.found.size() == 1);
    CHECK(run.found[0].code == "E002");
    CHECK(run.found[0].message == "cannot be written: No space left on device");
    CHECK_FALSE(changed(files, "out/t.stamp"));
  }
}

TEST_CASE("build_step: a stamp that can't be touched fails the step", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/a.html", "text");
  files.fail_writing("out/t.stamp", "Permission denied");
  const Run run = compile(files, {"a.html"});
  CHECK(run.status == ExitStatus::environment);
  CHECK(run.places() == std::vector<std::string>{"E002 out/t.stamp"});
}

TEST_CASE("build_step: an empty list of pages is fine", "[driver]") {
  MemoryFileSystem files;
  files.add_directory("templates");
  files.add("pages.txt", "\n");
  CHECK(compile(files, {}, "templates", "pages.txt").status == ExitStatus::fine);
  CHECK(files.has("out/t.stamp"));
}

TEST_CASE("build_step: a manifest becomes three files", "[driver]") {
  MemoryFileSystem files;
  files.add("routes.toml", kManifest);
  const Run run = compile_manifest(files, "../project/routes.toml");
  CHECK(run.status == ExitStatus::fine);
  CHECK(run.found.empty());
  CHECK(contains(files.text("out/routes.h"), "namespace route"));
  CHECK(contains(files.text("out/routes.cpp"), "../project/routes.toml"));
  CHECK(contains(files.text("out/route_urls.cpp"), "FixedURL home{"));
  CHECK(files.text("out/r.d") == "/project/out/r.stamp: \\\n  /project/routes.toml\n");
  CHECK(files.changes.back() == "out/r.stamp");
  files.changes.clear();
  REQUIRE(compile_manifest(files, "../project/routes.toml").status == ExitStatus::fine);
  CHECK(files.changes == std::vector<std::string>{"out/r.stamp"});
}

TEST_CASE("build_step: bad manifests give an error and no output", "[driver]") {
  struct Bad {
    const char* what;
    std::string text;
    std::string code;
  };
  const Bad table[] = {
      {"empty", "", "R005"},
      {"a NUL byte", std::string("[app]\0", 6), "R001"},
      {"invalid UTF-8", "[app]\nnamespace = \"\xFF\"\n", "R002"},
      {"no TOML", "[app\n", "R003"},
      {"no routes", "[app]\nnamespace = \"shop\"\n", "R005"},
  };
  for (const Bad& bad : table) {
    INFO(bad.what);
    MemoryFileSystem files;
    files.add("routes.toml", bad.text);
    const Run run = compile_manifest(files);
    CHECK(run.status == ExitStatus::findings);
    CHECK(run.places() == std::vector<std::string>{bad.code + " routes.toml"});
    CHECK(files.changes.empty());
  }
}

TEST_CASE("build_step: a manifest may have a byte order mark and CR LF", "[driver]") {
  MemoryFileSystem files;
  std::string text = "\xEF\xBB\xBF";
  for (const char c : std::string(kManifest)) text += c == '\n' ? "\r\n" : std::string(1, c);
  files.add("routes.toml", text);
  const Run run = compile_manifest(files);
  CHECK(run.status == ExitStatus::fine);
  CHECK(run.found.empty());
}

TEST_CASE("build_step: a manifest that can't be read is a finding that names it", "[driver]") {
  MemoryFileSystem files;
  CHECK(compile_manifest(files).places() == std::vector<std::string>{"R008 routes.toml"});
  files.add("routes.toml", kManifest);
  files.fail_reading("routes.toml", "Permission denied");
  const Run run = compile_manifest(files);
  CHECK(run.status == ExitStatus::findings);
  REQUIRE(run.found.size() == 1);
  CHECK(run.found[0].code == "R009");
  CHECK(run.found[0].message == "cannot be read: Permission denied");
  files.add_directory("folder");
  CHECK(compile_manifest(files, "folder").places() == std::vector<std::string>{"R009 folder"});
  CHECK(files.changes.empty());
}

TEST_CASE("build_step: every code of the driver is in the catalog", "[driver]") {
  namespace codes = bora::compiler::codes;
  for (const char* code : {codes::kPageNamesClash, codes::kEmptyPage, codes::kUnusableName,
                           codes::kManifestNotFound, codes::kManifestUnreadable,
                           codes::kFolderUnreadable, codes::kCannotWrite, codes::kListUnreadable}) {
    INFO(code);
    CHECK(bora::compiler::find_code(code) != nullptr);
  }
}

TEST_CASE("build_step: make rules escape what Make reads as its own", "[driver]") {
  CHECK(make_rule("a", {}) == "a:\n");
  CHECK(make_rule("a b", {"c d", "e#f", "g$h"}) == "a\\ b: \\\n  c\\ d \\\n  e\\#f \\\n  g$$h\n");
  CHECK(make_rule("a", {"b\\ c", "d\\e"}) == "a: \\\n  b\\\\\\ c \\\n  d\\e\n");
}
