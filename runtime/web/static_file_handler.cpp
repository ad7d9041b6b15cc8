#include <bora/web/static_file_handler.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include <bora/core/io_loop.h>
#include <bora/http/http_connection.h>
#include <bora/web/application.h>

#include "runtime/core/crypto.h"
#include "runtime/web/accept_encoding.h"
#include "runtime/web/conditional.h"
#include "runtime/web/content_type.h"
#include "runtime/web/http_date.h"
#include "runtime/web/request_execution.h"
#include "runtime/web/static_files.h"

// How a static file is answered: its fields, whether the client has it already, and the bytes.

namespace bora::web {
namespace {

constexpr std::chrono::seconds kTenYears{315'360'000};
constexpr std::size_t kMaxRanges = 10;  ///< As StaticFileHandler::max_ranges().

std::int64_t now_seconds() {
  const auto now = IOLoop::current().clock().since_epoch();
  return std::chrono::floor<std::chrono::seconds>(now).count();
}

/// Returns the version of the file that the URL asks for with `?v=…`.
std::optional<std::string> wanted_version(RequestHandler& handler) {
  if (handler.request().query().empty()) return std::nullopt;
  return handler.get_query_argument("v", std::nullopt);
}

/// Waits until the client has taken nearly all, so that a request lasts as long as its answer. The
/// wait also ends if the client leaves, or if the file is shorter than it was.
Task<void> flush(RequestHandler& handler) {
  Task<void> sending = handler.request().connection().flush();
  co_await sending;
}

std::string content_range(const ByteRange& part, std::int64_t size) {
  return "bytes " + std::to_string(part.offset) + "-" +
         std::to_string(part.offset + part.size - 1) + "/" + std::to_string(size);
}

std::string_view part_of(std::string_view text, const ByteRange& part) {
  return text.substr(static_cast<std::size_t>(part.offset), static_cast<std::size_t>(part.size));
}

/// Redirects to the path with a slash, so that the page's relative links lead into the folder.
void lead_into_folder(RequestHandler& handler) {
  const std::string_view path = handler.request().path();
  const std::string_view query = handler.request().query();
  // "//example.com" is another site's URL to a browser, and so is "/\example.com".
  if (path.size() > 1 && (path[1] == '/' || path[1] == '\\')) throw HTTPError(403);
  std::string location(path);
  // The folder has the name of an index file, so a redirect would lead back here.
  if (location.ends_with('/')) throw HTTPError(403);
  location += '/';
  if (!query.empty()) location.append("?").append(query);
  handler.redirect(location, true);
}

}  // namespace

/// One answer: which form of a file is sent, its fields, whether the client has it already, and
/// the bytes.
class StaticAnswer {
 public:
  /// @param own  Null if the handler's class is not the program's own, and need not be asked.
  StaticAnswer(RequestHandler& handler, StaticFileHandler* own, std::shared_ptr<StaticFile> file)
      : handler_(handler),
        own_(own),
        asked_(handler.request().headers()),
        file_(std::move(file)),
        sent_(choose_form()) {}

  static Task<void> give(RequestHandler& handler, StaticFileHandler* own,
                         std::shared_ptr<StaticFile> file, std::string_view path);

 private:
  static Task<void> give_when_hashed(RequestHandler& handler, StaticFileHandler* own,
                                     std::shared_ptr<StaticFile> file, std::string path);

  std::shared_ptr<StaticFile> choose_form() const;
  [[nodiscard]] bool must_know(const StaticFile& form) const;
  [[nodiscard]] bool must_wait() const;
  void find_tags_later() const;
  Task<void> answer(std::string_view path);
  [[nodiscard]] std::string tag() const;
  void set_fields(std::string_view path);
  void set_cache_fields(std::string_view path);
  bool choose_parts(const Validators& current);
  Task<void> send();
  Task<void> send_part(const ByteRange& part);
  Task<void> send_parts();
  std::vector<std::string> part_heads(const std::string& boundary);

