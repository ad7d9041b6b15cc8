#include "runtime/core/log_writer.h"

#include <poll.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "runtime/core/log_file.h"
#include "runtime/core/log_line.h"

// LogOutput knows where lines go and writes them, on whatever thread. LogWriter is the buffer and
// the thread; there is one as soon as something is logged while a loop exists.
//
// Both are made when they are needed and never destroyed, so that static objects can log until the
// very end. After a fork they stay the parent's, and the child makes new ones: the thread does not
// exist there, and a lock might never be released.

namespace bora {
namespace detail {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr std::size_t kBufferSize = std::size_t{1} << 20;
constexpr auto kGathering = 10ms;     // for how long lines wait to be written together
constexpr auto kRetry = 200ms;        // pause after a failure
constexpr auto kThreadStall = 100ms;  // how long the thread waits for a pipe before it looks around
constexpr auto kOwnStall = 20ms;      // how long a full pipe may hold up a thread that logs, once
constexpr auto kPatienceAtExit = 1s;
constexpr std::chrono::milliseconds kPatienceInFault = 100ms;

std::atomic<unsigned> reopen_requests{0};
std::atomic<LogFormat> format{LogFormat::pretty};
static_assert(std::atomic<unsigned>::is_always_lock_free);

// --- Where lines go ------------------------------------------------------------------------------

bool has_colours() noexcept {
  const auto is_set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  const char* terminal = std::getenv("TERM");
  return !is_set("NO_COLOR") && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
}

enum class Outcome : unsigned char { written, stalled, failed };

class LogOutput {
 public:
  explicit LogOutput(const LoggingOptions& options)
      : options_(options),
        to_stderr_(
            options.log_to_stderr == LogToStderr::yes ||
            (options.log_to_stderr == LogToStderr::automatic && options.log_file_prefix.empty())),
        colours_(options.log_format == LogFormat::pretty && has_colours()) {
    if (!options.log_file_prefix.empty()) file_.emplace(options);
  }
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;

  [[nodiscard]] const LoggingOptions& options() const noexcept { return options_; }

  /// @throws std::system_error
  void open() {
    if (!file_) return;
    if (const int error = file_->open(std::time(nullptr))) {
      throw std::system_error(error, std::generic_category(), "log file " + file_->path());
    }
  }

  void close() noexcept {
    const std::scoped_lock lock(mutex_);
    if (file_) file_->close();
  }

  /// Writes whole lines and removes what was written from the front of `lines`. If there is a file,
  /// the outcome is the file's; what standard error does not take is dropped.
  Outcome write(std::string_view& lines, std::chrono::milliseconds stall_limit) noexcept;

  /// Whether lines are for a person who waits for them.
  [[nodiscard]] bool is_terminal() const noexcept {
    return is_terminal_.load(std::memory_order_relaxed);
  }

  /// For a dying process: writes as much as it can, without locks.
  void rescue(std::string_view lines) noexcept;

 private:
  Outcome write_to_stderr(std::string_view& lines, std::chrono::milliseconds stall_limit) noexcept;
  // Both remove what was written from the front of `piece`.
  static Outcome write_piece(std::string_view& piece, std::chrono::milliseconds limit) noexcept;
  static Outcome write_coloured(std::string_view& piece, std::chrono::milliseconds limit) noexcept;

  const LoggingOptions options_;
  const bool to_stderr_;
  const bool colours_;
  std::atomic<bool> is_terminal_{false};

