#include "compiler/cli/command_line.h"

#include <algorithm>
#include <functional>
#include <map>
#include <ostream>

#include <CLI/CLI.hpp>

#include "compiler/cli/check_command.h"
#include "compiler/cli/compile_command.h"
#include "compiler/cli/cxx_command.h"
#include "compiler/cli/db_command.h"
#include "compiler/cli/dev_command.h"
#include "compiler/cli/doctor_command.h"
#include "compiler/cli/explain_command.h"
#include "compiler/cli/generate_command.h"
#include "compiler/cli/messages_command.h"
#include "compiler/cli/new_command.h"
#include "compiler/cli/routes_command.h"
#include "compiler/cli/secret_command.h"
#include "templates-lang/diagnostic.h"

namespace bora::compiler {
namespace {

constexpr char kFooter[] =
    "Exit status: 0 fine, 1 errors in templates or routes, 2 wrong usage, 3 files or folders that\n"
    "are missing, unreadable or not writable.";

std::string did_you_mean(const std::string& word, const std::vector<std::string>& names) {
  const std::string nearest = lang::nearest_name(word, names);
  return nearest.empty() ? std::string() : "; did you mean '" + nearest + "'?";
}

/// The commands with their options, and the text that --help prints from the same table.
class CommandLine {
 public:
  explicit CommandLine(Host& host) : host_(host) {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", std::string("bora ") + BORA_VERSION, "Print the version");
    app_.get_formatter()->label("REQUIRED", "");
    app_.footer(kFooter);
    prepare(&app_);
    add_new();
    add_dev();
    add_build();
    add_generate();
    add_check();
    add_routes();
    add_messages();
    add_explain();
    add_compile();
    add_cxx();
    command("db", "Run and undo migrations of a database", [this] { return run_db(db_, host_); })
        ->footer(
            "bora db new NAME         Write an empty migration, and one that undoes it\n"
            "bora db status           List the migrations: applied, pending, edited, missing\n"
            "bora db migrate          Run what was not run yet\n"
            "bora db rollback [N]     Undo the last one, or the last N\n"
            "Each takes --database URL (default: the environment's DATABASE_URL) and --dir FOLDER\n"
            "(default: migrations).");
    add_doctor();
    command("secret", "Print a key for signed cookies", [this] { return run_secret(host_); });
    add_help();
    command("version", "Print the version", [this] { return print_version(); });
  }
  // The options of CLI11 refer to members of this object.
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  ExitStatus run(std::vector<std::string> arguments) {
    if (arguments.empty()) {
      host_.err.text << app_.help();
      return ExitStatus::usage;
    }
    take_compiler_command(arguments);
    take_program_arguments(arguments);
    const bool asks_for_help =
        arguments.size() == 2 && (arguments[1] == "--help" || arguments[1] == "-h");
    if (arguments.front() == "db" && !asks_for_help) {  // the rest is for bora-db
      db_.assign(arguments.begin() + 1, arguments.end());
      arguments.resize(1);
    }
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the end.
    try {
      app_.parse(arguments);
    } catch (const CLI::CallForHelp&) {
      host_.out.text << app_.help();
      return ExitStatus::fine;
    } catch (const CLI::CallForVersion&) {
      return print_version();
    } catch (const CLI::ParseError& error) {
      const std::string unknown = unknown_argument();
      return usage_error(host_, command_name(), unknown.empty() ? message_of(error) : unknown);
    }
    if (const std::string unknown = unknown_argument(); !unknown.empty())
      return usage_error(host_, command_name(), unknown);
    if (!set_colors()) return ExitStatus::usage;
    return actions_.at(command_name())();
  }

 private:
  /// Adds what every command, and `bora` itself, has.
  void prepare(CLI::App* app) {
    app->set_help_flag("-h,--help", "Print this help");
    app->allow_extras();  // unknown_argument() reports them.
    app->add_option("--color", color_, "When to use colours: auto (on a terminal), always, never")
        ->type_name("WHEN");
  }

  CLI::App* command(const std::string& name, const std::string& summary,
                    std::function<ExitStatus()> action) {
    CLI::App* command = app_.add_subcommand(name, summary);
    prepare(command);
    actions_[name] = std::move(action);
    return command;
  }

  void add_new() {
    CLI::App* app = command("new", "Make a project that builds, runs and passes its tests",
                            [this] { return run_new(new_, host_); });
    app->add_option("NAME", new_.name, "Its folder, program and CMake target")
        ->type_name("")
        ->required();
    app->add_option("--kind", new_.kind, "site (the default), api or minimal")->type_name("KIND");
    app->add_option("--db", new_.db, "Keep things in a database: sqlite or postgres")
        ->type_name("DB");
    app->add_flag("--auth", new_.auth, "Let users sign in; of an api, by tokens");
    app->add_option("--with", new_.with, "docker, systemd, nginx, ci: files for these")
        ->delimiter(',')
        ->type_name("WHAT,…");
    app->add_option("--dir", new_.directory, "Folder to make it in (default: the current one)")
        ->type_name("DIR");
  }