  RequestHandler& handler_;
  StaticFileHandler* own_;
  const http::HTTPHeaders& asked_;
  std::shared_ptr<StaticFile> file_;
  std::shared_ptr<StaticFile> sent_;  ///< the file or one of its compressed forms
  std::string content_type_;          ///< what the program's own class says, if anything
  std::vector<ByteRange> parts_;
};

/// Of the file and its compressed forms, returns the one that the client prefers.
std::shared_ptr<StaticFile> StaticAnswer::choose_form() const {
  if (file_->brotli == nullptr && file_->gzip == nullptr) return file_;
  const std::string accepted = asked_.get("Accept-Encoding");
  const int brotli = file_->brotli == nullptr ? 0 : quality_of(accepted, "br");
  const int gzip = file_->gzip == nullptr ? 0 : quality_of(accepted, "gzip");
  const int best = std::max(brotli, gzip);
  if (best == 0 || best < quality_of(accepted, "identity")) return file_;
  return brotli == best ? file_->brotli : file_->gzip;
}

/// Whether the answer depends on the tag of content that was not hashed yet.
bool StaticAnswer::must_know(const StaticFile& form) const {
  if (form.size <= StaticFiles::kMaxAwaitedSize || asked_.contains("If-Match")) return true;
  if (asked_.contains("If-None-Match")) {
    return !if_none_match(asked_.get("If-None-Match"), form.weak_etag);
  }
  return asked_.get("If-Range").starts_with('"');
}

bool StaticAnswer::must_wait() const {
  if (sent_->etag.empty() && must_know(*sent_)) return true;
  return file_->etag.empty() && wanted_version(handler_).has_value();
}

void StaticAnswer::find_tags_later() const {
  if (sent_->etag.empty()) StaticFiles::find_etag_later(sent_);
}

/// Another form of the same bytes is another representation, so it has another tag. The weak tag is
/// used while the hash is not known, or if the client has sent it.
std::string StaticAnswer::tag() const {
  const std::string& weak = sent_->weak_etag;
  if (sent_->etag.empty()) return weak;
  if (!weak.empty() && asked_.contains("If-None-Match") &&
      if_none_match(asked_.get("If-None-Match"), weak)) {
    return weak;
  }
  if (sent_ == file_) return sent_->etag;
  const std::string text = sent_->etag.substr(0, sent_->etag.size() - 1);
  return text + (sent_ == file_->brotli ? "-br\"" : "-gz\"");
}

/// A URL that names the content by its tag (`?v=HASH`) may be kept for a long time. A wrong `v` is
/// treated like none, because the client would otherwise keep the wrong content under that name.
void StaticAnswer::set_cache_fields(std::string_view path) {
  const std::optional<std::string> version = wanted_version(handler_);
  const std::string& etag = file_->etag;
  const bool is_versioned =
      version && etag.size() > 2 && *version == etag.substr(1, etag.size() - 2);
  std::chrono::seconds time = is_versioned ? kTenYears : std::chrono::seconds(0);
  if (own_ != nullptr) time = own_->get_cache_time(path, is_versioned);
  if (time.count() <= 0) return;
  time = std::min(time, kTenYears);
  handler_.set_header("Expires", format_http_date(now_seconds() + time.count()));
  handler_.set_header("Cache-Control", "max-age=" + std::to_string(time.count()));
}

void StaticAnswer::set_fields(std::string_view path) {
  if (own_ != nullptr) content_type_ = own_->get_content_type(own_->absolute_path_);
  handler_.set_header("Content-Type", own_ == nullptr ? file_->content_type : content_type_);
  if (own_ == nullptr || own_->max_ranges() > 0) handler_.set_header("Accept-Ranges", "bytes");
  // A date in the future would be wrong as soon as the file changes (RFC 9110, 8.8.2.1).
  if (file_->modified && *file_->modified <= now_seconds()) {
    handler_.set_header("Last-Modified", file_->last_modified);
  }
  if (file_->brotli != nullptr || file_->gzip != nullptr) {
    handler_.set_header("Vary", "Accept-Encoding");
    if (sent_ != file_) {
      handler_.set_header("Content-Encoding", sent_ == file_->brotli ? "br" : "gzip");
    }
  }
  set_cache_fields(path);
  if (own_ != nullptr) own_->set_extra_headers(path);
}

/// @returns  False if the answer is finished.
bool StaticAnswer::choose_parts(const Validators& current) {
  const std::optional<std::string_view> asked = asked_.get_view("Range");
  if (!asked || handler_.request().method() != "GET") return true;  // RFC 9110, 14.2
  if (!is_range_current(asked_, current, now_seconds())) return true;
  const std::size_t most = own_ == nullptr ? kMaxRanges : own_->max_ranges();
  if (parse_ranges(*asked, sent_->size, most, parts_) != RangeOutcome::unsatisfiable) return true;
  handler_.clear_header("Content-Encoding");
  handler_.set_status(416);
  handler_.set_header("Content-Type", "text/plain");
  handler_.set_header("Content-Range", "bytes */" + std::to_string(sent_->size));
  handler_.finish();
  return false;
}

Task<void> StaticAnswer::answer(std::string_view path) {
  if (sent_->descriptor != nullptr) RequestExecution::of(handler_).drop_transforms();
  const std::string etag = tag();
  Validators current{etag, file_->modified};
  if (current.modified && *current.modified > now_seconds()) current.modified.reset();
  const Precondition condition = check_preconditions(asked_, handler_.request().method(), current);
  if (condition == Precondition::failed) throw HTTPError(412);
  set_fields(path);
  handler_.set_header("Etag", etag);
  if (condition == Precondition::not_modified) {
    handler_.set_status(304);
    handler_.finish();
    return {};
  }
  if (!choose_parts(current)) return {};
  return send();
}

Task<void> StaticAnswer::send() {
  if (!parts_.empty()) RequestExecution::of(handler_).drop_transforms();
  if (parts_.size() > 1) return send_parts();
  if (parts_.empty()) return send_part({0, sent_->size});
  handler_.set_status(206);
  handler_.set_header("Content-Range", content_range(parts_.front(), sent_->size));
  return send_part(parts_.front());
}

Task<void> StaticAnswer::send_part(const ByteRange& part) {
  RequestExecution& execution = RequestExecution::of(handler_);
  if (sent_->descriptor == nullptr) {
    execution.send_whole(part_of(sent_->text, part));
    return {};
  }
  handler_.set_header("Content-Length", part.size);
  if (handler_.request().method() == "HEAD") {
    handler_.finish();
    return {};
  }
  execution.send_file(sent_->descriptor, static_cast<std::uint64_t>(part.offset),
                      static_cast<std::uint64_t>(part.size));
  return flush(handler_);
}

/// The texts before each part of a multipart body, and the one at its end (RFC 9110, 14.6).
std::vector<std::string> StaticAnswer::part_heads(const std::string& boundary) {
  const std::string_view type = own_ == nullptr ? file_->content_type : content_type_;
  std::vector<std::string> heads;
  for (const ByteRange& part : parts_) {
    std::string& head = heads.emplace_back(heads.empty() ? "--" : "\r\n--");
    head.append(boundary).append("\r\nContent-Type: ").append(type);
    head.append("\r\nContent-Range: ").append(content_range(part, sent_->size));
    head += "\r\n\r\n";
  }
  heads.push_back("\r\n--" + boundary + "--\r\n");
  return heads;
}

Task<void> StaticAnswer::send_parts() {
  const std::string boundary = crypto::to_hex(crypto::random_bytes(12));
  const std::vector<std::string> heads = part_heads(boundary);
  RequestExecution& execution = RequestExecution::of(handler_);
  handler_.set_status(206);
  handler_.set_header("Content-Type", "multipart/byteranges; boundary=" + boundary);
  if (sent_->descriptor == nullptr) {
    std::string body;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      body.append(heads[i]).append(part_of(sent_->text, parts_[i]));
    }
    execution.send_whole(body + heads.back());
    return {};
  }
  std::int64_t size = 0;
  for (const std::string& head : heads) size += static_cast<std::int64_t>(head.size());
  for (const ByteRange& part : parts_) size += part.size;
  handler_.set_header("Content-Length", size);
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    handler_.write(heads[i]);
    execution.send_file(sent_->descriptor, static_cast<std::uint64_t>(parts_[i].offset),
                        static_cast<std::uint64_t>(parts_[i].size));
  }
  handler_.write(heads.back());
  execution.send_pending();
  return flush(handler_);
}

