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

/// A record of the log.
struct WorkerRecord {
  enum class Kind : std::uint8_t {
    message,
    join,   ///< `text` is the user, `more` is the info.
    leave,  ///< `text` is the user.
    gone,   ///< a process has ended, and all its members have left
  };

  Kind kind = Kind::message;
  ChannelFormat format = ChannelFormat::text;
  bool is_kept = false;
  std::uint32_t seat = 0;    ///< of the process that wrote it
  std::uint64_t newest = 0;  ///< the newest offset; this message's own if it is kept
  std::int64_t time = 0;     ///< Monotonic, nanoseconds.
  std::uint64_t history = 0;
  std::int64_t ttl = 0;  ///< Milliseconds.
  std::string_view channel{};
  std::string_view text{};
  std::string_view more{};
};

/// Memory that several processes share: a log, which drops its oldest records when it is full, and
/// a seat for each process, with its members.
///
/// A place in the log is a number of bytes that only grows. One lock guards all. It is robust: a
/// process that dies while holding it leaves the log as it was before, because a record counts only
/// from the moment that `end` is moved past it. The lock is held for microseconds; a process that
/// is stopped just then (SIGSTOP, a debugger) does not stop the others, which wait for a moment and
/// then continue without it: see Guard.
class WorkerLog {
 public:
  explicit WorkerLog(const WorkerEngineOptions& options);
  ~WorkerLog();
  WorkerLog(const WorkerLog&) = delete;
  WorkerLog& operator=(const WorkerLog&) = delete;

  /// Guards the log, and the data of the seats. It is without the lock if another process holds
  /// that for too long; the first time it finds that out by waiting, and from then on, until the
  /// lock is free again, by looking. Nobody may take the lock away: its holder may continue at any
  /// time.
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

  // These need the lock.

  [[nodiscard]] std::uint64_t begin() const;
  [[nodiscard]] std::uint64_t end() const;
  [[nodiscard]] static std::size_t size_of(const WorkerRecord& record);
  /// Appends a record; sets `newest`, to one more if the record is kept.
  /// @returns  The record's place.
  std::uint64_t append(WorkerRecord& record);
  /// Copies whole records from `place`, which must be one, to the end or until `limit` bytes are
  /// reached, but at least one.
  void copy(std::uint64_t place, std::size_t limit, std::vector<char>& to) const;

  /// Takes the first record from the result of copy(). @returns  Its size; 0 at the end.
  static std::size_t read(std::string_view bytes, WorkerRecord& record);

  // Seats. A thread of its process holds each; the system knows when that has ended.

  static constexpr std::uint32_t kNoSeat = UINT32_MAX;
  /// Needs the lock. Vacates the seats of processes that have died.
  /// @returns  kNoSeat if there is none left.
  std::uint32_t take_seat();
  /// Needs the lock: a record says that the owner of the seat has ended.
  void leave_seat(std::uint32_t seat);
  /// The same as leave_seat() without the lock, for processes that can't have it. Others find the
  /// seat empty.
  void get_up(std::uint32_t seat);
  /// Takes the lock: vacates the seats of processes that died. @returns  Whether there were any.
  bool bury_the_dead(std::uint32_t own_seat);

  /// Needs the lock. Sets the socket's address; at most 32 bytes.
  void set_address(std::uint32_t seat, std::string_view address);
  /// Calls `wake(address)` for the others that are not awake already. Needs no lock.
  void wake_others(std::uint32_t own_seat, const std::function<void(std::string_view)>& wake);
  /// Says that the process must be woken from now on.
  void fall_asleep(std::uint32_t seat);

  // Members. These need the lock.

  /// @returns  The entry's place; SIZE_MAX if there is no room.
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
  bool is_stuck_ = false;  ///< a process held the lock for too long, and may hold it still
};

}  // namespace bora::websocket
