// A Debug build of an app is linked with this file (BoraApp.cmake). By itself it makes the page of
// an exception tell more. When `bora dev` has started the program (BORA_DEV is in the environment),
// it also listens on the socket that it was given, takes new texts for its templates, and talks
// with the pages that are open: /.bora/dev.js, which every page gets, keeps a WebSocket to
// /.bora/events.
//
// Descriptor 3 leads to `bora dev`, 4 listens.

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/escape.h>
#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/render/json.h>
#include <bora/render/live_code.h>
#include <bora/render/live_text.h>
#include <bora/web/application.h>
#include <bora/web/http_error.h>
#include <bora/web/output_transform.h>
#include <bora/web/request_handler.h>
#include <bora/web/url_spec.h>
#include <bora/websocket/websocket_handler.h>

#include "runtime/core/loop_start_hook.h"
#include "runtime/devtools/channel.h"
#include "runtime/devtools/debug_page.h"
#include "runtime/devtools/embedded_pages.h"
#include "runtime/devtools/fault.h"
#include "runtime/net/bind_hook.h"
#include "runtime/web/development.h"
#include "runtime/web/failure.h"
#include "runtime/web/open_event_streams.h"
#include "runtime/websocket/drain_close.h"

namespace bora::devtools {
namespace {

constexpr int kChannel = 3;
constexpr int kSocket = 4;
constexpr std::size_t kKeptRecords = 400;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

bool is_loopback(std::string_view ip) {
  return ip == "::1" || ip.starts_with("127.") || ip.starts_with("::ffff:127.") ||
         ip == "0.0.0.0";  // a Unix-domain socket
}

/// A foreign name that leads here (DNS rebinding) is none of these.
bool is_own_host(std::string_view host) {
  const bool is_ip =
      host.starts_with('[') ||
      (!host.empty() && host.find_first_not_of("0123456789.:") == std::string_view::npos);
  std::string name(
      host.substr(0, host.rfind(':') == std::string_view::npos ? host.size() : host.rfind(':')));
  return is_ip || name == "localhost" || name.ends_with(".localhost");
}

/// The last lines of the log, with their times, for the page of an exception.
class RecentLog final : public LogSink {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void write(const LogRecord& record) noexcept override {
    try {
      constexpr std::string_view kLetters = "DIWE";
      const auto level = static_cast<std::size_t>(record.level);
      std::string line;
      line += level < kLetters.size() ? kLetters[level] : ' ';
      line += ' ' + std::string(record.text);
      const std::lock_guard lock(mutex_);
      records_.emplace_back(std::chrono::steady_clock::now(), std::move(line));
      if (records_.size() > kKeptRecords) records_.pop_front();
    } catch (...) {  // without memory, the line is left out
    }
    pass_log_record(former_, record);
  }

  void begin() { former_ = set_log_sink(this); }

  std::vector<std::string> since(Time begin) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> lines;
    for (const auto& [time, line] : records_) {
      if (time >= begin) lines.push_back(line);
    }
    return lines;
  }

 private:
  LogSink* former_ = nullptr;
  std::mutex mutex_;
  std::deque<std::pair<Time, std::string>> records_;
};

class Events;

/// The messages for open pages.
struct Pages {
  std::string state;  ///< empty until `bora dev` has said it
  std::set<Events*> open;
  bool is_leaving = false;

  void tell(std::string_view text);
  void close();
};

class Library final : public web::Development {
 public:
  static Library& instance() {
    static auto* const library = new Library;  // Used to the very end of the program.
    return *library;
  }

  void install() {
    web::set_development(this);
    log_.begin();
    if (boot_.empty()) return;
    for (const int fd : {kChannel, kSocket}) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    former_start_hook_ = set_loop_start_hook(&on_loop_start);
    net::set_bind_hook(&bind);
    net::set_runs_alone();
  }

  Pages& pages() { return pages_; }
  Channel& channel() { return channel_; }
  const std::string& boot() const { return boot_; }

  // Development.

  void prepare(web::Settings& settings) override;
  http::HTTPMessageDelegate* take(http::HTTPServerRequest& request) override;
  void failed(web::RequestHandler& handler, const std::exception_ptr& error) override;
  bool write_error_page(web::RequestHandler& handler, const std::exception_ptr& error) override;

