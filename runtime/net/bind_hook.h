#pragma once

#include <vector>

#include <bora/net/netutil.h>

namespace bora::net {

/// Gives bind_sockets() its sockets: a development server listens where `bora dev` does. It may ask
/// for `reuse_port` instead. If it returns none, bind_sockets() opens its own. There is one for the
/// process; it may be null.
using BindHook = std::vector<FileDescriptor> (*)(bool& reuse_port);
void set_bind_hook(BindHook hook) noexcept;

/// Makes servers run in one process, however many workers they ask for, because `bora dev` talks
/// with one process.
void set_runs_alone() noexcept;
bool runs_alone() noexcept;

}  // namespace bora::net
