#include <bora/engines/postgres_engine.h>

#include <algorithm>
#include <utility>

#include <bora/core/error.h>
#include <bora/core/io_loop.h>
#include <bora/postgres/listener.h>

#include "runtime/core/crypto.h"
#include "runtime/engines/broker_engine.h"

namespace bora::websocket {
namespace {

using database::Parameters;
using database::Rows;
using database::Statement;

// The text of NOTIFY; parts that are not the server's own are base64:
//   m EPOCH OFFSET FORMAT DATA     a message
//   f EPOCH OFFSET                 one that is kept and too long for NOTIFY
//   p FORMAT ID                    one that is not kept and too long: in bora_channel_payloads
//   j USER INFO, l USER            members
//   x                              something that is too long: look again
//
// A publisher locks the channel's row until its transaction is committed, so offsets come in the
// order of commits, which is the order of notifications. Members are changed under an advisory
// lock.
constexpr const char* kSchema = R"sql(
create table if not exists bora_channels (
  name text primary key, epoch text not null, newest bigint not null, ttl bigint not null);
create table if not exists bora_channel_messages (
  channel text, position bigint, format int not null, data bytea not null,
  at timestamptz not null default clock_timestamp(), primary key (channel, position));
create table if not exists bora_channel_payloads (
  id bigserial primary key, data bytea not null,
  at timestamptz not null default clock_timestamp());
create table if not exists bora_channel_members (
  channel text, username text, process text, info text not null,
  expires_at timestamptz not null, primary key (channel, username, process));

create or replace function bora_channel_text(data bytea) returns text language sql immutable as
  $$ select replace(encode(data, 'base64'), E'\n', '') $$;

create or replace function bora_channel_publish(
  channel_ text, topic text, data_ bytea, format_ int, history bigint, ttl_ bigint, new_epoch text,
  out epoch_ text, out newest_ bigint) language plpgsql as $$
declare
  payload text;
  place bigint := 0;
  large bigint;
begin
  if history > 0 then
    insert into bora_channels as c (name, epoch, newest, ttl) values (channel_, new_epoch, 1, ttl_)
      on conflict (name) do update set newest = c.newest + 1, ttl = excluded.ttl
      returning c.epoch, c.newest into epoch_, newest_;
    place := newest_;
    insert into bora_channel_messages (channel, position, format, data)
      values (channel_, place, format_, data_);
    delete from bora_channel_messages m
      where m.channel = channel_ and m.position <= place - history;
  else
    insert into bora_channels (name, epoch, newest, ttl) values (channel_, new_epoch, 0, 0)
      on conflict do nothing;
    select c.epoch, c.newest into epoch_, newest_ from bora_channels c where c.name = channel_;
  end if;
  payload := 'm ' || epoch_ || ' ' || place || ' ' || format_ || ' ' || bora_channel_text(data_);
  if octet_length(payload) > 7900 then
    if place > 0 then
      payload := 'f ' || epoch_ || ' ' || place;
    else
      insert into bora_channel_payloads (data) values (data_) returning id into large;
      delete from bora_channel_payloads where at < clock_timestamp() - interval '5 minutes';
      payload := 'p ' || format_ || ' ' || large;
    end if;
  end if;
  perform pg_notify(topic, payload);
end $$;

create or replace function bora_channel_sweep(channel_ text, topic text)
  returns void language plpgsql as $$
declare
  gone text;
begin
  perform pg_advisory_xact_lock(hashtextextended('bora_channel ' || channel_, 0));
  for gone in
    with dead as (delete from bora_channel_members m
      where m.channel = channel_ and m.expires_at < clock_timestamp() returning m.username)
    select distinct username from dead
  loop
    if not exists (select 1 from bora_channel_members m
                   where m.channel = channel_ and m.username = gone) then
      perform pg_notify(topic, 'l ' || bora_channel_text(convert_to(gone, 'UTF8')));
    end if;
  end loop;
end $$;

create or replace function bora_channel_join(
  channel_ text, topic text, process_ text, ttl bigint, users text[], infos text[])
  returns void language plpgsql as $$
declare
  before text;
  payload text;
begin
  perform bora_channel_sweep(channel_, topic);
  for i in 1 .. coalesce(array_length(users, 1), 0) loop
    select m.info into before from bora_channel_members m
      where m.channel = channel_ and m.username = users[i] limit 1;
    insert into bora_channel_members as m (channel, username, process, info, expires_at)
      values (channel_, users[i], process_, infos[i],
              clock_timestamp() + ttl * interval '1 millisecond')
      on conflict (channel, username, process)
      do update set info = excluded.info, expires_at = excluded.expires_at;
    if before is distinct from infos[i] then
      update bora_channel_members m set info = infos[i]
        where m.channel = channel_ and m.username = users[i];
      payload := 'j ' || bora_channel_text(convert_to(users[i], 'UTF8')) || ' ' ||
                 bora_channel_text(convert_to(infos[i], 'UTF8'));
      perform pg_notify(topic, case when octet_length(payload) > 7900 then 'x' else payload end);
    end if;
  end loop;
end $$;

create or replace function bora_channel_leave(
  channel_ text, topic text, process_ text, user_ text) returns void language plpgsql as $$
begin
  perform bora_channel_sweep(channel_, topic);
  delete from bora_channel_members m
    where m.channel = channel_ and m.username = user_ and m.process = process_;
  if found and not exists (select 1 from bora_channel_members m
                           where m.channel = channel_ and m.username = user_) then
    perform pg_notify(topic, 'l ' || bora_channel_text(convert_to(user_, 'UTF8')));
  end if;
end $$;
)sql";

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto* const data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}
std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

