#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bora/core/locks.h>
#include <bora/net/netutil.h>
#include <bora/web/http_error.h>
#include <bora/web/route_table.h>
#include <bora/web/static_file_handler.h>

#include "runtime/paths/static_reference.h"

namespace bora::web {

class Application;
struct Settings;

/// The identity of a file, and its state: any change to its content changes one of these.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;  ///< since the Epoch; anybody may set it to anything
  std::int64_t changed_ns = 0;   ///< Of the inode; the system sets it at each change.

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// The tags of larger files, so that each state of one is hashed once.
struct KnownTags;

/// A file, as it was when it was last checked, or content of a handler.
struct StaticFile {
  std::string path;  ///< Without symbolic links.
  /// Of a larger file; null if all of it is in `text`.
  std::shared_ptr<const net::FileDescriptor> descriptor;
  std::string_view text;
  std::string content;                ///< the memory of `text` …
  std::shared_ptr<const void> owner;  ///< … or the owner of that memory
  FileIdentity identity;
  std::int64_t size = 0;
  std::optional<std::int64_t> modified;  ///< in seconds since the Epoch, if it is a date at all
  std::string_view content_type;
  std::string last_modified;  ///< The field's value; empty: see `modified`.

  /// The tag of the content, with its quotes. It is empty while it is not known; see
  /// StaticFiles::find_etag().
  std::string etag;
  std::string weak_etag;  ///< the tag of the identity; of a larger file only
  /// Whether the last change was so long ago that another one would change `identity`, too: the
  /// clocks of file systems are coarse.
  bool is_settled = true;
  bool is_hashing = false;
  Event hashed;
  std::shared_ptr<KnownTags> known_tags;

  /// "app.js.br" and "app.js.gz" beside "app.js": the same in compressed form. Null if there is
  /// none, or it is older.
  std::shared_ptr<StaticFile> brotli;
  std::shared_ptr<StaticFile> gzip;
};

/// A path that leads to a folder, whose URL needs a slash at its end.
struct IsFolder : HTTPError {
  IsFolder() : HTTPError(403, "static file: a folder") {}
};

/// The files that an application serves. A file is checked at most once a second: in between, a
/// small one comes from memory, and a larger one from an open descriptor that is asked each time
/// whether its content is still the same. The number of files that are kept is bounded.
class StaticFiles {
 public:
  /// Up to this size a file is kept in memory and answered at once.
  static constexpr std::int64_t kMaxKeptSize = 64 * 1024;
  /// An answer waits for the tag of content up to this size, and for the tag of larger content only
  /// if the request depends on it.
  static constexpr std::int64_t kMaxAwaitedSize = 1024 * 1024;
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
  /// @throws IsFolder   It is a folder, of a mount that has an index, and `path` does not end in a
  ///                    slash.
  /// @throws HTTPError  404: there is no such file. 403: the path leads out of the mount's
  ///                    directory (`..`, a symbolic link), is a directory or a device, or there is
  ///                    no permission. 503: no descriptor is left.
  [[nodiscard]] std::shared_ptr<StaticFile> open(const StaticMount& mount, std::string_view path);

  /// Opens any file by its whole path; the caller has decided that it may be served.
  /// @throws HTTPError  As above.
  [[nodiscard]] std::shared_ptr<StaticFile> open_path(const std::string& path);

  /// The mount of a directory that no manifest names; the same object each time.
  [[nodiscard]] const StaticMount& mount_of(std::string_view directory, std::string_view index);
  /// The mount's directory, absolute, including links.
  [[nodiscard]] const std::string& directory_of(const StaticMount& mount);

  /// The result of static_url() for its argument.
  struct Reference {
    paths::StaticReference parts;  ///< Views of the argument.
    /// The text for `?v=`: the file's entity tag without quotes. Empty while a larger file is being
    /// hashed, and, with an error in the log, if it can't be read.
    std::string version;
  };
  /// The reference to a file of the mount at `prefix`.
  /// @throws std::logic_error  There is no such mount.
  [[nodiscard]] Reference refer(std::string_view prefix, std::string_view argument);

