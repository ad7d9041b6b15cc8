#pragma once

#include <vector>

#include <bora/net/netutil.h>

namespace bora::net {

/// Gives bind_sockets() its sockets: a development server listens where `bora dev` does. May ask
/// for `reuse_port` instead. Empty: bind_sockets() opens its own. One for the process; null: none.
using BindHook = std::vector<FileDescriptor> (*)(bool& reuse_port);
void set_bind_hook(BindHook hook) noexcept;

/// A development server is one process, however many workers it asks for: `bora dev` talks with
/// one.
void set_runs_alone() noexcept;
bool runs_alone() noexcept;

}  // namespace bora::net
