// Reads an answer, and hands its body out.

#include <algorithm>

#include <bora/core/gen.h>
#include <bora/http/cookie_jar.h>

#include "runtime/http/characters.h"
#include "runtime/http/client/fetch.h"
#include "runtime/net/stream_core.h"

namespace bora::http {

namespace {

constexpr std::size_t kMaxDropped = 64 * 1024;  // of a redirect's body
constexpr std::size_t kMaxUnwanted = 16 * 1024;
constexpr std::size_t kStreamBuffer = 32 * 1024;
constexpr std::uint64_t kMaxReserved = 1024 * 1024;
constexpr std::size_t kMaxDecodedInTurn = 1024 * 1024;

/// Returns how many gzip codings are on a body; -1 if there is some other coding, and the body
/// stays as it is.
int gzip_layers(const HTTPHeaders& headers) {
  int layers = 0;
  for (const std::string_view value : headers.get_list("Content-Encoding")) {
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      std::string_view coding = rest.substr(0, comma);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      while (!coding.empty() && (coding.front() == ' ' || coding.front() == '\t'))
        coding.remove_prefix(1);
      while (!coding.empty() && (coding.back() == ' ' || coding.back() == '\t'))
        coding.remove_suffix(1);
      if (coding.empty() || equals_ignoring_case(coding, "identity")) continue;
      if (!equals_ignoring_case(coding, "gzip") && !equals_ignoring_case(coding, "x-gzip"))
        return -1;
      ++layers;
    }
  }
  return layers;
}

}  // namespace

Task<void> Fetch::read_answer(ClientConnection& connection) {
  // A callback may fetch something itself while it uses these bytes, so it gets a buffer of its
  // own. So does a decoder, which lets others have their turns.
  const bool hands_out = static_cast<bool>(request_->streaming_callback) ||
                         static_cast<bool>(request_->header_callback);
  bool needs_own_buffer = hands_out;
  std::string own;
  for (;;) {
    if (std::exchange(is_handing_out_, false) && read_timeout_.count() > 0)
      enter(FetchPhase::answer);
    if (needs_own_buffer) own.resize(kStreamBuffer);
    const std::span<char> buffer = needs_own_buffer ? std::span<char>(own) : core_->scratch();
    net::ReadTask<std::size_t> reading = connection.stream.read_into(buffer, true);
    std::size_t count = 0;
    std::optional<ConnectionLost> lost;
    try {
      count = co_await reading;
    } catch (const net::StreamClosedError& error) {
      lost = ConnectionLost{error.real_error(), error.what()};
    }
    if (lost) {
      if (lost->error == net::Error::closed_by_peer && parser_.has_head() &&
          parser_.finish() == Step::complete) {
        must_close_ = true;
        end_body();
        co_return;
      }
      throw ConnectionLost(*lost);
    }
    is_handing_out_ = hands_out;
    if (phase_ != FetchPhase::answer || read_timeout_.count() > 0) enter(FetchPhase::answer);
    std::string_view rest(buffer.data(), count);
    while (!rest.empty() && !parser_.is_complete()) {
      std::size_t taken = 0;
      const Step step = parser_.feed(rest, taken);
      rest.remove_prefix(taken);
      if (step == Step::interim) {
        if (parser_.head().code == 100) continue_.set();
      } else if (step == Step::head) {
        take_head();
        if (decoder_ && !needs_own_buffer) {
          needs_own_buffer = true;
          own = rest;
          rest = own;
        }
      } else if (step == Step::failed) {
        const std::string what(describe(parser_.fault()));
        if (parser_.fault() == ResponseFault::headers_too_large)
          throw HTTPResponseTooLargeError(what, place());
        throw HTTPProtocolError(what, place());
      } else if (step == Step::data) {
        if (is_dropping_) {
          body_bytes_ += parser_.data().size();
          if (body_bytes_ > kMaxDropped) {
            must_close_ = true;
            co_return;
          }
        } else {
          Task<void> taking = decode(parser_.data());
          co_await taking;
        }
      }
    }
    if (!parser_.is_complete()) continue;
    if (!rest.empty()) must_close_ = true;  // bytes that belong to no request
    end_body();
    co_return;
  }
}

