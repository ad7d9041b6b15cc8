#include "runtime/devtools/channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <utility>

#include <bora/core/io_loop.h>

namespace bora::devtools {

void Channel::open(IOLoop& loop, int fd, Handler handler) {
  loop_ = &loop;
  fd_ = fd;
  handler_ = std::move(handler);
  loop.add_handler(fd, [this](int, unsigned) { read(); }, IOLoop::READ);
}

void Channel::send(std::string_view word, std::string_view body) {
  if (fd_ < 0) return;
  std::string text(word);
  text += ' ' + std::to_string(body.size()) + '\n';
  text += body;
  // Messages are short, so a socket's buffer takes them at once.
  static_cast<void>(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL));
}

void Channel::read() {
  char buffer[65536];
  ssize_t count = 0;
  while ((count = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    input_.append(buffer, static_cast<std::size_t>(count));
  const bool is_over = count == 0 || (errno != EAGAIN && errno != EINTR);
  while (take_message()) {
  }
  if (!is_over) return;
  loop_->remove_handler(fd_);
  ::close(std::exchange(fd_, -1));
  loop_->stop();
}

bool Channel::take_message() {
  const std::size_t end = input_.find('\n');
  if (end == std::string::npos) return false;
  const std::size_t blank = input_.find(' ');
  std::size_t size = 0;
  const char* const first = input_.data() + blank + 1;
  if (blank + 1 >= end ||
      std::from_chars(first, input_.data() + end, size).ptr != input_.data() + end) {
    input_.clear();
    return false;
  }
  if (input_.size() - end - 1 < size) return false;
  const std::string word = input_.substr(0, blank);
  const std::string body = input_.substr(end + 1, size);
  input_.erase(0, end + 1 + size);
  handler_(word, body);
  return true;
}

std::vector<std::string> read_fields(std::string_view body) {
  std::vector<std::string> fields;
  while (!body.empty()) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), size);
    const auto prefix = static_cast<std::size_t>(end - body.data());
    if (error != std::errc() || prefix >= body.size() || body[prefix] != ':' ||
        body.size() - prefix - 1 < size) {
      return {};
    }
    fields.emplace_back(body.substr(prefix + 1, size));
    body.remove_prefix(prefix + 1 + size);
  }
  return fields;
}

void add_field(std::string& body, std::string_view field) {
  body += std::to_string(field.size()) + ':';
  body += field;
}

}  // namespace bora::devtools
