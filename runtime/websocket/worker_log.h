#pragma once

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <bora/websocket/channel_engine.h>
#include <bora/websocket/worker_engine.h>

namespace bora::websocket {

/// What stands in the log.
struct WorkerRecord {
  enum class Kind : std::uint8_t {
    message,
    join,   ///< `text` is the user, `more` is the info.
    leave,  ///< `text` is the user.
    gone,   ///< A process has ended, and with it all its members.
  };

  Kind kind = Kind::message;
  ChannelFormat format = ChannelFormat::text;
  bool is_kept = false;
  std::uint32_t seat = 0;    ///< Of the process that wrote it.
  std::uint64_t newest = 0;  ///< The newest offset, this message's own if it is kept.
  std::int64_t time = 0;     ///< Monotonic, nanoseconds.
  std::uint64_t history = 0;
  std::int64_t ttl = 0;  ///< Milliseconds.
  std::string_view channel{};
  std::string_view text{};
  std::string_view more{};
};

/// Memory that several processes share: a log, which forgets its oldest records when it is full,
/// and a seat for each process, with what it says of itself.
///
/// A place in the log is a number of bytes that only grows. One lock guards all. It is robust: who
/// dies while holding it leaves the log as it was before, because a record counts only from the
/// moment that `end` is moved past it. It is held for microseconds; a process that is stopped just
/// then (SIGSTOP, a debugger) does not stop the others, which wait for a moment and then do without
/// it: see Guard.
class WorkerLog {
 public:
  explicit WorkerLog(const WorkerEngineOptions& options);
  ~WorkerLog();
  WorkerLog(const WorkerLog&) = delete;
  WorkerLog& operator=(const WorkerLog&) = delete;

  /// Guards the log, and what the seats say. It is without the lock if somebody holds that for too
  /// long; the first time that is found out by waiting, and from then on, until the lock is free
  /// again, by looking. Nobody may take it away: who holds it may go on at any time.
  class Guard {
   public:
    explicit Guard(WorkerLog& log) : log_(log), has_lock_(log_.lock()) {}
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() {
      if (has_lock_) log_.unlock();
    }
    [[nodiscard]] explicit operator bool() const { return has_lock_; }

   private:
    WorkerLog& log_;
    const bool has_lock_;
  };

  [[nodiscard]] std::string_view epoch() const;
  [[nodiscard]] std::size_t capacity() const { return options_.capacity; }

  // Under the lock.

  [[nodiscard]] std::uint64_t begin() const;
  [[nodiscard]] std::uint64_t end() const;
  [[nodiscard]] static std::size_t size_of(const WorkerRecord& record);
  /// Appends; `newest` is set, one more if the record is kept.
  /// @returns  The record's place.
  std::uint64_t append(WorkerRecord& record);
  /// Copies whole records from `place`, which must be one, to the end or until `limit` bytes are
  /// reached, but at least one.
  void copy(std::uint64_t place, std::size_t limit, std::vector<char>& to) const;

  /// Takes the first record off what copy() gave. @returns  Its size; 0 at the end.
  static std::size_t read(std::string_view bytes, WorkerRecord& record);

  // Seats. Each is held by a thread of its process; the system knows when that is gone.

  static constexpr std::uint32_t kNoSeat = UINT32_MAX;
  /// Under the lock. Seats whose process has died are vacated.
  /// @returns  kNoSeat: there is none left.
  std::uint32_t take_seat();
  /// Under the lock: a record tells that who sat there has gone.
  void leave_seat(std::uint32_t seat);
  /// Without the lock: leave_seat() for those that can't have it. Others find the seat empty.
  void get_up(std::uint32_t seat);
  /// Takes the lock: vacates the seats of processes that died. @returns  Whether there were any.
  bool bury_the_dead(std::uint32_t own_seat);

  /// Under the lock. The socket's address; at most 32 bytes.
  void set_address(std::uint32_t seat, std::string_view address);
  /// Calls `wake(address)` for the others that are not awake already. Needs no lock.
  void wake_others(std::uint32_t own_seat, const std::function<void(std::string_view)>& wake);
  /// From now on the process is to be woken.
  void fall_asleep(std::uint32_t seat);

  // Members. Under the lock.

  /// @returns  The entry's place; SIZE_MAX: there is no room.
  std::size_t add_member(std::uint32_t seat, std::string_view channel, const ChannelMember& member);
  void remove_member(std::uint32_t seat, std::size_t entry);
  void clear_members(std::uint32_t seat);
  void each_member(const std::function<void(std::uint32_t seat, std::string_view channel,
                                            ChannelMember member)>& call) const;

 private:
  struct Header;
  struct Seat;
  struct RecordHead;
  struct MemberHead;

  [[nodiscard]] bool lock();
  void unlock();
  [[nodiscard]] Seat& seat(std::uint32_t number) const;
  [[nodiscard]] char* members_of(std::uint32_t number) const;
  void vacate(std::uint32_t number);
  void put(std::uint64_t place, const void* bytes, std::size_t size);
  void get(std::uint64_t place, void* bytes, std::size_t size) const;

  WorkerEngineOptions options_;
  std::size_t mapped_ = 0;
  char* memory_ = nullptr;
  Header* header_ = nullptr;
  char* log_ = nullptr;
  bool is_stuck_ = false;  ///< Somebody held the lock for too long, and may hold it still.
};

}  // namespace bora::websocket
