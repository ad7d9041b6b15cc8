#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/http/ip_address.h"

namespace bora::http {

/// One proxy's element of a Forwarded field (RFC 7239, 4): who called it.
struct ForwardedElement {
  std::string node;   ///< `for`; empty if it is missing
  std::string proto;  ///< empty if it is missing
};

/// Takes the last element off a Forwarded field's list; empty ones are skipped.
///
/// It reads from the end: the element that a proxy has appended then reads the same whatever stands
/// before it. When read from the beginning, a quote that a client left open would swallow it.
/// @returns  Nothing if the element is malformed, or there was none.
[[nodiscard]] std::optional<ForwardedElement> take_last_forwarded(std::string_view& list);

/// The address in a `for`: `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]`, `[2001:db8::1]:80`.
/// Returns nothing for "unknown", for an obfuscated name (`_secret`), and for anything else.
[[nodiscard]] std::optional<IPAddress> forwarded_address(std::string_view node);

}  // namespace bora::http