  void add_dev() {
    CLI::App* app = command("dev", "Build, serve, and do it again with each edit",
                            [this] { return run_dev(dev_, host_); });
    app->add_option("APP", dev_.app, "Which app of the project (default: the only one)")
        ->type_name("");
    app->add_option("--port", dev_.port, "Listen on this port (default: a free one from 8888 on)")
        ->type_name("PORT")
        ->check(CLI::Range(1, 65535));
    app->add_option("--address", dev_.address, "Listen on this address (default: 127.0.0.1)")
        ->type_name("ADDRESS");
    app->add_option("--preset", dev_.preset, "The CMake preset (default: dev)")->type_name("NAME");
    app->add_flag("--open", dev_.opens, "Open the page in the browser");
    app->add_flag("--no-reload{false}", dev_.reloads, "Leave open pages as they are");
    app->add_flag("--remote", dev_.is_remote, "Show mistakes to other machines, too");
    app->footer("After -- come arguments for the app.");
  }

  void add_generate() {
    CLI::App* app =
        command("generate", "Add a handler, template, module, websocket or test to an app",
                [this] { return run_generate(generate_, host_); });
    app->alias("g");
    app->add_option("KIND", generate_.kind, "handler, template, module, websocket or test")
        ->type_name("")
        ->required();
    app->add_option("NAME", generate_.name, "cart, or blog/show_all")->type_name("")->required();
    app->add_option("--path", generate_.path, "Of the route (default: /NAME)")->type_name("PATH");
    app->add_flag("--no-template{false}", generate_.has_template, "A handler without a template");
    app->add_flag("--dry-run", generate_.is_dry_run, "Only say what would be written");
  }

  void add_doctor() {
    CLI::App* doctor = command("doctor", "Say what an app needs here and what is missing",
                               [this] { return run_doctor(doctor_as_json_, host_); });
    doctor->add_flag("--json", doctor_as_json_, "Print JSON");
    CLI::App* completion =
        command("completion", "Print a script that completes commands in a shell",
                [this] { return run_completion(shell_, command_help(), host_); });
    completion->add_option("SHELL", shell_, "bash, zsh or fish")->type_name("")->required();
  }

  std::vector<CommandHelp> command_help() const {
    std::vector<CommandHelp> help;
    for (const auto& [name, action] : actions_) {
      const CLI::App* app = app_.get_subcommand(name);
      CommandHelp& command = help.emplace_back(CommandHelp{name, app->get_description(), {}});
      for (const CLI::Option* option : app->get_options()) {
        for (const std::string& word : option->get_lnames()) command.options.push_back("--" + word);
      }
    }
    return help;
  }

  void add_build() {
    CLI::App* build =
        command("build", "Build the project", [this] { return run_build(build_, host_); });
    build->add_option("TARGET", build_.app, "What to build (default: all)")->type_name("");
    CLI::App* test = command("test", "Build the project and run its tests",
                             [this] { return run_test(build_, host_); });
    test->footer("After -- come arguments for ctest.");
    CLI::App* run =
        command("run", "Build an app and run it", [this] { return run_run(build_, host_); });
    run->add_option("APP", build_.app, "Which app of the project (default: the only one)")
        ->type_name("");
    run->footer("After -- come arguments for the app.");
    for (CLI::App* app : {build, test, run})
      app->add_option("--preset", build_.preset, "The CMake preset (default: dev)")
          ->type_name("NAME");
  }

  void add_check() {
    CLI::App* app = command("check", "Find errors in templates and routes, without a C++ compiler",
                            [this] { return check(); });
    app->add_option("PATHS", check_.paths,
                    "Templates, folders of them, manifests (default: the whole project)")
        ->type_name("");
    app->add_option("--templates", check_.templates, "The template folder (default: templates)")
        ->type_name("DIR");
    app->add_option("--routes", check_.routes, "The route manifest (default: routes.toml)")
        ->type_name("FILE");
    add_warnings(app, check_.static_folder, check_.warnings);
    app->add_flag("--deploy", check_.for_deployment,
                  "Also tell what is unsafe in production (and fail if anything is)");
    app->add_option("--format", format_, "human (the default) or json")->type_name("FORMAT");
    app->add_option("--stdin-filename", check_.stdin_filename,
                    "Check what standard input holds as this file, for editors")
        ->type_name("FILE");
  }