 private:
  Library()
      : boot_(variable("BORA_DEV")),
        source_(variable("BORA_DEV_SOURCE")),
        is_remote_(!variable("BORA_DEV_REMOTE").empty()) {
    // Programs that this one starts must not inherit it.
    ::unsetenv("BORA_DEV");
  }

  static void on_loop_start(IOLoop& loop);
  static std::vector<net::FileDescriptor> bind(bool& reuse_port);
  void take_message(std::string_view word, std::string_view body);
  void take_code(const std::vector<std::string>& fields);
  [[nodiscard]] bool may_see(const http::HTTPServerRequest& request) const {
    return is_remote_ || is_loopback(request.remote_ip());
  }
  const Fault& fault_of(const std::exception_ptr& error);

  const std::string boot_;  ///< empty if `bora dev` did not start this program
  const std::string source_;
  const bool is_remote_;
  RecentLog log_;
  Channel channel_;
  Pages pages_;
  LoopStartHook former_start_hook_ = nullptr;
  bool is_bound_ = false;
  bool is_started_ = false;
  bool is_preparing_ = false;
  bool is_taking_ = false;
  std::unique_ptr<web::Application> own_application_;
  std::exception_ptr examined_;
  Fault fault_;
};

// --- What pages ask for -----------------------------------------------------------------------

class Script : public web::RequestHandler {
 public:
  void get() {
    set_header("Content-Type", "text/javascript; charset=utf-8");
    set_header("Cache-Control", "no-store");
    write(embedded_pages().front().text);
  }
};

class State : public web::RequestHandler {
 public:
  void get() {
    set_header("Content-Type", "application/json");
    set_header("Cache-Control", "no-store");
    const std::string& state = Library::instance().pages().state;
    write(state.empty() ? std::string_view("{}") : std::string_view(state));
  }
};

/// Asks `bora dev` to open a file in the editor.
class Edit : public web::RequestHandler {
 public:
  void post() {
    // A page of another site can send this request, too.
    const std::string site = request().headers().get("Sec-Fetch-Site");
    if (!site.empty() && site != "same-origin") throw web::HTTPError(403);
    const std::string origin = request().headers().get("Origin");
    if (!origin.empty() && !origin.ends_with("://" + std::string(request().host())))
      throw web::HTTPError(403);
    Library::instance().channel().send("edit", request().body());
    set_status(204);
  }
};

class Events : public websocket::WebSocketHandler {
 public:
  void open() {
    Pages& pages = Library::instance().pages();
    if (pages.is_leaving) return close(websocket::kCloseServiceRestart);
    pages.open.insert(this);
    if (!pages.state.empty()) write_message(pages.state);
  }
  void on_close() override { Library::instance().pages().open.erase(this); }
};

void Pages::tell(std::string_view text) {
  const std::set<Events*> told = open;  // a page that is lost meanwhile leaves the set
  for (Events* const page : told) {
    if (open.contains(page) && page->is_open()) page->write_message(text);
  }
}

void Pages::close() {
  is_leaving = true;
  const std::set<Events*> closing = open;
  for (Events* const page : closing) {
    if (open.contains(page) && page->is_open())
      page->close(websocket::kCloseServiceRestart, "a new version is there");
  }
}

// --- The script in every page -----------------------------------------------------------------

/// Returns the nonce that a page's policy asks of scripts; empty if there is none.
std::string nonce_of(std::string_view policy) {
  constexpr std::string_view kLead = "'nonce-";
  const std::size_t begin = policy.find(kLead);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = policy.substr(begin + kLead.size());
  return std::string(rest.substr(0, rest.find('\'')));
}

class AddScript final : public web::OutputTransform {
 public:
  explicit AddScript(std::string tag) : tag_(std::move(tag)) {}

  void transform_first_chunk(web::AnswerHead& head, std::string& chunk, bool finishing) override {
    const int status = head.status();
    const std::string type = head.get_header("Content-Type").value_or("");
    is_page_ = status >= 200 && status != 204 && status != 304 && status != 206 &&
               type.starts_with("text/html") && !head.get_header("Content-Encoding") &&
               !head.get_header("Content-Disposition");
    if (!is_page_) return;
    const std::string nonce = nonce_of(head.get_header("Content-Security-Policy").value_or(""));
    if (!nonce.empty()) tag_ += " nonce=\"" + xhtml_escape(nonce) + '"';
    if (!finishing) head.clear_header("Content-Length");
    // A page from a cache would name a program that does not run any more.
    head.set_header("Cache-Control", "no-store");
    head.clear_header("Etag");
    transform_chunk(chunk, finishing);
  }

