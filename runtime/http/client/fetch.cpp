#include "runtime/http/client/fetch.h"

#include <sys/stat.h>

#include <bora/core/executor.h>
#include <bora/core/gen.h>
#include <bora/core/log.h>
#include <bora/net/netutil.h>
#include <bora/net/tcp_client.h>

#include "runtime/net/stream_core.h"

// The time limits of a request, and its way through the pool. What is sent is in fetch_request.cpp
// and fetch_body.cpp, what is received in fetch_answer.cpp, and what follows from that in
// fetch_follow_up.cpp.

namespace bora::http {

namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kMaxAtOnce = 128 * 1024;  // of a body that is handed to the system as a whole

nanoseconds after(nanoseconds begin, nanoseconds limit) {
  return limit.count() <= 0 ? nanoseconds::max() : bora::detail::saturating_add(begin, limit);
}

}  // namespace

// ---- Time ----

Fetch::Fetch(std::shared_ptr<AsyncHTTPClient::Core> core,
             std::shared_ptr<const HTTPRequest> request,
             std::function<void(const HTTPResponse&)> on_head)
    : core_(std::move(core)),
      request_(std::move(request)),
      on_head_(std::move(on_head)),
      loop_(IOLoop::current()),
      place_in_core_(core_->running.insert(core_->running.end(), this)) {
  std::swap(parser_.head().headers, core_->spare);
}

Fetch::~Fetch() {
  if (timer_ != 0) loop_.remove_timeout(timer_);
  core_->running.erase(place_in_core_);
  constexpr std::size_t kMaxSpare = 64;
  if (parser_.head().headers.size() <= kMaxSpare) std::swap(parser_.head().headers, core_->spare);
}

void Fetch::limit(nanoseconds until, const char* name) {
  if (until >= deadline_) return;
  deadline_ = until;
  deadline_name_ = name;
}

void Fetch::enter(FetchPhase phase) {
  const nanoseconds moment = now();
  const nanoseconds spent = moment - phase_started_;
  switch (phase_) {
    case FetchPhase::queue:
      time_.queue = spent;
      break;
    case FetchPhase::dns:
      time_.dns = spent;
      break;
    case FetchPhase::connect:
    case FetchPhase::proxy:
      time_.connect += spent;
      break;
    case FetchPhase::tls:
      time_.tls = spent;
      break;
    case FetchPhase::first_byte:
      time_.first_byte = spent;
      break;
    case FetchPhase::request:
    case FetchPhase::answer:
      break;
  }
  if (phase == FetchPhase::queue) {
    const TimeInfo before = std::exchange(time_, {});
    time_.redirect = before.redirect;
  }
  if (phase_ == FetchPhase::queue) attempt_started_ = moment;
  phase_ = phase;
  phase_started_ = moment;

  deadline_ = nanoseconds::max();
  limit(after(started_, total_timeout_), "Timeout of the whole fetch");
  if (phase == FetchPhase::queue) {
    limit(after(moment, queue_timeout_), "Timeout in request queue");
  } else {
    if (phase <= FetchPhase::tls)
      limit(after(attempt_started_, connect_timeout_), "Timeout while connecting");
    limit(after(attempt_started_, request_timeout_),
          phase <= FetchPhase::tls ? "Timeout while connecting" : "Timeout during request");
    if (phase == FetchPhase::first_byte)
      limit(after(moment, first_byte_timeout_), "Timeout while waiting for the answer");
    if (phase == FetchPhase::answer && !is_handing_out_)
      limit(after(moment, read_timeout_), "Timeout between two pieces of the answer");
  }
  set_timer();
}

// A timer is not moved back: when it is early, it is set again. Most never become due.
void Fetch::set_timer() {
  if (deadline_ >= timer_at_) return;
  if (timer_ != 0) loop_.remove_timeout(timer_);
  timer_at_ = deadline_;
  timer_ = loop_.call_later(deadline_ - now(), [this] { on_timer(); });
}

void Fetch::on_timer() {
  timer_ = 0;
  timer_at_ = nanoseconds::max();
  if (now() < deadline_) return set_timer();
  has_timed_out_ = true;
  work_.cancel();
}

void Fetch::abandon() noexcept {
  is_abandoned_ = true;
  work_.cancel();
}