  std::mutex mutex_;
  std::optional<LogFile> file_;
  unsigned reopened_ = reopen_requests.load(std::memory_order_relaxed);
};

Outcome LogOutput::write(std::string_view& lines, std::chrono::milliseconds stall_limit) noexcept {
  const std::scoped_lock lock(mutex_);
  if (!file_)
    return to_stderr_ ? write_to_stderr(lines, stall_limit) : (lines = {}, Outcome::written);
  const unsigned requests = reopen_requests.load(std::memory_order_relaxed);
  if (requests != reopened_) file_->close();
  reopened_ = requests;
  const std::string_view all = lines;
  const int error = file_->write(lines, std::time(nullptr));
  if (to_stderr_) {
    std::string_view written = all.substr(0, all.size() - lines.size());
    write_to_stderr(written, kOwnStall);
  }
  return error == 0 ? Outcome::written : Outcome::failed;
}

/// Returns the size of as many whole records as fit into PIPE_BUF bytes, or of the first line if it
/// is longer.
std::size_t piece_length(std::string_view lines) noexcept {
  if (lines.size() <= kMaxLogLine) return lines.size();
  for (std::size_t end = kMaxLogLine; end > 0; --end) {
    if (lines[end - 1] == '\n' && lines[end] != ' ') return end;
  }
  return std::min(lines.find('\n'), lines.size() - 1) + 1;
}

Outcome LogOutput::write_to_stderr(std::string_view& lines,
                                   std::chrono::milliseconds stall_limit) noexcept {
  struct stat what = {};
  if (::fstat(STDERR_FILENO, &what) != 0) return Outcome::failed;
  const bool is_terminal = S_ISCHR(what.st_mode) && ::isatty(STDERR_FILENO) == 1;
  is_terminal_.store(is_terminal, std::memory_order_relaxed);
  while (!lines.empty()) {
    const std::size_t count = S_ISREG(what.st_mode) ? lines.size() : piece_length(lines);
    std::string_view piece = lines.substr(0, count);
    const Outcome outcome = is_terminal && colours_ ? write_coloured(piece, stall_limit)
                                                    : write_piece(piece, stall_limit);
    lines.remove_prefix(count - piece.size());
    if (outcome != Outcome::written) return outcome;
  }
  return Outcome::written;
}

// A pipe or terminal may be in blocking mode, which belongs to everybody who has it open, so it
// can't be changed: ask before each write. There is room for PIPE_BUF bytes then.
Outcome LogOutput::write_piece(std::string_view& piece, std::chrono::milliseconds limit) noexcept {
  while (!piece.empty()) {
    pollfd waiting{STDERR_FILENO, POLLOUT, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(limit.count()));
    if (ready == 0 || (ready < 0 && errno == EINTR)) return Outcome::stalled;
    if (ready < 0 || (waiting.revents & POLLOUT) == 0) return Outcome::failed;
    const ssize_t count = ::write(STDERR_FILENO, piece.data(), piece.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count <= 0) return Outcome::failed;
    piece.remove_prefix(static_cast<std::size_t>(count));
  }
  return Outcome::written;
}

Outcome LogOutput::write_coloured(std::string_view& piece,
                                  std::chrono::milliseconds limit) noexcept {
  constexpr std::string_view kNormal = "\x1b[0m";
  char bytes[kMaxLogLine + 16];
  while (!piece.empty()) {
    const std::string_view line = piece.substr(0, std::min(piece.find('\n'), piece.size() - 1) + 1);
    const std::size_t front = log_line_front(line);
    char* end = bytes;
    const auto add = [&end](std::string_view text) {
      end = std::copy(text.begin(), text.end(), end);
    };
    if (front != 0) add(log_line_colour(line));
    add(line.substr(0, front));
    if (front != 0) add(kNormal);
    add(line.substr(front));
    std::string_view coloured(bytes, static_cast<std::size_t>(end - bytes));
    const Outcome outcome = write_piece(coloured, limit);
    if (outcome != Outcome::written) return outcome;
    piece.remove_prefix(line.size());
  }
  return Outcome::written;
}

void LogOutput::rescue(std::string_view lines) noexcept {
  if (file_ && file_->descriptor() >= 0) {
    [[maybe_unused]] const auto count = ::write(file_->descriptor(), lines.data(), lines.size());
  }
  if (to_stderr_) write_to_stderr(lines, 0ms);
}

// --- What is there now ---------------------------------------------------------------------------

class LogWriter;

std::atomic<LogOutput*> output{nullptr};
std::atomic<LogWriter*> writer{nullptr};
std::atomic<bool> has_loop{false};  // a line may not hold a thread up
std::atomic<std::uint64_t> lost_lines{0};
std::atomic<bool> is_stalled{false};

/// Objects that are no longer used stay reachable, because some thread may still be using them.
struct Retired {
  LogOutput* output;
  LogWriter* writer;
  Retired* next;
};
std::atomic<Retired*> retired{nullptr};

void retire(LogOutput* old_output, LogWriter* old_writer) {
  auto* entry = new Retired{old_output, old_writer, retired.load()};
  while (!retired.compare_exchange_weak(entry->next, entry)) {
  }
}

void begin_anew_in_child() {
  LogOutput* const old = output.load();
  retire(old, writer.load());
  if (old != nullptr) output.store(new LogOutput(old->options()));
  writer.store(nullptr);
  has_loop.store(false);
}

LogOutput& present_output() {
  if (LogOutput* present = output.load(std::memory_order_acquire)) return *present;
  static std::once_flag once;
  std::call_once(once, [] {
    ::pthread_atfork(nullptr, nullptr, begin_anew_in_child);
    LogOutput* expected = nullptr;
    auto* made = new LogOutput({});
    if (!output.compare_exchange_strong(expected, made)) delete made;
  });
  return *output.load(std::memory_order_acquire);
}

/// "3 log lines before this one were lost", as a line. `count` is above 0.
std::size_t lost_lines_note(std::uint64_t count, char (&line)[kMaxLogLine]) noexcept {
  constexpr std::string_view kText =
      " log lines before this one were lost: they could not be written";
  char text[20 + kText.size()];
  char* end = std::to_chars(text, text + 20, count).ptr;
  end = std::copy(kText.begin(), kText.end(), end);
  return format_log_line(
      log_format(),
      {LogLevel::warning, gen_log.name(), {text, static_cast<std::size_t>(end - text)}}, line);
}

// --- The buffer and its thread -------------------------------------------------------------------

class LogWriter {
 public:
  LogWriter()
      : filling_(std::make_unique_for_overwrite<char[]>(kBufferSize)),
        writing_(std::make_unique_for_overwrite<char[]>(kBufferSize)) {}