  void transform_chunk(std::string& chunk, bool finishing) override {
    if (is_page_ && finishing) chunk += tag_ + "></script>\n";
  }

 private:
  std::string tag_;
  bool is_page_ = false;
};

std::unique_ptr<web::OutputTransform> script_for(const http::HTTPServerRequest& request) {
  const std::string mode = request.headers().get("Sec-Fetch-Mode");
  const bool is_page = mode.empty()
                           ? request.headers().get("Accept").find("text/html") != std::string::npos
                           : mode == "navigate";
  if (!is_page) return nullptr;
  return std::make_unique<AddScript>("<script src=\"/.bora/dev.js\" data-boot=\"" +
                                     Library::instance().boot() + "\" data-method=\"" +
                                     std::string(request.method()) + '"');
}

// --- The library ------------------------------------------------------------------------------

void Library::prepare(web::Settings& settings) {
  if (boot_.empty() || is_preparing_) return;
  settings.debug = true;
  settings.transforms.emplace_back(
      [this](const http::HTTPServerRequest& request) -> std::unique_ptr<web::OutputTransform> {
        return may_see(request) ? script_for(request) : nullptr;
      });
}

http::HTTPMessageDelegate* Library::take(http::HTTPServerRequest& request) {
  if (boot_.empty() || is_taking_ || !request.path().starts_with("/.bora/")) return nullptr;
  if (!may_see(request) || (!is_remote_ && !is_own_host(request.host()))) return nullptr;
  if (!own_application_) {
    is_preparing_ = true;
    web::Settings settings;
    settings.log_function = [](web::RequestHandler&) {};
    own_application_ = std::make_unique<web::Application>(
        std::vector<web::URLSpec>{web::url<Script>("/.bora/dev.js"),
                                  web::url<State>("/.bora/state"), web::url<Edit>("/.bora/edit"),
                                  web::url<Events>("/.bora/events")},
        std::move(settings));
    is_preparing_ = false;
  }
  is_taking_ = true;  // the library's own application asks, too
  http::HTTPMessageDelegate* const delegate = own_application_->start_request(request);
  is_taking_ = false;
  return delegate;
}

const Fault& Library::fault_of(const std::exception_ptr& error) {
  if (!(error == examined_)) {
    fault_ = examine(error, source_);
    examined_ = error;
  }
  return fault_;
}

void Library::failed(web::RequestHandler&, const std::exception_ptr& error) {
  if (boot_.empty()) return;
  try {
    const Fault& fault = fault_of(error);
    const bool has_place = fault.place < fault.frames.size();
    if (has_place) {
      const ShownFrame& frame = fault.frames[fault.place];
      app_log.error("thrown at ", frame.shown, ":", frame.frame.line, " in ", frame.frame.function);
    }
    render::Output out;
    render::JSONWriter json(out);
    json.begin_object();
    json.member("type", "thrown");
    json.key("finding");
    json.begin_object();
    json.member("error", true);
    json.member("source", "thrown");
    json.member("message", fault.type + (fault.message.empty() ? "" : ": " + fault.message));
    json.member("help", fault.hint);
    if (has_place) {
      const ShownFrame& frame = fault.frames[fault.place];
      json.member("file", frame.frame.file);
      json.member("shown", frame.shown);
      json.member("line", frame.frame.line);
      const Excerpt excerpt = read_excerpt(frame.frame.file, frame.frame.line, 2);
      std::string text;
      for (std::size_t i = 0; i < excerpt.lines.size(); ++i) {
        const unsigned number = excerpt.first + static_cast<unsigned>(i);
        text += (number == frame.frame.line ? "> " : "  ") + std::to_string(number) + " | " +
                excerpt.lines[i] + '\n';
      }
      json.member("excerpt", text);
    }
    json.end_object();
    json.end_object();
    pages_.tell(out.text());
  } catch (const std::exception& problem) {
    gen_log.warning("the exception could not be shown in the browser: ", problem.what());
  }
}

bool Library::write_error_page(web::RequestHandler& handler, const std::exception_ptr& error) {
  if (!error || web::inspect(error).http_error != nullptr) return false;
  if (!may_see(handler.request())) {
    if (boot_.empty()) return false;
    // The program did not ask for debug mode. `bora dev` did, but only for this machine.
    handler.finish(
        "<html><title>500: Internal Server Error</title><body>500: Internal Server "
        "Error</body></html>");
    return true;
  }
  const auto began = std::chrono::steady_clock::now() -
                     std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                         std::chrono::duration<double>(handler.request().request_time()));
  const std::vector<std::string> lines = log_.since(began);
  handler.set_header("Content-Type", "text/html; charset=UTF-8");
  // The policy of the app's own pages may forbid the style of this one.
  handler.set_header("Content-Security-Policy",
                     "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; "
                     "connect-src 'self'; base-uri 'none'; form-action 'none'");
  handler.finish(debug_page(handler, fault_of(error), lines));
  return true;
}

