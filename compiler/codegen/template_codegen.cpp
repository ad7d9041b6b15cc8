// The files of a page. Their shape:
//
//   views/blog/entry.h                          views/blog/entry.cpp
//     #include <bora/generated.h>                 #include "views/blog/entry.h"
//     #include "models.h"
//                                                 static void bora_render_views_blog_entry(
//     namespace bora_views_blog_entry {               const views::blog::entry& bora_page,
//     using bora_type_0 = Required<Post>;             Output& bora_output) {
//     }                                             static constexpr Literal bora_text[] = {...};
//                                                   PageWriter bora_out(bora_output, 1024);
//                                                   const auto& post = bora_page.post;
//     namespace views::blog {                       const Escaped o(bora_out);
//     struct entry {                                {
//       bora_type_0 post;                             bora_out.append(bora_text[0]);
//       PageGuard bora_guard = {};                    o( post.title );
//       void bora_render(Output&) const;            }
//     };                                            }
//     }                                             bora_out.finish();
//                                                 }
//                                                 void views::blog::entry::bora_render ...
//
// A page that names something of the request ("current_user", "static_url") takes its handler as
// well, and one with a `{% flush %}` is a coroutine:
//
//     using bora_handler_type = ::bora::web::RequestHandler;
//     Task<void> bora_render(Output& bora_output, bora_handler_type& bora_handler) const;
//
// Blocks that can be rendered alone have the same in views/blog/entry.blocks.h, as inline
// functions: files that do not include it pay nothing, and the page's own files stay as they are.
//
// The user's C++ (types, defaults, the body) is outside of namespace views, since there
// `blog::Post` would be searched in views::blog.

#include "compiler/codegen/template_codegen.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/codegen/cpp_writer.h"
#include "compiler/codegen/page_plan.h"
#include "compiler/codegen/runtime_names.h"
#include "compiler/codegen/sink_names.h"
#include "compiler/codegen/template_body.h"
#include "compiler/codegen/temporaries.h"
#include "templates-lang/cpp_scanner.h"

namespace bora::compiler {
namespace {

constexpr std::string_view kRoot = "views";
constexpr std::string_view kRouteNamespace = "route";
constexpr std::string_view kHandler = "handler";
constexpr std::string_view kLocale = "locale";
constexpr std::string_view kRoutesHeader = "routes.h";

// Namespaces that generated code and the user's expressions reach by these names.
std::string part_name(std::string_view part) {
  std::string name = to_identifier(part);
  for (const std::string_view taken : {"std", "bora", "route", "routes", "views"}) {
    if (name == taken) return name + '_';
  }
  return name;
}

// "views::blog::entry" as one identifier.
std::string flat_name(const UnitName& name) {
  std::string flat;
  for (const char c : name.qualified()) {
    if (c != ':' || flat.back() != '_') flat += c == ':' ? '_' : c;
  }
  return flat;
}

std::string source_text(const lang::Template& file, lang::Span span) {
  return std::string(file.source->text(span));
}

// Generated code without its text and its places. The rest tells whether two states of a page are
// the same program. Blanks count only within quotes.
class Shape {
 public:
  void add(std::string_view code) {
    while (!code.empty()) {
      const std::size_t end = std::min(code.find('\n'), code.size());
      const std::string_view line = code.substr(0, end);
      const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
      const std::string_view text = line.substr(begin);
      const bool is_place =
          quote_ == '\0' && (line.starts_with("#line ") || line.starts_with("# ") ||
                             text.starts_with("// Made by bora from "));
      if (!is_place) add_line(line);
      code.remove_prefix(std::min(end + 1, code.size()));
    }
  }

  [[nodiscard]] std::uint64_t hash() const { return hash_; }

 private:
  void add_line(std::string_view line) {
    constexpr std::string_view kUnchecked = "bora_out.append_unchecked(bora_text[";
    constexpr std::string_view kChecked = "bora_out.append(bora_text[";
    // The text's length decides which of the two is called.
    if (const std::size_t at = line.find_first_not_of(' ');
        at != std::string_view::npos && line.substr(at).starts_with(kUnchecked)) {
      add_bytes(kChecked);
      line = line.substr(at + kUnchecked.size());
    }
    bool is_behind_blank = true;
    char before = '\0';
    for (const char c : line) {
      if (quote_ == '\0' && (c == ' ' || c == '\t')) {
        is_behind_blank = true;
        continue;
      }
      // A blank between two words is needed; the number of blanks is not, nor are blanks around
      // brackets.
      if (quote_ == '\0' && is_behind_blank && ((is_word(last_) && is_word(c)) || last_ == c))
        add_byte(' ');
      is_behind_blank = false;
      const bool is_quote = (c == '"' || c == '\'') && before != '\\';
      add_byte(c);
      if (is_quote && quote_ == '\0') {
        quote_ = c;
      } else if (is_quote && quote_ == c) {
        quote_ = '\0';
      }
      before = before == '\\' && c == '\\' ? '\0' : c;
    }
    if (quote_ == '\'') quote_ = '\0';  // It was the separator of a number's digits.
    if (quote_ != '\0') add_byte('\n');
  }