  /// @throws std::system_error  No thread can be had.
  void start();
  void append(std::string_view line, bool is_urgent) noexcept;
  bool flush(std::chrono::milliseconds patience) noexcept;
  void rescue() noexcept;

 private:
  void run() noexcept;
  void write_out(std::unique_lock<std::mutex>& lock) noexcept;
  void put(std::string_view line) noexcept {
    std::memcpy(filling_.get() + filled_, line.data(), line.size());
    filled_ += line.size();
  }
  bool note_loss(std::size_t room_for) noexcept;

  std::mutex mutex_;
  std::condition_variable wake_;     // the thread waits
  std::condition_variable changed_;  // flush() waits
  std::unique_ptr<char[]> filling_;
  std::size_t filled_ = 0;
  std::uint64_t lost_ = 0;
  bool is_idle_ = false;
  bool is_urgent_ = false;
  std::uint64_t attempts_ = 0;  // begun
  std::uint64_t failures_ = 0;

  std::unique_ptr<char[]> writing_;
  std::string_view unwritten_;  // of writing_
  std::atomic<bool> is_writing_{false};
};

void LogWriter::start() {
  // Signals are for the program's threads; and a file that grows beyond RLIMIT_FSIZE must be an
  // error here, not the program's end.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread([this] {
      ::pthread_setname_np(::pthread_self(), "bora-log");
      run();
    }).detach();
  } catch (...) {
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void LogWriter::append(std::string_view line, bool is_urgent) noexcept {
  bool wakes = false;
  {
    const std::scoped_lock lock(mutex_);
    if (!note_loss(line.size())) {
      ++lost_;
      return;
    }
    put(line);
    is_urgent = (is_urgent || filled_ > kBufferSize / 2) && !is_urgent_;
    wakes = is_idle_ || is_urgent;
    is_idle_ = false;
    is_urgent_ = is_urgent_ || is_urgent;
  }
  if (wakes) wake_.notify_one();
}

/// Adds a line that says how many lines were lost, if there is room for it and for a line.
bool LogWriter::note_loss(std::size_t room_for) noexcept {
  const std::size_t room = kBufferSize - filled_;
  if (lost_ == 0) return room >= room_for;
  if (room < room_for + kMaxLogLine) return false;
  char note[kMaxLogLine];
  put({note, lost_lines_note(lost_, note)});
  lost_ = 0;
  return true;
}

void LogWriter::run() noexcept {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (filled_ == 0 && lost_ == 0) {
      is_idle_ = true;
      wake_.wait(lock, [this] { return filled_ != 0 || is_urgent_; });
      is_idle_ = false;
    }
    if (!present_output().is_terminal()) {
      wake_.wait_for(lock, kGathering, [this] { return is_urgent_; });
    }
    is_urgent_ = false;
    note_loss(0);
    filling_.swap(writing_);
    unwritten_ = {writing_.get(), std::exchange(filled_, 0)};
    write_out(lock);
    changed_.notify_all();
  }
}

