#include "runtime/http/file_piece.h"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <bora/core/executor.h>
#include <bora/core/io_loop.h>
#include <bora/core/log.h>

#include "runtime/http/output_queue.h"

namespace bora::http {

namespace {

ssize_t read_at(int fd, char* to, std::size_t size, std::uint64_t offset) {
  ssize_t count = 0;
  do {
    count = ::pread(fd, to, size, static_cast<off_t>(offset));
  } while (count < 0 && errno == EINTR);
  return count;
}

}  // namespace

// The last byte of the chunk stands for all of it, because files are read ahead from front to back.
// A chunk that was just read counts as resident; otherwise a machine short of memory would read it
// again and again.
bool FilePiece::is_resident() {
  if (is_warm_) return true;
  char byte = 0;
  iovec part{&byte, 1};
  const std::uint64_t last = offset_ + chunk() - 1;
  is_warm_ =
      ::preadv2(fd(), &part, 1, static_cast<off_t>(last), RWF_NOWAIT) >= 0 || errno != EAGAIN;
  return is_warm_;
}

void FilePiece::warm(OutputQueue& queue) {
  queue_ = &queue;
  is_warming_ = true;
  IOLoop::current().spawn(read_ahead(shared_from_this()));
}

Task<void> FilePiece::read_ahead(std::shared_ptr<FilePiece> piece) {
  try {
    auto job = [piece] { piece->touch(); };
    Future<void> done = run_in_executor(std::move(job));
    co_await std::move(done);
  } catch (const std::exception& error) {
    gen_log.warning("a file is read on the loop: ", error.what());
  }
  piece->is_warming_ = false;
  piece->is_warm_ = true;
  if (OutputQueue* const queue = std::exchange(piece->queue_, nullptr)) {
    queue->file_is_warm();
  }
}

// Runs on a thread of the executor. It reads the chunk into the system's memory, not into ours.
void FilePiece::touch() const noexcept {
  constexpr std::size_t kStep = 32 * 1024;
  char bytes[kStep];
  for (std::size_t done = 0; done < chunk(); done += kStep) {
    if (read_at(fd(), bytes, std::min(kStep, chunk() - done), offset_ + done) <= 0) return;
  }
}

std::size_t FilePiece::read(char* to, std::size_t room) const {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(room, left_));
  const ssize_t count = read_at(fd(), to, wanted, offset_);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace bora::http
