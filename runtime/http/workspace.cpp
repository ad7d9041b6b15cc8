#include "runtime/http/workspace.h"

#include <algorithm>
#include <utility>

#include <bora/core/io_loop.h>

#include "runtime/http/exchange.h"
#include "runtime/http/response_head.h"

namespace bora::http {

namespace {

constexpr std::size_t kMaxSpareBlocks = 64;
constexpr std::size_t kMaxSpareExchanges = 256;

thread_local Workspace* of_this_thread = nullptr;

}  // namespace

Workspace& Workspace::acquire() {
  net::Poller& poller = net::Poller::of(IOLoop::current());
  if (of_this_thread == nullptr || &of_this_thread->poller_ != &poller) {
    of_this_thread = new Workspace(poller);
  }
  of_this_thread->retain();
  return *of_this_thread;
}

void Workspace::release() {
  if (--users_ > 0) return;
  if (of_this_thread == this) of_this_thread = nullptr;
  delete this;
}

Workspace::Workspace(net::Poller& poller)
    : poller_(poller),
      input_(new char[kInputCapacity]),
      round_(*this),
      output_(round_),
      common_head_("Server: Bora/" BORA_VERSION "\r\n"),
      server_size_(common_head_.size()) {
  spare_exchanges_.reserve(kMaxSpareExchanges);
}

Workspace::~Workspace() {
  for (Exchange* const exchange : spare_exchanges_) delete exchange;
}

Block* Workspace::take_block() {
  if (spare_blocks_.empty()) return new Block;
  Block* const block = spare_blocks_.back().release();
  spare_blocks_.pop_back();
  return block;
}

void Workspace::give_block(Block* block) {
  std::unique_ptr<Block> owned(block);
  if (!block->is_small() || spare_blocks_.size() == kMaxSpareBlocks) return;
  block->clear();
  spare_blocks_.push_back(std::move(owned));
}

Exchange* Workspace::take_exchange() {
  ++busy_exchanges_;
  retain();
  if (spare_exchanges_.empty()) return new Exchange(*this);
  Exchange* const exchange = spare_exchanges_.back();
  spare_exchanges_.pop_back();
  return exchange;
}

void Workspace::give_exchange(Exchange* exchange) {
  --busy_exchanges_;
  exchange->recycle();
  if (spare_exchanges_.size() < kMaxSpareExchanges) {
    spare_exchanges_.push_back(exchange);
  } else {
    delete exchange;
  }
  release();
}

void Workspace::set_date(std::int64_t epoch_seconds) {
  date_ = epoch_seconds;
  common_head_.resize(server_size_);
  append_date_line(common_head_, epoch_seconds);
}

}  // namespace bora::http
