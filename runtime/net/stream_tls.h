#pragma once

#include <string>
#include <string_view>

#include "runtime/net/deadline_wheel.h"

namespace bora::net {

class StreamCore;

/// What a stream has in addition when it speaks TLS, beside its transport's engine. Its deadline is
/// the handshake's.
class StreamTLS final : public CoarseDeadline {
 public:
  StreamTLS(StreamCore& core, std::string_view host) : core_(core), host_(host) {}

  /// The handshake did not come about: makes `problem` of `why`.
  void note_problem(std::string_view why);

  std::string peer;     ///< Its address, as long as the handshake lasts.
  std::string problem;  ///< With whom, and why; empty while there is none.

 private:
  void on_deadline() override;

  StreamCore& core_;
  std::string host_;
};

}  // namespace bora::net
