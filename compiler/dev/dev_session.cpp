#include "compiler/dev/dev_session.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>
#include <set>
#include <utility>

#include "compiler/dev/messages.h"
#include "compiler/dev/stand_in_page.h"
#include "compiler/diagnostics/json_report.h"
#include "compiler/driver/compiler_report.h"

namespace bora::compiler {
namespace {

using std::chrono::milliseconds;

constexpr int kUsualPort = 8888;
constexpr milliseconds kTimeToStart{20'000};
constexpr milliseconds kTimeToLeave{15'000};
constexpr milliseconds kTimeToEnd{3'000};
constexpr milliseconds kLongEnough{2'000};  ///< a program that served so long did not fail at its
                                            ///< start
constexpr std::size_t kTail = 8192;
/// After these refusals, programs of this build are taken to be unable to load code.
constexpr int kMostRefusals = 2;

/// Files that programs write, and that no build reads.
bool is_noise(const std::string& path) {
  for (const char* ending : {".log", ".db", ".sqlite", ".sqlite3", "-journal", "-wal", "-shm",
                             ".pid", ".pyc", "/compile_commands.json"}) {
    if (path.ends_with(ending)) return true;
  }
  return false;
}

bool has_errors(const std::vector<DevFinding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const DevFinding& finding) { return finding.is_error; });
}

std::string status_text(int status) {
  if (status > 128 && status < 128 + 65) {
    const char* name = ::sigabbrev_np(status - 128);
    return name != nullptr ? "was ended by SIG" + std::string(name)
                           : "was ended by signal " + std::to_string(status - 128);
  }
  return "ended with status " + std::to_string(status);
}

}  // namespace

DevSession::DevSession(DevOptions options, std::string directory, Machine& machine,
                       FileSystem& files, DevScreen& screen)
    : options_(std::move(options)),
      directory_(std::move(directory)),
      machine_(machine),
      files_(files),
      screen_(screen) {}

// --- From the start to the end ----------------------------------------------------------------

ExitStatus DevSession::run(std::string& problem) {
  if (const ExitStatus status = prepare(problem); status != ExitStatus::fine) return status;
  greet();
  start_build();
  while (!is_over_) {
    for (const MachineEvent& event : machine_.wait(deadline())) {
      handle(event);
      if (is_over_) break;
    }
    if (!is_over_) keep_time();
  }
  finish();
  return ExitStatus::fine;
}

ExitStatus DevSession::prepare(std::string& problem) {
  tree_ = find_build_tree(files_, directory_, options_.preset, problem);
  if (!problem.empty()) return ExitStatus::usage;
  if (const FileError error = create_directories(files_, tree_.folder)) {
    problem = "the build folder '" + tree_.folder + "' cannot be made: " + error.message;
    return ExitStatus::environment;
  }
  // This is an error even if they serve different apps: Ninja needs a build tree for itself.
  if (const int holder = machine_.lock(tree_.folder + "/.bora-dev.lock"); holder != 0) {
    problem = "another `bora dev` works in this build folder (" + tree_.folder + ")" +
              (holder > 0 ? ": pid " + std::to_string(holder) : "") +
              "; stop it, or name another --preset";
    return ExitStatus::environment;
  }
  port_ = machine_.listen(options_.address, options_.port == 0 ? kUsualPort : options_.port,
                          options_.port == 0, problem);
  if (port_ == 0) {
    problem = "cannot listen on " + options_.address + ":" +
              std::to_string(options_.port == 0 ? kUsualPort : options_.port) + ": " + problem +
              (options_.port == 0 ? "; name another --address" : "; name another --port");
    return ExitStatus::environment;
  }
  publish();
  return ExitStatus::fine;
}

void DevSession::greet() {
  const bool colours = screen_.has_colours();
  const std::string shown = options_.address.empty() || options_.address == "0.0.0.0" ? "127.0.0.1"
                            : options_.address.find(':') != std::string::npos
                                ? '[' + options_.address + ']'
                                : options_.address;
  const std::string url = "http://" + shown + ':' + std::to_string(port_);
  const std::string warning = machine_.watch(tree_.source, tree_.folder);
  screen_.write('\n' + std::string("  ") + (colours ? "\x1b[1;36m" : "") + "-> " + url +
                (colours ? "\x1b[0m" : "") + "\n     watches " + tree_.source +
                "\n     mistakes appear here and in the browser; Ctrl-C stops\n\n");
  if (!warning.empty()) say("note: " + warning);
  if (options_.opens) {
    std::string problem;
    machine_.start({.command = {"xdg-open", url}}, problem);
    if (!problem.empty()) say("note: the browser cannot be opened: xdg-open: " + problem);
  }
}

std::optional<DevSession::Time> DevSession::deadline() const {
  std::optional<Time> next = gatherer_.due();
  const auto consider = [&next](const std::optional<Time>& at) {
    if (at && (!next || *at < *next)) next = at;
  };
  for (const Server& server : servers_) {
    consider(server.kill_at);
    if (!server.is_ready && !server.is_leaving) consider(server.since + kTimeToStart);
  }
  return next;
}

void DevSession::keep_time() {
  const Time now = machine_.now();
  if (const auto due = gatherer_.due(); due && *due <= now) take_changes();
  for (Server& server : servers_) {
    if (server.kill_at && *server.kill_at <= now) {
      machine_.signal(server.process, SIGKILL);
      server.kill_at.reset();
    }
    if (!server.is_ready && !server.is_leaving && server.since + kTimeToStart <= now) {
      DevFinding finding;
      finding.source = "start";
      finding.message = app_.name + " did not begin to serve within " +
                        std::to_string(kTimeToStart.count() / 1000) + " seconds";
      finding.help = "main() has to call IOLoop::current().start()";
      finding.more = server.tail;
      leave(server);
      machine_.signal(server.process, SIGTERM);
      show({finding}, current() != nullptr ? "running" : "broken");
    }
  }
}

void DevSession::handle(const MachineEvent& event) {
  using Kind = MachineEvent::Kind;
  switch (event.kind) {
    case Kind::changed:
      if (!is_noise(event.text)) gatherer_.changed(event.text, machine_.now());
      break;
    case Kind::opened:
      if (!is_noise(event.text)) gatherer_.opened(event.text, machine_.now());
      break;
    case Kind::created:
      if (!is_noise(event.text)) gatherer_.created(event.text, machine_.now());
      break;
    case Kind::overflow:
      gatherer_.changed(tree_.source, machine_.now());
      break;
    case Kind::output:
      if (event.process == build_) {
        build_output_ += event.text;
        if (const std::string at = progress_of(event.text); !at.empty())
          screen_.progress("  building " + at);
      } else if (event.process == patcher_) {
        patch_output_ += event.text;
      } else if (Server* server = find(event.process)) {
        server->tail += event.text;
        if (server->tail.size() > kTail) server->tail.erase(0, server->tail.size() - kTail);
        screen_.write(event.text);
      }
      break;
    case Kind::message:
      if (Server* server = find(event.process)) server_said(*server, event.text);
      break;
    case Kind::ended:
      if (event.process == build_) {
        build_ended(event.status);
      } else if (event.process == patcher_) {
        patch_ended(event.status);
      } else if (event.process == precompiler_) {
        precompiler_ = 0;
        if (patch_) compile_patch();
      } else {
        server_ended(event.process, event.status);
      }
      break;
    case Kind::asked:
      break;
    case Kind::interrupt:
      is_over_ = true;
      break;
  }
}

/// Ends everything that was started. Each program is asked first.
void DevSession::finish() {
  screen_.write("\n");
  machine_.stand_in(nullptr);
  std::set<int> running;
  for (const int process : {build_, precompiler_, patcher_}) {
    if (process != 0) running.insert(process);
  }
  for (const Server& server : servers_) running.insert(server.process);
  for (const int process : running) machine_.signal(process, SIGTERM);
  const Time end = machine_.now() + kTimeToEnd;
  while (!running.empty() && machine_.now() < end) {
    bool is_impatient = false;
    for (const MachineEvent& event : machine_.wait(end)) {
      if (event.kind == MachineEvent::Kind::output && event.process != build_)
        screen_.write(event.text);
      if (event.kind == MachineEvent::Kind::ended) running.erase(event.process);
      if (event.kind == MachineEvent::Kind::interrupt) is_impatient = true;
    }
    if (is_impatient) break;
  }
  for (const int process : running) machine_.signal(process, SIGKILL);
}

// --- Edits ------------------------------------------------------------------------------------

void DevSession::take_changes() {
  const std::vector<std::string> paths = gatherer_.take(files_);
  if (paths.empty()) return;
  const Time began = machine_.now();
  std::vector<std::string> pages;
  std::vector<std::string> assets;
  std::vector<std::string> others;
  for (const std::string& path : paths) {
    if (templates_ && templates_->is_template(path)) {
      pages.push_back(path);
    } else if (!app_.statics.empty() && path.starts_with(app_.statics + '/')) {
      assets.push_back(path);
    } else {
      others.push_back(path);
    }
  }
  Server* const server = current();
  if (!assets.empty() && server != nullptr) {
    const bool is_style = std::all_of(assets.begin(), assets.end(), [](const std::string& path) {
      return path.ends_with(".css");
    });
    const bool is_script = std::any_of(assets.begin(), assets.end(), [](const std::string& path) {
      return path.ends_with(".js") || path.ends_with(".mjs");
    });
    notify(is_style ? "style" : is_script ? "reload" : "asset", relative(assets.front()));
    say_change(changed_text(assets), "shown in " + since(began));
  }
  if (!others.empty() || (!pages.empty() && (server == nullptr || !templates_))) {
    others.insert(others.end(), pages.begin(), pages.end());
    cause_ = std::move(others);
    return ask_for_build();
  }
  if (pages.empty()) return;
  stop_patch();
  const std::vector<std::string> edited = pages;
  unshown_.insert(pages.begin(), pages.end());
  pages.assign(unshown_.begin(), unshown_.end());
  LiveTemplates::Change change = templates_->look_at(pages, server->entries);
  // A program that is being built, or is about to serve, may have an older state of the file.
  bool must_build = build_ != 0 || next() != nullptr;
  for (const TextPatch& patch : change.patches) {
    std::string body;
    add_field(body, patch.function);
    add_field(body, std::to_string(patch.shape));
    for (const std::string& text : patch.texts) add_field(body, text);
    machine_.send(server->process, channel_message("text", body));
    is_edited_ = true;
  }
  switch (change.kind) {
    case LiveTemplates::Change::Kind::wrong:
      say_change(changed_text(edited), "");
      show(std::move(change.findings), "running");
      is_template_wrong_ = true;
      if (build_ != 0) ask_for_build();
      return;
    case LiveTemplates::Change::Kind::code:
      if (change.code && !must_build && can_patch())
        return start_patch(std::move(*change.code), edited);
      cause_ = edited;
      return ask_for_build();
    case LiveTemplates::Change::Kind::nothing:
      // The template had a mistake, and is again as it was before.
      if (is_template_wrong_) say_change(changed_text(edited), "fixed");
      must_build = templates_are_right() || must_build;
      break;
    case LiveTemplates::Change::Kind::text:
      must_build = templates_are_right() || must_build;
      notify("text", relative(edited.front()));
      say_change(changed_text(edited), "text; shown in " + since(began));
      break;
  }
  unshown_.clear();
  if (must_build) ask_for_build();
}

/// Removes the templates' findings, since the mistakes are gone. Returns true if the last build
/// failed: a template may have been the reason, so the next build has to tell.
bool DevSession::templates_are_right() {
  if (is_template_wrong_) show({}, "running");
  return is_build_broken_;
}

// --- Builds -----------------------------------------------------------------------------------

/// Starts a build. A running build is stopped first, because it builds older files.
void DevSession::ask_for_build() {
  if (build_ == 0) return start_build();
  is_superseded_ = true;
  machine_.signal(build_, SIGTERM);
}

void DevSession::start_build() {
  stop_patch();
  unshown_.clear();
  build_began_ = machine_.now();
  build_output_.clear();
  const bool is_configured =
      files_.kind(tree_.cache()) == FileKind::file && !apps_of(files_, tree_).empty();
  if (!is_configured) return start_stage(Stage::configuring, configure_spec(tree_));
  if (app_.name.empty() && !find_app()) return;
  if (templates_) in_build_ = templates_->take_snapshot();
  start_stage(Stage::building, build_spec(files_, tree_, app_.name));
}

bool DevSession::find_app() {
  std::string problem;
  app_ = choose_app(apps_of(files_, tree_), options_.app, directory_, problem);
  if (!problem.empty()) {
    DevFinding finding;
    finding.source = "cmake";
    finding.message = problem;
    show({finding}, "broken");
    return false;
  }
  if (app_.development.empty()) {
    DevFinding finding;
    finding.source = "cmake";
    finding.message = "this build tree is not for development: its CMAKE_BUILD_TYPE is '" +
                      cache_variable(files_, tree_, "CMAKE_BUILD_TYPE") + "', not Debug";
    finding.help = "name a preset of a Debug build: bora dev --preset NAME";
    app_ = {};
    show({finding}, "broken");
    return false;
  }
  templates_.emplace(files_, app_, tree_.source);
  return true;
}

void DevSession::start_stage(Stage stage, const ProcessSpec& spec) {
  std::string problem;
  stage_ = stage;
  screen_.progress(stage == Stage::configuring ? "  configuring" : "  building");
  build_ = machine_.start(spec, problem);
  if (build_ != 0) return;
  stage_ = Stage::idle;
  DevFinding finding;
  finding.source = "build";
  finding.message = "'" + spec.command.front() + "' cannot be started: " + problem;
  finding.help = "`bora doctor` says what is missing";
  show({finding}, current() != nullptr ? "running" : "broken");
}

void DevSession::build_ended(int status) {
  build_ = 0;
  const Stage stage = std::exchange(stage_, Stage::idle);
  screen_.progress("");
  if (std::exchange(is_superseded_, false)) return start_build();
  std::vector<DevFinding> findings =
      read_build_log(build_output_, {tree_.source, tree_.folder}, files_);
  if (status != 0) {
    if (!has_errors(findings)) {
      DevFinding finding;
      finding.source = "build";
      finding.message = std::string(stage == Stage::configuring ? "configuring" : "the build") +
                        " failed: it " + status_text(status);
      finding.more = build_output_.size() > kTail
                         ? build_output_.substr(build_output_.size() - kTail)
                         : build_output_;
      findings.insert(findings.begin(), finding);
    }
    say_change(changed_text(cause_), "");
    is_build_broken_ = true;
    return show(std::move(findings), current() != nullptr ? "running" : "broken");
  }
  if (stage == Stage::configuring) {
    say("configured in " + since(build_began_));
    if (apps_of(files_, tree_).empty()) {
      DevFinding finding;
      finding.source = "cmake";
      finding.message = "this project calls no bora_add_app()";
      return show({finding}, "broken");
    }
    return start_build();
  }
  is_build_broken_ = false;
  const std::string stamp = machine_.stamp(app_.program);
  // Migrations are read by the program when it starts.
  const bool must_start = std::any_of(
      cause_.begin(), cause_.end(), [](const std::string& path) { return path.ends_with(".sql"); });
  if (current() != nullptr && next() == nullptr && stamp == program_stamp_ && !must_start) {
    if (has_errors(findings_)) say_change(changed_text(cause_), "nothing to build");
    // Builds compare the times of files.
    for (const std::string& path : cause_) {
      if (files_.kind(path) != FileKind::file || !machine_.is_older(path, app_.program)) continue;
      say("note: " + relative(path) + " was not built, since its time is before that of the " +
          "program: was the clock set back, or an old file moved here? Save it again, or touch it");
      break;
    }
    return show(std::move(findings), "running");
  }
  for (AppInfo& app : apps_of(files_, tree_)) {  // CMake may have run again.
    if (app.name != app_.name) continue;
    if (app.templates != app_.templates || app.out != app_.out) templates_.reset();
    app_ = std::move(app);
    break;
  }
  if (!templates_) {
    templates_.emplace(files_, app_, tree_.source);
    in_build_ = templates_->take_snapshot();
  }
  program_stamp_ = machine_.stamp(app_.program);
  for (const DevFinding& finding : findings)
    screen_.write(finding_text(finding, screen_.has_colours()));
  if (Server* waiting = next()) {  // from an older build
    leave(*waiting);
    machine_.signal(waiting->process, SIGTERM);
  }
  start_server();
}

// --- Pages compiled alone -----------------------------------------------------------------------

/// After a build: the headers that pages include are precompiled while nobody waits for them.
void DevSession::prepare_patches() {
  LiveCompiler compiler(files_, tree_, app_);
  if (!compiler.is_usable()) return compiler_.reset();
  if (compiler_ && *compiler_ == compiler) return;
  compiler_.emplace(std::move(compiler));
  refused_patches_ = 0;
  if (precompiler_ != 0) machine_.signal(precompiler_, SIGTERM);
  std::string problem;
  precompiler_ = machine_.start(compiler_->begin(), problem);
  if (precompiler_ == 0) compiler_.reset();
}

bool DevSession::can_patch() {
  return compiler_ && !is_build_broken_ && refused_patches_ < kMostRefusals;
}

void DevSession::start_patch(LiveTemplates::CodePatch code, const std::vector<std::string>& paths) {
  patch_ = std::move(code);
  patch_cause_ = paths;
  patch_began_ = machine_.now();
  patch_output_.clear();
  ++patches_;
  if (precompiler_ == 0) compile_patch();
}

void DevSession::compile_patch() {
  screen_.progress("  compiling the page");
  std::string problem;
  patcher_ = machine_.start(compiler_->compile(patches_, patch_->sources), problem);
  if (patcher_ != 0) return;
  cause_ = patch_cause_;
  ask_for_build();
}

void DevSession::patch_ended(int status) {
  patcher_ = 0;
  screen_.progress("");
  LiveTemplates::CodePatch code = *std::exchange(patch_, std::nullopt);
  std::vector<DevFinding> findings = read_build_log(
      compiler_report(patch_output_, {.out = app_.out, .source_folder = tree_.source}, files_),
      {tree_.source, compiler_->directory()}, files_);
  Server* const server = current();
  const bool is_understood = status == 0 || has_errors(findings);
  if (server == nullptr || !is_understood || patch_output_.find(".gch") != std::string::npos) {
    compiler_.reset();  // The build reports what is wrong; the options are read again after it.
    cause_ = patch_cause_;
    return ask_for_build();
  }
  if (status != 0) {
    say_change(changed_text(patch_cause_), "");
    show(std::move(findings), "running");
    is_template_wrong_ = true;
    return;
  }
  std::string body;
  add_field(body, compiler_->object(patches_));
  for (const LiveEntry& entry : code.entries) {
    add_field(body, entry.function);
    add_field(body, std::to_string(entry.signature));
    add_field(body, patch_symbol(entry));
  }
  machine_.send(server->process, channel_message("code", body));
  templates_->set_code(std::move(code));
  unshown_.clear();
  is_edited_ = true;
  if (is_template_wrong_ || has_errors(findings_) || !findings.empty())
    show(std::move(findings), "running");
  notify("text", relative(patch_cause_.front()));
}

/// Stops the compiler, because the templates that it compiles have changed.
void DevSession::stop_patch() {
  if (patcher_ != 0) machine_.signal(patcher_, SIGTERM);
  patcher_ = 0;
  patch_.reset();
}

// --- Servers ----------------------------------------------------------------------------------

DevSession::Server* DevSession::find(int process) {
  for (Server& server : servers_) {
    if (server.process == process) return &server;
  }
  return nullptr;
}

/// Returns the server that serves; null if there is none.
DevSession::Server* DevSession::current() {
  for (Server& server : servers_) {
    if (server.is_ready && !server.is_leaving) return &server;
  }
  return nullptr;
}

/// Returns the server that is about to serve; null if there is none.
DevSession::Server* DevSession::next() {
  for (Server& server : servers_) {
    if (!server.is_ready && !server.is_leaving) return &server;
  }
  return nullptr;
}

void DevSession::start_server() {
  Server server;
  server.since = machine_.now();
  server.boot = std::to_string(server.since.time_since_epoch().count() % 1'000'000'000) + '-' +
                std::to_string(++boots_);
  ProcessSpec spec;
  spec.command = {app_.program};
  spec.command.insert(spec.command.end(), options_.arguments.begin(), options_.arguments.end());
  spec.directory = directory_;
  spec.is_server = true;
  spec.environment = {{"BORA_DEV", server.boot},
                      {"BORA_DEV_SOURCE", tree_.source},
                      {"BORA_DEV_REMOTE", options_.is_remote ? "1" : ""},
                      {"BORA_DEV_RELOAD", options_.reloads ? "1" : ""}};
  std::string problem;
  server.process = machine_.start(spec, problem);
  if (server.process == 0) {
    DevFinding finding;
    finding.source = "start";
    finding.message = app_.program + " cannot be started: " + problem;
    return show({finding}, current() != nullptr ? "running" : "broken");
  }
  servers_.push_back(std::move(server));
}

void DevSession::server_said(Server& server, const std::string& bytes) {
  server.input += bytes;
  const int process = server.process;
  std::string word;
  std::string body;
  for (Server* at = find(process); at != nullptr && take_message(at->input, word, body);
       at = find(process))
    server_message(*at, word, body);
}

void DevSession::server_message(Server& server, const std::string& word, const std::string& body) {
  if (word == "ready" && !server.is_ready && !server.is_leaving) {
    for (std::string& entry : fields_of(body)) server.entries.insert(std::move(entry));
    server_ready(server);
  } else if (word == "edit") {
    open_editor(body);
  } else if (word == "taken" && &server == current()) {
    refused_patches_ = 0;
    say_change(changed_text(patch_cause_), "code; shown in " + since(patch_began_));
  } else if (word == "stale" && &server == current()) {
    // The program's code is older than assumed, or lacks what the new code needs. Only a build
    // helps.
    if (!body.empty()) ++refused_patches_;
    cause_ = patch_cause_;
    ask_for_build();
  }
}

void DevSession::server_ready(Server& server) {
  Server* const former = current();
  server.is_ready = true;
  server.since = machine_.now();
  machine_.stand_in(nullptr);
  if (former != nullptr) leave(*former);
  if (templates_) templates_->set_running(std::move(in_build_));
  in_build_ = {};
  is_edited_ = false;
  say_change(is_first_ ? "" : changed_text(cause_), "built and started in " + since(build_began_));
  is_first_ = false;
  show({}, "running");
  if (templates_) prepare_patches();
}

/// Asks a server to leave: it answers what it has begun, closes its WebSockets, and ends.
void DevSession::leave(Server& server) {
  server.is_leaving = true;
  server.kill_at = machine_.now() + kTimeToLeave;
  machine_.send(server.process, channel_message("leave", ""));
}

void DevSession::server_ended(int process, int status) {
  Server* const found = find(process);
  if (found == nullptr) return;
  const Server server = std::move(*found);
  std::erase_if(servers_, [&](const Server& each) { return each.process == process; });
  if (server.is_leaving) return;
  DevFinding finding;
  finding.source = "start";
  finding.more = server.tail;
  const std::vector<std::string> last_lines = lines_of(server.tail);
  for (std::size_t i = last_lines.size() > 12 ? last_lines.size() - 12 : 0; i < last_lines.size();
       ++i)
    finding.excerpt += "  " + last_lines[i] + '\n';
  if (!server.is_ready) {
    finding.message = app_.name + ' ' + status_text(status) + " before it served";
    finding.help = status == 0 ? "main() has to call IOLoop::current().start()" : "";
    return show({finding}, current() != nullptr ? "running" : "broken");
  }
  finding.message = app_.name + ' ' + status_text(status);
  const bool served_long = machine_.now() - server.since > kLongEnough;
  restarts_in_a_row_ = served_long ? 0 : restarts_in_a_row_ + 1;
  if (restarts_in_a_row_ > 1) {
    finding.help = "it is started again when a file changes";
    program_stamp_.clear();
    return show({finding}, "broken");
  }
  // The program is started again, so that a request that ends it does not stop the work on it.
  show({finding}, "broken");
  cause_.clear();
  if (is_edited_ || !unshown_.empty()) {  // It showed newer text than its file has.
    is_edited_ = false;
    return ask_for_build();
  }
  if (templates_) in_build_ = templates_->take_snapshot();
  build_began_ = machine_.now();
  start_server();
}

void DevSession::open_editor(const std::string& body) {
  const std::vector<std::string> parts = lines_of(body);
  std::string editor = machine_.variable("BORA_EDITOR");
  if (editor.empty() || editor.find("://") != std::string::npos || parts.empty()) return;
  if (!parts[0].starts_with(tree_.source + '/')) return;  // not a file of this project
  const std::string line = parts.size() > 1 ? parts[1] : "1";
  const std::string column = parts.size() > 2 ? parts[2] : "1";
  ProcessSpec spec;
  bool names_file = false;
  for (std::size_t at = 0; at < editor.size();) {
    const std::size_t end = std::min(editor.find(' ', at), editor.size());
    std::string word = editor.substr(at, end - at);
    at = end + 1;
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"{file}", parts[0]},
                                      {"{line}", line},
                                      {"{column}", column}}) {
      for (std::size_t here; (here = word.find(name)) != std::string::npos;) {
        word.replace(here, name.size(), value);
        names_file = true;
      }
    }
    if (!word.empty()) spec.command.push_back(word);
  }
  if (!names_file) spec.command.push_back(parts[0] + ':' + line + ':' + column);
  std::string problem;
  machine_.start(spec, problem);
  if (!problem.empty())
    say("note: BORA_EDITOR: '" + spec.command.front() + "' cannot be started: " + problem);
}

// --- What is shown ----------------------------------------------------------------------------

void DevSession::show(std::vector<DevFinding> findings, const std::string& phase) {
  // The first findings are shown whole, the others are only counted.
  std::size_t errors = 0;
  constexpr std::size_t kWhole = 3;
  for (const DevFinding& finding : findings) {
    if (++errors <= kWhole) screen_.write(finding_text(finding, screen_.has_colours()));
  }
  if (errors > kWhole)
    say("and " + std::to_string(errors - kWhole) + " more, shown in the browser");
  if (has_errors(findings) && current() != nullptr)
    say("the last good version of " + app_.name + " goes on");
  findings_ = std::move(findings);
  is_template_wrong_ = false;
  phase_ = phase;
  publish();
}

std::string DevSession::state_json() const {
  std::string boot;
  for (const Server& server : servers_) {
    if (server.is_ready && !server.is_leaving) boot = server.boot;
  }
  const std::string editor = machine_.variable("BORA_EDITOR");
  return "{\"type\":\"state\",\"boot\":" + json_string(boot) +
         ",\"app\":" + json_string(app_.name) + ",\"phase\":" + json_string(phase_) +
         ",\"version\":" + std::to_string(version_) + ",\"editor\":" + json_string(editor) +
         ",\"reload\":" + (options_.reloads ? "true" : "false") +
         ",\"findings\":" + findings_json(findings_) + '}';
}

void DevSession::publish() {
  const std::string state = state_json();
  Server* const server = current();
  if (server != nullptr) {
    machine_.send(server->process, channel_message("state", state));
    return;
  }
  stand_in_ = {stand_in_page(app_.name, state), state};
  machine_.stand_in(&stand_in_);
}

void DevSession::notify(const std::string& kind, const std::string& path) {
  ++version_;
  Server* const server = current();
  if (server == nullptr || !options_.reloads) return;
  machine_.send(server->process,
                channel_message("notify", "{\"type\":" + json_string(kind) +
                                              ",\"version\":" + std::to_string(version_) +
                                              ",\"path\":" + json_string(path) + '}'));
}

void DevSession::say(const std::string& text) {
  const bool colours = screen_.has_colours();
  screen_.write(
      "  " + (colours ? "\x1b[2m" + machine_.time_of_day() + "\x1b[0m" : machine_.time_of_day()) +
      "  " + text + '\n');
}

void DevSession::say_change(const std::string& what, const std::string& outcome) {
  if (what.empty() && outcome.empty()) return;
  say(what + (what.empty() || outcome.empty() ? "" : "  ") + outcome);
}

std::string DevSession::relative(const std::string& path) const {
  return path.starts_with(tree_.source + '/') ? path.substr(tree_.source.size() + 1) : path;
}

std::string DevSession::changed_text(const std::vector<std::string>& paths) const {
  if (paths.empty()) return {};
  std::string text = relative(paths.front());
  if (paths.size() > 1) text += " and " + std::to_string(paths.size() - 1) + " more";
  return text;
}

std::string DevSession::since(Time begin) {
  const auto passed = std::chrono::duration_cast<milliseconds>(machine_.now() - begin).count();
  if (passed < 1000) return std::to_string(passed) + " ms";
  return std::to_string(passed / 1000) + '.' + std::to_string(passed % 1000 / 100) + " s";
}

}  // namespace bora::compiler
