#pragma once

#include <bora/net/netutil.h>

namespace bora::net::systemd {

/// Whether it is one of listen_fds(): the process that started this one holds it, too, and passes
/// it on to the next.
[[nodiscard]] bool was_passed(const FileDescriptor& descriptor) noexcept;

}  // namespace bora::net::systemd
