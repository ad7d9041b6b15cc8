#include <bora/net/subprocess.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <system_error>

#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/core/operation.h>

extern char** environ;

namespace bora::net {
namespace {

constexpr std::chrono::milliseconds kTimeBetweenLooks{20};
constexpr int kLostStatus = 255;

// --- Starting ------------------------------------------------------------------------------------

[[noreturn]] void throw_errno(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

/// Makes a copy above the three standard descriptors, so that setting these up can't overwrite it.
FileDescriptor out_of_the_way(int fd) {
  FileDescriptor copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!copy) throw_errno(errno, "can't pass descriptor " + std::to_string(fd) + " to a program");
  return copy;
}

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno(errno, "can't make a pipe");
  Pipe pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
  if (ends[0] < 3) pipe.read = out_of_the_way(ends[0]);
  if (ends[1] < 3) pipe.write = out_of_the_way(ends[1]);
  return pipe;
}

/// One of the program's three descriptors.
struct Standard {
  FileDescriptor theirs;  // empty if it is inherited
  FileDescriptor ours;    // the other end of a pipe
};

Standard open_standard(int number, const Redirection& wanted, const Standard& output) {
  Standard standard;
  switch (wanted.kind()) {
    case Redirection::Kind::inherit:
      break;
    case Redirection::Kind::stream: {
      Pipe pipe = make_pipe();
      standard.theirs = std::move(number == STDIN_FILENO ? pipe.read : pipe.write);
      standard.ours = std::move(number == STDIN_FILENO ? pipe.write : pipe.read);
      break;
    }
    case Redirection::Kind::null: {
      const FileDescriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
      standard.theirs = out_of_the_way(null.get());
      break;
    }
    case Redirection::Kind::output:
      if (number != STDERR_FILENO) {
        throw std::invalid_argument("Subprocess::STDOUT is for stderr_ only");
      }
      standard.theirs =
          out_of_the_way(output.theirs ? output.theirs.get() : static_cast<int>(STDOUT_FILENO));
      break;
    case Redirection::Kind::descriptor:
      standard.theirs = out_of_the_way(wanted.fd());
      break;
  }
  return standard;
}

/// A list for C, which points into `texts`.
std::vector<char*> c_list(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) {
    if (text.find('\0') != std::string::npos) {
      throw std::invalid_argument("an argument or variable of a program has a zero byte: \"" +
                                  std::string(text.c_str()) + "\"");
    }
    list.push_back(text.data());
  }
  list.push_back(nullptr);
  return list;
}

struct FileActions {
  FileActions() noexcept { ::posix_spawn_file_actions_init(&value); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&value); }
  posix_spawn_file_actions_t value{};
};

struct Attributes {
  Attributes() noexcept {
    ::posix_spawnattr_init(&value);
    sigset_t signals;
    ::sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&value, &signals);
    ::sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&value, &signals);
    ::posix_spawnattr_setflags(&value, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { ::posix_spawnattr_destroy(&value); }
  posix_spawnattr_t value{};
};

/// If a program was started with SIGCHLD ignored (`env --ignore-signal=CHLD`), it would not learn
/// how its children end, because the kernel forgets them.
void keep_statuses_of_children() noexcept {
  struct sigaction action = {};
  if (::sigaction(SIGCHLD, nullptr, &action) != 0) return;
  const bool is_ignored = (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_IGN;
  if (!is_ignored && (action.sa_flags & SA_NOCLDWAIT) == 0) return;
  if (is_ignored) action.sa_handler = SIG_DFL;
  action.sa_flags &= ~SA_NOCLDWAIT;
  ::sigaction(SIGCHLD, &action, nullptr);
}

pid_t start(std::vector<std::string>& args, const SubprocessOptions& options,
            const Standard (&standard)[3]) {
  std::vector<std::string> variables;
  if (options.env) {
    for (const auto& [name, value] : *options.env) variables.push_back(name + "=" + value);
  }
  std::vector<char*> argv = c_list(args);
  std::vector<char*> env = c_list(variables);
  FileActions actions;
  if (!options.cwd.empty()) {
    ::posix_spawn_file_actions_addchdir_np(&actions.value, options.cwd.c_str());
  }
  for (int number = 0; number < 3; ++number) {
    const int fd = standard[number].theirs.get();
    if (fd >= 0) ::posix_spawn_file_actions_adddup2(&actions.value, fd, number);
  }
  ::posix_spawn_file_actions_addclosefrom_np(&actions.value, 3);
  const Attributes attributes;
  keep_statuses_of_children();
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, argv[0], &actions.value, &attributes.value, argv.data(),
                                   options.env ? env.data() : environ);
  if (error != 0) {
    const std::string place = options.cwd.empty() ? "" : " in " + options.cwd;
    throw_errno(error, "can't run \"" + args[0] + "\"" + place);
  }
  return pid;
}

std::optional<PipeIOStream> stream_of(Standard& standard, const StreamOptions& options) {
  if (!standard.ours) return std::nullopt;
  return std::optional<PipeIOStream>(std::in_place, std::move(standard.ours), options);
}

int code_of(int status) noexcept {
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

std::string describe(const std::string& program, int returncode) {
  const std::string name = "\"" + program + "\"";
  if (returncode >= 0) return name + " exited with status " + std::to_string(returncode);
  const char* const signal = ::sigabbrev_np(-returncode);
  return name + " was ended by " +
         (signal != nullptr ? std::string("SIG") + signal
                            : "signal " + std::to_string(-returncode));
}

}  // namespace

