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

/// A file of a form, during its arrival and after it.
struct UploadedFile {
  std::string field{};         ///< The name of the form's input.
  std::string filename{};      ///< As the client sent it: never a path; see safe_filename().
  std::string content_type{};  ///< As the client says, which need not be true.
  std::uint64_t size = 0;
  std::string path{};  ///< Where the file lies; empty if it went to a sink of the program's own.
};

/// The last part of a file name, without anything that a file system, a shell or a header could
/// take for more than a name: no folders, no control characters, none of `<>:"|?*\/`, no dots and
/// blanks at its ends, and at most 100 bytes. It is "file" if nothing is left. Unicode stays.
[[nodiscard]] std::string safe_filename(std::string_view filename);

/// Receives an uploaded file instead of the disk: another server, a digest, a decoder.
class UploadSink {
 public:
  virtual ~UploadSink() = default;
  /// Takes the next piece; while the Task waits, nothing more is read from the client. `piece` is
  /// valid until the Task ends.
  virtual Task<void> write(std::string_view piece) = 0;
  /// Called when the file is complete. If it is not called, the client left, or the form was
  /// refused.
  virtual Task<void> close() { return {}; }
};

/// Limits and places of an upload.
struct UploadOptions {
  /// The directory where files lie until they are kept. Default: the system's folder for temporary
  /// files. If it is on the file system where files are kept, keep() only renames them.
  std::string directory{};
  /// The most bytes of each file.
  std::uint64_t max_file_size = std::uint64_t{1} << 30;
  /// The most bytes that all fields other than files may have together.
  std::size_t max_fields_size = std::size_t{1} << 20;
  http::FormLimits limits{};
  /// Makes the sink of a file; without a sink the file goes to the disk.
  std::function<std::unique_ptr<UploadSink>(const UploadedFile& file)> open{};
};

/// A form with files that is processed as it arrives, in memory that does not depend on the size of
/// the files:
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
/// Files that were not kept are deleted with this object, in every case. The loop's executor writes
/// to the disk.
class Uploads {
 public:
  /// The constructor does not look at the request: a handler may call it in its own constructor.
  explicit Uploads(RequestHandler& handler, UploadOptions options = {});
  ~Uploads();
  Uploads(const Uploads&) = delete;
  Uploads& operator=(const Uploads&) = delete;

  /// Takes the next piece of the body.
  /// @throws HTTPError          400: the body is not multipart/form-data, or malformed, or exceeds
  ///                            the limits; 413: a file or the fields are too large.
  /// @throws std::system_error  The disk is full, or the directory can't be written.
  Task<void> receive(std::string_view piece);
  /// Must be called when the body is complete.
  /// @throws HTTPError  400: the body ended too early.
  void finish();

  [[nodiscard]] const std::vector<UploadedFile>& files() const;
  /// The form's other fields, in order.
  [[nodiscard]] const std::vector<http::Argument>& arguments() const;
  /// The last field of that name.
  [[nodiscard]] std::optional<std::string> argument(std::string_view name) const;

  /// Moves a file to its final place, by renaming it if that is on the same file system, else by
  /// copying it. It replaces an existing file.
  /// @param path  A path that the program makes, never the client.
  /// @throws std::system_error
  Task<void> keep(const UploadedFile& file, std::string path);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bora::web
