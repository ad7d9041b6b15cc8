#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <bora/core/log.h>
#include <bora/web/application.h>
#include <bora/web/http_error.h>
#include <bora/web/request_handler.h>

#include "runtime/web/conditional.h"
#include "runtime/web/content_type.h"
#include "runtime/web/http_date.h"
#include "runtime/web/request_execution.h"
#include "runtime/web/static_files.h"

// How a static file is answered: its fields, whether the client has it already, and the bytes.

namespace bora::web {
namespace {

/// A body up to this size is answered at once; a longer one piece by piece, each waited for.
constexpr std::size_t kPieceSize = 64 * 1024;

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
  const std::optional<std::string> version = handler.get_query_argument("v");
  if (!version || *version != etag.substr(1, etag.size() - 2)) return;
  handler.set_header("Expires", format_http_date(now_seconds() + kTenYears));
  handler.set_header("Cache-Control", "max-age=" + std::to_string(kTenYears));
}

/// Reads up to `size` bytes; 0 at the end of the file.
std::size_t read_at(const net::FileDescriptor& file, std::int64_t offset, char* to,
                    std::size_t size) {
  ssize_t count = 0;
  do {
    count = ::pread(file.get(), to, size, offset);
  } while (count < 0 && errno == EINTR);
  if (count < 0) throw HTTPError(500, "static file: reading failed");
  return static_cast<std::size_t>(count);
}

/// Sends a part of `file`. When it turns out shorter than it was, the answer ends short of its
/// Content-Length, and the connection closes: the client knows that something is missing.
Task<void> send_pieces(RequestHandler& handler, net::FileDescriptor file, ByteRange part) {
  std::string piece(kPieceSize, '\0');
  while (part.size > 0) {
    const auto wanted =
        static_cast<std::size_t>(std::min(part.size, static_cast<std::int64_t>(piece.size())));
    const std::size_t count = read_at(file, part.offset, piece.data(), wanted);
    if (count == 0) {
      gen_log.error("Static file ", handler.request().path(), " became shorter while it was sent");
      break;
    }
    handler.write(std::string_view(piece.data(), count));
    part.offset += static_cast<std::int64_t>(count);
    part.size -= static_cast<std::int64_t>(count);
    co_await handler.flush();
  }
}

void send_at_once(RequestHandler& handler, const net::FileDescriptor& file, ByteRange part) {
  char bytes[kPieceSize];
  while (part.size > 0) {
    const std::size_t count =
        read_at(file, part.offset, bytes, static_cast<std::size_t>(part.size));
    if (count == 0) break;  // shorter meanwhile: what is left is the file now
    handler.write(std::string_view(bytes, count));
    part.offset += static_cast<std::int64_t>(count);
    part.size -= static_cast<std::int64_t>(count);
  }
  handler.finish();
}

void answer_unsatisfiable(RequestHandler& handler, std::int64_t size) {
  handler.set_status(416);
  handler.set_header("Content-Type", "text/plain");
  handler.set_header("Content-Range", "bytes */" + std::to_string(size));
  handler.finish();
}

Task<void> answer_static_file(RequestHandler& handler, const PathArgs& captures) {
  const StaticMount& mount = *RequestExecution::of(handler).route()->mount;
  StaticFiles& files = StaticFiles::of(handler.application());
  StaticFile file = files.open(mount, captures.text(captures.size() - 1));
  const std::string& etag = files.etag(file);
  const std::int64_t modified = seconds_of(file.modified_ns);
  const std::string modified_text = format_http_date(modified);
  const http::HTTPHeaders& asked = handler.request().headers();

  handler.set_header("Content-Type", content_type_of(captures.text(captures.size() - 1)));
  handler.set_header("Accept-Ranges", "bytes");
  handler.set_header("Last-Modified", modified_text);
  handler.set_header("Etag", etag);
  set_cache_headers(handler, etag);
  if (is_not_modified(asked, etag, modified)) {
    handler.set_status(304);
    handler.finish();
    return {};
  }

  ByteRange part{0, file.size};
  RangeOutcome outcome = RangeOutcome::whole;
  if (const auto range = asked.get_view("Range");
      range && is_range_current(asked, etag, modified_text)) {
    outcome = parse_range(*range, file.size, part);
  }
  if (outcome == RangeOutcome::unsatisfiable) {
    answer_unsatisfiable(handler, file.size);
    return {};
  }
  if (outcome == RangeOutcome::partial) {
    handler.set_status(206);
    handler.set_header("Content-Range", "bytes " + std::to_string(part.offset) + "-" +
                                            std::to_string(part.offset + part.size - 1) + "/" +
                                            std::to_string(file.size));
  }
  const bool is_head = handler.request().method() == "HEAD";
  const bool is_short = part.size <= static_cast<std::int64_t>(kPieceSize);
  if (is_head || !is_short) handler.set_header("Content-Length", part.size);
  if (is_head) {
    handler.finish();
    return {};
  }
  if (!is_short) return send_pieces(handler, std::move(file.descriptor), part);
  send_at_once(handler, file.descriptor, part);
  return {};
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
