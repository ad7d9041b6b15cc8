#include <bora/web/request_handler.h>

#include <charconv>
#include <stdexcept>
#include <utility>

#include <bora/core/escape.h>
#include <bora/core/log.h>
#include <bora/http/status.h>
#include <bora/web/application.h>

#include "runtime/web/argument_text.h"
#include "runtime/web/error_page.h"
#include "runtime/web/failure.h"
#include "runtime/web/request_execution.h"
#include "runtime/web/request_extras.h"

namespace bora::web {
namespace {

RequestExecution& require_execution() {
  RequestExecution* execution = RequestExecution::under_construction();
  if (execution == nullptr) {
    throw std::logic_error("a RequestHandler is made by its Application, one for each request");
  }
  return *execution;
}

using Arguments = std::vector<http::Argument>;

/// Those of the query string; 400 if there are too many. (A form was checked before prepare().)
const Arguments& query_arguments_of(const http::HTTPServerRequest& request) {
  std::string error;
  if (!request.parse_query(error)) throw HTTPError(400, error);
  return request.query_arguments();
}

const std::string* find_last(const Arguments& arguments, std::string_view name) {
  for (auto it = arguments.rbegin(); it != arguments.rend(); ++it) {
    if (it->name == name) return &it->value;
  }
  return nullptr;
}

std::optional<std::string> last_of(const Arguments& arguments, std::string_view name, bool strip) {
  const std::string* value = find_last(arguments, name);
  if (value == nullptr) return std::nullopt;
  return argument_text(name, *value, strip);
}

void append_all(const Arguments& arguments, std::string_view name, bool strip,
                std::vector<std::string>& values) {
  for (const http::Argument& argument : arguments) {
    if (argument.name == name) values.push_back(argument_text(name, argument.value, strip));
  }
}

}  // namespace

RequestHandler::RequestHandler() : execution_(require_execution()) {}
RequestHandler::~RequestHandler() {
  delete extras_;
}

RequestExtras& RequestHandler::extras() {
  if (extras_ == nullptr) extras_ = new RequestExtras;
  return *extras_;
}

http::HTTPServerRequest& RequestHandler::request() const {
  return execution_.request();
}
Application& RequestHandler::application() const {
  return execution_.application();
}
const Settings& RequestHandler::settings() const {
  return application().settings();
}
const PathArgs& RequestHandler::path_args() const {
  return execution_.path_args();
}

// Input.

std::string RequestHandler::get_argument(std::string_view name, bool strip) {
  std::optional<std::string> value = find_argument(name, strip);
  if (!value) throw MissingArgumentError(std::string(name));
  return *std::move(value);
}

std::string RequestHandler::get_argument(std::string_view name, std::string_view missing,
                                         bool strip) {
  std::optional<std::string> value = find_argument(name, strip);
  return value ? *std::move(value) : std::string(missing);
}

std::optional<std::string> RequestHandler::find_argument(std::string_view name, bool strip) {
  std::optional<std::string> value = last_of(request().body_arguments(), name, strip);
  return value ? std::move(value) : last_of(query_arguments_of(request()), name, strip);
}

std::vector<std::string> RequestHandler::get_arguments(std::string_view name, bool strip) {
  std::vector<std::string> values;
  append_all(query_arguments_of(request()), name, strip, values);
  append_all(request().body_arguments(), name, strip, values);
  return values;
}

std::optional<std::string> RequestHandler::get_query_argument(std::string_view name, bool strip) {
  return last_of(query_arguments_of(request()), name, strip);
}

std::vector<std::string> RequestHandler::get_query_arguments(std::string_view name, bool strip) {
  std::vector<std::string> values;
  append_all(query_arguments_of(request()), name, strip, values);
  return values;
}

std::optional<std::string> RequestHandler::get_body_argument(std::string_view name, bool strip) {
  return last_of(request().body_arguments(), name, strip);
}

std::vector<std::string> RequestHandler::get_body_arguments(std::string_view name, bool strip) {
  std::vector<std::string> values;
  append_all(request().body_arguments(), name, strip, values);
  return values;
}

// Output.

void RequestHandler::set_status(int status, std::string_view reason) {
  if (status < 100 || status > 999) {
    throw std::invalid_argument(std::to_string(status) + " is no HTTP status");
  }
  status_ = status;
  execution_.response().set_reason(reason);
}

std::string_view RequestHandler::get_reason() const {
  const std::string_view reason = execution_.response().reason();
  return reason.empty() ? http::reason_phrase(status_) : reason;
}

void RequestHandler::set_header(std::string_view name, std::string_view value) {
  execution_.response().set_header(name, value);
}

void RequestHandler::set_header(std::string_view name, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  set_header(name, std::string_view(digits, static_cast<std::size_t>(end.ptr - digits)));
}

void RequestHandler::add_header(std::string_view name, std::string_view value) {
  execution_.response().add_header(name, value);
}

void RequestHandler::clear_header(std::string_view name) {
  execution_.response().clear_header(name);
}

void RequestHandler::write(std::string_view chunk) {
  open_body("write").append(chunk);
}

render::Output& RequestHandler::open_body(const char* caller) {
  if (finished_) throw std::logic_error(std::string(caller) + "() after the answer was finished");
  refuse_within_page(caller);
  return execution_.response().body();
}

/// A page holds the end of the body in a register, and its memory must stay.
void RequestHandler::refuse_within_page(const char* caller) const {
  if (rendering_ == Rendering::nothing) return;
  throw std::logic_error(
      std::string(caller) +
      "() while a page is rendered: a template writes with {{ }}, a module with its own write()");
}

Task<void> RequestHandler::flush() {
  if (finished_) throw std::logic_error("flush() after the answer was finished");
  if (rendering_ == Rendering::page) refuse_within_page("flush");
  execution_.send_pending();
  return request().connection().flush();
}

void RequestHandler::finish(std::string_view chunk) {
  if (finished_) {
    throw std::logic_error(
        "finish() called twice; render(), redirect() and send_error() call it too");
  }
  refuse_within_page("finish");
  if (!chunk.empty()) write(chunk);
  execution_.send_rest();
}

void RequestHandler::redirect(std::string_view url, bool permanent, std::optional<int> status) {
  refuse_within_page("redirect");
  if (execution_.has_sent_headers()) {
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
  execution_.response().clear();
  if (extras_ != nullptr) extras_->retire_modules();
  status_ = 200;
  set_default_headers();
}

// Errors.

void RequestHandler::send_error(int status, std::exception_ptr error) {
  refuse_within_page("send_error");
  if (execution_.has_sent_headers()) {
    gen_log.error("Can't send error ", status, ": the headers were already sent");
    if (!finished_) finish();
    return;
  }
  clear();
  set_status(status, inspect(error).reason);
  if (status == 405) set_header("Allow", execution_.allowed_methods());
  if (execution_.may_have_body()) {
    try {
      write_error(status, error);
    } catch (...) {
      app_log.exception("write_error() threw");
    }
  }
  if (!finished_) finish();
}

void RequestHandler::write_error(int, std::exception_ptr error) {
  finish(settings().debug ? debug_error_page(*this, error) : error_page(*this));
}

void RequestHandler::log_exception(std::exception_ptr error) {
  const Failure failure = inspect(error);
  const http::HTTPServerRequest& asked = request();
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