ChannelFormat format_of(int number) noexcept {
  if (number == 1) return ChannelFormat::binary;
  return number == 2 ? ChannelFormat::json : ChannelFormat::text;
}

/// The words of a notification.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ' ') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  words.resize(std::max<std::size_t>(words.size(), 5));
  return words;
}

class PostgresBroker final : public Broker {
 public:
  explicit PostgresBroker(PostgresEngineOptions options)
      : options_(std::move(options)),
        process_(crypto::to_base64url(crypto::random_bytes(9))),
        new_epoch_(crypto::to_base64url(crypto::random_bytes(9))) {}
  ~PostgresBroker() override { close(); }

  void start(BrokerSink& sink) override {
    sink_ = &sink;
    postgres::PoolOptions pool;
    static_cast<postgres::ConnectOptions&>(pool) = options_.postgres;
    pool.max_size = 2;
    pool_ = std::make_shared<postgres::Pool>(std::move(pool));
    listener_ = std::make_unique<postgres::Listener>(options_.postgres);
    hearing_ = spawn(hear(this, is_open_));
    hearing_.set_quiet(quiet_exceptions<BrokenPromiseError>);
  }
  void close() noexcept override {
    if (sink_ == nullptr) return;
    sink_ = nullptr;
    *is_open_ = false;
    hearing_.cancel();
    ordered_.reset();
    pool_.reset();
    listener_.reset();
  }

  Task<void> listen(std::string channel) override {
    std::string what;
    try {
      require_open();
      std::string name = topic(channel);
      channels_.insert_or_assign(name, channel);
      co_await listener_->listen(std::move(name), options_.timeout);
      co_return;
    } catch (const std::exception& failure) {
      what = failure.what();
    }
    throw ChannelError(what);
  }
  void unlisten(std::string channel) noexcept override {
    if (listener_ == nullptr) return;
    std::string name = topic(channel);
    channels_.erase(name);
    IOLoop::current().spawn(stop_listening(listener_->unlisten(std::move(name))));
  }

  Task<ChannelPosition> publish(std::string channel, ChannelMessage message,
                                ChannelLimits limits) override {
    const Parameters parameters = Parameters::of(channel, topic(channel), bytes_of(message.data),
                                                 static_cast<int>(message.format), limits.history,
                                                 limits.ttl.count(), epoch());
    const Rows rows = co_await run("select * from bora_channel_publish($1, $2, $3, $4, $5, $6, $7)",
                                   parameters, true);
    co_return ChannelPosition{rows[0].get<std::string>(0), rows[0].get<std::uint64_t>(1)};
  }