  static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  void add_bytes(std::string_view text) {
    for (const char c : text) add_byte(c);
  }
  void add_byte(char c) {  // FNV-1a
    hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    last_ = c;
  }

  std::uint64_t hash_ = 0xcbf29ce484222325U;
  char quote_ = '\0';
  char last_ = '\0';
};

class UnitWriter {
 public:
  UnitWriter(const lang::Page& page, std::string_view output_prefix, bool keeps_ending,
             TextTables tables)
      : page_(page),
        name_(unit_name(page.name, keeps_ending)),
        flat_(flat_name(name_)),
        plan_(plan_page(page)),
        handler_file_(find_handler_file(page)),
        prefix_(output_prefix),
        is_live_(tables == TextTables::live),
        entry_(plan_, plan_.names(), plan_.whole(), name_.qualified(), "bora_render_" + flat_) {
    add_block_entries();
  }

  GeneratedUnit write() {
    GeneratedUnit unit;
    unit.header = header();
    if (is_live_) header_shape_.add(unit.header);
    unit.source = source();
    unit.blocks_header = blocks_header();
    if (is_live_) set_shape(unit);
    return unit;
  }

  // Returns what write() found.
  LiveUnit take_live_unit() {
    LiveUnit unit{shape_, {}, {}};
    for (LiveTable& table : tables_) unit.tables.push_back(std::move(table.content));
    unit.entries.push_back({entry_.function, signature(entry_)});
    for (const Entry& block : blocks_) unit.entries.push_back({block.function, signature(block)});
    return unit;
  }

  // Writes code for a running program: only the functions, and how to find them.
  std::string write_patch(const std::vector<std::string>& functions) {
    write();  // finds the shape, which the program compares
    tables_.clear();
    std::vector<const Entry*> entries;
    const auto choose = [&](const Entry& entry) {
      if (std::ranges::find(functions, entry.function) != functions.end())
        entries.push_back(&entry);
    };
    choose(entry_);
    for (const Entry& block : blocks_) choose(block);
    CppWriter writer(prefix_ + name_.source);
    begin_file(writer);
    include_header(writer);
    std::set<std::string> includes;
    for (const Entry* entry : entries) write_includes(writer, *entry, includes);
    writer.line("#include " + std::string(runtime::kLiveTextHeader));
    if (std::ranges::any_of(entries, &Entry::is_block)) write_block_structs(writer);
    for (const Entry* entry : entries) {
      writer.line();
      write_function(writer, *entry, "static ");
      writer.line();
      writer.line("extern \"C\" [[gnu::visibility(\"default\")]] auto " +
                  patch_symbol({entry->function, signature(*entry)}) +
                  "() -> void (*)() {\n  return reinterpret_cast<void (*)()>(&" + entry->function +
                  ");\n}");
    }
    std::string code = writer.text();
    for (auto table = tables_.rbegin(); table != tables_.rend(); ++table) write_shape(code, *table);
    return code;
  }

 private:
  // A table that can be exchanged, and where its code is in a generated file.
  struct LiveTable {
    bool is_of_block = false;  // then it is in the blocks' header
    std::size_t begin = 0;
    std::size_t shape_at = 0;  // the place of the shape, which is '0' until it is known
    std::size_t end = 0;
    TextTable content;
  };

  // A part that has a struct of its own: the page, or one of its blocks.
  struct Entry {
    Entry(const PagePlan& plan, PlanNames used, PlanRange range, std::string struct_type,
          std::string function_name)
        : names(std::move(used)),
          parts(body_parts(plan, range, SinkNames(names.letters))),
          type(std::move(struct_type)),
          function(std::move(function_name)),
          has_handler(needs_handler(names)) {}

    const PlanNames names;
    const BodyParts parts;
    const std::string type;
    const std::string function;
    const bool has_handler;
    bool is_block = false;

    [[nodiscard]] bool uses(std::string_view name) const { return names.free.contains(name); }
    [[nodiscard]] bool takes(const lang::PageParam& param) const {
      return !is_block || names.given.contains(param.param->name.text);
    }
    // Returns the parameters of the render function, besides the page.
    [[nodiscard]] std::string render_parameters() const {
      const std::string out = std::string(runtime::kOutput) + "& bora_output";
      return has_handler ? out + ", " + runtime::kHandlerType + "& bora_handler" : out;
    }
    [[nodiscard]] std::string result() const { return names.flushes ? runtime::kTask : "void"; }
  };

  // Returns the hash of everything that callers see: the header, and for a block its struct as
  // well.
  [[nodiscard]] std::uint64_t signature(const Entry& entry) const {
    Shape shape = header_shape_;
    if (entry.is_block) {
      CppWriter members({});
      write_members(members, entry);
      shape.add(members.text());
    }
    return shape.hash();
  }

