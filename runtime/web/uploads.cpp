#include <bora/web/uploads.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <bora/core/escape.h>
#include <bora/core/executor.h>
#include <bora/net/netutil.h>
#include <bora/web/http_error.h>
#include <bora/web/request_handler.h>

#include "runtime/http/form.h"
#include "runtime/text/characters.h"
#include "runtime/text/utf8.h"
#include "runtime/web/failure.h"

// Jobs in the executor own what they use, because the handler may be destroyed before they end.

namespace bora::web {
namespace {

using http::MultipartReader;
using Descriptor = std::shared_ptr<const net::FileDescriptor>;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(fd, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail("writing an uploaded file");
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

/// A new file that only this user can read.
Descriptor make_file(const std::string& directory, std::string& path) {
  path = (std::filesystem::path(directory.empty() ? std::filesystem::temp_directory_path().string()
                                                  : directory) /
          "bora-upload-XXXXXX")
             .string();
  const int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0) fail("making a file for an upload: " + path);
  return std::make_shared<net::FileDescriptor>(fd);
}

void copy_file(const std::string& from, const std::string& to) {
  const net::FileDescriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source) fail(from);
  const net::FileDescriptor target(
      ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!target) fail(to);
  std::array<char, 64 * 1024> piece;
  ssize_t size = 0;
  while ((size = ::read(source.get(), piece.data(), piece.size())) != 0) {
    if (size < 0 && errno != EINTR) fail(from);
    if (size > 0) write_all(target.get(), {piece.data(), static_cast<std::size_t>(size)});
  }
  ::unlink(from.c_str());
}

void move_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return;
  if (errno != EXDEV) fail(from + " to " + to);
  copy_file(from, to);
}

/// Writes to the disk, in the loop's executor.
class DiskSink final : public UploadSink {
 public:
  DiskSink(const std::string& directory, std::string& path) : file_(make_file(directory, path)) {}

  Task<void> write(std::string_view piece) override {
    auto job = [file = file_, bytes = std::string(piece)] { write_all(file->get(), bytes); };
    auto written = run_in_executor(std::move(job));
    co_await written;
  }
  Task<void> close() override {
    file_.reset();
    return {};
  }

 private:
  Descriptor file_;
};

bool is_forbidden(char c) {
  return text::is_control(c) || std::string_view("<>:\"|?*\\/").find(c) != std::string_view::npos;
}

}  // namespace

std::string safe_filename(std::string_view filename) {
  constexpr std::size_t kMaxBytes = 100;
  filename = filename.substr(filename.find_last_of("/\\") + 1);
  std::string name;
  for (const char c : filename) {
    if (!is_forbidden(c)) name += c;
  }
  if (!is_valid_utf8(name)) std::erase_if(name, [](char c) { return (c & 0x80) != 0; });
  constexpr std::string_view kEdges = ". ";
  const std::size_t first = name.find_first_not_of(kEdges);
  if (first == std::string::npos) return "file";
  name = text::utf8_prefix(std::string_view(name).substr(first), kMaxBytes);
  name.resize(name.find_last_not_of(kEdges) + 1);
  return name;
}