  Task<ChannelHistory> history(std::string channel, std::optional<ChannelPosition> since,
                               std::size_t limit) override {
    const std::string known = since ? since->epoch : std::string();
    const std::uint64_t offset = since ? since->offset : 0;
    const auto most = static_cast<std::int64_t>(std::min<std::size_t>(limit, 1'000'000));
    const Parameters names = Parameters::of(channel, epoch());
    static_cast<void>(
        co_await run("insert into bora_channels (name, epoch, newest, ttl) values ($1, $2, 0, 0) "
                     "on conflict do nothing",
                     names, false));
    const Parameters parameters = Parameters::of(channel, known, offset, most + 1);
    const Rows rows = co_await run(
        "select c.epoch, c.newest, c.epoch = $2 and $3 <= c.newest, m.position, m.format, m.data "
        "from bora_channels c left join bora_channel_messages m on m.channel = c.name and "
        "m.position > case when c.epoch = $2 and $3 <= c.newest then $3 else 0 end and "
        "(c.ttl = 0 or m.at > clock_timestamp() - c.ttl * interval '1 millisecond') "
        "where c.name = $1 order by m.position desc limit $4",
        parameters, false);
    ChannelHistory found;
    if (rows.empty()) co_return found;
    found.position = {rows[0].get<std::string>(0), rows[0].get<std::uint64_t>(1)};
    const bool is_known = rows[0].get<bool>(2);
    for (const auto row : rows) {
      if (row.is_null(3)) continue;
      ChannelMessage message;
      message.offset = row.get<std::uint64_t>(3);
      message.format = format_of(row.get<int>(4));
      message.data = text_of(row.get<std::vector<std::byte>>(5));
      found.messages.push_back(std::make_shared<const ChannelMessage>(std::move(message)));
    }
    const std::uint64_t after = is_known ? offset : 0;
    found.is_complete = is_known && found.messages.size() == found.position.offset - after &&
                        found.messages.size() <= limit;
    if (found.messages.size() > limit) found.messages.resize(limit);
    std::ranges::reverse(found.messages);
    co_return found;
  }

  Task<void> join(std::string channel, std::vector<ChannelMember> members) override {
    std::vector<std::string> users;
    std::vector<std::string> infos;
    for (ChannelMember& member : members) {
      users.push_back(std::move(member.user));
      infos.push_back(std::move(member.info));
    }
    const Parameters parameters = Parameters::of(channel, topic(channel), process_,
                                                 options_.presence_ttl.count(), users, infos);
    static_cast<void>(
        co_await run("select bora_channel_join($1, $2, $3, $4, $5, $6)", parameters, true));
  }
  Task<void> leave(std::string channel, std::string user) override {
    const Parameters parameters = Parameters::of(channel, topic(channel), process_, user);
    static_cast<void>(co_await run("select bora_channel_leave($1, $2, $3, $4)", parameters, true));
  }
  Task<std::vector<ChannelMember>> members(std::string channel) override {
    const Parameters names = Parameters::of(channel, topic(channel));
    static_cast<void>(co_await run("select bora_channel_sweep($1, $2)", names, false));
    const Parameters name = Parameters::of(channel);
    const Rows rows = co_await run(
        "select distinct on (username collate \"C\") username, info from bora_channel_members "
        "where channel = $1 order by username collate \"C\"",
        name, false);
    std::vector<ChannelMember> members;
    for (const auto row : rows) {
      members.push_back({row.get<std::string>(0), row.get<std::string>(1)});
    }
    co_return members;
  }

 private:
  using OwnConnection = std::shared_ptr<postgres::Connection>;

  /// Returns a name that LISTEN takes, whatever the channel's name is.
  static std::string topic(const std::string& channel) {
    return "bora_" + crypto::to_hex(crypto::sha1(channel));
  }
  std::string epoch() { return new_epoch_ + std::to_string(++epochs_); }

  void require_open() const {
    if (pool_ == nullptr) throw ChannelError("the engine was closed");
  }

  static Task<void> stop_listening(Task<void> unlistening) {
    try {
      co_await unlistening;
    } catch (const std::exception&) {
      // The connection is lost, and the next one does not listen to this channel.
    }
  }

  static Task<void> make_schema(std::shared_ptr<postgres::Pool> pool) {
    const auto make = [](database::Transaction& transaction) -> Task<void> {
      co_await transaction.lock("bora_channels");
      co_await transaction.run_script(Statement(kSchema));
    };
    co_await pool->transaction(make);
  }

  /// The connection for statements whose order counts.
  static Task<OwnConnection> acquire(std::shared_ptr<postgres::Pool> pool, Deadline deadline) {
    auto own = std::make_shared<postgres::Connection>(co_await pool->acquire(deadline));
    co_return own;
  }

  /// Statements with `is_ordered` reach the server in the order of the calls.
  Task<Rows> run(const char* text, Parameters parameters, bool is_ordered) {
    std::string what;
    try {
      require_open();
      const std::shared_ptr<postgres::Pool> pool = pool_;
      if (!is_made_) {
        if (!making_.is_valid() || making_.done()) making_ = spawn(make_schema(pool));
        const Future<void> making = making_;
        co_await making.until(options_.timeout);
        is_made_ = true;
      }
      Statement statement = Statement(text).within(options_.timeout);
      if (!is_ordered) {
        Rows rows = co_await pool->run(std::move(statement), std::move(parameters));
        co_return rows;
      }
      while (ordered_ == nullptr || !ordered_->is_open()) {
        if (!acquiring_.is_valid() || acquiring_.done()) {
          ordered_.reset();
          acquiring_ = spawn(acquire(pool, options_.timeout));
        }
        const Future<OwnConnection> acquiring = acquiring_;
        OwnConnection own = co_await acquiring;
        require_open();
        if (ordered_ == nullptr || !ordered_->is_open()) ordered_ = std::move(own);
      }
      const OwnConnection own = ordered_;
      Rows rows = co_await own->run(std::move(statement), std::move(parameters));
      co_return rows;
    } catch (const std::exception& failure) {
      what = failure.what();
    }
    throw ChannelError(what);
  }

