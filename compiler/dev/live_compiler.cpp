#include "compiler/dev/live_compiler.h"

#include <algorithm>
#include <optional>
#include <set>

#include "compiler/codegen/runtime_names.h"
#include "compiler/dev/build_log.h"
#include "compiler/dev/json_value.h"

namespace bora::compiler {
namespace {

constexpr std::string_view kHeader = "/pages.h";

/// Returns the word after "-Xclang"; null if there is no such pair at `at`.
const std::string* xclang(const std::vector<std::string>& words, std::size_t at) {
  return at + 1 < words.size() && words[at] == "-Xclang" ? &words[at + 1] : nullptr;
}

bool is_precompiled_header(const std::string& word) {
  return word.find("/cmake_pch.h") != std::string::npos;
}

}  // namespace

std::vector<std::string> words_of(std::string_view command) {
  std::vector<std::string> words;
  std::string word;
  bool is_word = false;
  char quote = '\0';
  for (std::size_t at = 0; at < command.size(); ++at) {
    const char c = command[at];
    if (quote == '\0' && (c == ' ' || c == '\t')) {
      if (is_word) words.push_back(word);
      word.clear();
      is_word = false;
      continue;
    }
    is_word = true;
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && at + 1 < command.size()) {
      word += command[++at];
    } else {
      word += c;
    }
  }
  if (is_word) words.push_back(word);
  return words;
}

std::vector<std::string> live_options(const std::vector<std::string>& words,
                                      const std::string& compiler, const std::string& file) {
  const auto first = std::find(words.begin(), words.end(), compiler);
  std::size_t at = first == words.end() ? 0 : static_cast<std::size_t>(first - words.begin());
  std::vector<std::string> options;
  for (; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (const std::string* more = xclang(words, at)) {
      const std::string* value = xclang(words, at + 2);
      if (value != nullptr && is_precompiled_header(*value)) {
        at += 3;
        continue;
      }
      ++at;
      if (more->find("pch") != std::string::npos) continue;
      options.insert(options.end(), {word, *more});
    } else if (word == "-include" && at + 1 < words.size() &&
               is_precompiled_header(words[at + 1])) {
      ++at;
    } else if (word == "-o" || word == "-MT" || word == "-MF" || word == "-MQ") {
      ++at;
    } else if (word == "-c" || word == "-MD" || word == "-MMD" || word == "-Winvalid-pch" ||
               word == file || word.starts_with("-g") || word.starts_with("-O") ||
               word.starts_with("-flto") || word.starts_with("-fpch") || word == "-fPIE" ||
               word == "-fpie" || word == "-ffat-lto-objects") {
      continue;
    } else {
      options.push_back(word);
    }
  }
  return options;
}

LiveCompiler::LiveCompiler(FileSystem& files, const BuildTree& tree, const AppInfo& app)
    : files_(files), folder_(app.out + "/live") {
  read_options(tree, app);
  if (!options_.empty()) read_headers(app);
}

void LiveCompiler::read_options(const BuildTree& tree, const AppInfo& app) {
  std::string text;
  if (app.out.empty() || files_.read(tree.folder + "/compile_commands.json", text)) return;
  const std::optional<JSONValue> commands = read_json(text);
  if (!commands) return;
  for (const JSONValue& command : commands->items) {
    const std::string file = command.string("file");
    if (!file.starts_with(app.out + "/views/") && !file.starts_with(app.out + "/pages_")) continue;
    directory_ = command.string("directory");
    options_ = live_options(words_of(command.string("command")),
                            cache_variable(files_, tree, "CMAKE_CXX_COMPILER"), file);
    if (options_.empty()) return;
    // The page that shows an exception needs line numbers.
    options_.insert(options_.end(), {"-O0", "-g1", "-fPIC"});
    return;
  }
}

/// Collects all headers of libraries that the app's pages include: they do not change with the app.
void LiveCompiler::read_headers(const AppInfo& app) {
  std::string list;
  if (files_.read(app.out + "/templates.list", list)) return;
  std::set<std::string> headers;
  for (const std::string& name : lines_of(list)) {
    for (const bool keeps_ending : {false, true}) {
      const UnitName unit = unit_name(name, keeps_ending);
      for (const std::string& path : {unit.header, unit.source, unit.blocks_header}) {
        std::string text;
        if (name.empty() || files_.read(app.out + '/' + path, text)) continue;
        for (std::string line : lines_of(text)) {
          line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
          if (line.starts_with("#include <")) headers.insert(line);
        }
      }
    }
  }
  headers_ = "#define " + std::string(runtime::kContractMacro) + ' ' +
             std::to_string(runtime::kContract) + "\n#include " + runtime::kGeneratedHeader + '\n';
  for (const std::string& header : headers) headers_ += header + '\n';
}

ProcessSpec LiveCompiler::begin() {
  std::vector<std::string> names;
  if (!files_.list(folder_, names)) {
    for (const std::string& name : names) files_.remove(folder_ + '/' + name);
  }
  create_directories(files_, folder_);
  files_.write(folder_ + std::string(kHeader), headers_);
  ProcessSpec spec;
  spec.directory = directory_;
  spec.is_patient = true;
  spec.command = options_;
  spec.command.insert(spec.command.end(), {"-x", "c++-header", folder_ + std::string(kHeader), "-o",
                                           folder_ + std::string(kHeader) + ".gch"});
  return spec;
}

ProcessSpec LiveCompiler::compile(int number, const std::vector<PageSource>& pages) {
  std::string unit = folder_ + "/pages.cpp";
  std::string includes;
  for (const PageSource& page : pages) {
    const std::string path = folder_ + '/' + page.name;
    create_directories(files_, parent_path(path));
    files_.write(path, page.text);
    includes += "#include \"" + page.name + "\"\n";
  }
  files_.write(unit, includes);
  ProcessSpec spec;
  spec.directory = directory_;
  spec.command = options_;
  // The program has all functions that the object lacks.
  spec.command.insert(spec.command.end(), {"-include", folder_ + std::string(kHeader), "-shared",
                                           "-nodefaultlibs", unit, "-o", object(number)});
  return spec;
}

std::string LiveCompiler::object(int number) const {
  return folder_ + '/' + std::to_string(number) + ".so";
}

}  // namespace bora::compiler
