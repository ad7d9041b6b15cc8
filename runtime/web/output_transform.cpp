#include <bora/web/output_transform.h>

#include <algorithm>

#include <bora/http/http_server_request.h>

#include "runtime/core/compressor.h"
#include "runtime/text/weighted_list.h"
#include "runtime/web/accept_encoding.h"
#include "runtime/web/compression.h"
#include "runtime/web/request_execution.h"
#include "runtime/web/vary.h"

namespace bora::web {

// AnswerHead.

int AnswerHead::status() const {
  return execution_.status();
}

void AnswerHead::set_status(int status) {
  execution_.set_status(status);
}

std::optional<std::string> AnswerHead::get_header(std::string_view name) const {
  return execution_.response().find_header(name);
}

void AnswerHead::set_header(std::string_view name, std::string_view value) {
  execution_.response().set_header(name, value);
}

void AnswerHead::add_header(std::string_view name, std::string_view value) {
  execution_.response().add_header(name, value);
}

void AnswerHead::clear_header(std::string_view name) {
  execution_.response().clear_header(name);
}

void OutputTransform::transform_first_chunk(AnswerHead&, std::string& chunk, bool finishing) {
  transform_chunk(chunk, finishing);
}

void OutputTransform::transform_chunk(std::string&, bool) {}

namespace {

/// A smaller answer would hardly get smaller.
constexpr std::size_t kMinLength = 1024;

/// Text, and the application types that are text.
bool is_compressible(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  if (type.starts_with("text/")) return true;
  for (const std::string_view one :
       {"application/javascript", "application/x-javascript", "application/xml",
        "application/atom+xml", "application/json", "application/xhtml+xml", "image/svg+xml",
        "application/problem+json", "application/ld+json", "application/manifest+json",
        "application/rss+xml"}) {
    if (type == one) return true;
  }
  return false;
}

/// Whether a comma-separated field names `wanted`.
bool names(std::string_view field, std::string_view wanted) {
  text::WeightedList list(field);
  while (const auto item = list.next()) {
    if (http::equals_ignoring_case(item->name, wanted)) return true;
  }
  return false;
}

/// Other bytes are another representation, which needs another strong tag (RFC 9110, 8.8.3.3). A
/// weak one still answers If-None-Match.
void weaken_etag(AnswerHead& head) {
  const std::optional<std::string> etag = head.get_header("Etag");
  if (etag && etag->starts_with('"')) head.set_header("Etag", "W/" + *etag);
}

class Compression final : public OutputTransform {
 public:
  /// @param coding  The coding that the client prefers; empty if there is none.
  explicit Compression(std::string_view coding) : coding_(coding) {}

  void transform_first_chunk(AnswerHead& head, std::string& chunk, bool finishing) override {
    add_vary(head, "Accept-Encoding");
    if (!coding_.empty() && head.status() == 304) weaken_etag(head);  // the client has the weak tag
    if (coding_.empty() || !is_worth_it(head, chunk, finishing)) return;
    compressor_ = coding_ == "br" ? make_brotli_compressor() : make_gzip_compressor();
    head.set_header("Content-Encoding", coding_);
    head.clear_header("Content-Length");
    head.clear_header("Accept-Ranges");
    weaken_etag(head);
    transform_chunk(chunk, finishing);
  }

  void transform_chunk(std::string& chunk, bool finishing) override {
    if (compressor_ == nullptr) return;
    using Flush = Compressor::Flush;
    chunk = compressor_->compress(chunk, finishing ? Flush::finish : Flush::sync);
  }

 private:
  static bool is_worth_it(const AnswerHead& head, std::string_view chunk, bool finishing) {
    const int status = head.status();
    if (status < 200 || status == 204 || status == 206 || status == 304) return false;
    if (finishing && chunk.size() < kMinLength) return false;
    if (head.get_header("Content-Encoding") || head.get_header("Content-Range")) return false;
    if (names(head.get_header("Cache-Control").value_or(""), "no-transform")) return false;
    return is_compressible(head.get_header("Content-Type").value_or(""));
  }

  std::string_view coding_;
  std::unique_ptr<Compressor> compressor_;
};

}  // namespace

std::unique_ptr<OutputTransform> make_compression(const http::HTTPServerRequest& request) {
  const std::string accepted = request.headers().get("Accept-Encoding");
  const int gzip = quality_of(accepted, "gzip");
  const int brotli = has_brotli() ? quality_of(accepted, "br") : 0;
  const int best = std::max(brotli, gzip);
  std::string_view coding;
  if (best > 0 && best >= quality_of(accepted, "identity")) coding = brotli == best ? "br" : "gzip";
  return std::make_unique<Compression>(coding);
}

}  // namespace bora::web
