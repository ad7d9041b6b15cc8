#include "runtime/websocket/channel_state.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "runtime/websocket/channel_protocol.h"
#include "runtime/websocket/connection.h"
#include "runtime/websocket/frame.h"
#include "runtime/websocket/memory_engine.h"

namespace bora::websocket::detail {

namespace {

// This many subscribers are served in one turn of the loop, which takes some milliseconds of system
// calls.
constexpr std::size_t kServedInATurn = 512;

using Key = std::pair<const ChannelEngine*, std::string>;

// The channels of this thread. Never destroyed: a channel may be static, and outlive it.
std::map<Key, std::weak_ptr<ChannelState>>& known_channels() {
  thread_local auto* const known = new std::map<Key, std::weak_ptr<ChannelState>>;
  return *known;
}

std::uint64_t offset_of(const std::shared_ptr<const ChannelMessage>& message) {
  return message == nullptr ? 0 : message->offset;
}

Opcode opcode_of(ChannelFormat format) {
  return format == ChannelFormat::binary ? Opcode::binary : Opcode::text;
}

SharedFrame make_frame(Opcode opcode, bool is_compressed, std::string_view payload) {
  char head[kMaxFrameHead];
  const std::size_t size =
      write_frame_head(head, opcode, true, is_compressed, payload.size(), nullptr);
  auto frame = std::make_shared<std::string>();
  frame->reserve(size + payload.size());
  frame->append(head, size).append(payload);
  return frame;
}

}  // namespace

/// Encodes items once for all subscribers with the same settings.
class ChannelState::Encoder {
 public:
  Encoder(const std::string& channel, std::span<const Item> items)
      : channel_(channel), items_(items) {}

  /// Sends a connection the items from the number `from` on, without messages up to the offset
  /// `heard`.
  /// @returns  How many messages these are.
  std::size_t send(Connection& connection, bool has_envelope, std::uint64_t from,
                   std::uint64_t heard) {
    const Compression* compression = connection.compression();
    // Messages that refer to earlier ones can't be shared.
    if (compression != nullptr && compression->keeps_sent)
      return send_alone(connection, has_envelope, from, heard);
    const Variant& variant = this->variant(connection, compression, has_envelope);
    std::span<const SharedFrame> frames = variant.frames;
    std::size_t messages = variant.messages;
    if (items_.empty()) return 0;
    if (heard > 0 || items_.front().number < from) {
      some_.clear();
      messages = 0;
      for (std::size_t i = 0; i < items_.size(); ++i) {
        if (!is_for(items_[i], has_envelope, from, heard)) continue;
        some_.push_back(variant.by_item[i]);
        messages += items_[i].message != nullptr;
      }
      frames = some_;
    }
    if (!frames.empty()) connection.write_frames(frames);
    return messages;
  }

  static bool is_for(const Item& item, bool has_envelope, std::uint64_t from = 0,
                     std::uint64_t heard = 0) {
    return (has_envelope || item.message != nullptr) && item.number >= from &&
           !(heard > 0 && is_heard(item, heard));
  }
  static bool is_heard(const Item& item, std::uint64_t heard) {
    return offset_of(item.message) != 0 && item.message->offset <= heard;
  }

 private:
  struct Variant {
    const Compression* compression;
    bool has_envelope;
    std::vector<SharedFrame> by_item{};
    std::vector<SharedFrame> frames{};  ///< those of by_item that are not null
    std::size_t messages = 0;
  };

  static bool is_same(const Compression* one, const Compression* other) {
    if (one == other) return true;
    if (one == nullptr || other == nullptr) return false;
    return one->level == other->level && one->mem_level == other->mem_level &&
           one->window_bits == other->window_bits && one->threshold == other->threshold;
  }

  const Variant& variant(Connection& connection, const Compression* compression,
                         bool has_envelope) {
    for (const Variant& each : variants_) {
      if (each.has_envelope == has_envelope && is_same(each.compression, compression)) return each;
    }
    Variant& made = variants_.emplace_back(Variant{compression, has_envelope});
    for (std::size_t i = 0; i < items_.size(); ++i) {
      SharedFrame frame;
      if (is_for(items_[i], has_envelope)) {
        frame = this->frame(connection, i, has_envelope);
        made.frames.push_back(frame);
        made.messages += items_[i].message != nullptr;
      }
      made.by_item.push_back(std::move(frame));
    }
    return made;
  }

  SharedFrame frame(Connection& connection, std::size_t place, bool has_envelope) {
    const std::string_view payload = this->payload(place, has_envelope);
    const Opcode opcode = has_envelope ? Opcode::text : opcode_of(items_[place].message->format);
    std::string deflated;
    if (!connection.deflate(payload, deflated)) return make_frame(opcode, false, payload);
    return make_frame(opcode, true, deflated);
  }