  // The header.

  std::string header() {
    const Entry& page = entry_;
    CppWriter writer(prefix_ + name_.header);
    begin_file(writer);
    writer.line("#pragma once");
    writer.line();
    writer.line("#define " + std::string(runtime::kContractMacro) + ' ' +
                std::to_string(runtime::kContract));
    writer.line("#include " + std::string(runtime::kGeneratedHeader));
    if (params_use_routes()) writer.line("#include \"" + std::string(kRoutesHeader) + '"');
    write_imported_headers(writer);
    const bool keeps_values =
        std::any_of(page_.params.begin(), page_.params.end(),
                    [](const auto& given) { return is_made_default(*given.param, *given.file); });
    if (keeps_values) writer.line("#include " + std::string(runtime::kKeptHeader));
    writer.line();
    if (page.names.flushes) writer.line("#include " + std::string(runtime::kTaskHeader));
    if (page.has_handler && handler_file_ == nullptr) {
      writer.line("namespace " + std::string(runtime::kHandlerNamespace) + " {\nclass " +
                  runtime::kHandlerClass + ";\n}");
      writer.line();
    }
    write_types(writer, page.has_handler);
    writer.open("namespace " + name_.namespaces + " {\n\nstruct " + name_.struct_name + " {");
    write_members(writer, page);
    writer.close("};\n\n}  // namespace " + name_.namespaces);
    return writer.text();
  }

  void begin_file(CppWriter& writer) {
    writer.line("// Made by bora from " + quoted_file_name(page_.leaf()->source->name()) +
                ". Changes here are lost.");
  }

  [[nodiscard]] bool params_use_routes() const {
    return std::any_of(page_.params.begin(), page_.params.end(), [](const auto& param) {
      const auto& value = param.param->default_value;
      return value && uses_namespace(param.file->source->text(), value->span, kRouteNamespace);
    });
  }

  void write_imported_headers(CppWriter& writer) {
    std::set<std::string> seen;
    for (const auto& file : page_.files) {
      for (const lang::Import& import : file->imports) {
        if (!import.header) continue;
        std::string header = source_text(*file, *import.header);
        // The app's "books.h" must not be confused with that of the page books.html, which is
        // beside this file. With angle brackets the compiler looks only in the app's folders.
        header.front() = '<';
        header.back() = '>';
        if (!seen.insert(header).second) continue;
        writer.mapped(file->source->name(), file->source->position(import.header->begin),
                      "#include ", header);
      }
    }
  }

  // Whether the names include something of the request that the page itself does not introduce.
  static bool needs_handler(const PlanNames& names) {
    const auto uses = [&](std::string_view name) { return names.free.contains(name); };
    return names.flushes || names.uses_modules || uses(kHandler) ||
           std::ranges::any_of(runtime::kHandlerValues, uses) ||
           std::ranges::any_of(runtime::kHandlerCallables,
                               [&](const auto& callable) { return uses(callable.name); });
  }

  // Returns the file whose `{% handler %}` counts: the page itself, or the nearest base that has
  // one.
  static const lang::Template* find_handler_file(const lang::Page& page) {
    for (const lang::Template* file : page.chain) {
      if (file->handler) return file;
    }
    for (const auto& file : page.files) {
      if (file->handler) return file.get();
    }
    return nullptr;
  }

  // Writes the user's own types in a namespace in which no generated name hides them.
  void write_types(CppWriter& writer, bool has_handler) {
    const bool has_handler_type = has_handler && handler_file_ != nullptr;
    if (page_.params.empty() && page_.fixed.empty() && !has_handler_type) return;
    writer.line("namespace bora_" + flat_ + " {");
    for (std::size_t i = 0; i < page_.params.size(); ++i) write_param_type(writer, i);
    for (std::size_t i = 0; i < page_.fixed.size(); ++i) {
      const auto& [param, file] = page_.fixed[i].param;
      write_type(writer, "bora_fixed_" + std::to_string(i), runtime::kRequired, *file, param->type);
    }
    if (has_handler_type) {
      const lang::Span type = handler_file_->handler->type.span;
      const lang::SourceText& text = *handler_file_->source;
      writer.mapped(text.name(), text.position(type.begin),
                    "using " + std::string(runtime::kHandlerType) + " = ",
                    source_text(*handler_file_, type), text.position(type.end), ";");
    }
    writer.line("}  // namespace bora_" + flat_);
    writer.line();
  }

  static void write_type(CppWriter& writer, const std::string& name, std::string_view wrapper,
                         const lang::Template& file, lang::Span type) {
    writer.mapped(file.source->name(), file.source->position(type.begin),
                  "using " + name + " = " + std::string(wrapper) + '<', source_text(file, type),
                  file.source->position(type.end), ">;");
  }

