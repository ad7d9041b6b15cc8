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

/// What StaticFileHandler::get_content() answers with in place of a file.
struct StaticContent {
  std::string_view bytes;
  /// Keeps `bytes` alive until they are sent; may be null if they live as long as the program.
  std::shared_ptr<const void> owner{};
  /// For Last-Modified; none is sent without it.
  std::optional<std::chrono::sys_seconds> modified{};
  /// Tells this content from any other of the same path, `"` and control characters excepted: for
  /// the entity tag. Empty: the content is hashed.
  std::string version{};
};

/// Answers GET and HEAD with files of a directory: conditional requests,
/// ranges, compressed twins (`app.js.br`, `app.js.gz`), versioned URLs. The `[static]` mounts of
/// routes.toml are answered by it. A class of your own changes what its functions say:
///
///     struct App : bora::web::StaticFileHandler {   // every unknown path is the application's
///     page
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
  /// For a route that is no mount. A class that knows its directory has an `initialize()` of its
  /// own that calls the one below.
  struct Init {
    /// The directory; relative: looked for next to the program (see Settings::static_path).
    std::string path;
    /// "index.html": what a folder's URL means. Empty: 403.
    std::string default_filename;
  };

  ~StaticFileHandler() override;

  void initialize(const Init& init) { init_ = init; }
  /// @param url_path  What the route's pattern captured, percent-decoded.
  Task<void> get(std::string_view url_path);

  /// The path below the directory that a URL's path means. Default: the same.
  virtual std::string parse_url_path(std::string_view url_path);

  /// The whole path of a file. Default: `root`, a slash, `path`.
  virtual std::string get_absolute_path(const std::string& root, const std::string& path);

  /// Decides whether a path may be served, and which file that is: an override may name any file.
  /// The default one lets no path and no symbolic link lead out of the directory
  /// (Settings::allowed_symlink_directory), and leads from a folder's URL without a slash to the
  /// one with it.
  /// @returns  The path of the file; nothing: the answer is finished.
  /// @throws HTTPError  404: no such file. 403: outside, a folder, a device, no permission.
  virtual std::optional<std::string> validate_absolute_path(const std::string& root,
                                                            const std::string& absolute_path);

  /// Content that comes from elsewhere (the program itself, a database, an archive). It stands for
  /// Tornado's get_content(), get_content_size(), get_modified_time() and get_content_version();
  /// a class that overrides it usually overrides validate_absolute_path(), too, which looks for a
  /// file. Default: nothing, so the file is sent.
  virtual std::optional<StaticContent> get_content(const std::string& absolute_path);

  /// The Content-Type; a text's with its charset. Default: by the file name's ending.
  virtual std::string get_content_type(const std::string& absolute_path);

  /// For how long clients and proxies may keep the answer without asking again; 0: nothing is said
  /// of it.
  /// @param is_versioned  The URL has a `?v=` that names this very content, as static_url() writes
  ///                      it. Default: ten years for such a URL, else 0.
  virtual std::chrono::seconds get_cache_time(std::string_view path, bool is_versioned);

  /// Sets further fields, after all others were set.
  virtual void set_extra_headers(std::string_view path);

  /// How many ranges of one request are answered with their parts; beyond it the whole file is
  /// sent. 0: Range is ignored, and Accept-Ranges not sent.
  [[nodiscard]] virtual std::size_t max_ranges() const { return 10; }

 private:
  friend class StaticAnswer;

  const StaticMount& find_mount();
  Task<void> serve(const StaticMount& mount, std::string_view url_path);
  std::shared_ptr<StaticFile> find_file(const StaticMount& mount, const std::string& path);

  Init init_{};
  std::string absolute_path_;          ///< Of what is served.
  std::shared_ptr<StaticFile> found_;  ///< By validate_absolute_path(), at …
  std::string found_path_;             ///< … this path.
};

}  // namespace bora::web
