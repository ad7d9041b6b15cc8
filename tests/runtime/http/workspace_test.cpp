#include "runtime/http/workspace.h"

#include <array>
#include <cstddef>
#include <memory>

#include <bora/core/io_loop.h>

#include "runtime/net/poller.h"
#include "tests/support/catch.h"

using bora::IOLoop;
using bora::http::Workspace;
using bora::net::Poller;

TEST_CASE("workspace: what a handler keeps beyond its loop is not used by the next loop",
          "[http]") {
  Workspace& former = Workspace::acquire();  // as an exchange does whose handler never ends
  IOLoop::close_current();
  // The next poller gets other memory than the former one had.
  std::array<std::unique_ptr<std::byte[]>, 8> fillers;
  for (auto& filler : fillers) filler = std::make_unique<std::byte[]>(sizeof(Poller));

  Workspace& present = Workspace::acquire();
  CHECK(&present.poller() == &Poller::of(IOLoop::current()));
  former.release();
  CHECK(&Workspace::acquire() == &present);
  present.release();
  present.release();
}