Task<void> StaticAnswer::give(RequestHandler& handler, StaticFileHandler* own,
                              std::shared_ptr<StaticFile> file, std::string_view path) {
  StaticAnswer answer(handler, own, std::move(file));
  if (answer.must_wait()) {
    return give_when_hashed(handler, own, std::move(answer.file_), std::string(path));
  }
  answer.find_tags_later();
  return answer.answer(path);
}

Task<void> StaticAnswer::give_when_hashed(RequestHandler& handler, StaticFileHandler* own,
                                          std::shared_ptr<StaticFile> file, std::string path) {
  StaticAnswer answer(handler, own, file);
  Task<void> hashing = StaticFiles::find_etag(answer.sent_);
  co_await hashing;
  if (file->etag.empty() && wanted_version(handler)) {
    Task<void> hashing_plain = StaticFiles::find_etag(file);
    co_await hashing_plain;
  }
  Task<void> answering = answer.answer(path);
  co_await answering;
}

StaticFileHandler::~StaticFileHandler() = default;

const StaticMount& StaticFileHandler::find_mount() {
  const Route* const route = RequestExecution::of(*this).route();
  if (route != nullptr && route->mount != nullptr) return *route->mount;
  if (init_.path.empty()) {
    throw std::logic_error("StaticFileHandler: no directory; its route's init says the path");
  }
  return StaticFiles::of(application()).mount_of(init_.path, init_.default_filename);
}