FetchPlace Fetch::place() const {
  return {.host = hop_.url.host_field.find(':') == std::string::npos ||
                          hop_.url.host_field.ends_with(']')
                      ? hop_.url.host_field + ":" + std::to_string(hop_.url.port)
                      : hop_.url.host_field,
          .address = address_,
          .phase = phase_,
          .elapsed = now() - started_};
}

// ---- The work ----

Task<HTTPResponse> Fetch::run(std::shared_ptr<AsyncHTTPClient::Core> core,
                              std::shared_ptr<const HTTPRequest> request,
                              std::function<void(const HTTPResponse&)> on_head) {
  if (core->is_closed()) throw std::logic_error("fetch() on an AsyncHTTPClient that was closed");
  Fetch self(std::move(core), std::move(request), std::move(on_head));
  self.resolve_defaults();
  self.require_valid();
  self.begin();
  self.started_ = self.phase_started_ = self.now();
  std::exception_ptr failure;
  bool was_cancelled = false;
  self.work_ = self.work();
  try {
    co_await self.work_;
  } catch (const CancelledError&) {
    was_cancelled = true;
    failure = std::current_exception();
  } catch (...) {
    failure = std::current_exception();
  }
  self.finish(failure, was_cancelled);
  co_return std::move(self.response_);
}

void Fetch::finish(const std::exception_ptr& failure, bool was_cancelled) {
  if (timer_ != 0) loop_.remove_timeout(std::exchange(timer_, 0));
  deadline_ = nanoseconds::max();
  time_.total = now() - started_;
  if (!failure) {
    response_.time_info = time_;
    response_.request_time = time_.total;
    report(response_.code, {});
    if (request_->raise_error) response_.rethrow();
    return;
  }
  try {
    if (was_cancelled && has_timed_out_) throw HTTPTimeoutError(deadline_name_, place());
    if (was_cancelled && is_abandoned_)
      throw HTTPClientClosedError("the client was closed", place());
    std::rethrow_exception(failure);
  } catch (const CancelledError&) {
    report(599, "cancelled");
    throw;
  } catch (const std::exception& error) {
    report(599, error.what());
    throw;
  }
}

Task<void> Fetch::work() {
  if (!request_->body_file.empty()) {
    const std::string path = request_->body_file;
    auto job = [path]() -> std::int64_t {
      struct stat status{};
      return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : -1;
    };
    auto looking = run_in_executor(job);
    const std::int64_t size = co_await looking;
    if (size < 0) refuse("body_file " + path + " can't be read, or is no file");
    file_size_ = static_cast<std::uint64_t>(size);
  }
  for (;;) {
    Task<void> attempting = attempt();
    co_await attempting;
    if (answer_challenge()) continue;
    if (!follow_redirect()) co_return;
  }
}

Task<void> Fetch::attempt() {
  way_ = route();
  const std::string key = way_.key();
  for (bool is_retry = false;; is_retry = true) {
    enter(FetchPhase::queue);
    ConnectionPool::Acquire turn = core_->pool.acquire(key);
    ConnectionPool::Lease lease = co_await turn;
    std::unique_ptr<ClientConnection> connection;
    if (!is_retry) connection = lease.take_idle(!may_send_again());
    time_.reused = connection != nullptr;
    if (connection) {
      ++core_->counts.connections_reused;
      address_ = connection->address;
    } else {
      address_.clear();
      try {
        Task<std::unique_ptr<ClientConnection>> opening =
            open_connection(way_, core_->resolver, *this);
        connection = co_await opening;
      } catch (const net::ResolveError& error) {
        throw HTTPResolveError(error.what(), place());
      } catch (const net::ConnectError& error) {
        throw HTTPConnectError(error.what(), place());
      } catch (const net::SSLError& error) {
        throw HTTPTLSError(error.what(), place());
      } catch (const ProxyRefusal& error) {
        throw HTTPProxyError(error.what(), place());
      } catch (const net::StreamClosedError& error) {
        if (phase_ == FetchPhase::tls) throw HTTPTLSError(error.what(), place());
        if (phase_ == FetchPhase::proxy) {
          throw HTTPProxyError(std::string("the proxy ended the connection: ") + error.what(),
                               place());
        }
        throw HTTPConnectError(error.what(), place());
      } catch (const std::system_error& error) {
        throw HTTPConnectError(error.what(), place());
      }
      ++core_->counts.connections_made;
    }
    const bool may_retry = time_.reused && !is_retry && may_send_again();
    Task<bool> exchanging = exchange(*connection, may_retry);
    const bool is_answered = co_await exchanging;
    if (!is_answered) {
      was_retried_ = true;
      ++core_->counts.retries;
      continue;
    }
    ++connection->requests;
    const auto& core = net::detail::StreamAccess::core(connection->stream);
    if (must_close_ || !parser_.may_keep_alive() || connection->stream.closed() ||
        !core->is_idle() || core_->is_closed())
      co_return;
    nanoseconds life = nanoseconds::max();
    if (const auto told = parser_.keep_alive_timeout()) life = *told - std::chrono::seconds(1);
    lease.give_back(std::move(connection), life);
    co_return;
  }
}

