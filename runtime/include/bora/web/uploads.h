#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/detail/function.h>
#include <bora/core/task.h>
#include <bora/http/http_server_request.h>

namespace bora::web {

class RequestHandler;

/// A file of a form, on its way or arrived.
struct UploadedFile {
  std::string field{};     ///< The name of the form's input.
  std::string filename{};  ///< As the client sent it: never a path to trust; see safe_filename().
  std::string content_type{};  ///< What the client says, which need not be true.
  std::uint64_t size = 0;
  std::string path{};  ///< Where it lies; empty if it went to a sink of the program's own.
};

/// The last part of a file name, with nothing in it that a file system, a shell or a header takes
/// for more than a name: no folders, no control characters, none of `<>:"|?*\/`, no dots and blanks
/// at its ends, 100 bytes at most. "file" if nothing is left. Unicode stays.
[[nodiscard]] std::string safe_filename(std::string_view filename);

/// Where an uploaded file goes, in place of the disk: another server, a digest, a decoder.
class UploadSink {
 public:
  virtual ~UploadSink() = default;
  /// The next piece; while this waits, nothing more is read from the client. `piece` is valid until
  /// the Task ends.
  virtual Task<void> write(std::string_view piece) = 0;
  /// The file is whole. Without this call it is not: the client left, or the form is refused.
  virtual Task<void> close() { return {}; }
};

struct UploadOptions {
  /// Where files lie until they are kept. Default: the system's folder for temporary files. To keep
  /// them by renaming alone, take one on the same file system.
  std::string directory{};
  std::uint64_t max_file_size = std::uint64_t{1} << 30;
  /// The most bytes that all fields which are not files may have together.
  std::size_t max_fields_size = std::size_t{1} << 20;
  http::FormLimits limits{};
  /// Makes the sink of a file; one without goes to the disk.
  std::function<std::unique_ptr<UploadSink>(const UploadedFile& file)> open{};
};

/// A form with files that is taken in as it comes, in memory that does not depend on how large they
/// are:
///
///     class Upload : public bora::web::RequestHandler {
///      public:
///       static constexpr bool stream_request_body = true;
///       void prepare() { request().connection().set_max_body_size(std::uint64_t{4} << 30); }
///       Task<void> data_received(std::string_view piece) { return uploads_.receive(piece); }
///       Task<void> post() {
///         uploads_.finish();
///         for (const auto& file : uploads_.files()) co_await uploads_.keep(file, …);
///       }
///
///      private:
///       bora::web::Uploads uploads_{*this};
///     };
///
/// Files that were not kept are deleted with this object, whatever happened. Writing to the disk is
/// done by the loop's executor.
class Uploads {
 public:
  /// Looks at nothing yet: a handler may make it in its constructor.
  explicit Uploads(RequestHandler& handler, UploadOptions options = {});
  ~Uploads();
  Uploads(const Uploads&) = delete;
  Uploads& operator=(const Uploads&) = delete;

  /// Takes the next piece of the body.
  /// @throws HTTPError          400: it is no multipart/form-data, or malformed, or beyond the
  ///                            limits; 413: a file or the fields are too large.
  /// @throws std::system_error  The disk is full, or the directory can't be written.
  Task<void> receive(std::string_view piece);
  /// The body is here.
  /// @throws HTTPError  400: it ended too early.
  void finish();

  [[nodiscard]] const std::vector<UploadedFile>& files() const;
  /// The form's other fields, in order.
  [[nodiscard]] const std::vector<http::Argument>& arguments() const;
  /// The last one of that name.
  [[nodiscard]] std::optional<std::string> argument(std::string_view name) const;

  /// Moves a file to where it is to stay, by renaming it if that is on the same file system, else
  /// by copying. What is there is replaced.
  /// @param path  Of the program's own making, never the client's.
  /// @throws std::system_error
  Task<void> keep(const UploadedFile& file, std::string path);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bora::web
