#include "compiler/cli/check_command.h"

#include <string>
#include <vector>

#include "tests/compiler/cli/program.h"
#include "tests/support/catch.h"

using bora::testing::contains;
using bora::testing::Program;

namespace {

const char* const kManifest =
    "[app]\nnamespace = \"shop\"\nuse = [\"handlers.h\"]\n\n"
    "[routes]\nhome = { path = \"/\", handler = \"Home\" }\n"
    "entry = { path = \"/entry/{slug}\", handler = \"Entry\" }\n";

Program project() {
  Program program;
  program.files.add("templates/base.html", "{% block body %}{% end %}");
  program.files.add(
      "templates/home.html",
      R"({% extends "base.html" %}{% block body %}{% include "_row.html" %}{% end %})");
  program.files.add("templates/_row.html", "row {{ x }}");
  program.files.add("templates/photo.png", "\x89PNG\r\n\x1a\n");
  program.files.add("routes.toml", kManifest);
  return program;
}

}  // namespace

TEST_CASE("check: templates of JSON are looked at too", "[cli]") {
  Program program = project();
  program.files.add("templates/feed.json", "{% fro %}");
  CHECK(program.run({"check"}) == 1);
  CHECK(contains(program.out, "templates/feed.json:1:"));
}

TEST_CASE("check: the whole project by default", "[cli]") {
  Program program = project();
  CHECK(program.run({"check"}) == 0);
  CHECK(program.out == "3 templates, 2 routes: no problems found\n");
  CHECK(program.err.empty());
  CHECK(program.files.changes.empty());
}

TEST_CASE("check: templates are judged by what the manifest says about escaping", "[cli]") {
  Program program = project();
  program.files.add("templates/home.html",
                    "{% param int x %}<p _=\"{{ x }}\" data-bind=\"a{{ x }}\">{{ x }}</p>");
  CHECK(program.run({"check"}) == 1);
  CHECK(contains(program.out, "[T229]"));
  CHECK_FALSE(contains(program.out, "[T208]"));
  program.files.add("routes.toml", std::string(kManifest) +
                                       "[escape]\nwithout = [\"hyperscript\"]\n"
                                       "attributes = { data-bind = \"javascript\" }\n");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"check"}, {"check", "templates/home.html"}}) {
    CHECK(program.run(arguments) == 1);
    CHECK_FALSE(contains(program.out, "[T229]"));
    CHECK(contains(program.out, "[T208]"));
  }
  program.files.add("routes.toml", std::string(kManifest) + "[escape]\nwithout = [\"hyper\"]\n");
  CHECK(program.run({"check", "templates/home.html"}) == 1);
  CHECK(contains(program.out, "[R130]"));
  CHECK(program.run({"check"}) == 1);
  CHECK(program.out.find("[R130]") == program.out.rfind("[R130]"));
}

TEST_CASE("check: counts what it found", "[cli]") {
  Program program = project();
  program.files.add("templates/home.html", "{{ }}{% end %}");
  program.files.add("templates/child.html",
                    R"({% extends "base.html" %}{% block bdoy %}{% end %})");
  CHECK(program.run({"check"}) == 1);
  CHECK(contains(program.out, "templates/home.html:1:1: error: "));
  CHECK(program.out.ends_with("\n2 errors, 1 warning in 4 templates, 2 routes\n"));
}

TEST_CASE("check: warnings alone are no failure", "[cli]") {
  Program program = project();
  program.files.add("templates/home.html", R"({% extends "base.html" %}{% block bdoy %}{% end %})");
  CHECK(program.run({"check"}) == 0);
  CHECK(contains(program.out, "1 warning in 3 templates"));
}

TEST_CASE("check: JSON is all that a program reads", "[cli]") {
  Program program = project();
  REQUIRE(program.run({"check", "--format", "json"}) == 0);
  CHECK(program.out == "[]\n");
  program.files.add("templates/home.html", "{{ }}");
  CHECK(program.run({"check", "--format=json"}) == 1);
  CHECK(program.out.starts_with("["));
  CHECK(contains(program.out, R"("code":"T009")"));
  CHECK(contains(program.out, R"("file":"templates/home.html")"));
  CHECK(program.err.empty());
}