/// Tries until all is written. While it fails, lines gather, and later ones are lost.
void LogWriter::write_out(std::unique_lock<std::mutex>& lock) noexcept {
  while (!unwritten_.empty()) {
    ++attempts_;
    is_writing_.store(true);
    lock.unlock();
    std::string_view rest = unwritten_;
    const Outcome outcome = present_output().write(rest, kThreadStall);
    lock.lock();
    unwritten_ = rest;
    is_writing_.store(false);
    if (outcome == Outcome::written) continue;
    failures_ = attempts_;
    changed_.notify_all();
    if (outcome == Outcome::failed) {
      wake_.wait_for(lock, kRetry, [this] { return is_urgent_; });
      is_urgent_ = false;
    }
  }
}

bool LogWriter::flush(std::chrono::milliseconds patience) noexcept {
  const auto deadline = steady_clock::now() + patience;
  std::unique_lock lock(mutex_);
  const std::uint64_t before = attempts_;
  const auto is_done = [this] { return filled_ == 0 && lost_ == 0 && unwritten_.empty(); };
  is_urgent_ = true;
  wake_.notify_one();
  while (!is_done() && failures_ <= before) {
    if (changed_.wait_until(lock, deadline) == std::cv_status::timeout) break;
    if (!is_urgent_ && !is_done()) {
      is_urgent_ = true;
      wake_.notify_one();
    }
  }
  return is_done();
}

// This is called from signal handlers, too: the functions that it calls are safe there, or were
// never seen to fail.
void LogWriter::rescue() noexcept {
  constexpr timespec kStep{0, 1'000'000};
  bool is_locked = false;
  for (auto waited = 0ms; waited < kPatienceInFault; ++waited) {
    is_locked = is_locked || mutex_.try_lock();
    if (is_locked && !is_writing_.load()) break;
    ::nanosleep(&kStep, nullptr);
  }
  if (is_writing_.load()) return;  // lines that wait for a stalled sink can't be saved
  LogOutput* present = output.load();
  if (present == nullptr) return;
  if (!unwritten_.empty()) present->rescue(unwritten_);
  present->rescue({filling_.get(), filled_});
  filled_ = 0;
  unwritten_ = {};
  if (is_locked) mutex_.unlock();
}

// --- The process's end ---------------------------------------------------------------------------

void write_out_at_exit() {
  has_loop.store(false);
  if (LogWriter* present = writer.load()) present->flush(kPatienceAtExit);
}

void on_fault(int signal) {
  const int saved_errno = errno;
  rescue_log_lines();
  errno = saved_errno;
  ::raise(signal);  // delivered when this returns, as it was without this handler
}

/// Watches the faults that nobody else handles.
void watch_faults() noexcept {
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    struct sigaction present = {};
    if (::sigaction(signal, nullptr, &present) != 0) continue;
    if ((present.sa_flags & SA_SIGINFO) != 0 || present.sa_handler != SIG_DFL) continue;
    struct sigaction action = {};
    action.sa_handler = on_fault;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_ONSTACK);
    ::sigaction(signal, &action, nullptr);
  }
}

