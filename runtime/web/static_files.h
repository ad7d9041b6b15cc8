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

/// Which file it is, and in which state: any change to its content changes one of these.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;  ///< Since the Epoch; anybody may set it to anything.
  std::int64_t changed_ns = 0;   ///< Of the inode; the system sets it at each change.

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// Tags of larger files, so that each state of one is hashed once.
struct KnownTags;

/// A file, as it was when it was last looked at, or content that a handler gave.
struct StaticFile {
  std::string path;  ///< Without symbolic links.
  /// Of a larger file; null: all of it is in `text`.
  std::shared_ptr<const net::FileDescriptor> descriptor;
  std::string_view text;
  std::string content;                ///< What `text` views …
  std::shared_ptr<const void> owner;  ///< … or who keeps that.
  FileIdentity identity;
  std::int64_t size = 0;
  std::optional<std::int64_t> modified;  ///< Seconds since the Epoch, if it is a date at all.
  std::string_view content_type;
  std::string last_modified;  ///< The field's value; empty: see `modified`.

  /// Of the content, quotes included. Empty: not known yet, see StaticFiles::find_etag().
  std::string etag;
  std::string weak_etag;  ///< Of the identity; of a larger file only.
  /// Too long ago for another change that leaves `identity` as it is: clocks of file systems are
  /// coarse.
  bool is_settled = true;
  bool is_hashing = false;
  Event hashed;
  std::shared_ptr<KnownTags> known_tags;

  /// "app.js.br", "app.js.gz" beside "app.js": the same, compressed. Null: there is none, or it is
  /// older.
  std::shared_ptr<StaticFile> brotli;
  std::shared_ptr<StaticFile> gzip;
};

/// A path that leads to a folder, whose URL needs a slash behind it.
struct IsFolder : HTTPError {
  IsFolder() : HTTPError(403, "static file: a folder") {}
};

/// The files that an application serves. A file is looked at once a second at most: in between,
/// what is small comes from memory, and what is larger from a descriptor that is open and is asked
/// each time whether its content is still the same. How many are kept is bounded.
class StaticFiles {
 public:
  /// Up to this size a file is kept in memory and answered at once.
  static constexpr std::int64_t kMaxKeptSize = 64 * 1024;
  /// For the tag of content up to this size an answer waits; of larger content only if the request
  /// asks about the tag.
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
  /// @throws IsFolder   A folder, of a mount that has an index, and `path` does not end in a slash.
  /// @throws HTTPError  404: no such file. 403: a path that leads out of the mount's directory
  ///                    (`..`, a symbolic link), a directory, a device, no permission. 503: no
  ///                    descriptor left.
  [[nodiscard]] std::shared_ptr<StaticFile> open(const StaticMount& mount, std::string_view path);

  /// Any file, by its whole path; whoever names it has decided that it may be served.
  /// @throws HTTPError  As above.
  [[nodiscard]] std::shared_ptr<StaticFile> open_path(const std::string& path);

  /// The mount of a directory that no manifest names; the same object each time.
  [[nodiscard]] const StaticMount& mount_of(std::string_view directory, std::string_view index);
  /// The mount's directory, absolute, links and all.
  [[nodiscard]] const std::string& directory_of(const StaticMount& mount);

  /// What static_url() makes of its argument.
  struct Reference {
    paths::StaticReference parts;  ///< Views of the argument.
    /// For `?v=`: the file's entity tag without quotes. Empty while a larger file is being hashed,
    /// and, with an error in the log, if it can't be read.
    std::string version;
  };
  /// Of a file of the mount at `prefix`.
  /// @throws std::logic_error  There is no such mount.
  [[nodiscard]] Reference refer(std::string_view prefix, std::string_view argument);

  /// Sees to it that file.etag is known: hashes its content, on a thread of the loop's executor.
  /// It stays empty if the file changes meanwhile or can't be read.
  static Task<void> find_etag(std::shared_ptr<StaticFile> file);
  /// The same, and nobody waits.
  static void find_etag_later(const std::shared_ptr<StaticFile>& file);

  /// Files that are kept; for tests.
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t descriptors() const { return descriptors_; }

 private:
  struct Root {
    std::string directory;  ///< As asked for, absolute.
    std::string real;  ///< Without symbolic links, with a slash at the end; empty: it is missing.
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
    std::chrono::nanoseconds looked{};  ///< When the file was last looked at.
    std::chrono::nanoseconds used{};
    std::size_t descriptors = 0;  ///< What the entry counts for.
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
  std::chrono::nanoseconds life_;  ///< For how long what is known is believed.
  std::shared_ptr<KnownTags> known_tags_;
  Entries entries_;  ///< The last used first.
  std::unordered_map<std::string_view, Entries::iterator> index_;
  std::string key_;  ///< Kept for its memory.
  std::size_t descriptors_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t sweeper_ = 0;                          ///< 0: there is nothing to sweep.
  std::unordered_map<std::string, Version> versions_;  ///< By prefix and argument.
};

/// Content that a handler gave, as a file.
[[nodiscard]] std::shared_ptr<StaticFile> as_static_file(const StaticContent& content,
                                                         std::string_view name);

/// Answers GET and HEAD of a route that has a StaticMount.
[[nodiscard]] const Endpoint& static_file_endpoint();

}  // namespace bora::web