TEST_CASE("check: finds the project from a folder below it", "[cli]") {
  Program program;
  program.files.add("/templates/home.html", "{{ }}");
  program.files.add("/CMakeLists.txt", "");
  CHECK(program.run({"check"}) == 1);
  CHECK(contains(program.out, "../templates/home.html:1:1"));
}

TEST_CASE("check: a folder above that merely has templates is no project", "[cli]") {
  Program program;
  program.files.add("/templates/home.html", "text");
  CHECK(program.run({"check"}) == 2);
}

TEST_CASE("check: says when there is nothing to check", "[cli]") {
  Program program;
  CHECK(program.run({"check"}) == 2);
  CHECK(program.err ==
        "bora check: nothing to check: there is no templates/ and no routes.toml here or in a "
        "folder above; name them with --templates and --routes\n");
  program.files.add("templates/notes.md", "text");
  CHECK(program.run({"check"}) == 2);
  CHECK(program.err == "bora check: nothing to check: there is no template in templates\n");
  CHECK(program.out.empty());
  program.files.add_directory("empty");
  CHECK(program.run({"check", "empty"}) == 2);
  CHECK(program.err == "bora check: nothing to check: the folders named hold no templates\n");
}

TEST_CASE("check: --templates and --routes name other places", "[cli]") {
  Program program = project();
  program.files.add("other/a.html", "text");
  program.files.add("other/routes.toml", kManifest);
  CHECK(program.run({"check", "--templates", "other"}) == 0);
  CHECK(program.out == "1 template, 2 routes: no problems found\n");
  CHECK(program.run({"check", "--templates", "none"}) == 3);
  CHECK(contains(program.err, "the folder 'none' cannot be read"));
  CHECK(program.run({"check", "--routes", "none.toml"}) == 1);
  CHECK(contains(program.out, "none.toml"));
}

TEST_CASE("check: paths narrow it", "[cli]") {
  Program program = project();
  program.files.add("templates/blog/a.html", "text");
  program.files.add("templates/blog/b.html", "text");
  CHECK(program.run({"check", "templates/home.html"}) == 0);
  CHECK(program.out == "1 template: no problems found\n");
  CHECK(program.run({"check", "templates/blog", "templates/blog/a.html"}) == 0);
  CHECK(program.out == "2 templates: no problems found\n");
  CHECK(program.run({"check", "routes.toml"}) == 0);
  CHECK(program.out == "2 routes: no problems found\n");
  CHECK(program.run({"check", "."}) == 0);
  CHECK(program.out == "5 templates, 2 routes: no problems found\n");
}

TEST_CASE("check: a folder elsewhere is a template folder of its own", "[cli]") {
  Program program = project();
  program.files.add("mail/base.html", "{% block body %}{% end %}");
  program.files.add("mail/hello.txt", R"({% extends "base.html" %})");
  CHECK(program.run({"check", "mail"}) == 0);
  CHECK(program.out == "2 templates: no problems found\n");
}

TEST_CASE("check: a path that is missing or out of place", "[cli]") {
  Program program = project();
  program.files.add("readme.html", "text");
  CHECK(program.run({"check", "templates/hoem.html"}) == 1);
  CHECK(contains(program.out, "templates/hoem.html: error: "));
  CHECK(contains(program.out, "did you mean 'home.html'?"));
  CHECK(program.run({"check", "readme.html"}) == 2);
  CHECK(
      program.err ==
      "bora check: 'readme.html' is not below the template folder templates; name its folder with "
      "--templates\n");
}

TEST_CASE("check: parts that no page includes are read as well", "[cli]") {
  Program program = project();
  program.files.add("templates/blog/_unused.html", "{{ }}");
  CHECK(program.run({"check"}) == 1);
  CHECK(contains(program.out, "templates/blog/_unused.html:1:1: error: "));
}

