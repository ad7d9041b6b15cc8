#include "runtime/websocket/worker_log.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <new>
#include <system_error>

#include <bora/core/assert.h>

#include "runtime/websocket/memory_engine.h"

namespace bora::websocket {

namespace {

constexpr std::size_t kAddressSize = 32;

// How long the lock is waited for: the first time long enough for a lock that is only busy, and
// hardly at all while it is known to be stuck.
constexpr std::chrono::milliseconds kPatience{300};
constexpr std::chrono::milliseconds kNoPatience{1};

std::size_t rounded(std::size_t size, std::size_t to) {
  return (size + to - 1) / to * to;
}

void make_mutex(pthread_mutex_t& mutex) {
  pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  ::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  ::pthread_mutex_init(&mutex, &attributes);
  ::pthread_mutexattr_destroy(&attributes);
}

}  // namespace

struct WorkerLog::Header {
  pthread_mutex_t lock;
  std::atomic<std::uint64_t> begin{0};
  std::atomic<std::uint64_t> end{0};
  std::atomic<std::uint64_t> newest{0};
  std::atomic<std::uint32_t> seats{0};  ///< no later seat was ever taken
  char epoch[64] = {};
};

struct WorkerLog::Seat {
  pthread_mutex_t life;  ///< held as long as the seat is taken
  std::atomic<std::uint32_t> is_awake{0};
  std::atomic<std::uint32_t> address_size{0};  ///< 0: the seat is free
  char address[kAddressSize] = {};
  std::uint64_t members_size = 0;
};

struct WorkerLog::RecordHead {
  std::uint32_t size;
  std::uint32_t seat;
  std::uint64_t newest;
  std::int64_t time;
  std::uint64_t history;
  std::int64_t ttl;
  std::uint32_t channel_size;
  std::uint32_t text_size;
  std::uint32_t more_size;
  WorkerRecord::Kind kind;
  ChannelFormat format;
  bool is_kept;
};

struct WorkerLog::MemberHead {
  std::uint32_t size;
  std::uint32_t is_here;
  std::uint32_t channel_size;
  std::uint32_t user_size;
  std::uint32_t info_size;
};

// The header, the seats, each seat's members, the log. Pages that are not touched cost nothing.
WorkerLog::WorkerLog(const WorkerEngineOptions& options) : options_(options) {
  options_.capacity = rounded(std::max<std::size_t>(options_.capacity, 4096), 4096);
  options_.member_bytes = rounded(std::max<std::size_t>(options_.member_bytes, 4096), 4096);
  options_.max_processes = std::clamp<std::size_t>(options_.max_processes, 1, 4096);
  const std::size_t head =
      rounded(sizeof(Header) + options_.max_processes * sizeof(Seat) + alignof(Seat), 4096);
  mapped_ = head + options_.max_processes * options_.member_bytes + options_.capacity;
  void* const memory = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED)
    throw std::system_error(errno, std::generic_category(), "worker_engine(): no memory to share");
  memory_ = static_cast<char*>(memory);
  header_ = new (memory_) Header;
  make_mutex(header_->lock);
  const std::string epoch = new_epoch();
  std::memcpy(header_->epoch, epoch.data(), std::min(epoch.size(), sizeof(header_->epoch) - 1));
  for (std::uint32_t i = 0; i < options_.max_processes; ++i)
    make_mutex((new (&seat(i)) Seat)->life);
  log_ = memory_ + mapped_ - options_.capacity;
}

WorkerLog::~WorkerLog() {
  ::munmap(memory_, mapped_);
}

WorkerLog::Seat& WorkerLog::seat(std::uint32_t number) const {
  char* const first = memory_ + rounded(sizeof(Header), alignof(Seat));
  return reinterpret_cast<Seat*>(first)[number];
}

char* WorkerLog::members_of(std::uint32_t number) const {
  return log_ - (options_.max_processes - number) * options_.member_bytes;
}

bool WorkerLog::lock() {
  int error = ::pthread_mutex_trylock(&header_->lock);
  if (error == EBUSY) {
    timespec until{};
    ::clock_gettime(CLOCK_MONOTONIC, &until);
    const std::chrono::nanoseconds wait = is_stuck_ ? kNoPatience : kPatience;
    const std::int64_t end = until.tv_nsec + wait.count();
    until.tv_sec += end / 1'000'000'000;
    until.tv_nsec = end % 1'000'000'000;
    error = ::pthread_mutex_clocklock(&header_->lock, CLOCK_MONOTONIC, &until);
  }
  is_stuck_ = error == ETIMEDOUT;
  if (is_stuck_) return false;
  if (error == EOWNERDEAD) ::pthread_mutex_consistent(&header_->lock);
  BORA_ASSERT((error == 0 || error == EOWNERDEAD) && "the lock of a worker_engine() is broken");
  return true;
}

