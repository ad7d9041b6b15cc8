// docs/errors/CODE.md explains one code. Its examples are run: those under "## Wrong" give that
// code and no other, with exactly the report that the page quotes; those under "## Fixed" give no
// finding. docs/errors/README.md describes the form. BORA_RENEW_GOLDEN=1 rewrites the quoted
// reports: read their diff like code.

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "compiler/diagnostics/catalog.h"
#include "compiler/diagnostics/error_page.h"
#include "tests/compiler/cli/program.h"
#include "tests/support/catch.h"

namespace bora::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = "docs/errors";

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct ExampleFile {
  std::string path;
  std::string text;
};

/// The parts of a page. The report is kept with its lines in the page.
struct ErrorPage {
  std::string title;
  std::vector<std::string> sections;
  std::vector<ExampleFile> wrong;
  std::vector<ExampleFile> fixed;
  std::string report;
};

/// Replaces `\x00` by the byte, which Markdown can't contain.
std::string with_bytes(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "\\x") == 0) {
      result += static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

/// Returns where a fenced example is in the project: "html _row.html", "toml", "css
/// static/app.css".
std::string path_of(const std::string& language, const std::string& name) {
  if (language == "toml") return name.empty() ? "routes.toml" : name;
  if (name.starts_with("static/") || language == "h" || language == "cpp") return name;
  return "templates/" + (name.empty() ? "page.html" : name);
}

ErrorPage parse_page(const std::string& text) {
  ErrorPage page;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# ")) page.title = line.substr(2);
    if (line.starts_with("## ")) page.sections.push_back(line.substr(3));
    if (!line.starts_with("```")) continue;
    std::istringstream info(line.substr(3));
    std::string language;
    std::string name;
    std::string how;
    info >> language >> name >> how;
    std::string body;
    while (std::getline(lines, line) && line != "```") body += line + '\n';
    if (language == "text") {
      page.report = body;
    } else if (language != "sh" && how != "excerpt") {
      if (how == "bytes") body = with_bytes(body);
      auto& files = page.sections.back() == "Wrong" ? page.wrong : page.fixed;
      files.push_back({path_of(language, name), body});
    }
  }
  return page;
}

struct Outcome {
  std::string report;  ///< without the lines that count and hint
  std::set<std::string> codes;
};

Outcome check(const std::vector<ExampleFile>& files, bool for_deployment) {
  Program program;
  program.files.add("CMakeLists.txt", "");
  program.files.add_directory("static");
  for (const ExampleFile& file : files) program.files.add(file.path, file.text);
  std::vector<std::string> arguments = {"check"};
  if (for_deployment) arguments.emplace_back("--deploy");
  program.run(arguments);
  Outcome outcome{program.out, {}};
  CHECK(program.err == "");
  for (int lines = 0; lines < 2; ++lines) {
    const std::size_t last = outcome.report.rfind('\n', outcome.report.size() - 2);
    outcome.report.erase(last == std::string::npos ? 0 : last + 1);
  }
  arguments.insert(arguments.end(), {"--format", "json"});
  program.run(arguments);
  const std::regex code(R"x("code":"([A-Z][0-9]{3})")x");
  for (std::sregex_iterator at(program.out.begin(), program.out.end(), code), end; at != end; ++at)
    outcome.codes.insert((*at)[1].str());
  return outcome;
}

/// Replaces the report that the page quotes.
void renew(const fs::path& path, const std::string& report) {
  std::string text = read(path);
  const std::size_t begin = text.find("```text\n") + 8;
  text.replace(begin, text.find("```", begin) - begin, report);
  std::ofstream(path, std::ios::binary) << text;
}

/// Codes that a small project in memory can't give.
const std::set<std::string> kWithoutExample{"E001", "E002", "E003", "R008", "R009", "R120",
                                            "R040", "T016", "T041", "T045", "T072", "T091"};

std::vector<std::string> pages() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".md" && entry.path().stem() != "README")
      names.push_back(entry.path().stem());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

TEST_CASE("error pages: every code has a page, and every page a code", "[cli]") {
  std::vector<std::string> codes;
  for (const compiler::CatalogEntry& entry : compiler::catalog()) {
    CAPTURE(entry.code);
    codes.emplace_back(entry.code);
    const ErrorPage page = parse_page(std::string(compiler::error_page(entry.code)));
    CHECK(page.title == std::string(entry.code) + ": " + std::string(entry.summary));
    CHECK(page.sections == std::vector<std::string>{"Wrong", "Fixed"});
  }
  CHECK(pages() == codes);
}

TEST_CASE("error pages: lines fit a terminal", "[cli]") {
  for (const std::string& code : pages()) {
    std::istringstream lines(read(kFolder / (code + ".md")));
    bool is_code = false;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("```")) is_code = !is_code;
      CAPTURE(code, line);
      CHECK((is_code || line.size() <= 100));
    }
  }
}

TEST_CASE("error pages: the wrong example gives the code, the fixed one nothing", "[cli]") {
  const bool renews = std::getenv("BORA_RENEW_GOLDEN") != nullptr;
  for (const std::string& code : pages()) {
    CAPTURE(code);
    const ErrorPage page = parse_page(read(kFolder / (code + ".md")));
    if (kWithoutExample.contains(code)) {
      CHECK(page.wrong.empty());
      continue;
    }
    REQUIRE_FALSE(page.wrong.empty());
    REQUIRE_FALSE(page.fixed.empty());
    const Outcome wrong = check(page.wrong, code.front() == 'D');
    CHECK(wrong.codes == std::set<std::string>{code});
    if (renews) renew(kFolder / (code + ".md"), wrong.report);
    CHECK(wrong.report == page.report);
    const Outcome fixed = check(page.fixed, code.front() == 'D');
    CHECK(fixed.codes == std::set<std::string>{});
    CHECK(fixed.report == "");
  }
}

}  // namespace bora::testing