/// Null when this process needs none, or can't have one.
LogWriter* present_writer() noexcept {
  if (!has_loop.load(std::memory_order_relaxed)) return nullptr;
  if (LogWriter* present = writer.load(std::memory_order_acquire)) return present;
  static std::mutex starting;
  const std::scoped_lock lock(starting);
  if (LogWriter* present = writer.load(std::memory_order_acquire)) return present;
  try {
    present_output();
    auto made = std::make_unique<LogWriter>();
    made->start();
    static const bool is_watching = [] {
      std::atexit(write_out_at_exit);
      ::at_quick_exit(write_out_at_exit);
      watch_faults();
      return true;
    }();
    static_cast<void>(is_watching);
    writer.store(made.get(), std::memory_order_release);
    return made.release();
  } catch (const std::exception&) {
    has_loop.store(false);  // no memory or no thread: as without a loop
    return nullptr;
  }
}

// --- Without a thread ----------------------------------------------------------------------------

/// SIGXFSZ, of a file that would grow beyond RLIMIT_FSIZE, is kept from ending the program.
class SizeSignalBlocked {
 public:
  SizeSignalBlocked() noexcept {
    ::sigemptyset(&signal_);
    ::sigaddset(&signal_, SIGXFSZ);
    ::pthread_sigmask(SIG_BLOCK, &signal_, &before_);
  }
  ~SizeSignalBlocked() {
    if (sigismember(&before_, SIGXFSZ) == 1) return;
    constexpr timespec kNoTime{0, 0};
    ::sigtimedwait(&signal_, nullptr, &kNoTime);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SizeSignalBlocked(const SizeSignalBlocked&) = delete;
  SizeSignalBlocked& operator=(const SizeSignalBlocked&) = delete;

 private:
  sigset_t signal_{};
  sigset_t before_{};
};

bool write_directly(std::string_view lines) noexcept {
  const SizeSignalBlocked blocked;
  const bool was_stalled = is_stalled.load(std::memory_order_relaxed);
  const Outcome outcome = present_output().write(lines, was_stalled ? 0ms : kOwnStall);
  is_stalled.store(outcome != Outcome::written, std::memory_order_relaxed);
  return outcome == Outcome::written;
}

void write_now(std::string_view line) noexcept {
  if (const std::uint64_t count = lost_lines.exchange(0, std::memory_order_relaxed)) {
    char note[kMaxLogLine];
    if (!write_directly({note, lost_lines_note(count, note)})) lost_lines.fetch_add(count);
  }
  if (!write_directly(line)) lost_lines.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

void write_log_line(std::string_view line, LogLevel level) noexcept {
  if (LogWriter* present = present_writer()) {
    present->append(line, level >= LogLevel::error);
    return;
  }
  const int saved_errno = errno;
  write_now(line);
  errno = saved_errno;
}

LogFormat log_format() noexcept {
  return format.load(std::memory_order_relaxed);
}

void keep_logs_from_blocking() noexcept {
  has_loop.store(true, std::memory_order_relaxed);
}

void rescue_log_lines() noexcept {
  if (LogWriter* present = writer.load()) present->rescue();
}

}  // namespace detail

void enable_pretty_logging(const LoggingOptions& options) {
  if (options.logging == LogLevel::none) return;
  auto made = std::make_unique<detail::LogOutput>(options);
  made->open();
  set_log_level(options.logging);
  flush_logs();
  detail::present_output();
  detail::format.store(options.log_format, std::memory_order_relaxed);
  detail::LogOutput* const before =
      detail::output.exchange(made.release(), std::memory_order_acq_rel);
  detail::retire(before, nullptr);
  before->close();
}

void reopen_log_files() noexcept {
  detail::reopen_requests.fetch_add(1, std::memory_order_relaxed);
}

bool flush_logs(std::chrono::milliseconds patience) noexcept {
  if (detail::LogWriter* present = detail::writer.load(std::memory_order_acquire)) {
    return present->flush(patience);
  }
  return detail::lost_lines.load(std::memory_order_relaxed) == 0;
}

}  // namespace bora