/// Returns false if the connection was gone and the request may be sent again.
Task<bool> Fetch::exchange(ClientConnection& connection, bool may_retry) {
  const bool is_head = hop_.method == "HEAD";
  parser_.begin(is_head ? ResponseParser::For::head : ResponseParser::For::request,
                {.max_header_size = core_->options.max_header_size});
  decoder_.reset();
  continue_.clear();
  is_dropping_ = body_is_sent_ = must_close_ = is_handing_out_ = false;
  body_bytes_ = 0;
  response_.body.clear();
  if (equals_ignoring_case(hop_.headers.get("Connection"), "close")) must_close_ = true;
  std::optional<ConnectionLost> lost;
  try {
    Task<void> sending = send_and_read(connection);
    co_await sending;
  } catch (const ConnectionLost& loss) {
    lost = loss;
  }
  if (!lost) co_return true;
  if (may_retry && !parser_.has_started()) co_return false;
  std::string what = "the server ended the connection without an answer";
  if (parser_.has_started()) what = "the server ended the connection within its answer";
  if (lost->error != net::Error::closed_by_peer)
    what = "the connection broke" +
           std::string(parser_.has_started() ? " within the answer: " : ": ") + lost->text;
  throw HTTPStreamClosedError(what, place());
}

// It is not a coroutine, because most requests are sent in one piece, and then there is only an
// answer to read.
Task<void> Fetch::send_and_read(ClientConnection& connection) {
  enter(FetchPhase::request);
  std::string head = head_text();
  const HTTPRequest& request = *request_;
  const bool is_whole = !hop_.has_body || (request.body && request.body->size() <= kMaxAtOnce &&
                                           !request.expect_100_continue);
  if (is_whole && hop_.has_body) head += *request.body;
  try {
    static_cast<void>(connection.stream.write(std::move(head)));
  } catch (const net::StreamClosedError&) {  // reading reports what the server sent before
  }
  if (is_whole) {
    body_is_sent_ = true;
    enter(FetchPhase::first_byte);
    return read_answer(connection);
  }
  return send_while_reading(connection);
}

// A server may answer before it has read everything, and then nobody needs the rest.
Task<void> Fetch::send_while_reading(ClientConnection& connection) {
  auto both = [this, &connection](TaskGroup& group) -> Task<void> {
    group.spawn(send_body(connection));
    Task<void> reading = read_answer(connection);
    co_await reading;
    group.cancel();
  };
  auto running = task_group(both);
  co_await running;
  if (!body_is_sent_) must_close_ = true;
}

void Fetch::report(int code, std::string_view error) const {
  const auto& observer = core_->options.observer;
  if (gen_log.is_enabled(LogLevel::debug)) {
    gen_log.debug("fetch: ", hop_.method, " ", hop_.url.text(), " ", code, " ",
                  static_cast<double>(time_.total.count()) / 1e6, "ms",
                  time_.reused ? " reused" : "", error.empty() ? "" : ": ", error);
  }
  if (!observer) return;
  const std::string url = hop_.url.text();
  const std::string host = place().host;
  FetchReport report;
  report.method = hop_.method;
  report.url = url;
  report.host = host;
  report.code = code;
  report.error = error;
  report.redirects = redirects_;
  report.was_retried = was_retried_;
  report.time_info = time_;
  try {
    observer(report);
  } catch (...) {
    app_log.exception("uncaught exception in an HTTP client's observer");
  }
}

}  // namespace bora::http
