#pragma once

#include <bora/net/netutil.h>

namespace bora::net::systemd {

/// True for one of listen_fds(): whoever started this process holds it, too, and passes it on to
/// the next.
[[nodiscard]] bool was_passed(const FileDescriptor& descriptor) noexcept;

}  // namespace bora::net::systemd