void WorkerLog::unlock() {
  ::pthread_mutex_unlock(&header_->lock);
}

// ---- The log ----

std::string_view WorkerLog::epoch() const {
  return header_->epoch;
}
std::uint64_t WorkerLog::begin() const {
  return header_->begin.load(std::memory_order_relaxed);
}
std::uint64_t WorkerLog::end() const {
  return header_->end.load(std::memory_order_relaxed);
}

void WorkerLog::put(std::uint64_t place, const void* bytes, std::size_t size) {
  if (size == 0) return;
  const auto at = static_cast<std::size_t>(place % options_.capacity);
  const std::size_t first = std::min(size, options_.capacity - at);
  std::memcpy(log_ + at, bytes, first);
  std::memcpy(log_, static_cast<const char*>(bytes) + first, size - first);
}

void WorkerLog::get(std::uint64_t place, void* bytes, std::size_t size) const {
  const auto at = static_cast<std::size_t>(place % options_.capacity);
  const std::size_t first = std::min(size, options_.capacity - at);
  std::memcpy(bytes, log_ + at, first);
  std::memcpy(static_cast<char*>(bytes) + first, log_, size - first);
}

std::size_t WorkerLog::size_of(const WorkerRecord& record) {
  return rounded(
      sizeof(RecordHead) + record.channel.size() + record.text.size() + record.more.size(), 8);
}

std::uint64_t WorkerLog::append(WorkerRecord& record) {
  const std::size_t size = size_of(record);
  const std::uint64_t place = end();
  std::uint64_t begin = this->begin();
  while (place + size - begin > options_.capacity) {
    RecordHead oldest;
    get(begin, &oldest, sizeof(oldest));
    begin += oldest.size;
  }
  header_->begin.store(begin, std::memory_order_release);

  record.newest = header_->newest.load(std::memory_order_relaxed) + (record.is_kept ? 1 : 0);
  RecordHead head{};
  head.size = static_cast<std::uint32_t>(size);
  head.seat = record.seat;
  head.newest = record.newest;
  head.time = record.time;
  head.history = record.history;
  head.ttl = record.ttl;
  head.channel_size = static_cast<std::uint32_t>(record.channel.size());
  head.text_size = static_cast<std::uint32_t>(record.text.size());
  head.more_size = static_cast<std::uint32_t>(record.more.size());
  head.kind = record.kind;
  head.format = record.format;
  head.is_kept = record.is_kept;
  std::uint64_t at = place;
  const auto write = [&](const void* bytes, std::size_t count) {
    put(at, bytes, count);
    at += count;
  };
  write(&head, sizeof(head));
  write(record.channel.data(), record.channel.size());
  write(record.text.data(), record.text.size());
  write(record.more.data(), record.more.size());
  // An offset that was given out and not used does no harm; one that is used twice would.
  header_->newest.store(record.newest, std::memory_order_release);
  header_->end.store(place + size, std::memory_order_release);
  return place;
}

void WorkerLog::copy(std::uint64_t place, std::size_t limit, std::vector<char>& to) const {
  const std::uint64_t end = this->end();
  std::uint64_t stop = place;
  while (stop < end) {
    RecordHead head;
    get(stop, &head, sizeof(head));
    if (stop > place && stop + head.size - place > limit) break;
    stop += head.size;
  }
  to.resize(static_cast<std::size_t>(stop - place));
  if (!to.empty()) get(place, to.data(), to.size());
}

std::size_t WorkerLog::read(std::string_view bytes, WorkerRecord& record) {
  if (bytes.empty()) return 0;
  RecordHead head;
  std::memcpy(&head, bytes.data(), sizeof(head));
  record.kind = head.kind;
  record.format = head.format;
  record.is_kept = head.is_kept;
  record.seat = head.seat;
  record.newest = head.newest;
  record.time = head.time;
  record.history = head.history;
  record.ttl = head.ttl;
  std::string_view rest = bytes.substr(sizeof(head));
  record.channel = rest.substr(0, head.channel_size);
  rest.remove_prefix(head.channel_size);
  record.text = rest.substr(0, head.text_size);
  record.more = rest.substr(head.text_size, head.more_size);
  return head.size;
}

// ---- Seats ----

std::uint32_t WorkerLog::take_seat() {
  std::uint32_t taken = kNoSeat;
  for (std::uint32_t i = 0; i < options_.max_processes; ++i) {
    Seat& seat = this->seat(i);
    const int result = ::pthread_mutex_trylock(&seat.life);
    if (result == EOWNERDEAD) ::pthread_mutex_consistent(&seat.life);
    if (result != EOWNERDEAD && result != 0) continue;
    if (result == EOWNERDEAD || seat.address_size.load() != 0) vacate(i);
    if (taken == kNoSeat) {
      taken = i;
      header_->seats.store(std::max(header_->seats.load(), i + 1));
      seat.is_awake.store(0);
      seat.members_size = 0;
    } else {
      ::pthread_mutex_unlock(&seat.life);
    }
  }
  return taken;
}