  /// Ensures that file.etag is known: hashes its content, on a thread of the loop's executor. It
  /// stays empty if the file changes meanwhile or can't be read.
  static Task<void> find_etag(std::shared_ptr<StaticFile> file);
  /// The same, without a wait.
  static void find_etag_later(const std::shared_ptr<StaticFile>& file);

  /// The number of files that are kept; for tests.
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t descriptors() const { return descriptors_; }

 private:
  struct Root {
    std::string directory;  ///< As asked for, absolute.
    std::string real;  ///< without symbolic links, with a slash at the end; empty if it is missing
    std::chrono::nanoseconds looked{};
  };
  /// Of mount_of().
  struct OwnMount {
    std::string directory;
    std::string index;
    StaticMount mount;
  };
  struct Entry {
    std::string key;
    std::shared_ptr<StaticFile> file;
    std::chrono::nanoseconds looked{};  ///< when the file was last checked
    std::chrono::nanoseconds used{};
    std::size_t descriptors = 0;  ///< how many the entry counts for
    std::size_t bytes = 0;
  };
  using Entries = std::list<Entry>;
  struct Version {
    std::chrono::nanoseconds next_look{};
    std::size_t path_size = 0;  ///< Of the argument, before query and fragment.
    std::string text;
  };

  const StaticMount& mount_at(std::string_view prefix) const;
  bool has_file(const StaticMount& mount, std::string_view path);
  void look_up(const StaticMount& mount, std::string_view path, bool is_new, Version& version);
  Root& root_of(const StaticMount& mount);
  const std::string& real_root(const StaticMount& mount);
  [[nodiscard]] bool is_allowed(const std::string& real, const std::string& root) const;

  std::shared_ptr<StaticFile> open(const StaticMount* mount, std::string_view path);
  std::shared_ptr<StaticFile> look(const StaticMount* mount, std::string_view path,
                                   const std::shared_ptr<StaticFile>& known);
  std::shared_ptr<StaticFile> look_at(const std::string& root, const std::string& path,
                                      const std::shared_ptr<StaticFile>& known) const;
  std::shared_ptr<StaticFile> load(const std::string& root, const std::string& path,
                                   const std::shared_ptr<StaticFile>& known) const;
  std::shared_ptr<StaticFile> sibling(const std::string& root, const std::string& path,
                                      const StaticFile& file,
                                      const std::shared_ptr<StaticFile>& known) const;
  void weigh(Entry& entry);
  void drop(Entries::iterator entry);
  void sweep();

  std::string base_;                        ///< Where relative directories are.
  std::vector<const StaticMount*> mounts_;  ///< In the order of the routes.
  std::unordered_map<const StaticMount*, Root> roots_;
  std::unordered_map<std::string, OwnMount> own_mounts_;  ///< By directory and index.
  std::vector<std::string> allowed_links_;                ///< Directories, as asked for, absolute.
  std::chrono::nanoseconds life_;                         ///< how long an entry is trusted
  std::shared_ptr<KnownTags> known_tags_;
  Entries entries_;  ///< The last used first.
  std::unordered_map<std::string_view, Entries::iterator> index_;
  std::string key_;  ///< Kept for its memory.
  std::size_t descriptors_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t sweeper_ = 0;                          ///< 0: there is nothing to sweep.
  std::unordered_map<std::string, Version> versions_;  ///< By prefix and argument.
};

/// Makes a file of content that a handler gave.
[[nodiscard]] std::shared_ptr<StaticFile> as_static_file(const StaticContent& content,
                                                         std::string_view name);

/// Answers GET and HEAD of a route that has a StaticMount.
[[nodiscard]] const Endpoint& static_file_endpoint();

}  // namespace bora::web
