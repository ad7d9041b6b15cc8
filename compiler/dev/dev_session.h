#pragma once

// `bora dev` from its start to its end, without touching the system itself: it handles events of a
// Machine, starts programs and informs pages.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/dev/build_log.h"
#include "compiler/dev/change_gatherer.h"
#include "compiler/dev/dev_project.h"
#include "compiler/dev/live_compiler.h"
#include "compiler/dev/live_templates.h"
#include "compiler/dev/machine.h"
#include "compiler/driver/exit_status.h"
#include "compiler/driver/file_system.h"

namespace bora::compiler {

struct DevOptions {
  std::string app;     ///< if empty, the only one, or the one of the working directory
  std::string preset;  ///< if empty, "dev" or the nearest to it
  std::string address = "127.0.0.1";
  int port = 0;                        ///< 0: the first free port from 8888 on
  bool opens = false;                  ///< whether it opens the page in the browser
  bool reloads = true;                 ///< whether open pages load edits
  bool is_remote = false;              ///< whether other machines see mistakes, too
  std::vector<std::string> arguments;  ///< for the app
};

/// The output of the session.
class DevScreen {
 public:
  virtual ~DevScreen() = default;
  /// Writes text of the session itself, or of a program.
  virtual void write(const std::string& text) = 0;
  [[nodiscard]] virtual bool has_colours() const = 0;
  /// Shows a line that the next one replaces; only on a terminal.
  virtual void progress(const std::string& text) = 0;
};

class DevSession {
 public:
  DevSession(DevOptions options, std::string directory, Machine& machine, FileSystem& files,
             DevScreen& screen);

  /// Runs until Ctrl-C. `problem` becomes a sentence if the session ends for another reason.
  ExitStatus run(std::string& problem);

 private:
  using Time = Clock::Time;

  /// One run of the app.
  struct Server {
    int process = 0;
    std::string boot;  ///< tells pages whether they come from this run
    Time since{};
    bool is_ready = false;
    bool is_leaving = false;
    std::optional<Time> kill_at{};
    bool is_terminated = false;
    std::string input{};              ///< input from its socket that is not parsed yet
    std::string tail{};               ///< the last text that it wrote
    std::set<std::string> entries{};  ///< the parts of its pages that can be exchanged
  };
  enum class Stage { idle, configuring, building };

  ExitStatus prepare(std::string& problem);
  void greet();
  void handle(const MachineEvent& event);
  void keep_time();
  [[nodiscard]] std::optional<Time> deadline() const;

  void take_changes();
  void ask_for_build();
  void start_build();
  void start_stage(Stage stage, const ProcessSpec& spec);
  void build_ended(int status);
  bool find_app();

  void prepare_patches();
  [[nodiscard]] bool can_patch();
  void start_patch(LiveTemplates::CodePatch code, const std::vector<std::string>& paths);
  void compile_patch();
  void patch_ended(int status);
  void stop_patch();

  void start_server();
  void server_said(Server& server, const std::string& bytes);
  void server_message(Server& server, const std::string& word, const std::string& body);
  void server_ready(Server& server);
  void server_ended(int process, int status);
  void leave(Server& server);
  void open_editor(const std::string& body);
  [[nodiscard]] Server* find(int process);
  [[nodiscard]] Server* current();
  [[nodiscard]] Server* next();

  bool templates_are_right();
  void show(std::vector<DevFinding> findings, const std::string& phase);
  void publish();
  void notify(const std::string& kind, const std::string& path);
  [[nodiscard]] std::string state_json() const;
  void say(const std::string& text);
  void say_change(const std::string& what, const std::string& outcome);
  [[nodiscard]] std::string relative(const std::string& path) const;
  [[nodiscard]] std::string changed_text(const std::vector<std::string>& paths) const;
  [[nodiscard]] std::string since(Time begin);
  void finish();

  DevOptions options_;
  std::string directory_;
  Machine& machine_;
  FileSystem& files_;
  DevScreen& screen_;

  BuildTree tree_;
  AppInfo app_;
  int port_ = 0;
  ChangeGatherer gatherer_;
  std::optional<LiveTemplates> templates_;
  LiveTemplates::Snapshot in_build_;
  std::set<std::string> unshown_;  ///< edited templates that neither the server nor a build has
  bool is_edited_ = false;         ///< whether the server shows newer text than that of its build

  Stage stage_ = Stage::idle;
  int build_ = 0;
  Time build_began_{};
  std::string build_output_;
  bool is_build_broken_ = false;    ///< whether the last build failed
  bool is_template_wrong_ = false;  ///< whether the shown findings come from no build
  bool is_superseded_ = false;      ///< whether the running build is being stopped and started
                                    ///< again
  std::string program_stamp_;       ///< the stamp of the running program

  // Compiles single pages.
  std::optional<LiveCompiler> compiler_;
  int precompiler_ = 0;
  std::optional<LiveTemplates::CodePatch> patch_;  ///< the patch that is being compiled
  int patcher_ = 0;  ///< its process; 0 with a `patch_` if it waits for the headers
  std::string patch_output_;
  std::vector<std::string> patch_cause_;
  Time patch_began_{};
  int patches_ = 0;          ///< their number
  int refused_patches_ = 0;  ///< the number of patches that programs refused, in succession

  std::vector<std::string> cause_;  ///< the causes of the running build
  std::vector<Server> servers_;
  int boots_ = 0;
  int restarts_in_a_row_ = 0;
  int version_ = 0;  ///< counts reloads of pages

  std::vector<DevFinding> findings_;
  std::string phase_ = "building";
  StandIn stand_in_;
  bool is_over_ = false;
  bool is_first_ = true;
};

}  // namespace bora::compiler
