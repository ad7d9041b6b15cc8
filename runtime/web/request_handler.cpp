#include <bora/web/request_handler.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <bora/core/escape.h>
#include <bora/core/log.h>
#include <bora/http/httputil.h>
#include <bora/http/status.h>
#include <bora/net/io_stream.h>
#include <bora/web/application.h>

#include "runtime/core/crypto.h"
#include "runtime/web/argument_text.h"
#include "runtime/web/error_page.h"
#include "runtime/web/failure.h"
#include "runtime/web/request_execution.h"
#include "runtime/web/request_extras.h"

namespace bora::web {
namespace {

constexpr std::string_view kJSON = "application/json; charset=UTF-8";

RequestExecution& require_execution() {
  RequestExecution* execution = RequestExecution::under_construction();
  if (execution == nullptr) {
    throw std::logic_error("a RequestHandler is made by its Application, one for each request");
  }
  return *execution;
}

using Arguments = std::vector<http::Argument>;

/// Returns the arguments of the query string; throws 400 if there are too many. (A form was checked
/// before prepare().)
const Arguments& query_arguments_of(const http::HTTPServerRequest& request) {
  if (const std::string* error = request.parse_query()) refuse_request(400, *error);
  return request.query_arguments();
}

const std::string* find_last(const Arguments& arguments, std::string_view name) {
  for (auto it = arguments.rbegin(); it != arguments.rend(); ++it) {
    if (it->name == name) return &it->value;
  }
  return nullptr;
}

std::size_t find_ignoring_case(std::string_view text, std::string_view wanted) {
  for (std::size_t at = 0; at + wanted.size() <= text.size(); ++at) {
    if (http::equals_ignoring_case(text.substr(at, wanted.size()), wanted)) return at;
  }
  return std::string_view::npos;
}

/// Whether it is application/json or a type derived from it (RFC 6838, 4.2.8).
bool is_json_type(std::string_view type) {
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  constexpr std::string_view kSuffix = "+json";
  if (http::equals_ignoring_case(type, "application/json")) return true;
  return type.size() > kSuffix.size() && type.find('/') != std::string_view::npos &&
         http::equals_ignoring_case(type.substr(type.size() - kSuffix.size()), kSuffix);
}

bool is_utf8_or_unsaid(std::string_view parameters) {
  const std::size_t at = find_ignoring_case(parameters, "charset=");
  if (at == std::string_view::npos) return true;
  std::string_view charset = parameters.substr(at + 8);
  if (charset.starts_with('"')) charset.remove_prefix(1);
  charset = charset.substr(0, charset.find_first_of("\"; \t"));
  return http::equals_ignoring_case(charset, "utf-8") ||
         http::equals_ignoring_case(charset, "utf8");
}

}  // namespace

RequestHandler::RequestHandler() : execution_(&require_execution()) {}
RequestHandler::~RequestHandler() {
  delete extras_;
}

RequestExtras& RequestHandler::extras() {
  if (extras_ == nullptr) extras_ = new RequestExtras;
  return *extras_;
}

RequestExecution& RequestHandler::execution() const {
  if (execution_ == nullptr)
    throw std::logic_error(
        "the request of a WebSocket is over when open() has ended: keep what you need of it in "
        "members");
  return *execution_;
}

void RequestHandler::request_is_over() noexcept {
  execution_ = nullptr;
  delete std::exchange(extras_, nullptr);
}

http::HTTPServerRequest& RequestHandler::request() const {
  return execution().request();
}
Application& RequestHandler::application() const {
  return execution().application();
}
const Settings& RequestHandler::settings() const {
  return application().settings();
}
const PathArgs& RequestHandler::path_args() const {
  return execution().path_args();
}

// Input.

std::optional<std::string> RequestHandler::find_argument(Source source, std::string_view name,
                                                         bool strip) {
  const std::string* value = nullptr;
  if (source != Source::query) value = find_last(request().body_arguments(), name);
  if (value == nullptr && source != Source::body) {
    value = find_last(query_arguments_of(request()), name);
  }
  if (value == nullptr) return std::nullopt;
  return argument_text(name, *value, strip);
}

std::vector<std::string> RequestHandler::find_arguments(Source source, std::string_view name,
                                                        bool strip) {
  std::vector<std::string> values;
  const auto append = [&](const Arguments& arguments) {
    for (const http::Argument& argument : arguments) {
      if (argument.name == name) values.push_back(argument_text(name, argument.value, strip));
    }
  };
  if (source != Source::body) append(query_arguments_of(request()));
  if (source != Source::query) append(request().body_arguments());
  return values;
}

std::string RequestHandler::require_argument(Source source, std::string_view name, bool strip) {
  std::optional<std::string> value = find_argument(source, name, strip);
  if (!value) throw MissingArgumentError(std::string(name));
  return *std::move(value);
}

std::string RequestHandler::argument_text(std::string_view name, std::string_view value,
                                          bool strip) {
  return clean_argument(decode_argument(value, name), strip);
}

/// Text that is not UTF-8 is refused.
std::string RequestHandler::decode_argument(std::string_view value, std::string_view name) {
  if (is_valid_utf8(value)) return std::string(value);
  const std::string whose = name.empty() ? "the path" : std::string(name);
  throw HTTPError(400, "Invalid unicode in " + whose + ": " + std::string(value.substr(0, 40)))
      .with_detail(name.empty() ? "The path is not UTF-8."
                                : "The argument '" + whose + "' is not UTF-8.");
}

std::string_view RequestHandler::json_text() const {
  const std::string_view type = request().headers().get_view("Content-Type").value_or("");
  const std::size_t semicolon = std::min(type.find(';'), type.size());
  if (!is_json_type(type.substr(0, semicolon)) || !is_utf8_or_unsaid(type.substr(semicolon))) {
    throw HTTPError(400, "JSON body: its Content-Type is '" + std::string(type) + "'")
        .with_detail("The Content-Type of the body must be application/json, in UTF-8.");
  }
  return request().body();
}

// Output.

void RequestHandler::set_status(int status, std::string_view reason) {
  if (status < 100 || status > 999) {
    throw std::invalid_argument(std::to_string(status) + " is no HTTP status");
  }
  status_ = status;
  execution().response().set_reason(reason);
}

std::string_view RequestHandler::get_reason() const {
  const std::string_view reason = execution().response().reason();
  return reason.empty() ? http::reason_phrase(status_) : reason;
}

void RequestHandler::set_header(std::string_view name, std::string_view value) {
  execution().response().set_header(name, value);
}

void RequestHandler::add_header(std::string_view name, std::string_view value) {
  execution().response().add_header(name, value);
}

void RequestHandler::clear_header(std::string_view name) {
  execution().response().clear_header(name);
}

void RequestHandler::write(std::string_view chunk) {
  open_body("write").append(chunk);
}

render::Output& RequestHandler::open_json() {
  render::Output& body = open_body("write");
  set_header("Content-Type", kJSON);
  return body;
}

/// In old browsers, a page of another site could read an array.
void RequestHandler::check_is_object(std::size_t size) {
  const std::string_view written = execution().response().body_text().substr(size);
  if (written.starts_with('{')) return;
  throw std::logic_error(
      "write(value) makes JSON of objects only: write_json(value) takes any value");
}

std::string RequestHandler::date_text(Moment moment) {
  return http::format_timestamp(moment);
}

render::Output& RequestHandler::open_body(const char* caller) {
  if (finished_) fail_finished(caller);
  refuse_within_page(caller);
  return execution().response().body();
}

[[gnu::noinline]] void RequestHandler::fail_finished(const char* caller) {
  throw std::logic_error(std::string(caller) + "() after the answer was finished");
}

[[gnu::noinline]] void RequestHandler::fail_within_page(const char* caller) {
  throw std::logic_error(
      std::string(caller) +
      "() while a page is rendered: a template writes with {{ }}, a module with its own write()");
}

Task<void> RequestHandler::flush() {
  if (finished_) fail_finished("flush");
  if (rendering_ == Rendering::page) fail_within_page("flush");
  execution().send_pending();
  return request().connection().flush();
}

net::IOStream RequestHandler::detach() {
  if (finished_) fail_finished("detach");
  return execution().detach();
}

FinishedAnswer RequestHandler::finish(std::string_view chunk) {
  if (finished_) {
    throw std::logic_error(
        "finish() called twice; render(), redirect() and send_error() call it too");
  }
  refuse_within_page("finish");
  if (!chunk.empty()) write(chunk);
  if (status_ == 200 && execution().may_be_conditional() && !answer_conditionally()) {
    return FinishedAnswer(*this);
  }
  execution().send_rest();
  return FinishedAnswer(*this);
}

FinishedAnswer::Awaiter FinishedAnswer::wait() const {
  return Awaiter(handler_->request().connection().flush());
}

void RequestHandler::own_transform(OutputTransform* transform) {
  std::unique_ptr<OutputTransform> owned(transform);
  if (execution().has_sent_headers()) {
    throw std::logic_error("add_transform() after the headers were sent");
  }
  if (owned != nullptr) extras().transforms.push_back(std::move(owned));
}

void RequestHandler::own_hook(detail::AnswerHook<AnswerHead&>* hook) {
  std::unique_ptr<detail::AnswerHook<AnswerHead&>> owned(hook);
  if (execution().has_sent_headers())
    throw std::logic_error("before_headers() after the headers were sent");
  extras().head_hooks.push_back(std::move(owned));
}

void RequestHandler::own_hook(detail::AnswerHook<const RequestStats&>* hook) {
  std::unique_ptr<detail::AnswerHook<const RequestStats&>> owned(hook);
  if (finished_) throw std::logic_error("after_answer() after the answer was finished");
  extras().end_hooks.push_back(std::move(owned));
}

void RequestHandler::own_state(const void* key, detail::RequestState* state) {
  std::unique_ptr<detail::RequestState> owned(state);
  for (auto& [known, kept] : extras().states) {
    if (known == key) return kept.swap(owned);
  }
  extras().states.emplace_back(key, std::move(owned));
}

detail::RequestState* RequestHandler::look_for_state(const void* key) const {
  if (extras_ == nullptr) return nullptr;
  for (const auto& [known, kept] : extras_->states) {
    if (known == key) return kept.get();
  }
  return nullptr;
}

void RequestHandler::fail_state() {
  throw std::logic_error(
      "RequestHandler::state(): set_state() was not called for an object of this type; the filter "
      "that does it must stand in front");
}

void RequestHandler::set_log_tag(LogTag tag) {
  extras().log_tag = tag;
  LogTag::exchange(std::move(tag));
}

const std::string& RequestHandler::csp_nonce() {
  constexpr std::size_t kBytes = 16;
  std::string& nonce = extras().csp_nonce;
  if (nonce.empty()) nonce = crypto::to_base64url(crypto::random_bytes(kBytes));
  return nonce;
}

namespace {

std::string sources_of(const std::vector<std::string_view>& hashes) {
  std::string sources;
  for (const std::string_view hash : hashes) {
    sources.append(sources.empty() ? "'" : " '").append(hash).append("'");
  }
  return sources;
}

}  // namespace

std::string RequestHandler::script_hashes() const {
  return extras_ == nullptr ? std::string() : sources_of(extras_->script_hashes);
}

std::string RequestHandler::style_hashes() const {
  return extras_ == nullptr ? std::string() : sources_of(extras_->style_hashes);
}

void RequestHandler::add_hashes(bool are_scripts, const std::string_view* hashes,
                                std::size_t count) {
  if (extras_ == nullptr || extras_->head_hooks.empty()) return;  // Nobody will ask.
  auto& known = are_scripts ? extras_->script_hashes : extras_->style_hashes;
  for (std::size_t i = 0; i < count; ++i) {
    if (std::find(known.begin(), known.end(), hashes[i]) == known.end()) known.push_back(hashes[i]);
  }
}

void RequestHandler::redirect(std::string_view url, bool permanent, std::optional<int> status) {
  refuse_within_page("redirect");
  if (execution().has_sent_headers()) {
    throw std::logic_error("redirect() after the headers were sent");
  }
  const int code = status.value_or(permanent ? 301 : 302);
  if (code < 300 || code > 399) {
    throw std::invalid_argument("redirect() with status " + std::to_string(code));
  }
  set_status(code);
  set_header("Location", url);
  finish();
}

void RequestHandler::clear() {
  refuse_within_page("clear");
  execution().response().clear();
  if (extras_ != nullptr) extras_->retire_modules();
  status_ = 200;
  set_default_headers();
}

// Errors.

/// A value that no header can have is an error of the program, but it does not stop the answer.
void RequestHandler::set_headers_of(const HTTPError& error) {
  for (const auto& [name, value] : error.headers()) {
    try {
      set_header(name, value);
    } catch (...) {
      app_log.exception("HTTPError::with_header()");
    }
  }
}

void RequestHandler::send_error(int status, std::exception_ptr error) {
  refuse_within_page("send_error");
  if (execution().has_sent_headers()) {
    gen_log.error("Can't send error ", status, ": the headers were already sent");
    if (!finished_) finish();
    return;
  }
  clear();
  const Failure failure = inspect(error, request().body());
  set_status(status, failure.reason);
  if (failure.http_error != nullptr) set_headers_of(*failure.http_error);
  if (status == 405) set_header("Allow", execution().allowed_methods());
  if (execution().may_have_body()) {
    try {
      write_error(status, error);
    } catch (...) {
      app_log.exception("write_error() threw");
    }
  }
  if (!finished_) finish();
}

void RequestHandler::write_error(int, std::exception_ptr error) {
  write_error_page(*this, error);
}

void RequestHandler::log_exception(std::exception_ptr error) {
  const http::HTTPServerRequest& asked = request();
  const Failure failure = inspect(error, asked.body());
  if (failure.kind == Failure::Kind::http_error) {
    if (failure.log_message.empty()) return;
    gen_log.warning(failure.status, " ", asked.method(), " ", asked.uri(), " (", asked.remote_ip(),
                    "): ", failure.log_message);
    return;
  }
  app_log.error("Uncaught exception ", asked.method(), " ", asked.uri(), " (", asked.remote_ip(),
                "): ", describe(error));
}

}  // namespace bora::web