  void add_routes() {
    CLI::App* app = command("routes", "List all routes: method, pattern, name, handler, place",
                            [this] { return run_routes(routes_, host_); });
    app->add_option("MANIFEST", routes_.manifest, "The manifest (default: routes.toml)")
        ->type_name("");
    app->add_flag("--json", routes_.as_json, "Print JSON");
    app->add_option("--match", routes_.request,
                    "Say which route answers this, and why others don't")
        ->type_name("REQUEST");
    app->add_flag("--unused", routes_.unused, "List the handler classes that no route names");
    app->add_option("--sources", routes_.sources,
                    "Where --unused looks for them (default: the manifest's folder)")
        ->type_name("DIR");
    app->footer("The method auto stands for those that the handler's class defines.");
  }

  void add_messages() {
    CLI::App* app = command("messages", "Gather the messages to be translated into a .pot file",
                            [this] { return run_messages(messages_, host_); });
    app->add_option("--templates", messages_.templates, "The template folder (default: templates)")
        ->type_name("DIR");
    app->add_option("--sources", messages_.sources,
                    "C++ files, or folders of them, to read as well")
        ->type_name("PATH")
        ->allow_extra_args(false);
    app->add_option("--out", messages_.out, "The file to write (default: standard output)")
        ->type_name("FILE");
    app->add_flag("--check", messages_.is_check, "Write nothing; fail if the file would change");
    app->footer(
        "Found are _(\"one\"), _(\"one\", \"many\", n), pgettext(\"context\", \"one\") and "
        "translate(\"one\").");
  }

  void add_explain() {
    CLI::App* app = command("explain", "Say what the code of an error or warning means",
                            [this] { return run_explain(code_, host_); });
    app->add_option("CODE", code_, "As printed: T012 (default: list them all)")->type_name("");
  }

  void add_compile() {
    CLI::App* app = command("compile", "Write the C++ of templates or routes (CMake calls this)",
                            [this] { return run_compile(compile_, host_); });
    app->add_option("PAGES", compile_.pages, "Templates, relative to --root")->type_name("");
    app->add_option("--root", compile_.root, "The template folder")->type_name("DIR");
    app->add_option("--pages", compile_.pages_file, "File with more pages, one a line")
        ->type_name("FILE");
    app->add_option("--routes", compile_.routes, "The route manifest")->type_name("FILE");
    app->add_option("--manifest", compile_.manifest, "The same, for what templates want of it")
        ->type_name("FILE");
    app->add_option("--out", compile_.out, "Folder of the generated files")->type_name("DIR");
    app->add_option("--stamp", compile_.stamp, "Touched after a success")->type_name("FILE");
    app->add_option("--depfile", compile_.depfile, "Make rule of what was read")->type_name("FILE");
    app->add_option("--source-dir", compile_.source_dir,
                    "The project's folder, in front of paths that are printed")
        ->type_name("DIR");
    app->add_option("--sources", compile_.sources_file, "File with the app's C++ files, one a line")
        ->type_name("FILE");
    app->add_option("--include-dir", compile_.include_dir, "Where the manifest's headers are")
        ->type_name("DIR");
    app->add_flag("--if-missing", compile_.if_missing, "Only if a generated file is missing");
    app->add_flag("--live-text", compile_.live_text,
                  "Let `bora dev` exchange the pages' text while the program runs");
    add_warnings(app, compile_.static_folder, compile_.warnings);
  }

  void add_cxx() {
    CLI::App* app =
        command("cxx", "Run the C++ compiler and explain what it finds (CMake calls this)",
                [this] { return run_cxx(cxx_, host_); });
    app->add_option("--out", cxx_.out, "Folder of the generated files")->type_name("DIR");
    app->add_option("--source-dir", cxx_.source_dir, "The project's folder")->type_name("DIR");
    app->footer("After -- come the compiler and its arguments.");
  }

  /// The arguments after "cxx … --" are the command of another program.
  void take_compiler_command(std::vector<std::string>& arguments) {
    if (arguments.front() != "cxx") return;
    const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
    if (dashes == arguments.end()) return;
    cxx_.command.assign(dashes + 1, arguments.end());
    arguments.erase(dashes, arguments.end());
  }

  /// The arguments after "dev … --" are for the app.
  void take_program_arguments(std::vector<std::string>& arguments) {
    const std::string& name = arguments.front();
    if (name != "dev" && name != "run" && name != "test") return;
    const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
    if (dashes == arguments.end()) return;
    (name == "dev" ? dev_.arguments : build_.arguments).assign(dashes + 1, arguments.end());
    arguments.erase(dashes, arguments.end());
  }

  static void add_warnings(CLI::App* app, std::string& static_folder, WarningOptions& warnings) {
    app->add_option("--static", static_folder, "Where static_url() finds its files")
        ->type_name("DIR");
    app->add_option("--allow", warnings.allowed, "A warning to leave out, as T100")
        ->type_name("CODE")
        ->delimiter(',')
        ->allow_extra_args(false);
    app->add_flag("--werror", warnings.are_errors, "Take warnings for errors");
  }