  std::string_view payload(std::size_t place, bool has_envelope) {
    const Item& item = items_[place];
    if (!has_envelope) return item.message->data;
    if (item.message == nullptr) return item.told;
    envelopes_.resize(items_.size());
    std::string& envelope = envelopes_[place];
    if (envelope.empty()) envelope = message_envelope(channel_, *item.message, item.previous);
    return envelope;
  }

  std::size_t send_alone(Connection& connection, bool has_envelope, std::uint64_t from,
                         std::uint64_t heard) {
    std::size_t messages = 0;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!is_for(items_[i], has_envelope, from, heard)) continue;
      const bool is_binary = !has_envelope && items_[i].message->format == ChannelFormat::binary;
      connection.write_now(is_binary ? MessageType::binary : MessageType::text,
                           payload(i, has_envelope));
      messages += items_[i].message != nullptr;
    }
    return messages;
  }

  const std::string& channel_;
  const std::span<const Item> items_;
  std::vector<std::string> envelopes_;
  std::deque<Variant> variants_;
  std::vector<SharedFrame> some_;
};

struct ChannelState::Batch {
  Batch(const std::string& channel, std::vector<Item> the_items)
      : items(std::move(the_items)), encoder(channel, items) {
    for (const Item& item : items) newest = std::max(newest, offset_of(item.message));
  }

  const std::vector<Item> items;
  std::uint64_t newest = 0;  ///< Offset; 0: none is kept.
  Encoder encoder;
};

// ---- Life ----

std::shared_ptr<ChannelState> ChannelState::get(std::string_view name,
                                                std::shared_ptr<ChannelEngine> engine) {
  if (engine == nullptr) engine = default_engine();
  std::weak_ptr<ChannelState>& known = known_channels()[{engine.get(), std::string(name)}];
  std::shared_ptr<ChannelState> state = known.lock();
  if (state == nullptr) {
    state = std::make_shared<ChannelState>(std::string(name), std::move(engine));
    known = state;
  }
  return state;
}

ChannelState::ChannelState(std::string name, std::shared_ptr<ChannelEngine> engine)
    : name_(std::move(name)), engine_(std::move(engine)) {}

ChannelState::~ChannelState() {
  engine_->unsubscribe(name_, *this);
  const auto found = known_channels().find({engine_.get(), name_});
  if (found != known_channels().end() && found->second.expired()) known_channels().erase(found);
}

// ---- The engine ----

void ChannelState::on_message(const std::shared_ptr<const ChannelMessage>& message) {
  ++statistics_.messages;
  Item item{message, position_.offset};
  if (message->offset > 0) position_.offset = message->offset;
  add(std::move(item));
}

void ChannelState::on_gap(const ChannelPosition& position) {
  position_ = position;
  for (Subscriber& subscriber : subscribers_) subscriber.heard = 0;
  add({.told = gap_envelope(name_, position)});
}

void ChannelState::on_join(const ChannelMember& member) {
  add({.told = join_envelope(name_, member), .member = member, .has_come = true});
}

void ChannelState::on_leave(const ChannelMember& member) {
  add({.told = leave_envelope(name_, member), .member = member});
}

Task<void> ChannelState::enter_engine() {
  while (state_ == Engine::entering) {
    Condition::Wait wait = state_changed_.wait();
    static_cast<void>(co_await wait);
  }
  if (state_ == Engine::entered) co_return;
  state_ = Engine::entering;
  try {
    Task<ChannelPosition> subscribing = engine_->subscribe(name_, *this);
    position_ = co_await subscribing;
    state_ = Engine::entered;
  } catch (...) {
    state_ = Engine::left;
    state_changed_.notify_all();
    throw;
  }
  state_changed_.notify_all();
  leave_engine_if_unused();
}

void ChannelState::leave_engine_if_unused() {
  if (subscribers() > 0 || state_ != Engine::entered) return;
  state_ = Engine::left;
  waiting_.clear();
  engine_->unsubscribe(name_, *this);
}

// ---- Sending ----

void ChannelState::add(Item item) {
  item.number = next_number_++;
  for (const std::weak_ptr<Joining>& each : joining_) {
    if (const std::shared_ptr<Joining> joining = each.lock()) joining->held.push_back(item);
  }
  waiting_.push_back(std::move(item));
  go_on_soon();
}

