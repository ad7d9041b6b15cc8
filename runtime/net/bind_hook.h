#pragma once

#include <vector>

#include <bora/net/netutil.h>

namespace bora::net {

/// Gives bind_sockets() its sockets: a development server listens where `bora dev` does. May ask
/// for `reuse_port` instead. Empty: bind_sockets() opens its own. One for the process; null: none.
using BindHook = std::vector<FileDescriptor> (*)(bool& reuse_port);
void set_bind_hook(BindHook hook) noexcept;

}  // namespace bora::net
