#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <bora/http/error.h>
#include <bora/http/http_headers.h>

namespace bora::http {

class HTTPServerConnectionDelegate;

struct ScanText;

/// The contents of a request's head. The views point into the block of the HTTPHeaders that was
/// filled with it, and stay valid until that is cleared.
struct RequestHead {
  std::string_view method;
  std::string_view uri;    ///< As sent; of an absolute-form target the part after the host.
  std::string_view path;   ///< uri before '?'.
  std::string_view query;  ///< uri after '?'.
  std::string_view version;
  std::string_view host;  ///< Empty for an HTTP/1.0 request without it.

  std::uint64_t content_length = 0;  ///< 0 also if the field is missing.
  bool has_content_length = false;
  bool is_chunked = false;
  bool is_http_1_1 = false;
  bool keep_alive = false;        ///< The client's wish, by version and Connection.
  bool expects_continue = false;  ///< Waits for "100 Continue" before it sends the body.
};

/// Reads one request's head, in as many pieces as it arrives in.
///
/// It makes one pass over the bytes, strictly by RFC 9112: there is one form of each line end, and
/// nothing is repaired. A head that arrives whole is read where it lies and copied once, after its
/// end is known. If it arrives in pieces, each byte is still looked at once, and the pieces gather
/// in the block. The result follows the order of the bytes, so it does not depend on how they were
/// cut.
///
/// The caller handles the framing of the body: the head says which, ChunkDecoder reads chunks.
class RequestParser {
 public:
  struct Limits {
    std::size_t max_header_size;
    std::size_t max_header_count;
    std::size_t max_uri_size;
    bool keeps_underscores = false;  ///< Keeps fields whose names have one.
    /// Asked about methods that are not registered; if null, there are none.
    HTTPServerConnectionDelegate* delegate = nullptr;
  };

  RequestParser() = default;
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Prepares for a new head, which goes to `headers` (cleared by the caller). Both must live until
  /// it is complete.
  void begin(HTTPHeaders& headers, const Limits& limits);

  /// Takes bytes of the head.
  /// @returns  The number of bytes that belonged to the head: fewer than all only when it is
  ///           complete or refused.
  std::size_t feed(std::string_view bytes, Error& error);

  [[nodiscard]] bool is_complete() const { return stage_ == Stage::complete; }
  /// False while only the blank line that may precede a request was read.
  [[nodiscard]] bool has_begun() const { return stage_ > Stage::blank_line; }
  [[nodiscard]] const RequestHead& head() const { return head_; }
  /// The bytes of the head that were taken so far.
  [[nodiscard]] std::string_view taken() const;

 private:
  /// The part of the head that the next byte belongs to.
  enum class Stage : std::uint8_t {
    start,
    blank_cr,
    blank_line,
    method,
    target,
    query,
    version,
    name,
    blanks,
    value,
    line_feed,
    last_line_feed,
    complete
  };

  std::size_t skip_blank_line(std::string_view bytes, Error& error);

  // Each continues at at_, and also returns without an error when the bytes end.
  Error scan(ScanText text);
  [[nodiscard]] bool is_supported(std::string_view method) const;
  Error scan_method(ScanText text);
  Error scan_target(ScanText text);
  Error scan_version(ScanText text);
  Error scan_fields(ScanText text);

  Error add_field(ScanText text, const char* line_end);
  Error read_field(std::string_view name, std::string_view value, ScanText text);
  Error read_host(std::string_view value, ScanText text);
  // Not inlined into scan_fields(), whose registers are for the scan.
  [[gnu::noinline]] Error read_other_host(std::string_view value, ScanText text);
  [[gnu::noinline]] Error read_content_length(std::string_view value);
  [[gnu::noinline]] Error read_transfer_encoding(std::string_view value);
  [[gnu::noinline]] void read_connection(std::string_view value);
  [[gnu::noinline]] Error read_expect(std::string_view value);

  Error read_head();
  Error read_target();
  Error read_absolute_target(std::string_view target);
  Error check_host();

  HTTPHeaders* headers_ = nullptr;
  const Limits* limits_ = nullptr;

  // Positions, counted from the head's first byte.
  std::uint32_t at_ = 0;      ///< Everything before it was looked at.
  std::uint32_t target_ = 0;  ///< one SP after the method
  std::uint32_t path_end_ = 0;
  std::uint32_t target_end_ = 0;
  std::uint32_t line_ = 0;  ///< Of the present field: its name's first byte …
  std::uint32_t colon_ = 0;
  std::uint32_t value_ = 0;  ///< … and its value's.
  std::uint32_t host_field_ = 0;

  Stage stage_ = Stage::start;
  bool host_seen_ = false;
  bool close_seen_ = false;
  bool keep_alive_seen_ = false;
  bool has_underscore_ = false;  ///< the present field's name has one
  std::string good_host_;        ///< the last one that was checked, because the same host comes
                                 ///< again and again
  std::string_view target_host_;
  RequestHead head_;
};

}  // namespace bora::http