  void write_param_type(CppWriter& writer, std::size_t index) {
    const lang::Template& file = *page_.params[index].file;
    const lang::Param& param = *page_.params[index].param;
    const auto place = [&](std::uint32_t offset) { return file.source->position(offset); };
    const std::string number = std::to_string(index);
    if (is_made_default(param, file)) return write_made_default(writer, number, param, file);
    const char* wrapper = param.default_value ? runtime::kDefaulted : runtime::kRequired;
    write_type(writer, "bora_type_" + number, wrapper, file, param.type);
    if (!param.default_value) return;
    const lang::Span value = param.default_value->span;
    writer.mapped(file.source->name(), place(value.begin),
                  "inline bora_type_" + number + " bora_default_" + number + "() { return ",
                  source_text(file, value), place(value.end), "; }");
  }

  // Whether the default is a temporary object, to which the parameter might only refer.
  static bool is_made_default(const lang::Param& param, const lang::Template& file) {
    if (!param.default_value) return false;
    const lang::Span value = param.default_value->span;
    return !source_text(file, value).starts_with('{') &&
           temporaries_of(file.source->text(), value) != Temporaries::none;
  }

  // Writes such a default. The member's type is a class that can hold the object.
  static void write_made_default(CppWriter& writer, const std::string& number,
                                 const lang::Param& param, const lang::Template& file) {
    const lang::SourceText& source = *file.source;
    const lang::Span value = param.default_value->span;
    const bool is_inner = temporaries_of(source.text(), value) == Temporaries::inner;
    writer.mapped(source.name(), source.position(value.begin),
                  "inline auto bora_default_" + number + "() { return " +
                      (is_inner ? std::string(runtime::kKeep) + '(' : std::string()),
                  source_text(file, value), source.position(value.end), is_inner ? "); }" : "; }");
    writer.mapped(source.name(), source.position(param.type.begin),
                  "using bora_type_" + number + " = " + runtime::kDefaultedBy + '<',
                  source_text(file, param.type), source.position(param.type.end),
                  ", decltype(bora_default_" + number + "())>;");
  }

  void write_members(CppWriter& writer, const Entry& entry) const {
    const std::string scope = "::bora_" + flat_ + "::";
    for (std::size_t i = 0; i < page_.params.size(); ++i) {
      if (!entry.takes(page_.params[i])) continue;
      const auto& [param, file] = page_.params[i];
      const std::string number = std::to_string(i);
      const std::string value =
          param->default_value ? " = " + scope + "bora_default_" + number + "()" : std::string();
      writer.mapped(file->source->name(), file->source->position(param->name.span.begin),
                    scope + "bora_type_" + number + ' ', param->name.text,
                    file->source->position(param->name.span.end), value + ';');
    }
    writer.line("[[no_unique_address]] " + std::string(runtime::kPageGuard) + " bora_guard = {};");
    writer.line();
    write_hashes(writer, entry, InlineElement::Kind::script, runtime::kScriptHashes);
    write_hashes(writer, entry, InlineElement::Kind::style, runtime::kStyleHashes);
    if (entry.has_handler) {
      const std::string type =
          handler_file_ != nullptr
              ? scope + runtime::kHandlerType
              : "::" + std::string(runtime::kHandlerNamespace) + "::" + runtime::kHandlerClass;
      writer.line("using " + std::string(runtime::kHandlerType) + " = " + type + ';');
    }
    writer.line(entry.result() + " bora_render(" + entry.render_parameters() + ") const;");
  }

  // Writes the hashes of literal scripts and styles, for the Content-Security-Policy of the answer.
  void write_hashes(CppWriter& writer, const Entry& entry, InlineElement::Kind kind,
                    std::string_view name) const {
    const std::vector<std::string> hashes = plan_.hashes_in(entry.parts.range, kind);
    if (hashes.empty()) return;
    writer.open("static constexpr ::std::string_view " + std::string(name) + "[] = {");
    for (const std::string& hash : hashes) writer.line(string_literal(hash) + ',');
    writer.close("};");
  }

  // The source.

  std::string source() {
    const Entry& page = entry_;
    CppWriter writer(prefix_ + name_.source);
    begin_file(writer);
    include_header(writer);
    std::set<std::string> includes;
    write_includes(writer, page, includes);
    if (is_live_) write_live_includes(writer);
    writer.line();
    write_function(writer, page, "static ");
    writer.line();
    write_member_function(writer, page, {});
    return writer.text();
  }

  void include_header(CppWriter& writer) const {
    const bool has_quote = name_.header.find('"') != std::string::npos;
    writer.line(has_quote ? "#include <" + name_.header + '>' : "#include \"" + name_.header + '"');
  }