void ChannelState::go_on_soon() {
  if (std::exchange(is_going_on_soon_, true)) return;
  IOLoop::current().add_callback([channel = weak_from_this()] {
    const std::shared_ptr<ChannelState> self = channel.lock();
    if (self == nullptr) return;
    self->is_going_on_soon_ = false;
    self->go_on();
  });
}

// on_drop() is called from here, and may do anything: subscribers may leave (their places stay
// until the end of the batch) and join (after those that are being served), and messages may arrive
// (they wait).
void ChannelState::go_on() {
  if (std::exchange(is_going_on_, true)) return;
  if (batch_ == nullptr) {
    batch_ = std::make_unique<Batch>(name_, std::exchange(waiting_, {}));
    next_ = 0;
    end_ = subscribers_.size();
  }
  for (std::size_t served = 0; next_ < end_ && served < kServedInATurn; ++served) {
    fetch_ahead(next_);
    deliver(next_++);
  }
  if (next_ == end_) {
    batch_.reset();
    next_ = end_ = 0;
    if (gone_ > 0) compact();
  }
  is_going_on_ = false;
  if (batch_ != nullptr || !waiting_.empty()) go_on_soon();
}

// Handlers and connections are scattered over the memory, so it is fetched while others are served.
void ChannelState::fetch_ahead(std::size_t place) const {
  if (place + 8 < end_) __builtin_prefetch(subscribers_[place + 8].handler);
  if (place + 4 >= end_) return;
  const WebSocketHandler* const handler = subscribers_[place + 4].handler;
  if (handler == nullptr || handler->connection_ == nullptr) return;
  const char* const connection = reinterpret_cast<const char*>(handler->connection_);
  __builtin_prefetch(connection);
  __builtin_prefetch(connection + 64);
}

void ChannelState::deliver(std::size_t place) {
  Subscriber& subscriber = subscribers_[place];
  if (subscriber.handler == nullptr || subscriber.joining) return;
  const std::uint64_t heard = subscriber.heard;
  // Messages that come after a newer batch are newer, too.
  if (heard > 0 && batch_->newest > heard) subscriber.heard = 0;
  statistics_.deliveries += batch_->encoder.send(*subscriber.handler->connection_,
                                                 subscriber.has_envelope, subscriber.from, heard);
}

bool ChannelState::is_to_be_served(std::size_t place) const {
  return batch_ != nullptr && place >= next_ && place < end_;
}

// Sends this subscriber the messages that wait for it.
void ChannelState::send_waiting(std::size_t place) {
  if (subscribers_[place].joining) return;
  if (is_to_be_served(place)) deliver(place);
  const Subscriber subscriber = subscribers_[place];
  if (waiting_.empty() || subscriber.handler == nullptr) return;
  const std::vector<Item> items = waiting_;
  Encoder encoder(name_, items);
  statistics_.deliveries += encoder.send(*subscriber.handler->connection_, subscriber.has_envelope,
                                         subscriber.from, subscriber.heard);
}

std::size_t ChannelState::count_waiting(std::size_t place) const {
  const Subscriber& subscriber = subscribers_[place];
  std::size_t messages = 0;
  const auto count = [&](std::span<const Item> items, std::uint64_t from, std::uint64_t heard) {
    for (const Item& item : items)
      messages += item.message != nullptr && Encoder::is_for(item, true, from, heard);
  };
  if (subscriber.joining) {
    count(subscriber.joining->held, 0, 0);
    return messages;
  }
  if (is_to_be_served(place)) count(batch_->items, subscriber.from, subscriber.heard);
  count(waiting_, subscriber.from, subscriber.heard);
  return messages;
}

void ChannelState::compact() {
  std::size_t to = 0;
  for (std::size_t from = 0; from < subscribers_.size(); ++from) {
    if (subscribers_[from].handler == nullptr) continue;
    if (to != from) {
      subscribers_[to] = std::move(subscribers_[from]);
      for (auto& each : subscribers_[to].handler->socket_extras_->subscriptions) {
        if (each.channel.get() == this) each.place = to;
      }
    }
    ++to;
  }
  subscribers_.resize(to);
  gone_ = 0;
}

// ---- Subscribers ----

ChannelState::Subscriber* ChannelState::find(const WebSocketHandler& handler) {
  if (handler.socket_extras_ == nullptr) return nullptr;
  for (const auto& each : handler.socket_extras_->subscriptions) {
    if (each.channel.get() == this) return &subscribers_[each.place];
  }
  return nullptr;
}

bool ChannelState::is_subscribed(const WebSocketHandler& handler) const {
  return const_cast<ChannelState*>(this)->find(handler) != nullptr;
}