CalledProcessError::CalledProcessError(const std::string& program, int returncode)
    : std::runtime_error(describe(program, returncode)), returncode_(returncode) {}

// --- The process ---------------------------------------------------------------------------------

/// Owned by the Subprocess and, until the program ends, by the loop's handler.
class Subprocess::Process : public std::enable_shared_from_this<Process> {
 public:
  Process(std::string program, pid_t pid, bool kill_with_object)
      : program_(std::move(program)), pid_(pid), kill_with_object_(kill_with_object) {}
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() = default;

  void watch() {
    pidfd_ = FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    if (!pidfd_) return look_later();  // an old kernel, or no descriptor left
    loop_.add_handler(
        pidfd_.get(), [self = shared_from_this()](int, unsigned) { self->look(); }, IOLoop::READ);
  }

  /// Called when the Subprocess is destroyed.
  void abandon() noexcept {
    if (kill_with_object_) send_signal(SIGKILL);
  }

  void send_signal(int signal) const noexcept {
    // Until the status is collected, no other process can have the pid.
    if (!returncode_) ::kill(pid_, signal);
  }

  void set_exit_callback(UniqueFunction<void(int)> callback) {
    callback_ = std::move(callback);
    if (returncode_) call_back();
  }

  [[nodiscard]] const std::string& program() const noexcept { return program_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] std::optional<int> returncode() const noexcept { return returncode_; }

  class ExitWait final : public Operation {
   public:
    explicit ExitWait(Process& process) noexcept : process_(process) {}

    [[nodiscard]] bool await_ready() const noexcept { return process_.returncode_.has_value(); }
    template <class Caller>
    bool await_suspend(std::coroutine_handle<Caller> caller) {
      if (!suspend(caller)) return false;
      process_.waiting_.push_back(*this);
      return true;
    }
    void await_resume() const {
      if (!process_.returncode_) check();
    }

   private:
    Process& process_;
  };

 private:
  void look_later() {
    loop_.call_later(kTimeBetweenLooks, [self = shared_from_this()] {
      self->look();
      if (!self->returncode_) self->look_later();
    });
  }

  void look() {
    int status = 0;
    const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR)) return;
    if (ended < 0) {
      gen_log.warning("the exit status of ", program_, " (pid ", pid_,
                      ") was taken by somebody else: assuming ", kLostStatus);
    }
    returncode_ = ended < 0 ? kLostStatus : code_of(status);
    const auto self = shared_from_this();  // the handler may be the last owner
    if (pidfd_) loop_.remove_handler(pidfd_.get());
    pidfd_.close();
    waiting_.wake_all();
    call_back();
  }

  void call_back() {
    if (!callback_) return;
    loop_.add_callback([self = shared_from_this()] {
      if (auto callback = std::exchange(self->callback_, {})) callback(*self->returncode_);
    });
  }

  IOLoop& loop_ = IOLoop::current();
  std::string program_;
  pid_t pid_;
  bool kill_with_object_;
  FileDescriptor pidfd_;
  std::optional<int> returncode_;
  WaitList waiting_;
  UniqueFunction<void(int)> callback_;
};

Subprocess::Subprocess(std::vector<std::string> args, SubprocessOptions options) {
  if (args.empty()) throw std::invalid_argument("a program needs a name");
  if (options.shell) args.insert(args.begin(), {"/bin/sh", "-c"});
  Standard standard[3];
  standard[0] = open_standard(STDIN_FILENO, options.stdin_, {});
  standard[1] = open_standard(STDOUT_FILENO, options.stdout_, {});
  standard[2] = open_standard(STDERR_FILENO, options.stderr_, standard[1]);
  stdin_ = stream_of(standard[0], options.stream);
  stdout_ = stream_of(standard[1], options.stream);
  stderr_ = stream_of(standard[2], options.stream);
  const pid_t pid = start(args, options, standard);
  process_ = std::make_shared<Process>(std::move(args[0]), pid, options.kill_with_object);
  process_->watch();
}

Subprocess::Subprocess(Subprocess&& other) noexcept = default;

Subprocess& Subprocess::operator=(Subprocess&& other) noexcept {
  if (this == &other) return *this;
  if (process_) process_->abandon();
  stdin_ = std::move(other.stdin_);
  stdout_ = std::move(other.stdout_);
  stderr_ = std::move(other.stderr_);
  process_ = std::move(other.process_);
  return *this;
}

Subprocess::~Subprocess() {
  if (process_) process_->abandon();
}

pid_t Subprocess::pid() const noexcept {
  return process_->pid();
}
std::optional<int> Subprocess::returncode() const noexcept {
  return process_->returncode();
}

Task<int> Subprocess::wait_for_exit(bool raise_error) {
  const std::shared_ptr<Process> process = process_;
  Process::ExitWait wait(*process);
  co_await wait;
  const int returncode = *process->returncode();
  if (returncode != 0 && raise_error) throw CalledProcessError(process->program(), returncode);
  co_return returncode;
}

void Subprocess::set_exit_callback(UniqueFunction<void(int returncode)> callback) {
  process_->set_exit_callback(std::move(callback));
}
void Subprocess::send_signal(int signal) noexcept {
  process_->send_signal(signal);
}
void Subprocess::terminate() noexcept {
  send_signal(SIGTERM);
}
void Subprocess::kill() noexcept {
  send_signal(SIGKILL);
}

}  // namespace bora::net