  /// @param is_open  False when `self` may be gone.
  static Task<void> hear(PostgresBroker* self, std::shared_ptr<bool> is_open) {
    for (;;) {
      const postgres::Notification told = co_await self->listener_->next();
      if (!*is_open) co_return;
      if (told.is_gap) {
        self->sink_->on_break();
        if (!*is_open) co_return;
        continue;
      }
      const auto found = self->channels_.find(told.channel);
      if (found == self->channels_.end()) continue;
      const std::string channel = found->second;
      const std::vector<std::string> words = words_of(told.payload);
      BrokerEvent event;
      bool is_whole = true;
      if (words[0] == "f" || words[0] == "p") {
        // Later notifications wait, so that the order is kept.
        std::optional<BrokerEvent> fetched = co_await self->fetch(channel, words);
        if (!*is_open) co_return;
        is_whole = fetched.has_value();
        if (fetched) event = std::move(*fetched);
      } else {
        is_whole = read(words, event);
      }
      if (is_whole) {
        self->sink_->on_event(channel, std::move(event));
      } else {
        self->sink_->on_break();
      }
      if (!*is_open) co_return;
    }
  }

  static std::string plain(const std::string& base64) {
    return crypto::from_base64(base64).value_or("");
  }

  static bool read(const std::vector<std::string>& words, BrokerEvent& event) {
    if (words[0] == "m") {
      ChannelMessage message;
      event.epoch = words[1];
      message.offset = std::strtoull(words[2].c_str(), nullptr, 10);
      message.format = format_of(std::atoi(words[3].c_str()));
      message.data = plain(words[4]);
      event.message = std::make_shared<const ChannelMessage>(std::move(message));
      return true;
    }
    event.member.user = plain(words[1]);
    if (words[0] == "j") {
      event.kind = BrokerEvent::Kind::join;
      event.member.info = plain(words[2]);
      return true;
    }
    event.kind = BrokerEvent::Kind::leave;
    return words[0] == "l";
  }

  /// A message that was too long for its notification.
  Task<std::optional<BrokerEvent>> fetch(std::string channel, std::vector<std::string> words) {
    std::optional<BrokerEvent> event;
    ChannelMessage message;
    const bool is_kept = words[0] == "f";
    try {
      Rows rows;
      if (is_kept) {
        message.offset = std::strtoull(words[2].c_str(), nullptr, 10);
        const Parameters place = Parameters::of(channel, message.offset);
        rows = co_await run(
            "select data, format from bora_channel_messages where channel = $1 and position = $2",
            place, false);
      } else {
        const Parameters id = Parameters::of(std::strtoll(words[2].c_str(), nullptr, 10));
        rows = co_await run("select data, 0 from bora_channel_payloads where id = $1", id, false);
      }
      if (rows.empty()) co_return event;
      message.data = text_of(rows[0].get<std::vector<std::byte>>(0));
      message.format = format_of(is_kept ? rows[0].get<int>(1) : std::atoi(words[1].c_str()));
      event.emplace();
      if (is_kept) event->epoch = words[1];
      event->message = std::make_shared<const ChannelMessage>(std::move(message));
    } catch (const ChannelError&) {
    }
    co_return event;
  }

  PostgresEngineOptions options_;
  std::string process_;
  std::string new_epoch_;
  std::uint64_t epochs_ = 0;
  BrokerSink* sink_ = nullptr;
  std::shared_ptr<postgres::Pool> pool_;
  std::unique_ptr<postgres::Listener> listener_;
  std::map<std::string, std::string> channels_;  ///< By topic.
  Future<void> making_;
  bool is_made_ = false;
  Future<OwnConnection> acquiring_;
  OwnConnection ordered_;
  Future<void> hearing_;
  std::shared_ptr<bool> is_open_ = std::make_shared<bool>(true);
};

}  // namespace

std::shared_ptr<ChannelEngine> postgres_engine(PostgresEngineOptions options) {
  const std::chrono::milliseconds ttl = options.presence_ttl;
  return std::make_shared<BrokerEngine>(std::make_unique<PostgresBroker>(std::move(options)), ttl);
}

}  // namespace bora::websocket