  void write_function(CppWriter& writer, const Entry& entry, const std::string& linkage) {
    if (is_live_ && !entry.parts.literals.empty()) write_live_table(writer, entry, linkage);
    // A `set` may hide a parameter, as in Tornado.
    writer.line(
        "#pragma GCC diagnostic push\n#pragma GCC diagnostic ignored \"-Wshadow\"\n"
        "#if defined(__clang__)\n#pragma clang diagnostic ignored \"-Wgnu-line-marker\"\n#endif");
    writer.line(linkage + entry.result() + ' ' + entry.function +
                "([[maybe_unused]] const ::" + entry.type + "& bora_page,");
    if (entry.has_handler) {
      writer.line("    [[maybe_unused]] " + std::string(runtime::kOutput) + "& bora_output,");
      writer.open("    [[maybe_unused]] ::" + entry.type + "::" + runtime::kHandlerType +
                  "& bora_handler) {");
    } else {
      writer.open("    [[maybe_unused]] " + std::string(runtime::kOutput) + "& bora_output) {");
    }
    write_literals(writer, entry);
    const int held = write_names(writer, entry);
    std::vector<Sink> sinks = entry.parts.sinks;
    // write_names() has written it already, since the names' values may use it.
    std::erase_if(sinks, [](const Sink& sink) { return sink.type == runtime::kModuleScope; });
    write_sinks(writer, sinks);
    writer.open("{");
    write_body(writer, plan_, entry.parts);
    writer.close();
    writer.line("bora_out." + std::string(runtime::kFinish) + "();");
    for (int i = 0; i < held; ++i) writer.close("}());");
    writer.close();
    writer.line("#pragma GCC diagnostic pop");
  }

  static void write_live_includes(CppWriter& writer) {
    for (const char* header : {runtime::kLiveCodeHeader, runtime::kLiveTextHeader})
      writer.line("#include " + std::string(header));
  }

  void write_member_function(CppWriter& writer, const Entry& entry, const std::string& linkage) {
    std::string function = entry.function;
    if (is_live_) {
      const std::string code = function + "_code";
      writer.line((linkage.empty() ? "static " : linkage) + runtime::kLiveCode + ' ' + code +
                  "(\"" + function + "\", " + std::to_string(signature(entry)) +
                  "u, reinterpret_cast<void (*)()>(&" + function + "));");
      function = "reinterpret_cast<decltype(&" + function + ")>(" + code + ".entry())";
    }
    writer.open(linkage + entry.result() + ' ' + entry.type + "::bora_render(" +
                entry.render_parameters() + ") const {");
    writer.line(
        std::string(entry.names.flushes ? "return " : "") + function +
        (entry.has_handler ? "(*this, bora_output, bora_handler);" : "(*this, bora_output);"));
    writer.close();
  }

  // The header of the blocks.

  std::string blocks_header() {
    CppWriter writer(prefix_ + name_.blocks_header);
    begin_file(writer);
    writer.line("#pragma once");
    writer.line();
    include_header(writer);
    std::set<std::string> includes;
    for (const Entry& block : blocks_) write_includes(writer, block, includes);
    if (is_live_ && !blocks_.empty()) write_live_includes(writer);
    if (!plan_.blocks.empty()) write_block_structs(writer);
    for (const Entry& block : blocks_) {
      writer.line();
      write_function(writer, block, "inline ");
      writer.line();
      write_member_function(writer, block, "inline ");
    }
    return writer.text();
  }

  void add_block_entries() {
    for (const auto& [name, block] : plan_.blocks) {
      if (!plan_.obstacle(block).empty()) continue;
      blocks_.emplace_back(plan_, plan_.names(block), block.ranges.front(),
                           name_.blocks_namespace + "::" + block_struct(name),
                           "bora_render_" + flat_ + '_' + block_struct(name));
      blocks_.back().is_block = true;
    }
  }

  static std::string block_struct(std::string_view name) {
    return to_identifier("block_" + std::string(name));
  }

  void write_block_structs(CppWriter& writer) const {
    writer.line();
    writer.line("namespace " + name_.blocks_namespace + " {");
    auto entry = blocks_.begin();
    for (const auto& [name, block] : plan_.blocks) {
      writer.line();
      const std::string obstacle = plan_.obstacle(block);
      if (!obstacle.empty()) {
        writer.line("// The block '" + std::string(name) +
                    "' can't be rendered alone: " + obstacle + '.');
        continue;
      }
      writer.open("struct " + block_struct(name) + " {");
      write_members(writer, *entry++);
      writer.close("};");
    }
    writer.line();
    writer.line("}  // namespace " + name_.blocks_namespace);
  }

  // What both files write.