void Library::on_loop_start(IOLoop& loop) {
  Library& library = instance();
  if (library.former_start_hook_ != nullptr) library.former_start_hook_(loop);
  if (std::exchange(library.is_started_, true)) return;
  set_loop_start_hook(library.former_start_hook_);
  library.channel_.open(loop, kChannel, [&library](std::string_view word, std::string_view body) {
    library.take_message(word, body);
  });
  loop.add_callback([&library] {
    std::string entries;
    for (const render::LiveCode* code = render::LiveCode::first(); code != nullptr;
         code = code->next())
      add_field(entries, code->function());
    library.channel_.send("ready", entries);
  });
}

/// The first server of the program listens where `bora dev` does, whatever its own port would be.
/// The others listen where they want, beside those of the program that is about to leave.
std::vector<net::FileDescriptor> Library::bind(bool& reuse_port) {
  std::vector<net::FileDescriptor> sockets;
  if (std::exchange(instance().is_bound_, true)) {
    reuse_port = true;
    return sockets;
  }
  sockets.emplace_back(::fcntl(kSocket, F_DUPFD_CLOEXEC, 0));
  return sockets;
}

void Library::take_message(std::string_view word, std::string_view body) {
  if (word == "state") {
    pages_.state = body;
    pages_.tell(body);
  } else if (word == "notify") {
    pages_.tell(body);
  } else if (word == "leave") {
    websocket::drain_close = {websocket::kCloseServiceRestart, "a new version is there"};
    IOLoop::current().stop_gracefully();
    web::end_event_streams();
    pages_.close();
  } else if (word == "text") {
    std::vector<std::string> fields = read_fields(body);
    if (fields.size() < 2) return;
    std::uint64_t shape = 0;
    std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), shape);
    const std::string function = std::move(fields[0]);
    fields.erase(fields.begin(), fields.begin() + 2);
    const std::vector<std::string_view> texts(fields.begin(), fields.end());
    if (!render::LiveText::replace(function, shape, texts.data(), texts.size()))
      channel_.send("stale");
  } else if (word == "code") {
    take_code(read_fields(body));
  }
}

/// Loads a shared object, and calls its functions from now on. Their names say what they were
/// compiled for. Nothing is ever unloaded: a page that waits ends with the code that it has.
void Library::take_code(const std::vector<std::string>& fields) {
  if (fields.empty()) return;
  constexpr std::size_t kFields = 3;  // function, signature, symbol
  void* const object = ::dlopen(fields[0].c_str(), RTLD_NOW | RTLD_LOCAL);
  if (object == nullptr) {
    const char* const problem = ::dlerror();
    return channel_.send("stale", problem == nullptr ? "dlopen" : problem);
  }
  bool is_taken = true;
  for (std::size_t at = 1; at + kFields <= fields.size(); at += kFields) {
    std::uint64_t signature = 0;
    const std::string& digits = fields[at + 1];
    std::from_chars(digits.data(), digits.data() + digits.size(), signature);
    using Getter = render::LiveCode::Function (*)();
    const auto getter = reinterpret_cast<Getter>(::dlsym(object, fields[at + 2].c_str()));
    is_taken =
        getter != nullptr && render::LiveCode::replace(fields[at], signature, getter()) && is_taken;
  }
  channel_.send(is_taken ? "taken" : "stale", fields[0]);
}

struct Installed {
  Installed() { Library::instance().install(); }
};
const Installed installed;

}  // namespace
}  // namespace bora::devtools

/// The linker must find this name, so that this file becomes a part of the program.
extern "C" {
extern int bora_devtools;
int bora_devtools = 1;
}
