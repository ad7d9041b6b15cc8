#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include <bora/core/io_loop.h>
#include <bora/core/locks.h>
#include <bora/http/http_client_message.h>

#include "runtime/http/client/client_core.h"
#include "runtime/http/client/client_url.h"
#include "runtime/http/client/connect.h"
#include "runtime/http/client/content_decoder.h"
#include "runtime/http/client/digest_auth.h"
#include "runtime/http/response_parser.h"

namespace bora::http {

/// One fetch(), from its call to its answer: redirects, repetitions, time limits.
///
/// The whole work is one Task, which a timer cancels when the limit of the present phase has
/// passed; its wait is then given up, and what it holds is freed with its frames.
class Fetch final : private ConnectProgress {
 public:
  static Task<HTTPResponse> run(std::shared_ptr<AsyncHTTPClient::Core> core,
                                std::shared_ptr<const HTTPRequest> request,
                                std::function<void(const HTTPResponse&)> on_head);
  Fetch(const Fetch&) = delete;
  Fetch& operator=(const Fetch&) = delete;

  /// Called when the client is closed.
  void abandon() noexcept;

 private:
  using Nanoseconds = std::chrono::nanoseconds;
  using Step = ResponseParser::Step;

  /// The request in its present form; redirects change it.
  struct Hop {
    ClientURL url;
    std::string method;
    HTTPHeaders headers;
    bool has_body = false;
    bool is_at_home = true;  ///< never left the first origin: credentials may be sent
    std::optional<DigestChallenge> challenge{};
    bool has_answered_challenge = false;
    bool has_answered_proxy = false;
  };

  class Sender;

  /// The connection was lost before the answer was whole.
  struct ConnectionLost {
    std::error_code error;
    std::string text;
  };

  struct MethodTraits {
    std::string_view name;
    bool is_known = true;
    bool has_body = false;
    bool is_idempotent = true;  ///< RFC 9110, 9.2.2
  };
  static MethodTraits traits_of(std::string_view method);
  static const std::string& text_of(const std::string& own, const std::string& other) {
    return own.empty() ? other : own;
  }
  /// @throws std::invalid_argument
  [[noreturn]] static void refuse(const std::string& why);

  Fetch(std::shared_ptr<AsyncHTTPClient::Core> core, std::shared_ptr<const HTTPRequest> request,
        std::function<void(const HTTPResponse&)> on_head);
  ~Fetch();

  // Time.
  [[nodiscard]] Nanoseconds now() const { return loop_.clock().monotonic(); }
  void enter(FetchPhase phase) override;
  void connected(std::string address) override { address_ = std::move(address); }
  void limit(Nanoseconds until, const char* name);
  void set_timer();
  void on_timer();
  [[nodiscard]] FetchPlace place() const;

  // Preparation.
  void resolve_defaults();
  void require_valid() const;
  void begin();
  [[nodiscard]] std::string head_text();
  [[nodiscard]] ClientRoute route() const;
  [[nodiscard]] std::string authorization() const;

  // The work.
  void finish(const std::exception_ptr& failure, bool was_cancelled);
  Task<void> work();
  Task<void> attempt();
  Task<bool> exchange(ClientConnection& connection, bool may_retry);
  Task<void> send_and_read(ClientConnection& connection);
  Task<void> send_while_reading(ClientConnection& connection);
  Task<void> read_answer(ClientConnection& connection);
  Task<void> send_body(ClientConnection& connection);
  Task<void> send_file(ClientConnection& connection);
  void take_head();
  void begin_body();
  void call_header_callback();
  Task<void> deliver(std::string_view piece);
  Task<void> decode(std::string_view bytes);
  void count_body(std::size_t bytes);
  void end_body() const;
  [[nodiscard]] bool may_send_again() const;
  [[nodiscard]] bool will_follow() const;
  [[nodiscard]] bool is_digest() const;
  /// Whether the answer is a challenge for which the request can be repeated.
  [[nodiscard]] bool may_answer_challenge() const;
  [[nodiscard]] bool may_answer_proxy() const;
  bool answer_challenge();
  bool follow_redirect();
  void report(int code, std::string_view error) const;
  [[nodiscard]] std::shared_ptr<const HTTPResponse> shared_response() const;

  std::shared_ptr<AsyncHTTPClient::Core> core_;
  std::shared_ptr<const HTTPRequest> request_;
  std::function<void(const HTTPResponse&)> on_head_;
  IOLoop& loop_;
  std::list<Fetch*>::iterator place_in_core_;

  // set by resolve_defaults()
  Nanoseconds connect_timeout_{};
  Nanoseconds request_timeout_{};
  Nanoseconds queue_timeout_{};
  Nanoseconds first_byte_timeout_{};
  Nanoseconds read_timeout_{};
  Nanoseconds total_timeout_{};
  bool decompresses_ = true;
  bool follows_ = true;
  int max_redirects_ = 5;
  std::uint64_t max_body_size_ = 0;
  std::shared_ptr<CookieJar> cookie_jar_;
  std::optional<std::uint64_t> file_size_;
  std::optional<std::uint64_t> declared_length_;

  // The present state.
  Hop hop_;
  ClientRoute way_;
  HTTPResponse response_;
  TimeInfo time_;
  FetchPhase phase_ = FetchPhase::queue;
  Nanoseconds started_{};
  Nanoseconds attempt_started_{};
  Nanoseconds phase_started_{};
  std::string address_;
  int redirects_ = 0;
  bool was_retried_ = false;

  // The present exchange.
  ResponseParser parser_;
  std::optional<ContentDecoder> decoder_;
  Event continue_;            ///< set when the server has agreed to the body
  bool is_dropping_ = false;  ///< whether a redirect's body is being dropped
  std::size_t decoded_in_turn_ = 0;
  std::uint64_t body_bytes_ = 0;
  bool body_is_sent_ = false;
  bool must_close_ = false;
  bool is_handing_out_ = false;  ///< the user's code takes the time, not the server

  // The whole work, and its timer.
  Task<void> work_;
  IOLoop::Timeout timer_ = 0;
  Nanoseconds timer_at_ = Nanoseconds::max();
  Nanoseconds deadline_ = Nanoseconds::max();
  const char* deadline_name_ = "";
  bool has_timed_out_ = false;
  bool is_abandoned_ = false;
};

}  // namespace bora::http