  // `known` are the headers that the file includes already.
  void write_includes(CppWriter& writer, const Entry& entry, std::set<std::string>& known) {
    const auto include = [&](const std::string& header) {
      if (!header.empty() && known.insert(header).second) writer.line("#include " + header);
    };
    if (entry.names.scopes.contains(kRouteNamespace)) {
      include('"' + std::string(kRoutesHeader) + '"');
    }
    std::set<std::string, std::less<>> headers;
    for (const auto& function : escape_functions(entry)) headers.emplace(function.header);
    if (uses_datetime(entry)) headers.emplace(runtime::kDatetimeHeader);
    if (entry.uses(kLocale)) headers.emplace(runtime::kLocaleHeader);
    for (const Sink& sink : entry.parts.sinks) headers.emplace(sink_header(sink.type));
    for (const std::string& header : headers) include(header);
    if (entry.parts.keeps_values || keeps_fixed(entry)) include(runtime::kKeptHeader);
    if (entry.names.captures) include("<string>");
    if (entry.names.catches_all) include("<exception>");
    if (entry.has_handler) include(runtime::kGeneratedWebHeader);
    const bool uses_class = entry.names.flushes || entry.uses(kHandler) ||
                            entry.names.uses_modules ||
                            std::ranges::any_of(runtime::kHandlerValues,
                                                [&](const char* name) { return entry.uses(name); });
    if (uses_class) include(runtime::kRequestHandlerHeader);
    if (entry.names.uses_modules) include(runtime::kUIModuleHeader);
  }

  // Returns the functions that the page uses and does not define or import itself.
  [[nodiscard]] std::vector<runtime::EscapeFunction> escape_functions(const Entry& entry) const {
    std::vector<runtime::EscapeFunction> functions;
    for (const runtime::EscapeFunction& function : runtime::kEscapeFunctions) {
      if (entry.uses(function.name) || is_autoescape(function.name)) functions.push_back(function);
    }
    return functions;
  }

  static bool uses_datetime(const Entry& entry) {
    return entry.names.scopes.contains(runtime::kDatetime);
  }

  [[nodiscard]] bool is_autoescape(std::string_view function) const {
    return std::any_of(page_.files.begin(), page_.files.end(), [&](const auto& file) {
      const auto& written = file->autoescape.function;
      return written && file->source->text(*written) == function;
    });
  }

  static void write_table(CppWriter& writer, const std::string& declaration,
                          const std::vector<std::string>& literals) {
    writer.open(declaration + "[] = {");
    for (const std::string& literal : literals) {
      writer.line('{' + string_literal(literal, 1) + ", " + std::to_string(literal.size()) + "},");
    }
    writer.close("};");
  }

  // The table is a global object before the function, so the program knows all tables before it
  // renders the first page.
  void write_live_table(CppWriter& writer, const Entry& entry, const std::string& linkage) {
    const std::vector<std::string>& literals = entry.parts.literals;
    LiveTable table{entry.is_block, writer.text().size(), 0, 0, {entry.function, literals}};
    write_table(writer, linkage + "constexpr " + runtime::kLiteral + ' ' + entry.function + "_text",
                literals);
    const std::string before =
        linkage + runtime::kLiveText + ' ' + entry.function + "_live(\"" + entry.function + "\", ";
    table.shape_at = writer.text().size() + before.size();
    writer.line(before + "0u, " + entry.function + "_text, " + std::to_string(literals.size()) +
                ");");
    table.end = writer.text().size();
    tables_.push_back(std::move(table));
  }

  // Computes the shape from the code around the tables, and writes it into them.
  void set_shape(GeneratedUnit& unit) {
    Shape shape = header_shape_;
    for (const bool is_of_block : {false, true}) {
      const std::string_view code = is_of_block ? unit.blocks_header : unit.source;
      std::size_t begin = 0;
      for (const LiveTable& table : tables_) {
        if (table.is_of_block != is_of_block) continue;
        shape.add(code.substr(begin, table.begin - begin));
        begin = table.end;
      }
      shape.add(code.substr(begin));
    }
    shape_ = shape.hash();
    // The last table comes first, because the places of the others must not move.
    for (auto table = tables_.rbegin(); table != tables_.rend(); ++table) {
      write_shape(table->is_of_block ? unit.blocks_header : unit.source, *table);
    }
  }

  void write_shape(std::string& code, const LiveTable& table) const {
    code.replace(table.shape_at, 1, std::to_string(shape_));
  }

  void write_literals(CppWriter& writer, const Entry& entry) {
    constexpr std::size_t kExpectedSize = 4096;  // for text that may change
    const std::vector<std::string>& literals = entry.parts.literals;
    std::size_t size = 0;
    for (const std::string& literal : literals) size += literal.size();
    if (is_live_) size = kExpectedSize;
    if (is_live_ && !literals.empty()) {
      writer.line("const " + std::string(runtime::kLiteral) +
                  "* const bora_text = " + entry.function + "_live.texts();");
    } else if (!literals.empty()) {
      write_table(writer, "static constexpr " + std::string(runtime::kLiteral) + " bora_text",
                  literals);
    }
    writer.line(std::string(runtime::kPageWriter) + " bora_out(bora_output, " +
                std::to_string(size) + ");");
  }

