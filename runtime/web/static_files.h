#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bora/core/locks.h>
#include <bora/net/netutil.h>
#include <bora/web/http_error.h>
#include <bora/web/route_table.h>

namespace bora::web {

class Application;
struct Settings;

/// A file below a mount, as it was when it was last looked at.
struct StaticFile {
  /// Of a larger file; null: all of it is in `content`.
  std::shared_ptr<const net::FileDescriptor> descriptor;
  std::string content;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;  ///< Since the Epoch.
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::string_view content_type;
  std::string last_modified;  ///< The field's value.
  std::string etag;           ///< Quotes included; empty: see StaticFiles::find_etag().
  bool is_hashing = false;
  Event hashed;

  /// "app.js.br", "app.js.gz" beside "app.js": the same, compressed. Null: there is none, or it is
  /// older.
  std::shared_ptr<StaticFile> brotli;
  std::shared_ptr<StaticFile> gzip;
};

/// A path that leads to a folder, whose URL needs a slash behind it.
struct IsFolder : HTTPError {
  IsFolder() : HTTPError(403, "static file: a folder") {}
};

/// The files that an application's static mounts serve. A file is looked at once a second at most:
/// in between, what is small comes from memory, and what is larger from a descriptor that is open.
/// How many are kept is bounded.
class StaticFiles {
 public:
  /// Up to this size a file is kept in memory and answered at once.
  static constexpr std::int64_t kMaxKeptSize = 64 * 1024;
  /// Content up to this size is hashed for its tag; a larger file's tag is made of size and time.
  static constexpr std::int64_t kMaxHashedSize = 1024 * 1024;
  static constexpr std::size_t kMaxFiles = 1024;
  static constexpr std::size_t kMaxDescriptors = 128;
  static constexpr std::size_t kMaxBytes = 32 * 1024 * 1024;

  /// Finds every mount's directory; a missing one is logged, and its files answer 404 until it is
  /// made.
  StaticFiles(const RouteTable& table, const Settings& settings);
  ~StaticFiles();
  StaticFiles(const StaticFiles&) = delete;
  StaticFiles& operator=(const StaticFiles&) = delete;

  static StaticFiles& of(const Application& application);

  /// @param path  Percent-decoded, below the mount; any bytes.
  /// @throws IsFolder   A folder, of a mount that has an index, and `path` does not end in a slash.
  /// @throws HTTPError  404: no such file. 403: a path that leads out of the mount's directory
  ///                    (`..`, a symbolic link), a directory, a device, no permission. 503: no
  ///                    descriptor left.
  [[nodiscard]] std::shared_ptr<StaticFile> open(const StaticMount& mount, std::string_view path);

  /// What static_url() puts behind `?v=`: the entity tag of the file that the mount at `prefix`
  /// serves, without quotes; empty, with an error in the log, if it can't be read.
  /// @throws std::logic_error  There is no such mount.
  [[nodiscard]] const std::string& version(std::string_view prefix, std::string_view path);

  /// Sees to it that file.etag is known: hashes its content, on a thread of the loop's executor.
  static Task<void> find_etag(std::shared_ptr<StaticFile> file);

  /// Files that are kept; for tests.
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t descriptors() const { return descriptors_; }

 private:
  struct Root {
    const StaticMount* mount;
    std::string directory;  ///< As asked for, absolute.
    std::string real;  ///< Without symbolic links, with a slash at the end; empty: it is missing.
  };
  struct Entry {
    std::string key;
    std::shared_ptr<StaticFile> file;
    std::chrono::nanoseconds looked{};  ///< When the file was last looked at.
    std::chrono::nanoseconds used{};
    std::size_t descriptors = 0;  ///< What the entry counts for.
    std::size_t bytes = 0;
  };
  using Entries = std::list<Entry>;
  struct Version {
    std::chrono::nanoseconds next_look{};
    std::string text;
  };

  const StaticMount& mount_at(std::string_view prefix) const;
  std::string read_version(const StaticMount& mount, std::string_view path, bool is_first_look);
  const std::string& real_root(const StaticMount& mount);
  [[nodiscard]] bool is_allowed(const std::string& real, const std::string& root) const;

  std::shared_ptr<StaticFile> look(const StaticMount& mount, std::string_view path,
                                   const std::shared_ptr<StaticFile>& known);
  std::shared_ptr<StaticFile> load(const std::string& root, const std::string& path,
                                   const std::shared_ptr<StaticFile>& known) const;
  std::shared_ptr<StaticFile> sibling(const std::string& root, const std::string& path,
                                      const StaticFile& file,
                                      const std::shared_ptr<StaticFile>& known) const;
  void weigh(Entry& entry);
  void drop(Entries::iterator entry);
  void sweep();

  std::vector<Root> roots_;
  std::vector<std::string> allowed_links_;  ///< Real directories, with a slash at the end.
  std::chrono::nanoseconds life_;           ///< For how long what is known is believed.
  Entries entries_;                         ///< The last used first.
  std::unordered_map<std::string_view, Entries::iterator> index_;
  std::string key_;  ///< Kept for its memory.
  std::size_t descriptors_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t sweeper_ = 0;                          ///< 0: there is nothing to sweep.
  std::unordered_map<std::string, Version> versions_;  ///< By URL path.
};

/// Answers GET and HEAD of a route that has a StaticMount (WEB-095 to WEB-102).
[[nodiscard]] const Endpoint& static_file_endpoint();

}  // namespace bora::web
