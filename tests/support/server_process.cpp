#include "tests/support/server_process.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <utility>

namespace bora::test {
namespace {

struct User {
  uid_t uid;
  gid_t gid;
};

/// The user that servers run as; none if they run as this process does.
std::optional<User> server_user() {
  if (::geteuid() != 0) return std::nullopt;
  for (const char* name : {"postgres", "nobody"}) {
    if (const passwd* entry = ::getpwnam(name)) return User{entry->pw_uid, entry->pw_gid};
  }
  throw std::runtime_error("there is no user for servers: neither postgres nor nobody");
}

struct Started {
  pid_t pid;
  int output;
};

Started start(const std::vector<std::string>& arguments) {
  const std::optional<User> user = server_user();
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    if (user && (::setgroups(0, nullptr) != 0 || ::setgid(user->gid) != 0 ||
                 ::setuid(user->uid) != 0 || ::chdir("/") != 0)) {
      ::_exit(126);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  if (pid < 0) throw std::runtime_error("no process");
  return {pid, ends[0]};
}

/// Reads until `ready` was read, or to the end.
std::string read_until(int output, const std::string& ready) {
  std::string text;
  char bytes[4096];
  for (;;) {
    const ssize_t count = ::read(output, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(bytes, static_cast<std::size_t>(count));
    if (!ready.empty() && text.find(ready) != std::string::npos) return text;
  }
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

ServerFolder::ServerFolder() : path_("/tmp/bora-server-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no folder under /tmp");
  const std::optional<User> user = server_user();
  if (user && ::chown(path_.c_str(), user->uid, user->gid) != 0) {
    throw std::runtime_error("chown failed");
  }
}

ServerFolder::~ServerFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ServerFolder::take(const std::string& file) const {
  const std::filesystem::path from(file);
  const std::string to = path_ + "/" + from.filename().string();
  std::filesystem::copy_file(from, to);
  const std::optional<User> user = server_user();
  if (::chmod(to.c_str(), 0600) != 0 || (user && ::chown(to.c_str(), user->uid, user->gid) != 0)) {
    throw std::runtime_error("can't hand over " + file);
  }
  return to;
}

void run_as_server_user(const std::vector<std::string>& arguments) {
  const Started started = start(arguments);
  const std::string text = read_until(started.output, "");
  ::close(started.output);
  if (wait_for(started.pid) != 0) throw std::runtime_error(arguments[0] + " failed: " + text);
}

ServerProcess::ServerProcess(const std::vector<std::string>& arguments, const std::string& ready,
                             int stop_signal)
    : stop_signal_(stop_signal) {
  const Started started = start(arguments);
  const std::string text = read_until(started.output, ready);
  if (text.find(ready) == std::string::npos) {
    ::close(started.output);
    wait_for(started.pid);
    throw std::runtime_error(arguments[0] + " did not start: " + text);
  }
  pid_ = started.pid;
  output_ = started.output;
}

ServerProcess::~ServerProcess() {
  end(stop_signal_);
}

void ServerProcess::end(int signal) {
  if (pid_ < 0) return;
  ::kill(pid_, signal);
  wait_for(pid_);
  ::close(output_);
  pid_ = -1;
}

PostgresServer::PostgresServer(std::vector<std::string> settings) : settings_(std::move(settings)) {
  run_as_server_user({POSTGRES_FOLDER "/initdb", "-D", folder_.path() + "/data", "-U", "bora", "-A",
                      "trust", "-E", "UTF8", "--no-locale", "--no-sync"});
  start();
}

std::string PostgresServer::address() const {
  return "host=" + folder_.path() + " user=bora dbname=postgres";
}

void PostgresServer::start() {
  // Failed statements are not logged, because nobody reads the pipe.
  std::vector<std::string> arguments = {POSTGRES_FOLDER "/postgres", "-D", folder_.path() + "/data",
                                        "-k", folder_.path()};
  for (const char* setting :
       {"listen_addresses=", "fsync=off", "shared_buffers=16MB", "max_connections=60",
        "log_min_messages=log", "log_checkpoints=off"}) {
    arguments.insert(arguments.end(), {"-c", setting});
  }
  for (const std::string& setting : settings_) arguments.insert(arguments.end(), {"-c", setting});
  process_ = std::make_unique<ServerProcess>(arguments, "ready to accept connections", SIGINT);
}

void PostgresServer::stop(int signal) {
  process_->end(signal);
  process_.reset();
}

RedisServer::RedisServer(bool is_durable, std::vector<std::string> settings)
    : is_durable_(is_durable), settings_(std::move(settings)) {
  start();
}

void RedisServer::start() {
  std::vector<std::string> arguments = {REDIS_PROGRAM,
                                        "--port",
                                        "0",
                                        "--unixsocket",
                                        socket(),
                                        "--unixsocketperm",
                                        "777",
                                        "--dir",
                                        folder_.path(),
                                        "--save",
                                        "",
                                        "--appendonly",
                                        is_durable_ ? "yes" : "no"};
  arguments.insert(arguments.end(), settings_.begin(), settings_.end());
  process_ = std::make_unique<ServerProcess>(arguments, "ready to accept connections at", SIGTERM);
}

void RedisServer::stop(int signal) {
  process_->end(signal);
  process_.reset();
}

}  // namespace bora::test