Task<void> StaticFileHandler::get(std::string_view url_path) {
  return serve(find_mount(), url_path);
}

/// A class of the program's own is asked about everything; for the plain class, the answers are
/// known.
Task<void> StaticFileHandler::serve(const StaticMount& mount, std::string_view url_path) {
  if (typeid(*this) == typeid(StaticFileHandler)) {
    try {
      return StaticAnswer::give(*this, nullptr,
                                StaticFiles::of(application()).open(mount, url_path), url_path);
    } catch (const IsFolder&) {
      if (mount.index.empty()) throw;
    }
    lead_into_folder(*this);
    return {};
  }
  const std::string path = parse_url_path(url_path);
  std::shared_ptr<StaticFile> file = find_file(mount, path);
  return file == nullptr ? Task<void>() : StaticAnswer::give(*this, this, std::move(file), path);
}

/// @returns  Null if the answer is finished.
std::shared_ptr<StaticFile> StaticFileHandler::find_file(const StaticMount& mount,
                                                         const std::string& path) {
  StaticFiles& files = StaticFiles::of(application());
  const std::string& root = files.directory_of(mount);
  std::optional<std::string> valid = validate_absolute_path(root, get_absolute_path(root, path));
  if (!valid) return nullptr;
  absolute_path_ = *std::move(valid);
  if (const std::optional<StaticContent> content = get_content(absolute_path_)) {
    return as_static_file(*content, absolute_path_);
  }
  if (found_ != nullptr && found_path_ == absolute_path_) return std::move(found_);
  return files.open_path(absolute_path_);
}

std::string StaticFileHandler::parse_url_path(std::string_view url_path) {
  return std::string(url_path);
}

std::string StaticFileHandler::get_absolute_path(const std::string& root, const std::string& path) {
  return root + "/" + path;
}

std::optional<std::string> StaticFileHandler::validate_absolute_path(
    const std::string& root, const std::string& absolute_path) {
  const StaticMount& mount = find_mount();
  found_ = nullptr;
  std::string_view path = absolute_path;
  if (!path.starts_with(root)) throw HTTPError(403, "static file: outside of '" + root + "'");
  path.remove_prefix(root.size());
  if (!path.empty() && !root.ends_with('/') && path.front() != '/') {
    throw HTTPError(403, "static file: outside of '" + root + "'");
  }
  if (path.starts_with('/')) path.remove_prefix(1);
  try {
    found_ = StaticFiles::of(application()).open(mount, path);
    found_path_ = absolute_path;
    if (path.empty() || path.ends_with('/')) found_path_ += mount.index;
    return found_path_;
  } catch (const IsFolder&) {
    if (mount.index.empty()) throw;
  }
  lead_into_folder(*this);
  return std::nullopt;
}

std::optional<StaticContent> StaticFileHandler::get_content(const std::string&) {
  return std::nullopt;
}

std::string StaticFileHandler::get_content_type(const std::string& absolute_path) {
  return std::string(content_type_of(absolute_path));
}

std::chrono::seconds StaticFileHandler::get_cache_time(std::string_view, bool is_versioned) {
  return is_versioned ? kTenYears : std::chrono::seconds(0);
}

void StaticFileHandler::set_extra_headers(std::string_view) {}

namespace {

RequestHandler* construct(void* memory) {
  return new (memory) StaticFileHandler;
}

/// For a mount, whose host may have captured something before the path.
Task<void> answer_mount(RequestHandler& handler, const PathArgs& captures) {
  return static_cast<StaticFileHandler&>(handler).get(captures.text(captures.size() - 1));
}

constexpr Endpoint make_endpoint() {
  Endpoint endpoint;
  endpoint.size = sizeof(StaticFileHandler);
  endpoint.alignment = alignof(StaticFileHandler);
  endpoint.construct = construct;
  endpoint.calls[static_cast<std::size_t>(Method::get)] = answer_mount;
  return endpoint;
}

constexpr Endpoint kEndpoint = make_endpoint();

}  // namespace

const Endpoint& static_file_endpoint() {
  return kEndpoint;
}

}  // namespace bora::web