TEST_CASE("check: pages that would be the same type are found", "[cli]") {
  Program program = project();
  program.files.add("templates/ho-me.html", "text");
  program.files.add("templates/ho_me.html", "text");
  CHECK(program.run({"check"}) == 1);
  CHECK(contains(program.out, "T070"));
}

TEST_CASE("check: a page's lints wait until its errors are fixed", "[cli]") {
  Program program;
  program.files.add("templates/home.html", "{% param int n %}{% end %}");
  CHECK(program.run({"check"}) == 1);
  CHECK_FALSE(contains(program.out, "T100"));
  program.files.add("templates/home.html", "{% param int n %}");
  CHECK(program.run({"check"}) == 0);
  CHECK(contains(program.out, "templates/home.html:1:14: warning: parameter 'n' is never used"));
  CHECK(contains(program.out, "`bora explain T100` says more\n1 warning in 1 template\n"));
}

TEST_CASE("check: what one page leaves unused another may use", "[cli]") {
  Program program;
  program.files.add("templates/base.html",
                    "{% param int n %}{% param int m %}{% block body %}{% end %}");
  program.files.add("templates/a.html", "{% extends \"base.html\" %}");
  program.files.add(
      "templates/b.html",
      "{% extends \"base.html\" %}{% block body %}{% include \"_part.html\" %}{% end %}");
  program.files.add("templates/_part.html", "{{ n }}{% set left = 1 %}");
  CHECK(program.run({"check"}) == 0);
  CHECK_FALSE(contains(program.out, "'n'"));
  CHECK(contains(program.out, "templates/base.html:1:31: warning: parameter 'm'"));
  CHECK(contains(program.out, "templates/_part.html:1:15: warning: variable 'left'"));
  // If only one page is checked, it is not known which other pages extend or include it.
  for (const char* path : {"templates/base.html", "templates/a.html", "templates/_part.html"}) {
    CHECK(program.run({"check", path}) == 0);
    CHECK(contains(program.out, "no problems found"));
  }
}

TEST_CASE("check: warnings are switched off by code, and made errors", "[cli]") {
  Program program;
  program.files.add("templates/home.html", "{% param int n %}\n{% set x = 1 %}\n");
  CHECK(program.run({"check", "--allow", "T100"}) == 0);
  CHECK(contains(program.out, "1 warning in 1 template"));
  CHECK(program.run({"check", "--allow", "T100,T101"}) == 0);
  CHECK(program.out == "1 template: no problems found\n");
  CHECK(program.run({"check", "--werror", "--allow", "T100"}) == 1);
  CHECK(contains(program.out, "templates/home.html:2:8: error: variable 'x' is never used [T101]"));
  CHECK(program.run({"check", "--allow", "T999"}) == 2);
  CHECK(contains(program.err, "there is no code 'T999'"));
  // The option takes one value, so the next argument is a path.
  CHECK(program.run({"check", "--allow", "T100", "templates/home.html"}) == 0);
}