class Uploads::Impl {
 public:
  Impl(RequestHandler& handler, UploadOptions options)
      : handler_(handler), options_(std::move(options)) {}
  ~Impl() {
    for (const UploadedFile& file : files_) remove(file);
    remove(current_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Task<void> receive(std::string_view piece) {
    begin();
    reader_->feed(piece);
    while (true) {
      const MultipartReader::Step step = reader_->next();
      if (step == MultipartReader::Step::more || step == MultipartReader::Step::end) co_return;
      if (step == MultipartReader::Step::failed) refuse_request(400, reader_->error());
      if (step == MultipartReader::Step::part) {
        begin_part();
      } else if (step == MultipartReader::Step::data) {
        Task<void> taking = take(reader_->data());
        co_await taking;
      } else {
        Task<void> ending = end_part();
        co_await ending;
      }
    }
  }

  void finish() {
    begin();
    if (!reader_->is_complete()) {
      refuse_request(400, "invalid multipart/form-data: no final boundary");
    }
  }

  Task<void> keep(const UploadedFile& file, std::string path) {
    const auto found = std::find_if(files_.begin(), files_.end(), [&](const UploadedFile& known) {
      return !known.path.empty() && known.path == file.path;
    });
    if (found == files_.end()) throw std::invalid_argument("Uploads::keep(): no such file");
    auto job = [from = found->path, to = path] { move_file(from, to); };
    auto moved = run_in_executor(std::move(job));
    co_await moved;
    found->path.clear();  // It is not ours any more.
  }

  std::vector<UploadedFile> files_;
  std::vector<http::Argument> arguments_;

 private:
  static void remove(const UploadedFile& file) {
    if (!file.path.empty()) ::unlink(file.path.c_str());
  }

  void begin() {
    if (reader_) return;
    const http::HTTPHeaders& headers = handler_.request().headers();
    const std::string boundary =
        http::multipart_boundary(headers.get_view("Content-Type").value_or(""));
    if (boundary.empty()) refuse_request(400, "the body is no multipart/form-data");
    if (headers.contains("Content-Encoding")) refuse_request(400, "form with a Content-Encoding");
    reader_.emplace(boundary, options_.limits);
  }

  void begin_part() {
    http::PartHead& head = reader_->head();
    if (head.filename.empty()) {
      if (arguments_.size() == options_.limits.max_arguments)
        refuse_request(400, "too many fields");
      arguments_.push_back({*std::move(head.name), {}});
      count_field(arguments_.back().name.size());
      return;
    }
    current_ = {.field = *std::move(head.name),
                .filename = std::move(head.filename),
                .content_type = std::move(head.content_type)};
    if (options_.open) sink_ = options_.open(current_);
    if (sink_ == nullptr) sink_ = std::make_unique<DiskSink>(options_.directory, current_.path);
  }

  void count_field(std::size_t bytes) {
    fields_size_ += bytes;
    if (fields_size_ > options_.max_fields_size)
      refuse_request(413, "the form's fields are too large");
  }

  Task<void> take(std::string_view data) {
    if (sink_ == nullptr) {
      count_field(data.size());
      arguments_.back().value += data;
      return {};
    }
    current_.size += data.size();
    if (current_.size > options_.max_file_size)
      refuse_request(413, "an uploaded file is too large");
    return sink_->write(data);
  }

  Task<void> end_part() {
    if (sink_ == nullptr) co_return;
    Task<void> closing = sink_->close();
    co_await closing;
    sink_.reset();
    files_.push_back(std::move(current_));
    current_ = {};
  }

  RequestHandler& handler_;
  UploadOptions options_;
  std::optional<MultipartReader> reader_;
  UploadedFile current_;
  std::unique_ptr<UploadSink> sink_;  ///< Of the current part; null: it is a field.
  std::size_t fields_size_ = 0;
};

Uploads::Uploads(RequestHandler& handler, UploadOptions options)
    : impl_(std::make_unique<Impl>(handler, std::move(options))) {}
Uploads::~Uploads() = default;

Task<void> Uploads::receive(std::string_view piece) {
  return impl_->receive(piece);
}
void Uploads::finish() {
  impl_->finish();
}
const std::vector<UploadedFile>& Uploads::files() const {
  return impl_->files_;
}
const std::vector<http::Argument>& Uploads::arguments() const {
  return impl_->arguments_;
}

std::optional<std::string> Uploads::argument(std::string_view name) const {
  const auto found =
      std::find_if(impl_->arguments_.rbegin(), impl_->arguments_.rend(),
                   [&](const http::Argument& argument) { return argument.name == name; });
  if (found == impl_->arguments_.rend()) return std::nullopt;
  return found->value;
}

Task<void> Uploads::keep(const UploadedFile& file, std::string path) {
  return impl_->keep(file, std::move(path));
}

}  // namespace bora::web