void WorkerLog::leave_seat(std::uint32_t number) {
  vacate(number);
  ::pthread_mutex_unlock(&seat(number).life);
}

void WorkerLog::get_up(std::uint32_t number) {
  ::pthread_mutex_unlock(&seat(number).life);
}

void WorkerLog::vacate(std::uint32_t number) {
  seat(number).address_size.store(0);
  clear_members(number);
  WorkerRecord record;
  record.kind = WorkerRecord::Kind::gone;
  record.seat = number;
  append(record);
}

bool WorkerLog::bury_the_dead(std::uint32_t own_seat) {
  bool has_found = false;
  for (std::uint32_t i = 0; i < header_->seats.load(); ++i) {
    Seat& seat = this->seat(i);
    if (i == own_seat || seat.address_size.load() == 0) continue;
    const int result = ::pthread_mutex_trylock(&seat.life);
    if (result == EOWNERDEAD) ::pthread_mutex_consistent(&seat.life);
    if (result != EOWNERDEAD && result != 0) continue;
    const Guard guard(*this);
    if (guard && seat.address_size.load() != 0) {
      vacate(i);
      has_found = true;
    }
    ::pthread_mutex_unlock(&seat.life);
  }
  return has_found;
}

void WorkerLog::set_address(std::uint32_t number, std::string_view address) {
  Seat& seat = this->seat(number);
  BORA_ASSERT(address.size() <= sizeof(seat.address));
  std::memcpy(seat.address, address.data(), address.size());
  seat.address_size.store(static_cast<std::uint32_t>(address.size()));
}

// If an address changes meanwhile, a process that has just come is woken once too often or not at
// all. It looks at the log by itself.
void WorkerLog::wake_others(std::uint32_t own_seat,
                            const std::function<void(std::string_view)>& wake) {
  for (std::uint32_t i = 0; i < header_->seats.load(); ++i) {
    Seat& seat = this->seat(i);
    const std::uint32_t size = seat.address_size.load();
    if (i == own_seat || size == 0 || seat.is_awake.exchange(1) != 0) continue;
    wake({seat.address, size});
  }
}

void WorkerLog::fall_asleep(std::uint32_t number) {
  seat(number).is_awake.store(0);
}

// ---- Members ----

std::size_t WorkerLog::add_member(std::uint32_t number, std::string_view channel,
                                  const ChannelMember& member) {
  Seat& seat = this->seat(number);
  MemberHead head{};
  const std::size_t size = rounded(
      sizeof(head) + channel.size() + member.user.size() + member.info.size(), alignof(MemberHead));
  if (seat.members_size + size > options_.member_bytes) return SIZE_MAX;
  head.size = static_cast<std::uint32_t>(size);
  head.is_here = 1;
  head.channel_size = static_cast<std::uint32_t>(channel.size());
  head.user_size = static_cast<std::uint32_t>(member.user.size());
  head.info_size = static_cast<std::uint32_t>(member.info.size());
  const auto entry = static_cast<std::size_t>(seat.members_size);
  char* to = members_of(number) + entry;
  const auto write = [&to](const void* bytes, std::size_t count) {
    if (count > 0) std::memcpy(to, bytes, count);
    to += count;
  };
  write(&head, sizeof(head));
  write(channel.data(), channel.size());
  write(member.user.data(), member.user.size());
  write(member.info.data(), member.info.size());
  seat.members_size += size;
  return entry;
}

void WorkerLog::remove_member(std::uint32_t number, std::size_t entry) {
  MemberHead head;
  char* const at = members_of(number) + entry;
  std::memcpy(&head, at, sizeof(head));
  head.is_here = 0;
  std::memcpy(at, &head, sizeof(head));
}

void WorkerLog::clear_members(std::uint32_t number) {
  seat(number).members_size = 0;
}

void WorkerLog::each_member(const std::function<void(std::uint32_t seat, std::string_view channel,
                                                     ChannelMember member)>& call) const {
  for (std::uint32_t i = 0; i < header_->seats.load(); ++i) {
    const Seat& seat = this->seat(i);
    if (seat.address_size.load() == 0) continue;
    const std::string_view all(members_of(i), static_cast<std::size_t>(seat.members_size));
    for (std::size_t at = 0; at < all.size();) {
      MemberHead head;
      std::memcpy(&head, all.data() + at, sizeof(head));
      std::string_view rest = all.substr(at + sizeof(head));
      at += head.size;
      if (head.is_here == 0) continue;
      const std::string_view channel = rest.substr(0, head.channel_size);
      rest.remove_prefix(head.channel_size);
      call(i, channel,
           {std::string(rest.substr(0, head.user_size)),
            std::string(rest.substr(head.user_size, head.info_size))});
    }
  }
}

}  // namespace bora::websocket
