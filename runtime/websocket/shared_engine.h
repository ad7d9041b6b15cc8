#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/net/netutil.h>
#include <bora/websocket/channel_engine.h>
#include <bora/websocket/worker_engine.h>

#include "runtime/websocket/listeners.h"
#include "runtime/websocket/worker_log.h"

namespace bora::websocket {

/// The engine of worker_engine(): one process's view of a WorkerLog.
///
/// It reads the log from end to end, and knows for each channel where its kept messages are in the
/// log, and who is there. To publish it appends a message and reads on, so that its own messages
/// come in order with those of others.
class SharedEngine final : public ChannelEngine {
 public:
  explicit SharedEngine(std::shared_ptr<WorkerLog> log);
  ~SharedEngine() override;

  Task<ChannelPosition> publish(std::string_view channel, ChannelMessage message,
                                const ChannelLimits& limits) override;
  Task<ChannelPosition> subscribe(std::string_view channel, ChannelListener& listener) override;
  void unsubscribe(std::string_view channel, ChannelListener& listener) noexcept override;
  Task<ChannelHistory> history(std::string_view channel,
                               const std::optional<ChannelPosition>& since,
                               std::size_t limit) override;
  Task<void> join(std::string_view channel, ChannelMember member) override;
  Task<void> leave(std::string_view channel, std::string_view user) override;
  Task<std::vector<ChannelMember>> members(std::string_view channel) override;

  /// Checks whether other processes have died; a timer calls it once a second while it matters.
  void look_for_the_dead();

 private:
  struct Kept {
    std::uint64_t offset;
    std::uint64_t place;  ///< in the log
    std::int64_t time;
  };
  struct Present {
    ChannelMember member;
    std::set<std::uint32_t> seats;
  };
  struct Stream {
    std::deque<Kept> history;
    ChannelLimits limits;
    std::uint64_t newest = 0;
    std::uint64_t lost = 0;  ///< the last offset that is not kept any more
    std::shared_ptr<Listeners> listeners;
    std::map<std::string, Present> members;
  };
  /// A member of this process.
  struct Own {
    ChannelMember member;
    std::size_t entry;  ///< in the seat
  };

  /// @returns  The error, if there was one.
  [[nodiscard]] std::optional<std::string> attach();
  void let_go();
  void wake_others();
  void on_woken();
  void watch_the_others();
  bool append(WorkerRecord& record);
  void append_under_lock(WorkerRecord& record);
  void try_again_later();
  void read_on();
  void take(const WorkerRecord& record, std::uint64_t place);
  void take_message(const WorkerRecord& record, std::uint64_t place);
  void take_join(const WorkerRecord& record);
  void take_leave(std::string_view channel, std::string_view user, std::uint32_t seat);
  void take_gone(std::uint32_t seat);
  [[nodiscard]] std::vector<std::function<void()>> begin_anew();
  std::size_t write_member(std::string_view channel, const ChannelMember& member);

  Stream& stream(std::string_view channel);
  [[nodiscard]] ChannelPosition position_of(const Stream& stream) const;
  void trim(Stream& stream);
  void forget_if_unused(const std::string& channel);
  void sweep();

  const std::shared_ptr<WorkerLog> log_;
  const std::string epoch_;
  pid_t process_ = 0;  ///< the process that has the seat; 0: none
  IOLoop* loop_ = nullptr;
  std::uint32_t seat_ = WorkerLog::kNoSeat;
  net::FileDescriptor socket_;
  std::uint64_t read_ = 0;          ///< how far the log was read
  std::uint64_t members_from_ = 0;  ///< members are known up to this place
  std::vector<char> buffer_;
  bool is_reading_ = false;
  bool is_trying_again_ = false;
  bool is_watching_ = false;
  std::uint64_t forgotten_ = 0;  ///< no message of a channel that is not known is newer
  std::size_t next_sweep_ = 1024;
  std::unordered_map<std::string, Stream> streams_;
  std::map<std::pair<std::string, std::string>, Own> own_;  ///< by channel and user
  /// The members whose leave() is not in the log yet.
  std::set<std::pair<std::string, std::string>> leaving_;
  std::shared_ptr<bool> is_alive_;
};

}  // namespace bora::websocket
