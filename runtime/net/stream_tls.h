#pragma once

#include <string>
#include <string_view>

#include "runtime/net/deadline_wheel.h"

namespace bora::net {

class StreamCore;

/// The additional state of a stream that speaks TLS, beside its transport's engine. Its deadline is
/// the handshake's.
class StreamTLS final : public CoarseDeadline {
 public:
  StreamTLS(StreamCore& core, std::string_view host) : core_(core), host_(host) {}

  /// The handshake failed: makes `problem` of `why`.
  void note_problem(std::string_view why);

  std::string peer;     ///< its address, during the handshake
  std::string problem;  ///< with whom, and why; empty while there is none

 private:
  void on_deadline() override;

  StreamCore& core_;
  std::string host_;
};

}  // namespace bora::net
