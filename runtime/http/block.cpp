#include "runtime/http/block.h"

namespace bora::http {

void Block::consume(std::size_t count) {
  begin_ += count;
  if (begin_ == text_.size()) {
    clear();
  } else if (begin_ > kMaxKept && begin_ > text_.size() / 2) {
    text_.erase(0, begin_);
    begin_ = 0;
  }
}

}  // namespace bora::http