  // Writes the names that the body's expressions see besides global ones. Returns how many lambdas
  // it opened, inside which the objects of these values live.
  int write_names(CppWriter& writer, const Entry& entry) {
    for (const runtime::EscapeFunction& function : escape_functions(entry)) {
      writer.line("using " + std::string(function.scope) + "::" + function.name + ';');
    }
    if (uses_datetime(entry)) {
      writer.line("namespace " + std::string(runtime::kDatetime) + " = " +
                  runtime::kDatetimeNamespace + ';');
    }
    if (entry.has_handler) write_handler_names(writer, entry);
    std::set<std::string> seen;
    for (const auto& file : page_.files) {
      for (const lang::Import& import : file->imports) {
        for (const auto& imported : import.imported) {
          write_imported_name(writer, *file, import, imported, seen);
        }
      }
    }
    // It is mapped to the template, because a type that does not compile is reported again where it
    // is used.
    for (const lang::PageParam& given : page_.params) {
      if (!entry.takes(given)) continue;
      const auto& [param, file] = given;
      const std::string& name = param->name.text;
      writer.mapped(file->source->name(), file->source->position(param->name.span.begin),
                    "[[maybe_unused]] const auto& ", name,
                    file->source->position(param->name.span.end),
                    is_made_default(*param, *file)
                        ? " = " + std::string(runtime::kGiven) + "(bora_page." + name + ");"
                        : " = bora_page." + name + ';');
    }
    int held = 0;
    for (std::size_t i = 0; i < page_.fixed.size(); ++i) {
      if (!entry.takes(page_.fixed[i].param)) continue;
      const bool is_held = holds(plan_.fixed[i], entry);
      write_fixed_param(writer, i, is_held);
      held += is_held ? 1 : 0;
    }
    return held;
  }

  // A lambda can't wait, so the value is copied if the page waits.
  static bool holds(const PlanExpression& fixed, const Entry& entry) {
    return fixed.temporaries > Temporaries::result && !entry.names.flushes;
  }
  [[nodiscard]] bool keeps_fixed(const Entry& entry) const {
    return entry.names.flushes && std::ranges::any_of(plan_.fixed, [](const auto& fixed) {
             return fixed.temporaries == Temporaries::inner && !fixed.is_list;
           });
  }

  // The same as BodyWriter::write_argument().
  void write_fixed_param(CppWriter& writer, std::size_t index, bool is_held) {
    const lang::FixedParam& fixed = page_.fixed[index];
    const PlanExpression& expression = plan_.fixed[index];
    const std::string number = std::to_string(index);
    const std::string type = "::bora_" + flat_ + "::bora_fixed_" + number;
    const lang::Name& name = fixed.set->names.front();
    const lang::SourceText& source = *fixed.file->source;
    const auto at_name = [&](const std::string& before, const std::string& after) {
      writer.mapped(source.name(), source.position(name.span.begin), before, name.text,
                    source.position(name.span.end), after);
    };
    if (is_held) {
      const std::string kept = "bora_kept_" + number;
      writer.line("using " + kept + "_type = " + runtime::kKept + '<' + type + ">;");
      writer.line(kept + "_type::Pointer " + kept + " = nullptr;");
      writer.line("static_cast<void>(");
      write_fixed_value(writer, source, expression,
                        kept + " = " + kept + "_type" + (expression.is_list ? '{' : '('));
      writer.line(expression.is_list ? "}.at()," : ").at(),");
      writer.open("[&] {");
      at_name("[[maybe_unused]] const auto& ", " = *" + kept + ';');
      return;
    }
    if (expression.temporaries == Temporaries::none || expression.is_list) {
      at_name("[[maybe_unused]] " + type + ' ', {});
      write_fixed_value(writer, source, expression, "= ");
      return writer.line(";");
    }
    const bool is_copied = expression.temporaries == Temporaries::inner;
    const std::string whole = "bora_whole_" + number;
    write_fixed_value(writer, source, expression,
                      "auto&& " + whole + " = " +
                          (is_copied ? std::string(runtime::kKeep) + '(' : std::string()));
    writer.line(is_copied ? ");" : ";");
    at_name("[[maybe_unused]] " + type + ' ',
            " = static_cast<decltype(" + whole + ")&&>(" + whole + ");");
  }

  static void write_fixed_value(CppWriter& writer, const lang::SourceText& source,
                                const PlanExpression& value, const std::string& in_front) {
    for (const Piece& piece : value.pieces) {
      std::string before = &piece == value.pieces.data() ? in_front : std::string();
      before += piece.before;
      writer.mapped(source.name(), source.position(piece.span.begin), before, piece.text);
    }
  }

  void write_handler_names(CppWriter& writer, const Entry& entry) {
    const std::string unused = "[[maybe_unused]] ";
    if (entry.uses(kHandler)) writer.line(unused + "auto& handler = bora_handler;");
    for (const std::string name : runtime::kHandlerValues) {
      if (entry.uses(name))
        writer.line(unused + "auto&& " + name + " = bora_handler." + name + "();");
    }
    for (const auto& [name, type] : runtime::kHandlerCallables) {
      if (!entry.uses(name)) continue;
      writer.line(unused + "const ::" + runtime::kHandlerNamespace + "::" + type + ' ' + name +
                  "(bora_handler);");
    }
    if (entry.names.uses_modules) {
      writer.line(unused + "const " + runtime::kModuleScope + ' ' + runtime::kModules +
                  "(bora_output, bora_handler);");
    }
  }