  void add_help() {
    CLI::App* app = command("help", "Explain a command", [this] { return print_help(); });
    app->add_option("COMMAND", help_about_, "Its name (default: all commands)")->type_name("");
  }

  ExitStatus check() {
    if (format_ != "human" && format_ != "json") {
      return usage_error(host_, "check",
                         "there is no format '" + format_ + "'; it is human or json");
    }
    check_.as_json = format_ == "json";
    return run_check(check_, host_);
  }

  ExitStatus print_version() {
    host_.out.text << "bora " << BORA_VERSION << '\n';
    return ExitStatus::fine;
  }

  ExitStatus print_help() {
    if (help_about_.empty()) {
      // app_.help() would explain the command that was typed, which is "help".
      host_.out.text << app_.get_formatter()->make_help(&app_, "bora", CLI::AppFormatMode::Normal);
      return ExitStatus::fine;
    }
    if (!actions_.contains(help_about_))
      return usage_error(host_, "help", unknown_command(help_about_));
    host_.out.text << app_.get_subcommand(help_about_)->help("bora");
    return ExitStatus::fine;
  }

  /// Returns the command that was typed, or an empty text.
  [[nodiscard]] std::string command_name() const {
    const std::vector<CLI::App*> commands = app_.get_subcommands();
    return commands.empty() ? std::string() : commands.front()->get_name();
  }

  /// Returns a message about the first argument that CLI11 could not place; empty if it placed all.
  [[nodiscard]] std::string unknown_argument() const {
    for (const std::string& word : app_.remaining()) {
      if (word.starts_with('-') && word != "--") return unknown_option(app_, word);
      if (command_name().empty()) return unknown_command(word);
    }
    for (const CLI::App* command : app_.get_subcommands()) {
      for (const std::string& word : command->remaining()) {
        if (word == "--") continue;
        if (word.starts_with('-')) return unknown_option(*command, word);
        return "there is nothing that '" + word + "' could stand for; `bora " +
               command->get_name() + " --help` lists what it takes";
      }
    }
    return {};
  }

  [[nodiscard]] std::string unknown_command(const std::string& word) const {
    std::vector<std::string> names;
    for (const auto& [name, action] : actions_) names.push_back(name);
    const std::string remedy = did_you_mean(word, names);
    return "there is no command '" + word + "'" +
           (remedy.empty() ? "; `bora help` lists them" : remedy);
  }

  static std::string unknown_option(const CLI::App& app, const std::string& word) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    const std::string name = word.substr(0, word.find('='));
    return "there is no option '" + name + "'" + did_you_mean(name, names);
  }

  /// Returns the error's text, or a better one for some of CLI11's.
  static std::string message_of(const CLI::ParseError& error) {
    const std::string text = error.what();
    const std::string option = text.substr(0, text.find(':'));
    if (error.get_name() == "ArgumentMismatch") {
      return option + (text.find("missing") != std::string::npos ? " needs a value"
                                                                 : " can be given once only");
    }
    if (error.get_name() == "ConversionError") {
      const std::size_t name = text.find("--");
      if (name != std::string::npos)
        return text.substr(name, text.find_first_of(" =", name) - name) + " takes no value";
    }
    if (text == "A subcommand is required") return "name a command; `bora help` lists them";
    return text;
  }

  /// Decides about colours; returns false after a usage error.
  bool set_colors() {
    if (color_ != "auto" && color_ != "always" && color_ != "never") {
      usage_error(host_, "", "--color is auto, always or never, not '" + color_ + "'");
      return false;
    }
    const bool allowed = !host_.no_color && !host_.is_dumb_terminal;
    for (OutputStream* stream : {&host_.out, &host_.err}) {
      stream->uses_colors =
          color_ == "always" || (color_ == "auto" && allowed && stream->is_terminal);
    }
    return true;
  }

  Host& host_;
  CLI::App app_{"Bora: web applications whose templates and routes are compiled to C++.", "bora"};
  std::map<std::string, std::function<ExitStatus()>> actions_;

  std::string color_ = "auto";
  std::string format_ = "human";
  std::string help_about_;
  std::string code_;
  NewOptions new_;
  DevOptions dev_;
  BuildOptions build_;
  GenerateOptions generate_;
  bool doctor_as_json_ = false;
  std::string shell_;
  CheckOptions check_;
  RoutesOptions routes_;
  MessagesOptions messages_;
  CompileOptions compile_;
  CxxOptions cxx_;
  std::vector<std::string> db_;
};

}  // namespace

ExitStatus run_command_line(const std::vector<std::string>& arguments, Host& host) {
  return CommandLine(host).run(arguments);
}

}  // namespace bora::compiler