TEST_CASE("check: static_url is held to the folders that the manifest mounts", "[cli]") {
  Program program;
  program.files.add("templates/home.html",
                    R"({{ static_url("img/logo.svg") }}{{ static_url("app.cs") }})");
  CHECK(program.run({"check"}) == 0);
  CHECK(contains(program.out, "no problems found"));
  program.files.add("public/img/logo.svg", "<svg/>");
  program.files.add("public/app.css", "");
  program.files.add("routes.toml", "[static]\na = { mount = \"/static/\", dir = \"public\" }\n");
  CHECK(program.run({"check"}) == 0);
  CHECK(contains(program.out, "there is no file 'app.cs' in 'public' [T107]"));
  CHECK(contains(program.out, "did you mean 'app.css'?"));
  CHECK_FALSE(contains(program.out, "no file 'img/logo.svg'"));
  program.files.add("templates/more.html",
                    R"({{ static_url("img/logo.svg#arrow") }}{{ static_url("app.css?x#y") }})"
                    R"({{ static_url("we#ird.txt") }}{{ static_url("no#such.txt") }})");
  program.files.add("public/we#ird.txt", "");
  CHECK(program.run({"check", "templates/more.html"}) == 0);
  CHECK(contains(program.out, "there is no file 'no' in 'public' [T107]"));
  CHECK(contains(program.out, "1 warning in 1 template"));
  CHECK(program.run({"check", "--static", "elsewhere"}) == 0);
  CHECK(contains(program.out, "there is no file 'img/logo.svg' in 'elsewhere'"));
}

TEST_CASE("check --deploy: what is unsafe fails, unless it is allowed; tests do not count",
          "[cli]") {
  Program program = project();
  program.files.add("src/main.cpp",
                    "// .debug = true\nint main() { Settings settings; settings.debug = true; }\n");
  program.files.add("tests/home_test.cpp", "void f() { settings.debug = true; }\n");
  program.files.add("build/dev/CMakeCache.txt", "");
  program.files.add("build/dev/made.cpp", "void f() { settings.debug = true; }\n");
  CHECK(program.run({"check"}) == 0);
  CHECK(program.run({"check", "--deploy"}) == 1);
  CHECK(contains(program.out, "src/main.cpp:2:42: warning: debug pages are on [D001]"));
  CHECK(contains(program.out, "[D007]"));
  CHECK(contains(program.out, "2 warnings in 3 templates, 2 routes"));
  CHECK(program.run({"check", "--deploy", "--allow", "D001,D007"}) == 0);
  program.files.add("src/main.cpp",
                    "int main() { settings.debug = true; }  // bora: allow D001\n"
                    "const char* policy = \"Content-Security-Policy\";\n");
  CHECK(program.run({"check", "--deploy"}) == 0);
  program.files.add("src/main.cpp",
                    "void f(auto* o) { o->debug = true; o->xheaders = true; o->debug == true; }\n"
                    "/* debug = true */ const char* t = \".debug = true\"; bool debug = true;\n"
                    "// bora: allow D007\n");
  CHECK(program.run({"check", "--deploy", "--allow", "D007"}) == 1);
  CHECK(contains(program.out, "2 warnings in 3 templates, 2 routes"));
}

TEST_CASE("check --deploy: forms of other sites matter where a browser tells who asks", "[cli]") {
  const auto status = [](const std::string& source) {
    Program program;
    program.files.add("routes.toml", "[routes]\nhome = { path = \"/\", handler = \"Home\" }\n");
    program.files.add("src/home.cpp", source + "\nTask<void> post();\n");
    const int result = program.run({"check", "--deploy"});
    CHECK(contains(program.out, "[D004]") == (result == 1));
    return result;
  };
  CHECK(status("") == 1);
  CHECK(status("auto f = headers().get(\"X-Key\");") == 1);
  CHECK(status("constexpr auto kScheme = \"Bearer \";") == 0);
  CHECK(status("// \"Bearer \"") == 1);
  CHECK(status("auto a = \"Bearer \"; auto b = get_cookie(\"user\");") == 1);
  CHECK(status("auto a = \"Bearer \"; bora::auth::LoginSession<Visit> session_;") == 1);
  CHECK(status("auto a = \"Bearer \"; auto b = \"Basic realm=x\";") == 1);
}

TEST_CASE("check: what an editor holds is checked in the place of the file", "[cli]") {
  Program program;
  program.files.add("templates/base.html", "{% block b %}{% end %}");
  program.files.add("templates/home.html", "{% extends \"base.html\" %}");
  program.input = "{% extends \"bse.html\" %}";
  CHECK(program.run({"check", "--format", "json", "--stdin-filename", "templates/home.html"}) == 1);
  CHECK(contains(program.out, "there is no template 'bse.html'"));
  // These are a file that was not saved yet, and a file that others extend.
  program.input = "{{ f( }}";
  CHECK(program.run({"check", "--stdin-filename", "templates/new.html"}) == 1);
  CHECK(contains(program.out, "templates/new.html:1:5"));
  CHECK(program.run({"check", "--stdin-filename", "templates/base.html", "templates/home.html"}) ==
        1);
  CHECK(contains(program.out, "templates/base.html:1:5"));
  CHECK(program.run({"check"}) == 0);
}
