#include "runtime/websocket/shared_engine.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>

namespace bora::websocket {

namespace {

constexpr std::size_t kReadAtOnce = 256 * 1024;
constexpr std::size_t kReadInATurn = 4 * 1024 * 1024;
constexpr std::chrono::seconds kLookForTheDead{1};
constexpr std::chrono::milliseconds kTryAgain{100};
constexpr const char* kStuck =
    "worker_engine(): a process is stopped while it holds the lock of the workers";

template <class T>
Task<T> done(T value) {
  co_return value;
}
template <class T>
Task<T> fail(std::string sentence) {
  throw ChannelError(sentence);
  co_return T();
}
template <>
Task<void> fail<void>(std::string sentence) {
  throw ChannelError(sentence);
  co_return;
}

std::int64_t present() {
  return IOLoop::current().clock().monotonic().count();
}

}  // namespace

std::shared_ptr<ChannelEngine> worker_engine(const WorkerEngineOptions& options) {
  return std::make_shared<SharedEngine>(std::make_shared<WorkerLog>(options));
}

SharedEngine::SharedEngine(std::shared_ptr<WorkerLog> log)
    : log_(std::move(log)), epoch_(log_->epoch()), is_alive_(std::make_shared<bool>(true)) {}

SharedEngine::~SharedEngine() {
  *is_alive_ = false;
  let_go();
}

// ---- The seat ----

std::optional<std::string> SharedEngine::attach() {
  if (process_ == ::getpid()) return std::nullopt;
  if (process_ != 0) let_go();  // a copy of the parent's
  net::FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socklen_t size = sizeof(sa_family_t);
  // A socket that is bound to no name gets one that no file has (unix(7), autobind).
  if (!socket || ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0)
    return "worker_engine(): no socket: " + std::generic_category().message(errno);
  size = sizeof(address);
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  {
    const WorkerLog::Guard guard(*log_);
    if (!guard) return kStuck;
    seat_ = log_->take_seat();
    if (seat_ == WorkerLog::kNoSeat)
      return "worker_engine(): too many processes; make WorkerEngineOptions::max_processes larger";
    log_->set_address(seat_, {reinterpret_cast<const char*>(&address), size});
    static_cast<void>(begin_anew());  // nobody listens yet
  }
  process_ = ::getpid();
  socket_ = std::move(socket);
  loop_ = &IOLoop::current();
  loop_->add_handler(socket_.get(), [this](int, unsigned) { on_woken(); }, IOLoop::READ);
  wake_others();  // some may have died
  watch_the_others();
  read_on();
  return std::nullopt;
}

void SharedEngine::let_go() {
  if (process_ == ::getpid()) {
    if (IOLoop::current_if_any() == loop_) loop_->remove_handler(socket_.get());
    {
      const WorkerLog::Guard guard(*log_);
      if (guard) {
        log_->leave_seat(seat_);
      } else {
        log_->get_up(seat_);
      }
    }
    wake_others();
  }
  process_ = 0;
  seat_ = WorkerLog::kNoSeat;
  socket_.close();
  streams_.clear();
  own_.clear();
  leaving_.clear();
}

void SharedEngine::wake_others() {
  log_->wake_others(seat_, [this](std::string_view address) {
    // A process that can't be reached is gone, and the messages that it missed are in the log.
    ::sendto(socket_.get(), "", 1, MSG_DONTWAIT | MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(address.data()),
             static_cast<socklen_t>(address.size()));
  });
}

void SharedEngine::on_woken() {
  char bytes[64];
  while (::recv(socket_.get(), bytes, sizeof(bytes), 0) >= 0) {
  }
  log_->fall_asleep(seat_);
  read_on();
}

void SharedEngine::look_for_the_dead() {
  if (process_ != ::getpid() || !log_->bury_the_dead(seat_)) return;
  wake_others();
  read_on();
}

// While others have members here, somebody must notice when they die.
void SharedEngine::watch_the_others() {
  if (std::exchange(is_watching_, true)) return;
  loop_->call_later(kLookForTheDead, [this, is_alive = is_alive_] {
    if (!*is_alive) return;
    is_watching_ = false;
    look_for_the_dead();
    const auto is_elsewhere = [this](const auto& entry) {
      const auto& seats = entry.second.seats;
      return seats.size() > 1 || seats.count(seat_) == 0;
    };
    for (const auto& [name, stream] : streams_) {
      if (std::none_of(stream.members.begin(), stream.members.end(), is_elsewhere)) continue;
      watch_the_others();
      return;
    }
  });
}

// ---- The log ----

// @returns  False: the lock can't be had.
bool SharedEngine::append(WorkerRecord& record) {
  {
    const WorkerLog::Guard guard(*log_);
    if (!guard) return false;
    append_under_lock(record);
  }
  wake_others();
  return true;
}

void SharedEngine::append_under_lock(WorkerRecord& record) {
  record.seat = seat_;
  record.time = present();
  log_->append(record);
}

// The process that holds the lock may go on by itself, and wakes nobody then.
void SharedEngine::try_again_later() {
  if (std::exchange(is_trying_again_, true)) return;
  loop_->call_later(kTryAgain, [this, is_alive = is_alive_] {
    if (!*is_alive) return;
    is_trying_again_ = false;
    for (const auto& [channel, user] : std::exchange(leaving_, {}))
      static_cast<void>(leave(channel, user));
    read_on();
  });
}

void SharedEngine::read_on() {
  if (is_reading_) return;  // the call that is reading goes on until the end
  is_reading_ = true;
  std::size_t taken = 0;
  for (;;) {
    std::uint64_t place = 0;
    std::vector<std::function<void()>> notices;
    {
      const WorkerLog::Guard guard(*log_);
      if (!guard) {
        try_again_later();
        break;
      }
      if (read_ < log_->begin()) notices = begin_anew();
      place = read_;
      log_->copy(place, kReadAtOnce, buffer_);
    }
    for (const auto& notice : notices) notice();
    if (buffer_.empty()) break;
    // The buffer belongs to this call: callbacks may publish, but they do not read.
    const std::string_view bytes(buffer_.data(), buffer_.size());
    WorkerRecord record;
    std::size_t at = 0;
    while (const std::size_t size = WorkerLog::read(bytes.substr(at), record)) {
      read_ = place + at + size;
      take(record, place + at);
      at += size;
    }
    taken += bytes.size();
    if (taken < kReadInATurn) continue;
    loop_->add_callback([this, is_alive = is_alive_] {
      if (*is_alive) read_on();
    });
    break;
  }
  is_reading_ = false;
}

// Needs the lock. What stood before the log's beginning can't be known any more.
// @returns  The notifications, to be made without the lock.
std::vector<std::function<void()>> SharedEngine::begin_anew() {
  std::vector<std::function<void()>> notices;
  const bool is_first = process_ == 0;
  read_ = log_->begin();
  std::uint64_t lost = 0;
  if (read_ > 0) {
    WorkerRecord oldest;
    log_->copy(read_, 1, buffer_);
    if (WorkerLog::read({buffer_.data(), buffer_.size()}, oldest) > 0)
      lost = oldest.newest - (oldest.is_kept ? 1 : 0);
  }
  forgotten_ = std::max(forgotten_, lost);

  std::map<std::string, std::map<std::string, Present>> here;
  log_->each_member([&](std::uint32_t seat, std::string_view channel, ChannelMember member) {
    Present& present = here[std::string(channel)][member.user];
    present.member = std::move(member);
    present.seats.insert(seat);
  });
  members_from_ = log_->end();
  for (const auto& [name, members] : here) stream(name);
  for (auto& [name, stream] : streams_) {
    stream.history.clear();
    stream.lost = std::max(stream.lost, lost);
    stream.newest = std::max(stream.newest, lost);
    std::map<std::string, Present> former = std::exchange(stream.members, std::move(here[name]));
    if (is_first) continue;
    const std::shared_ptr<Listeners> listeners = stream.listeners;
    const ChannelPosition position = position_of(stream);
    notices.push_back([listeners, position] { listeners->tell_gap(position); });
    for (const auto& [user, present] : former) {
      if (stream.members.count(user) > 0) continue;
      notices.push_back([listeners, who = present.member] { listeners->tell_leave(who); });
    }
    for (const auto& [user, present] : stream.members) {
      const auto known = former.find(user);
      if (known != former.end() && known->second.member == present.member) continue;
      notices.push_back([listeners, who = present.member] { listeners->tell_join(who); });
    }
  }
  return notices;
}

void SharedEngine::take(const WorkerRecord& record, std::uint64_t place) {
  using Kind = WorkerRecord::Kind;
  if (record.kind == Kind::message) return take_message(record, place);
  if (place < members_from_) return;
  if (record.kind == Kind::join) return take_join(record);
  if (record.kind == Kind::leave) return take_leave(record.channel, record.text, record.seat);
  take_gone(record.seat);
}

void SharedEngine::take_message(const WorkerRecord& record, std::uint64_t place) {
  if (!record.is_kept) {
    const auto found = streams_.find(std::string(record.channel));
    if (found == streams_.end() || found->second.listeners->is_empty()) return;
  }
  Stream& stream = this->stream(record.channel);
  if (record.is_kept) {
    stream.newest = record.newest;
    stream.limits = {static_cast<std::size_t>(record.history),
                     std::chrono::milliseconds(record.ttl)};
    stream.history.push_back({record.newest, place, record.time});
    trim(stream);
  }
  if (stream.listeners->is_empty()) return;
  auto message = std::make_shared<ChannelMessage>();
  message->data = record.text;
  message->format = record.format;
  message->offset = record.is_kept ? record.newest : 0;
  const std::shared_ptr<Listeners> listeners = stream.listeners;
  listeners->tell_message(std::move(message));
}

void SharedEngine::take_join(const WorkerRecord& record) {
  Stream& stream = this->stream(record.channel);
  ChannelMember member{std::string(record.text), std::string(record.more)};
  const auto [found, is_new] = stream.members.try_emplace(member.user);
  Present& present = found->second;
  present.seats.insert(record.seat);
  if (record.seat != seat_) watch_the_others();
  if (!is_new && present.member == member) return;
  present.member = member;
  const std::shared_ptr<Listeners> listeners = stream.listeners;
  listeners->tell_join(member);
}

void SharedEngine::take_leave(std::string_view channel, std::string_view user, std::uint32_t seat) {
  const auto found = streams_.find(std::string(channel));
  if (found == streams_.end()) return;
  const auto member = found->second.members.find(std::string(user));
  if (member == found->second.members.end()) return;
  member->second.seats.erase(seat);
  if (!member->second.seats.empty()) return;
  const auto node = found->second.members.extract(member);
  const std::shared_ptr<Listeners> listeners = found->second.listeners;
  listeners->tell_leave(node.mapped().member);
  forget_if_unused(std::string(channel));
}

void SharedEngine::take_gone(std::uint32_t seat) {
  std::vector<std::pair<std::string, std::string>> left;
  for (const auto& [channel, stream] : streams_) {
    for (const auto& [user, present] : stream.members) {
      if (present.seats.count(seat) > 0) left.emplace_back(channel, user);
    }
  }
  for (const auto& [channel, user] : left) take_leave(channel, user, seat);
}

// ---- Streams ----

SharedEngine::Stream& SharedEngine::stream(std::string_view channel) {
  const auto [found, is_new] = streams_.try_emplace(std::string(channel));
  Stream& stream = found->second;
  if (is_new) {
    stream.newest = stream.lost = forgotten_;
    stream.listeners = std::make_shared<Listeners>();
  }
  return stream;
}

ChannelPosition SharedEngine::position_of(const Stream& stream) const {
  return {epoch_, stream.newest};
}

void SharedEngine::trim(Stream& stream) {
  const std::int64_t now = present();
  const std::int64_t ttl = std::chrono::nanoseconds(stream.limits.ttl).count();
  const auto is_over = [&](const Kept& kept) {
    return stream.history.size() > stream.limits.history || (ttl > 0 && now - kept.time >= ttl);
  };
  while (!stream.history.empty() && is_over(stream.history.front())) {
    stream.lost = stream.history.front().offset;
    stream.history.pop_front();
  }
}

void SharedEngine::forget_if_unused(const std::string& channel) {
  const auto found = streams_.find(channel);
  if (found == streams_.end()) return;
  const Stream& stream = found->second;
  if (!stream.history.empty() || !stream.listeners->is_empty() || !stream.members.empty()) return;
  forgotten_ = std::max(forgotten_, stream.newest);
  streams_.erase(found);
}

void SharedEngine::sweep() {
  if (streams_.size() < next_sweep_ || is_reading_) return;
  std::uint64_t begin = 0;
  {
    const WorkerLog::Guard guard(*log_);
    if (!guard) return;
    begin = log_->begin();
  }
  std::vector<std::string> names;
  for (auto& [name, stream] : streams_) {
    trim(stream);
    while (!stream.history.empty() && stream.history.front().place < begin) {
      stream.lost = stream.history.front().offset;
      stream.history.pop_front();
    }
    names.push_back(name);
  }
  for (const std::string& name : names) forget_if_unused(name);
  next_sweep_ = std::max<std::size_t>(1024, 2 * streams_.size());
}

// ---- The interface ----

Task<ChannelPosition> SharedEngine::publish(std::string_view channel, ChannelMessage message,
                                            const ChannelLimits& limits) {
  if (std::optional<std::string> failure = attach())
    return fail<ChannelPosition>(*std::move(failure));
  sweep();
  WorkerRecord record;
  record.format = message.format;
  record.is_kept = limits.history > 0;
  record.history = limits.history;
  record.ttl = limits.ttl.count();
  record.channel = channel;
  record.text = message.data;
  if (WorkerLog::size_of(record) > log_->capacity() / 4)
    return fail<ChannelPosition>(
        "worker_engine(): a message is larger than a quarter of WorkerEngineOptions::capacity");
  if (!append(record)) return fail<ChannelPosition>(kStuck);
  read_on();
  if (record.is_kept) return done(ChannelPosition{epoch_, record.newest});
  return done(position_of(stream(channel)));
}

Task<ChannelPosition> SharedEngine::subscribe(std::string_view channel, ChannelListener& listener) {
  if (std::optional<std::string> failure = attach())
    return fail<ChannelPosition>(*std::move(failure));
  read_on();
  Stream& stream = this->stream(channel);
  stream.listeners->add(listener);
  return done(position_of(stream));
}

void SharedEngine::unsubscribe(std::string_view channel, ChannelListener& listener) noexcept {
  const auto found = streams_.find(std::string(channel));
  if (found == streams_.end()) return;
  const std::shared_ptr<Listeners> listeners = found->second.listeners;
  listeners->remove(listener);
  if (!is_reading_) forget_if_unused(std::string(channel));
}

Task<ChannelHistory> SharedEngine::history(std::string_view channel,
                                           const std::optional<ChannelPosition>& since,
                                           std::size_t limit) {
  if (std::optional<std::string> failure = attach())
    return fail<ChannelHistory>(*std::move(failure));
  read_on();
  Stream& stream = this->stream(channel);
  trim(stream);
  ChannelHistory result;
  std::vector<char> bytes;
  const WorkerLog::Guard guard(*log_);
  if (!guard) return fail<ChannelHistory>(kStuck);
  while (!stream.history.empty() && stream.history.front().place < log_->begin()) {
    stream.lost = stream.history.front().offset;
    stream.history.pop_front();
  }
  result.position = position_of(stream);
  const bool is_known = since && since->epoch == epoch_ && since->offset <= stream.newest;
  const std::uint64_t after = is_known ? since->offset : 0;
  result.is_complete = is_known && after >= stream.lost;
  auto first =
      std::upper_bound(stream.history.begin(), stream.history.end(), after,
                       [](std::uint64_t offset, const Kept& kept) { return offset < kept.offset; });
  const auto count = static_cast<std::size_t>(stream.history.end() - first);
  if (count > limit) {
    first += static_cast<std::ptrdiff_t>(count - limit);
    result.is_complete = false;
  }
  for (; first != stream.history.end(); ++first) {
    WorkerRecord record;
    log_->copy(first->place, 1, bytes);
    WorkerLog::read({bytes.data(), bytes.size()}, record);
    auto message = std::make_shared<ChannelMessage>();
    message->data = record.text;
    message->format = record.format;
    message->offset = first->offset;
    result.messages.push_back(std::move(message));
  }
  return done(std::move(result));
}

// When the room for members is full of those that have left, the others are written again.
std::size_t SharedEngine::write_member(std::string_view channel, const ChannelMember& member) {
  const std::size_t entry = log_->add_member(seat_, channel, member);
  if (entry != SIZE_MAX) return entry;
  log_->clear_members(seat_);
  for (auto& [key, own] : own_) own.entry = log_->add_member(seat_, key.first, own.member);
  return log_->add_member(seat_, channel, member);
}

Task<void> SharedEngine::join(std::string_view channel, ChannelMember member) {
  if (std::optional<std::string> failure = attach()) return fail<void>(*std::move(failure));
  const std::pair key(std::string(channel), member.user);
  leaving_.erase(key);
  const auto known = own_.find(key);
  if (known != own_.end() && known->second.member == member) return {};
  {
    const WorkerLog::Guard guard(*log_);
    if (!guard) return fail<void>(kStuck);
    if (known != own_.end()) {
      log_->remove_member(seat_, known->second.entry);
      own_.erase(known);
    }
    const std::size_t entry = write_member(channel, member);
    if (entry == SIZE_MAX)
      return fail<void>(
          "worker_engine(): too many members; make WorkerEngineOptions::member_bytes larger");
    own_.emplace(key, Own{member, entry});
    WorkerRecord record;
    record.kind = WorkerRecord::Kind::join;
    record.channel = channel;
    record.text = member.user;
    record.more = member.info;
    append_under_lock(record);
  }
  wake_others();
  read_on();
  return {};
}

// The user is gone at the latest as soon as the log can be written.
Task<void> SharedEngine::leave(std::string_view channel, std::string_view user) {
  if (std::optional<std::string> failure = attach()) return fail<void>(*std::move(failure));
  const std::pair key{std::string(channel), std::string(user)};
  const auto own = own_.find(key);
  if (own == own_.end()) return {};
  {
    const WorkerLog::Guard guard(*log_);
    if (!guard) {
      leaving_.insert(key);
      try_again_later();
      return {};
    }
    log_->remove_member(seat_, own->second.entry);
    own_.erase(own);
    WorkerRecord record;
    record.kind = WorkerRecord::Kind::leave;
    record.channel = channel;
    record.text = user;
    append_under_lock(record);
  }
  wake_others();
  read_on();
  return {};
}

Task<std::vector<ChannelMember>> SharedEngine::members(std::string_view channel) {
  if (std::optional<std::string> failure = attach())
    return fail<std::vector<ChannelMember>>(*std::move(failure));
  read_on();
  std::vector<ChannelMember> result;
  const auto found = streams_.find(std::string(channel));
  if (found != streams_.end()) {
    for (const auto& [user, present] : found->second.members) result.push_back(present.member);
  }
  return done(std::move(result));
}

}  // namespace bora::websocket
