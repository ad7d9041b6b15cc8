#include "runtime/http/workspace.h"

#include <bora/core/io_loop.h>

#include <algorithm>
#include <utility>

#include "runtime/http/exchange.h"
#include "runtime/http/file_piece.h"
#include "runtime/http/response_head.h"

namespace bora::http {

namespace {

constexpr std::size_t kMaxKeptBlock = 64 * 1024;
constexpr std::size_t kMaxSpareBlocks = 64;
constexpr std::size_t kMaxSpareExchanges = 256;

thread_local Workspace* of_this_thread = nullptr;

}  // namespace

Block::Block() = default;
Block::~Block() = default;

void Block::add_file(std::shared_ptr<FilePiece> file, Block* behind) {
  file_ = std::move(file);
  next_ = behind;
}

Block* Block::drop_file() {
  if (file_ != nullptr) file_->forget_connection();
  file_.reset();
  if (next_ != nullptr) next_->pace_ = pace_;
  return std::exchange(next_, nullptr);
}

Block& Block::last() {
  Block* block = this;
  while (block->next_ != nullptr) block = block->next_;
  return *block;
}

std::uint64_t Block::total() const {
  std::uint64_t bytes = 0;
  for (const Block* block = this; block != nullptr; block = block->next_) {
    bytes += block->size() + (block->file_ != nullptr ? block->file_->left() : 0);
  }
  return bytes;
}

void Block::consume(std::size_t count) {
  begin_ += count;
  if (begin_ == text_.size()) {
    clear();
  } else if (begin_ > kMaxKeptBlock && begin_ > text_.size() / 2) {
    text_.erase(0, begin_);
    begin_ = 0;
  }
}

char* Block::extend(std::size_t count) {
  text_.resize(text_.size() + count);
  return text_.data() + text_.size() - count;
}

void Block::clear() {
  text_.clear();
  begin_ = 0;
}

Workspace& Workspace::acquire() {
  if (of_this_thread == nullptr) {
    of_this_thread = new Workspace(net::Poller::of(IOLoop::current()));
  }
  of_this_thread->retain();
  return *of_this_thread;
}

void Workspace::release() {
  if (--users_ > 0) return;
  of_this_thread = nullptr;
  delete this;
}

Workspace::Workspace(net::Poller& poller)
    : poller_(poller),
      input_(new char[kInputCapacity]),
      output_(new char[kOutputSize]),
      round_(*this),
      common_head_("Server: Bora/" BORA_VERSION "\r\n"),
      server_size_(common_head_.size()) {
  spare_exchanges_.reserve(kMaxSpareExchanges);
}

Workspace::~Workspace() {
  for (Exchange* const exchange : spare_exchanges_) delete exchange;
}

void Workspace::change_owner(RoundConnection& connection) {
  if (owner_ != nullptr) owner_->spill_output();
  owner_ = &connection;
  ++claims_;
}

bool Workspace::rewind_output(const RoundConnection& connection, std::uint64_t place) {
  if (!owns_output(connection) || place >> 32 != claims_) return false;
  output_size_ = static_cast<std::uint32_t>(place);
  return true;
}

char* Workspace::make_room(std::size_t bytes) {
  if (output_size_ > 0) return nullptr;
  if (output_begin_ > 0) {
    round_.send_answers();
    return reserve_output(bytes);
  }
  output_.reset(new char[bytes]);
  output_capacity_ = bytes;
  return output_.get();
}

std::string_view Workspace::set_output_aside() {
  const std::string_view aside = output();
  output_begin_ += std::exchange(output_size_, 0);
  owner_ = nullptr;
  return aside;
}

// What another connection gathers at present may be behind it.
void Workspace::forget_output_aside() {
  if (output_size_ == 0) output_begin_ = 0;
}

void Workspace::drop_output() {
  owner_ = nullptr;
  output_size_ = 0;
  if (output_capacity_ == kOutputSize) return;
  output_.reset(new char[kOutputSize]);
  output_capacity_ = kOutputSize;
}

Block* Workspace::take_block() {
  if (spare_blocks_.empty()) return new Block;
  Block* const block = spare_blocks_.back().release();
  spare_blocks_.pop_back();
  return block;
}

void Workspace::give_block(Block* block) {
  std::unique_ptr<Block> owned(block);
  if (block->capacity() > kMaxKeptBlock || spare_blocks_.size() == kMaxSpareBlocks) return;
  block->clear();
  block->pace() = {};
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
