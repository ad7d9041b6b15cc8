#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <bora/http/http_connection.h>
#include <bora/web/application.h>
#include <bora/web/request_handler.h>

#include "runtime/web/accept_encoding.h"
#include "runtime/web/conditional.h"
#include "runtime/web/http_date.h"
#include "runtime/web/request_execution.h"
#include "runtime/web/static_files.h"

// How a static file is answered: its fields, whether the client has it already, and the bytes.

namespace bora::web {
namespace {

constexpr std::int64_t kTenYears = 315'360'000;

std::int64_t seconds_of(std::int64_t nanoseconds) {
  constexpr std::int64_t kPerSecond = 1'000'000'000;
  const std::int64_t seconds = nanoseconds / kPerSecond;
  return nanoseconds % kPerSecond < 0 ? seconds - 1 : seconds;
}

std::int64_t now_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

/// WEB-098: If-None-Match, when present, alone decides.
bool is_not_modified(const http::HTTPHeaders& asked, std::string_view etag, std::int64_t modified) {
  if (asked.contains("If-None-Match")) return if_none_match(asked.get("If-None-Match"), etag);
  const std::optional<std::string_view> since = asked.get_view("If-Modified-Since");
  if (!since) return false;
  const std::optional<std::int64_t> seconds = parse_http_date(*since);
  return seconds && modified <= *seconds;
}

/// RFC 9110, 13.1.5: a Range of another version of the file is answered with the whole of this one.
bool is_range_current(const http::HTTPHeaders& asked, std::string_view etag,
                      std::string_view modified) {
  const std::optional<std::string_view> version = asked.get_view("If-Range");
  return !version || *version == etag || *version == modified;
}

/// A URL that names the content by its tag (`?v=HASH`) may be kept for ever (WEB-100). A wrong `v`
/// is answered like none: the client would keep the wrong content under that name.
void set_cache_headers(RequestHandler& handler, std::string_view etag) {
  if (handler.request().query().empty()) return;
  const std::optional<std::string> version = handler.get_query_argument("v", std::nullopt);
  if (!version || *version != etag.substr(1, etag.size() - 2)) return;
  handler.set_header("Expires", format_http_date(now_seconds() + kTenYears));
  handler.set_header("Cache-Control", "max-age=" + std::to_string(kTenYears));
}

void answer_unsatisfiable(RequestHandler& handler, std::int64_t size) {
  handler.set_status(416);
  handler.set_header("Content-Type", "text/plain");
  handler.set_header("Content-Range", "bytes */" + std::to_string(size));
  handler.finish();
}

/// What of the two compressed twins the client likes best; null: neither, or there is none.
const StaticFile* choose_twin(const StaticFile& file, std::string_view accepted) {
  const int brotli = file.brotli == nullptr ? 0 : quality_of(accepted, "br");
  const int gzip = file.gzip == nullptr ? 0 : quality_of(accepted, "gzip");
  const int best = std::max(brotli, gzip);
  if (best == 0 || best < quality_of(accepted, "identity")) return nullptr;
  return brotli == best ? file.brotli.get() : file.gzip.get();
}

/// Another form of the file has another tag, which changes with either of them.
std::string etag_of_twin(const StaticFile& file, const StaticFile& twin) {
  std::string tag = file.etag.substr(0, file.etag.size() - 1);
  tag += &twin == file.brotli.get() ? "-br-" : "-gz-";
  tag += std::to_string(twin.size) + "-" + std::to_string(twin.modified_ns);
  return tag + '"';
}

/// Waits until the client has taken nearly all, so that a request lasts as long as its answer. One
/// that leaves, or a file that turns out shorter than it was, ends it.
Task<void> send_large(RequestHandler& handler, std::shared_ptr<const net::FileDescriptor> file,
                      ByteRange part) {
  RequestExecution::of(handler).send_file(std::move(file), static_cast<std::uint64_t>(part.offset),
                                          static_cast<std::uint64_t>(part.size));
  Task<void> sending = handler.request().connection().flush();
  co_await sending;
}

Task<void> send_part(RequestHandler& handler, const StaticFile& sent, ByteRange part) {
  if (sent.descriptor == nullptr) {
    RequestExecution::of(handler).send_whole(
        std::string_view(sent.content)
            .substr(static_cast<std::size_t>(part.offset), static_cast<std::size_t>(part.size)));
    return {};
  }
  handler.set_header("Content-Length", part.size);
  if (handler.request().method() == "HEAD") {
    handler.finish();
    return {};
  }
  return send_large(handler, sent.descriptor, part);
}

Task<void> answer_with(RequestHandler& handler, const StaticFile& file) {
  const http::HTTPHeaders& asked = handler.request().headers();
  const StaticFile* sent = &file;
  std::string_view etag = file.etag;
  std::string etag_text;
  handler.set_header("Content-Type", file.content_type);
  handler.set_header("Accept-Ranges", "bytes");
  handler.set_header("Last-Modified", file.last_modified);
  if (file.brotli != nullptr || file.gzip != nullptr) {
    handler.set_header("Vary", "Accept-Encoding");
    if (const StaticFile* twin = choose_twin(file, asked.get("Accept-Encoding"))) {
      handler.set_header("Content-Encoding", twin == file.brotli.get() ? "br" : "gzip");
      etag = etag_text = etag_of_twin(file, *twin);
      sent = twin;
    }
  }
  handler.set_header("Etag", etag);
  set_cache_headers(handler, file.etag);
  if (is_not_modified(asked, etag, seconds_of(file.modified_ns))) {
    handler.set_status(304);
    handler.finish();
    return {};
  }

  const std::int64_t size =
      sent->descriptor == nullptr ? static_cast<std::int64_t>(sent->content.size()) : sent->size;
  ByteRange part{0, size};
  RangeOutcome outcome = RangeOutcome::whole;
  if (const auto range = asked.get_view("Range");
      range && is_range_current(asked, etag, file.last_modified)) {
    outcome = parse_range(*range, size, part);
  }
  if (outcome == RangeOutcome::unsatisfiable) {
    handler.clear_header("Content-Encoding");
    answer_unsatisfiable(handler, size);
    return {};
  }
  if (outcome == RangeOutcome::partial) {
    handler.set_status(206);
    handler.set_header("Content-Range", "bytes " + std::to_string(part.offset) + "-" +
                                            std::to_string(part.offset + part.size - 1) + "/" +
                                            std::to_string(size));
  }
  return send_part(handler, *sent, part);
}

Task<void> answer_when_hashed(RequestHandler& handler, std::shared_ptr<StaticFile> file) {
  Task<void> hashing = StaticFiles::find_etag(file);
  co_await hashing;
  Task<void> answering = answer_with(handler, *file);
  co_await answering;
}

/// WEB-097: with a slash at its end, so that the page's relative links lead into the folder.
void lead_into_folder(RequestHandler& handler) {
  const std::string_view path = handler.request().path();
  const std::string_view query = handler.request().query();
  // "//example.com" is another site's URL to a browser, and so is "/\example.com".
  if (path.size() > 1 && (path[1] == '/' || path[1] == '\\')) throw HTTPError(403);
  std::string location(path);
  // A folder by the index file's name: no circle.
  if (location.ends_with('/')) throw HTTPError(403);
  location += '/';
  if (!query.empty()) location.append("?").append(query);
  handler.redirect(location, true);
}

Task<void> answer_static_file(RequestHandler& handler, const PathArgs& captures) {
  const StaticMount& mount = *RequestExecution::of(handler).route()->mount;
  std::shared_ptr<StaticFile> file;
  try {
    file = StaticFiles::of(handler.application()).open(mount, captures.text(captures.size() - 1));
  } catch (const IsFolder&) {
    if (mount.index.empty()) throw;
    lead_into_folder(handler);
    return {};
  }
  if (file->etag.empty()) return answer_when_hashed(handler, std::move(file));
  return answer_with(handler, *file);
}

class StaticFileHandler : public RequestHandler {};

RequestHandler* construct(void* memory) {
  return new (memory) StaticFileHandler;
}

constexpr Endpoint make_endpoint() {
  Endpoint endpoint;
  endpoint.size = sizeof(StaticFileHandler);
  endpoint.alignment = alignof(StaticFileHandler);
  endpoint.construct = construct;
  endpoint.calls[static_cast<std::size_t>(Method::get)] = answer_static_file;
  return endpoint;
}

constexpr Endpoint kEndpoint = make_endpoint();

}  // namespace

const Endpoint& static_file_endpoint() {
  return kEndpoint;
}

}  // namespace bora::web
