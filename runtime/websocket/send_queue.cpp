#include "runtime/websocket/send_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "runtime/websocket/frame.h"

namespace bora::websocket {

namespace {

bool is_pong(std::string_view frame) {
  constexpr char kOpcode = 0x0f;
  return !frame.empty() && (frame.front() & kOpcode) == static_cast<char>(Opcode::pong);
}

}  // namespace

void SendQueue::add(std::string_view first, std::string_view second, bool is_message) {
  Frame& frame = frames_.emplace_back();
  frame.own.reserve(first.size() + second.size());
  frame.own.append(first).append(second);
  frame.is_message = is_message;
  frame.is_pong = is_pong(frame.own);
  pongs_ += frame.is_pong;
  size_ += frame.own.size();
}

void SendQueue::add(SharedFrame frame) {
  size_ += frame->size();
  Frame& added = frames_.emplace_back();
  added.shared = std::move(frame);
  added.is_message = true;
}

void SendQueue::add_block(std::string_view frames) {
  Frame& frame = frames_.emplace_back();
  frame.own = frames;
  frame.is_block = true;
  size_ += frames.size();
}

std::size_t SendQueue::gather(std::span<iovec> parts) const {
  const std::size_t count = std::min(parts.size(), frames_.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view bytes = frames_[i].bytes().substr(i == 0 ? sent_ : 0);
    parts[i] = {const_cast<char*>(bytes.data()), bytes.size()};
  }
  return count;
}

void SendQueue::consume(std::size_t count) {
  size_ -= count;
  while (count > 0) {
    const std::size_t left = frames_.front().bytes().size() - sent_;
    if (count < left) {
      sent_ += count;
      has_begun_ = true;
      return;
    }
    count -= left;
    pongs_ -= frames_.front().is_pong;
    frames_.pop_front();
    sent_ = 0;
    has_begun_ = false;
  }
}

std::size_t SendQueue::drop_oldest(std::size_t room, std::size_t limit) {
  std::size_t dropped = 0;
  auto frame = frames_.begin();
  if (has_begun_ && frame != frames_.end()) ++frame;
  while (frame != frames_.end() && size_ + room > limit) {
    if (!frame->is_message) {
      ++frame;
      continue;
    }
    size_ -= frame->bytes().size();
    frame = frames_.erase(frame);
    ++dropped;
  }
  return dropped;
}

std::size_t SendQueue::messages() const {
  std::size_t count = 0;
  std::size_t sent = sent_;  // of the first one
  for (const Frame& frame : frames_) {
    count += frame.is_block ? messages_of(frame.own, sent) : frame.is_message;
    sent = 0;
  }
  return count;
}

std::size_t SendQueue::messages_of(std::string_view block, std::size_t sent) {
  std::size_t count = 0;
  std::size_t end = 0;
  FrameHead head;
  while (read_frame_head(block.substr(end), head) == FrameHeadStatus::complete) {
    end += head.size + static_cast<std::size_t>(head.length);
    count += end > sent && !is_control(head.opcode);
    if (end >= block.size()) break;
  }
  return count;
}

}  // namespace bora::websocket