  void write_imported_name(CppWriter& writer, const lang::Template& file,
                           const lang::Import& import, const lang::Import::Imported& imported,
                           std::set<std::string>& seen) {
    const std::string name = source_text(file, imported.name);
    const std::string scope = import.scope ? source_text(file, *import.scope) : std::string();
    const std::string alias = imported.alias ? imported.alias->text : std::string();
    if (!seen.insert(scope + "::" + name + ' ' + alias).second) return;
    const auto at = [&](lang::Span span) { return file.source->position(span.begin); };
    const std::string& file_name = file.source->name();
    if (name == "*") {
      writer.mapped(file_name, at(*import.scope), "using namespace ", scope + ';');
    } else if (alias.empty()) {
      writer.mapped(file_name, at(imported.name), "using " + scope + "::", name + ';');
    } else {
      write_alias(writer, file_name, at(imported.name), scope + "::", name, alias);
    }
  }

  // C++ has a declaration that renames a type, but none that renames a function. A name that begins
  // with a capital letter counts as a type.
  static void write_alias(CppWriter& writer, const std::string& file, lang::Position position,
                          const std::string& scope, const std::string& name,
                          const std::string& alias) {
    const std::size_t last = name.rfind(':') == std::string::npos ? 0 : name.rfind(':') + 1;
    if (name[last] >= 'A' && name[last] <= 'Z') {
      writer.mapped(file, position, "using " + alias + " [[maybe_unused]] = " + scope, name + ';');
      return;
    }
    writer.mapped(file, position,
                  "[[maybe_unused]] const auto " + alias +
                      " = [](auto&&... bora_values) -> decltype(auto) { return " + scope,
                  name);
    writer.line("(static_cast<decltype(bora_values)&&>(bora_values)...); };");
  }

  const lang::Page& page_;
  const UnitName name_;
  const std::string flat_;
  const PagePlan plan_;
  const lang::Template* const handler_file_;  // null: any RequestHandler will do
  const std::string prefix_;
  const bool is_live_;
  const Entry entry_;         // the page itself
  std::deque<Entry> blocks_;  // those that are rendered alone; a deque, so that elements stay where
                              // they are
  Shape header_shape_;
  std::uint64_t shape_ = 0;
  std::vector<LiveTable> tables_;  // in the order of their code
};

}  // namespace

UnitName unit_name(std::string_view template_name, bool keeps_ending) {
  UnitName name{std::string(kRoot), {}, {}, {}, {}, {}};
  std::string path = std::string(kRoot) + '/';
  std::size_t begin = 0;
  for (std::size_t slash; (slash = template_name.find('/', begin)) != std::string_view::npos;
       begin = slash + 1) {
    name.namespaces += "::" + part_name(template_name.substr(begin, slash - begin));
  }
  std::string_view stem = template_name.substr(begin);
  const std::size_t dot = stem.rfind('.');
  if (!keeps_ending && dot != std::string_view::npos && dot > 0) stem = stem.substr(0, dot);
  name.struct_name = part_name(stem);
  path.append(template_name.substr(0, begin)).append(stem);
  name.header = path + ".h";
  name.source = path + ".cpp";
  name.blocks_header = path + ".blocks.h";
  // The name must not have two underscores in a row: such names are reserved for the C++ compiler.
  name.blocks_namespace = name.qualified() + (name.struct_name.ends_with('_') ? "blocks" : "_");
  return name;
}

GeneratedUnit generate_template(const lang::Page& page, std::string_view output_prefix,
                                bool keeps_ending, TextTables tables) {
  return UnitWriter(page, output_prefix, keeps_ending, tables).write();
}

LiveUnit live_unit(const lang::Page& page, bool keeps_ending) {
  UnitWriter writer(page, {}, keeps_ending, TextTables::live);
  writer.write();
  return writer.take_live_unit();
}

std::string patch_symbol(const LiveEntry& entry) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string symbol = "bora_live_";
  for (int shift = 60; shift >= 0; shift -= 4) symbol += kDigits[(entry.signature >> shift) & 15U];
  return symbol + '_' + entry.function;
}

std::string generate_patch(const lang::Page& page, const std::vector<std::string>& functions,
                           std::string_view output_prefix, bool keeps_ending) {
  return UnitWriter(page, output_prefix, keeps_ending, TextTables::live).write_patch(functions);
}

std::uint64_t header_signature(std::string_view header) {
  Shape shape;
  shape.add(header);
  return shape.hash();
}

}  // namespace bora::compiler
