#include "runtime/http/shared_output.h"

#include <utility>

#include "runtime/http/output_block.h"
#include "runtime/http/output_queue.h"
#include "runtime/http/round.h"

namespace bora::http {

namespace {

constexpr std::size_t kMaxSpareBlocks = 64;

}  // namespace

SharedOutput::SharedOutput(Round& round) : round_(round), memory_(new char[kSize]) {}

SharedOutput::~SharedOutput() = default;

void SharedOutput::change_owner(OutputQueue& queue) {
  if (owner_ != nullptr) owner_->move_away();
  owner_ = &queue;
  ++claims_;
}

bool SharedOutput::rewind(const OutputQueue& queue, Place place) {
  if (!belongs_to(queue) || place >> 32 != claims_) return false;
  size_ = static_cast<std::uint32_t>(place);
  return true;
}

char* SharedOutput::make_room(std::size_t bytes) {
  if (size_ > 0) return nullptr;
  if (begin_ > 0) {
    round_.send_answers();
    return reserve(bytes);
  }
  memory_.reset(new char[bytes]);
  capacity_ = bytes;
  return memory_.get();
}

std::string_view SharedOutput::set_aside() {
  const std::string_view aside = text();
  begin_ += std::exchange(size_, 0);
  owner_ = nullptr;
  return aside;
}

// Another connection may be gathering output after it at present.
void SharedOutput::forget_aside() {
  if (size_ == 0) begin_ = 0;
}

void SharedOutput::drop() {
  owner_ = nullptr;
  size_ = 0;
  if (capacity_ == kSize) return;
  memory_.reset(new char[kSize]);
  capacity_ = kSize;
}

OutputBlock* SharedOutput::take_block() {
  if (spare_blocks_.empty()) return new OutputBlock;
  OutputBlock* const block = spare_blocks_.back().release();
  spare_blocks_.pop_back();
  return block;
}

void SharedOutput::give_block(OutputBlock* block) {
  std::unique_ptr<OutputBlock> owned(block);
  if (!block->is_small() || spare_blocks_.size() == kMaxSpareBlocks) return;
  block->clear();
  block->pace() = {};
  spare_blocks_.push_back(std::move(owned));
}

}  // namespace bora::http
