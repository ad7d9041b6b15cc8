#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bora/core/detail/chrono.h>
#include <bora/web/request_handler.h>
#include <bora/web/route_table.h>

namespace bora::web {

struct StaticFile;

/// The content with which StaticFileHandler::get_content() answers instead of a file.
struct StaticContent {
  std::string_view bytes;
  /// Keeps `bytes` alive until they are sent; it may be null if they live as long as the program.
  std::shared_ptr<const void> owner{};
  /// The time for Last-Modified, which is not sent without it.
  std::optional<std::chrono::sys_seconds> modified{};
  /// A text for the entity tag that differs for each content of the same path, without `"` and
  /// control characters. If it is empty, the content is hashed.
  std::string version{};
};

/// Answers GET and HEAD with files of a directory: conditional requests, ranges, compressed twins
/// (`app.js.br`, `app.js.gz`), versioned URLs. It answers the `[static]` mounts of routes.toml. A
/// class of your own can override its functions:
///
///     struct App : bora::web::StaticFileHandler {   // an unknown path gets the application's page
///       std::optional<std::string> validate_absolute_path(const std::string& root,
///                                                         const std::string& path) override {
///         try {
///           return StaticFileHandler::validate_absolute_path(root, path);
///         } catch (const bora::web::HTTPError& error) {
///           if (error.status() != 404) throw;
///           return root + "/index.html";
///         }
///       }
///     };
///
/// The functions are called in the order in which they stand here, for each request.
class StaticFileHandler : public RequestHandler {
 public:
  /// For a route that is not a mount. A class that knows its directory has an `initialize()` of its
  /// own that calls the one below.
  struct Init {
    /// The directory; if relative, it is looked for next to the program (see
    /// Settings::static_path).
    std::string path;
    /// The file that a folder's URL means: "index.html". If empty, a folder is 403.
    std::string default_filename;
  };

  ~StaticFileHandler() override;

  void initialize(const Init& init) { init_ = init; }
  /// @param url_path  The capture of the route's pattern, percent-decoded.
  Task<void> get(std::string_view url_path);

  /// The path below the directory that a URL's path means. The default is the same path.
  virtual std::string parse_url_path(std::string_view url_path);

  /// The whole path of a file. The default is `root`, a slash, `path`.
  virtual std::string get_absolute_path(const std::string& root, const std::string& path);

  /// Decides whether a path may be served, and which file that is: an override may name any file.
  /// The default lets no path and no symbolic link lead out of the directory
  /// (Settings::allowed_symlink_directory), and redirects from a folder's URL without a slash to
  /// the one with a slash.
  /// @returns  The path of the file, or nothing if the answer is finished.
  /// @throws HTTPError  404: there is no such file. 403: the path is outside, a folder or a device,
  ///                    or the program has no permission.
  virtual std::optional<std::string> validate_absolute_path(const std::string& root,
                                                            const std::string& absolute_path);

  /// Content that comes from elsewhere (the program itself, a database, an archive). It replaces
  /// Tornado's get_content(), get_content_size(), get_modified_time() and get_content_version(). A
  /// class that overrides it usually also overrides validate_absolute_path(), which looks for a
  /// file. The default is nothing, so the file is sent.
  virtual std::optional<StaticContent> get_content(const std::string& absolute_path);

  /// The Content-Type, for texts with the charset. The default depends on the file name's ending.
  virtual std::string get_content_type(const std::string& absolute_path);

  /// How long clients and proxies may keep the answer without asking again; with 0 no field says
  /// anything about it.
  /// @param is_versioned  Whether the URL has a `?v=` that names this very content, as static_url()
  ///                      writes it. The default is ten years for such a URL, else 0.
  virtual std::chrono::seconds get_cache_time(std::string_view path, bool is_versioned);

  /// Sets further fields, after all others were set.
  virtual void set_extra_headers(std::string_view path);

  /// The most ranges of one request that are answered with their parts; for more, the whole file is
  /// sent. With 0, Range is ignored and Accept-Ranges is not sent.
  [[nodiscard]] virtual std::size_t max_ranges() const { return 10; }

 private:
  friend class StaticAnswer;

  const StaticMount& find_mount();
  Task<void> serve(const StaticMount& mount, std::string_view url_path);
  std::shared_ptr<StaticFile> find_file(const StaticMount& mount, const std::string& path);

  Init init_{};
  std::string absolute_path_;          ///< the path that is served
  std::shared_ptr<StaticFile> found_;  ///< by validate_absolute_path(), at …
  std::string found_path_;             ///< … this path.
};

}  // namespace bora::web
