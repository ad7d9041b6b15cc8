#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/net/deadline_wheel.h"
#include "runtime/net/ssl_engine.h"

namespace bora::net {

class StreamCore;

/// What a stream has in addition when it speaks TLS. Its deadline is the handshake's.
class StreamTLS final : public CoarseDeadline {
 public:
  StreamTLS(StreamCore& core, const SSLContext& context, int fd, std::string_view host);
  /// Of an engine whose handshake is over.
  StreamTLS(StreamCore& core, std::unique_ptr<SSLEngine> ready);

  /// The handshake did not come about: makes `problem` of `why`.
  void note_problem(std::string_view why);

  std::unique_ptr<SSLEngine> owned;
  SSLEngine& engine;
  std::string peer;     ///< Its address, as long as the handshake lasts.
  std::string problem;  ///< With whom, and why; empty while there is none.

 private:
  void on_deadline() override;

  StreamCore& core_;
  std::string host_;
};

}  // namespace bora::net