void Fetch::take_head() {
  AnswerHead& head = parser_.head();
  if (head.code == 101)
    throw HTTPProtocolError("the server switches to a protocol that was not asked for", place());
  response_.code = head.code;
  response_.reason = std::move(head.reason);
  response_.headers = head.headers;
  response_.effective_url = hop_.url.text();
  if (cookie_jar_) {
    for (const std::string_view field : response_.headers.get_list("Set-Cookie"))
      cookie_jar_->set(response_.effective_url, field);
  }
  const bool is_challenged = may_answer_challenge() || may_answer_proxy();
  // Some servers that answer "keep-alive" do not read a body to its end if they do not want it:
  // squid reads no more than 64 KiB of it.
  const bool is_small = request_->body && request_->body->size() <= kMaxUnwanted;
  if (is_challenged && hop_.has_body && !is_small) must_close_ = true;
  is_dropping_ = will_follow() || is_challenged;
  if (!is_dropping_) begin_body();
}

void Fetch::begin_body() {
  if (request_->header_callback) call_header_callback();
  const auto length = parser_.content_length();
  if (decompresses_) {
    const int layers = gzip_layers(response_.headers);
    if (layers > 2) throw HTTPProtocolError("the answer's body is coded more than twice", place());
    if (layers > 0) {
      const std::string codings = response_.headers.get("Content-Encoding");
      response_.headers.remove("Content-Encoding");
      response_.headers.add("X-Consumed-Content-Encoding", std::string_view(codings));
      decoder_.emplace(layers, max_body_size_);
    }
  }
  if (on_head_) on_head_(response_);
  if (!length || decoder_ || parser_.is_complete()) return;
  if (*length > max_body_size_)
    throw HTTPResponseTooLargeError("the answer's body is larger than max_body_size", place());
  if (!request_->streaming_callback)
    response_.body.reserve(static_cast<std::size_t>(std::min(*length, kMaxReserved)));
}

void Fetch::call_header_callback() {
  const auto& call = request_->header_callback;
  std::string line = "HTTP/1." + std::to_string(parser_.head().minor_version) + " " +
                     std::to_string(response_.code);
  line.append(" ").append(response_.reason).append("\r\n");
  call(line);
  for (const auto& [name, value] : response_.headers) {
    line.assign(name).append(": ").append(value).append("\r\n");
    call(line);
  }
  call("\r\n");
}

void Fetch::count_body(std::size_t bytes) {
  body_bytes_ += bytes;
  if (body_bytes_ > max_body_size_)
    throw HTTPResponseTooLargeError("the answer's body is larger than max_body_size", place());
}

Task<void> Fetch::deliver(std::string_view piece) {
  count_body(piece.size());
  if (!request_->streaming_callback) {
    response_.body.append(piece);
    return {};
  }
  return request_->streaming_callback(piece);
}

Task<void> Fetch::decode(std::string_view bytes) {
  if (!decoder_) return deliver(bytes);
  auto undo = [](Fetch& self, std::string_view coded) -> Task<void> {
    ContentDecoder& decoder = *self.decoder_;
    decoder.add(coded);
    for (;;) {
      Error error = Error::none;
      const std::string_view piece = decoder.next(error);
      if (error == Error::body_too_large) {
        throw HTTPResponseTooLargeError(
            "the answer's body is larger than max_body_size when it is decoded", self.place());
      }
      if (error != Error::none)
        throw HTTPProtocolError("the answer's body is no gzip, or damaged", self.place());
      if (piece.empty()) break;
      Task<void> delivering = self.deliver(piece);
      co_await delivering;
      // Few bytes may stand for a hundred megabytes.
      self.decoded_in_turn_ += piece.size();
      if (self.decoded_in_turn_ >= kMaxDecodedInTurn) {
        self.decoded_in_turn_ = 0;
        co_await moment;
      }
    }
    decoder.keep_rest();
  };
  return undo(*this, bytes);
}

void Fetch::end_body() const {
  if (decoder_ && !decoder_->is_at_end())
    throw HTTPProtocolError("the answer's body is a gzip that ends too early", place());
}

}  // namespace bora::http
