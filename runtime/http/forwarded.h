#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/http/ip_address.h"

namespace bora::http {

/// What one proxy tells in a Forwarded field (RFC 7239, 4) of who called it.
struct ForwardedElement {
  std::string node;   ///< `for`; empty: not told.
  std::string proto;  ///< Empty: not told.
};

/// Takes the last element off a Forwarded field's list; empty ones are passed over.
///
/// Read from the end: what a proxy has appended reads the same whatever stands before it. From the
/// beginning on, a quote that a client left open would swallow it.
/// @returns  Null: the element is malformed, or there was none.
[[nodiscard]] std::optional<ForwardedElement> take_last_forwarded(std::string_view& list);

/// The address in a `for`: `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]`, `[2001:db8::1]:80`. Null
/// for "unknown", for a name made up (`_secret`), and for anything else.
[[nodiscard]] std::optional<IPAddress> forwarded_address(std::string_view node);

}  // namespace bora::http