Future<Subscribed> ChannelState::subscribe(WebSocketHandler& handler, SubscribeOptions options,
                                           const ChannelOptions& channel, Greeting greeting) {
  if (!handler.is_open()) throw WebSocketClosedError("subscribe() with a WebSocket that is closed");
  leave_delay_ = channel.leave_delay;
  max_members_ = channel.max_members;
  Subscriber* subscriber = find(handler);
  if (subscriber != nullptr) {
    send_waiting(static_cast<std::size_t>(subscriber - subscribers_.data()));
    subscriber = find(handler);
  }
  if (subscriber == nullptr) {
    handler.socket_extras().subscriptions.push_back({shared_from_this(), subscribers_.size()});
    subscriber = &subscribers_.emplace_back();
    subscriber->handler = &handler;
  } else {
    if (subscriber->joining) subscriber->joining->is_over = true;
    std::erase_if(joining_, [&](const auto& each) { return each.lock() == subscriber->joining; });
  }
  subscriber->has_envelope = options.envelope;
  subscriber->heard = 0;
  subscriber->joining = std::make_shared<Joining>(Joining{&handler, std::move(greeting)});
  std::shared_ptr<Joining> joining = subscriber->joining;
  joining_.push_back(joining);
  return bora::spawn(join(shared_from_this(), std::move(joining), std::move(options)));
}

Task<Subscribed> ChannelState::join(std::shared_ptr<ChannelState> self,
                                    std::shared_ptr<Joining> joining, SubscribeOptions options) {
  try {
    Task<Subscribed> catching_up = self->catch_up(joining, std::move(options));
    co_return co_await catching_up;
  } catch (...) {
    if (!joining->is_over) {
      self->unsubscribe(*joining->handler);
      if (joining->greeting) joining->greeting(nullptr);
    }
    throw;
  }
}

Task<Subscribed> ChannelState::catch_up(std::shared_ptr<Joining> joining,
                                        SubscribeOptions options) {
  Task<void> entering = enter_engine();
  co_await entering;
  if (joining->is_over) co_return Subscribed{};
  show(*joining->handler, options.member);

  Subscribed subscribed;
  subscribed.recovered = !options.since.has_value();
  subscribed.position = position_;
  ChannelHistory history;
  if (options.since || options.replay > 0) {
    Task<ChannelHistory> asking =
        engine_->history(name_, options.since, options.since ? SIZE_MAX : options.replay);
    history = co_await asking;
    if (joining->is_over) co_return Subscribed{};
    subscribed.position = history.position;
    subscribed.recovered = !options.since || history.is_complete;
    // A subscriber that has missed messages gets what a new one gets.
    auto& messages = history.messages;
    if (options.since && !history.is_complete && messages.size() > options.replay) {
      messages.erase(messages.begin(),
                     messages.end() - static_cast<std::ptrdiff_t>(options.replay));
    }
    if (options.since && history.is_complete) {
      subscribed.position = *options.since;
    } else if (!messages.empty()) {
      subscribed.position.offset = messages.front()->offset - 1;
    }
  }
  if (options.member || options.envelope) {
    Task<std::vector<ChannelMember>> asking = engine_->members(name_);
    subscribed.members = co_await asking;
    if (joining->is_over) co_return Subscribed{};
  }

  std::vector<Item> items;
  std::uint64_t previous = subscribed.position.offset;
  for (const auto& message : history.messages) {
    items.push_back({.message = message, .previous = previous});
    previous = message->offset;
  }
  const std::uint64_t heard = options.since || options.replay > 0 ? history.position.offset : 0;
  bool is_first = history.messages.empty();
  std::map<std::string, ChannelMember> here;
  const auto is_of_member = [](const Item& item) { return item.member.has_value(); };
  if (std::any_of(joining->held.begin(), joining->held.end(), is_of_member)) {
    for (const ChannelMember& member : subscribed.members) here.emplace(member.user, member);
  }
  shorten(subscribed, options.member);
  for (Item& item : joining->held) {
    if (item.member && !changes(here, item)) continue;  // the list knows it already
    if (heard > 0 && Encoder::is_heard(item, heard)) continue;
    // Without history the stream begins before the first message that came.
    if (is_first && offset_of(item.message) > 0 && heard == 0)
      subscribed.position.offset = item.previous;
    is_first = is_first && offset_of(item.message) == 0;
    items.push_back(std::move(item));
  }

  Subscriber& subscriber = *find(*joining->handler);
  subscriber.heard = heard;
  subscriber.from = next_number_;  // all before it is held, or in the history
  subscriber.joining.reset();
  std::erase_if(joining_, [&](const auto& each) { return each.lock() == joining; });
  const bool has_envelope = subscriber.has_envelope;
  Connection& connection = *joining->handler->connection_;
  joining->is_over = true;
  if (joining->greeting) joining->greeting(&subscribed);
  Encoder encoder(name_, items);
  statistics_.deliveries += encoder.send(connection, has_envelope, 0, 0);
  co_return subscribed;
}

// Keeps the first members of the list, and the subscriber itself.
void ChannelState::shorten(Subscribed& subscribed, const std::optional<ChannelMember>& own) const {
  std::vector<ChannelMember>& members = subscribed.members;
  if (members.size() <= max_members_) return;
  subscribed.more_members = members.size() - max_members_;
  const auto end = members.begin() + static_cast<std::ptrdiff_t>(max_members_);
  const auto itself = std::find_if(end, members.end(),
                                   [&](const auto& each) { return own && each.user == own->user; });
  if (itself != members.end() && max_members_ > 0) std::iter_swap(end - 1, itself);
  members.erase(end, members.end());
}

// Changes the list when somebody came or left. @returns  False if the list knows it already.
bool ChannelState::changes(std::map<std::string, ChannelMember>& here, const Item& item) {
  const ChannelMember& member = *item.member;
  if (!item.has_come) return here.erase(member.user) > 0;
  const auto [found, is_new] = here.try_emplace(member.user, member);
  if (!is_new && found->second == member) return false;
  found->second = member;
  return true;
}

void ChannelState::unsubscribe(WebSocketHandler& handler) {
  static_cast<void>(remove(handler, false));
}

std::size_t ChannelState::end(WebSocketHandler& handler) {
  return remove(handler, true);
}

std::size_t ChannelState::remove(WebSocketHandler& handler, bool has_ended) {
  const std::shared_ptr<ChannelState> self = shared_from_this();
  auto& subscriptions = handler.socket_extras().subscriptions;
  const auto is_this = [&](const auto& each) { return each.channel.get() == this; };
  auto link = std::find_if(subscriptions.begin(), subscriptions.end(), is_this);
  if (link == subscriptions.end()) return 0;

  // The subscriber still gets what was published before.
  std::size_t unsent = 0;
  if (has_ended) {
    unsent = count_waiting(link->place);
  } else {
    send_waiting(link->place);
    link = std::find_if(subscriptions.begin(), subscriptions.end(), is_this);
    if (link == subscriptions.end()) return 0;  // on_drop() has removed it already
  }

  const std::size_t place = link->place;
  subscriptions.erase(link);
  Subscriber& subscriber = subscribers_[place];
  if (subscriber.joining) {
    subscriber.joining->is_over = true;
    std::erase_if(joining_, [&](const auto& each) { return each.lock() == subscriber.joining; });
  }
  const std::optional<std::string> user = std::move(subscriber.user);
  if (batch_ != nullptr) {
    subscriber = Subscriber();
    ++gone_;
  } else {
    if (place + 1 != subscribers_.size()) {
      subscriber = std::move(subscribers_.back());
      for (auto& each : subscriber.handler->socket_extras_->subscriptions) {
        if (each.channel.get() == this) each.place = place;
      }
    }
    subscribers_.pop_back();
  }
  if (user) leave(*user);
  leave_engine_if_unused();
  return unsent;
}

// ---- Users ----

// From now on the handler's connection is this member's, and no other one's.
void ChannelState::show(WebSocketHandler& handler, const std::optional<ChannelMember>& member) {
  if (member) enter(*member);
  std::optional<std::string> user;
  if (member) user = member->user;
  const std::optional<std::string> former = std::exchange(find(handler)->user, std::move(user));
  if (former) leave(*former);
}

void ChannelState::enter(const ChannelMember& member) {
  User& user = users_[member.user];
  const bool is_new = user.connections++ == 0 && user.leaving == 0;
  if (user.leaving != 0) IOLoop::current().remove_timeout(std::exchange(user.leaving, 0));
  if (!is_new && user.member == member) return;
  user.member = member;
  IOLoop::current().spawn(engine_->join(name_, member));
}

void ChannelState::leave(const std::string& name) {
  const auto found = users_.find(name);
  if (found == users_.end() || --found->second.connections > 0) return;
  if (leave_delay_.count() <= 0) {
    gone(name);
    return;
  }
  found->second.leaving = IOLoop::current().call_later(
      leave_delay_, [self = shared_from_this(), name] { self->gone(name); });
}

void ChannelState::gone(const std::string& name) {
  users_.erase(name);
  IOLoop::current().spawn(engine_->leave(name_, name));
}

}  // namespace bora::websocket::detail
