#include "runtime/web/static_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include <bora/core/executor.h>
#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/web/application.h>
#include <bora/web/http_error.h>

#include "runtime/core/crypto.h"
#include "runtime/web/content_type.h"
#include "runtime/web/http_date.h"

namespace bora::web {
namespace {

constexpr std::size_t kPieceSize = 64 * 1024;
constexpr std::size_t kMaxVersions = 4096;
constexpr std::chrono::seconds kLife{1};
constexpr std::chrono::seconds kKeptUnused{10};
constexpr std::size_t kMaxTags = 4096;
/// Longer than one step of the clock of any file system.
constexpr std::chrono::seconds kSettling{2};

/// `path` without symbolic links and dots; empty, with errno set, if it leads nowhere.
std::string real_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  return real ? real.get() : std::string();
}

std::string program_directory() {
  std::string path(PATH_MAX, '\0');
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0) return ".";
  path.resize(static_cast<std::size_t>(size));
  return path.substr(0, path.rfind('/'));
}

std::string join(const std::string& base, std::string_view path) {
  if (path.empty()) return base;
  if (path.starts_with('/')) return std::string(path);
  return base + "/" + std::string(path);
}

std::string with_slash(std::string path) {
  if (!path.empty() && path.back() != '/') path += '/';
  return path;
}

bool has_parent_segment(std::string_view path) {
  while (true) {
    const std::size_t slash = path.find('/');
    if (path.substr(0, slash) == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

[[noreturn]] void throw_for_errno(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
      throw HTTPError(404);
    case EMFILE:
    case ENFILE:
      throw HTTPError(503, "static file: no file descriptor is left");
    default:
      throw HTTPError(403, "static file: it can't be read");
  }
}

std::int64_t nanoseconds_of(const struct timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

FileIdentity identity_of(const struct stat& status) {
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = status.st_size,
          .modified_ns = nanoseconds_of(status.st_mtim),
          .changed_ns = nanoseconds_of(status.st_ctim)};
}

/// Whether the descriptor's file is unchanged. A file that was replaced by another has lost its
/// name, which is a change, too.
bool is_unchanged(int fd, const FileIdentity& identity) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && identity_of(status) == identity;
}

bool is_unchanged(const StaticFile& file) {
  for (const StaticFile* one :
       std::initializer_list<const StaticFile*>{&file, file.brotli.get(), file.gzip.get()}) {
    if (one == nullptr || one->descriptor == nullptr) continue;
    if (!is_unchanged(one->descriptor->get(), one->identity)) return false;
  }
  return true;
}

std::int64_t seconds_of(std::int64_t ns) {
  constexpr std::int64_t kPerSecond = 1'000'000'000;
  const std::int64_t seconds = ns / kPerSecond;
  return ns % kPerSecond < 0 ? seconds - 1 : seconds;
}

/// The time that reproducible builds give to all files is not taken for a date.
std::optional<std::int64_t> date_of(std::int64_t modified_ns) {
  constexpr std::int64_t kFirstDay = 24 * 60 * 60;
  const std::int64_t seconds = seconds_of(modified_ns);
  return seconds < kFirstDay ? std::nullopt : std::optional(seconds);
}

/// By the clock of the system, which is also that of its file systems.
bool is_settled(const FileIdentity& identity) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return now - std::chrono::nanoseconds(identity.changed_ns) > kSettling;
}

/// Whether a compressed form could be of use.
bool is_compressible(std::string_view type) {
  return type == "image/svg+xml" ||
         !(type.starts_with("image/") || type.starts_with("video/") || type.starts_with("audio/") ||
           type == "application/gzip" || type == "application/zip");
}

/// The first `size` bytes, or as many as there are.
std::string read_content(int fd, std::int64_t size) {
  std::string content(static_cast<std::size_t>(size), '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const ssize_t count =
        ::pread(fd, content.data() + done, content.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw HTTPError(500, "static file: reading failed");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  content.resize(done);
  return content;
}

std::string hash_of_file(int fd) {
  crypto::Hasher hash(crypto::Digest::sha512);
  std::string piece(kPieceSize, '\0');
  off_t offset = 0;
  ssize_t size = 0;
  while ((size = ::pread(fd, piece.data(), piece.size(), offset)) > 0) {
    hash.update({piece.data(), static_cast<std::size_t>(size)});
    offset += size;
  }
  return crypto::to_hex(hash.finish());
}

std::string hash_of_text(std::string_view text) {
  crypto::Hasher hash(crypto::Digest::sha512);
  hash.update(text);
  return crypto::to_hex(hash.finish());
}

std::string quoted(const std::string& text) {
  return '"' + text + '"';
}

/// Makes a tag that is the same for the same state of a file, and that tells nothing about it.
std::string tag_of(const FileIdentity& identity) {
  const std::int64_t numbers[] = {static_cast<std::int64_t>(identity.device),
                                  static_cast<std::int64_t>(identity.inode), identity.size,
                                  identity.modified_ns, identity.changed_ns};
  const std::string digest =
      crypto::sha256({reinterpret_cast<const char*>(numbers), sizeof numbers});
  return quoted(crypto::to_hex(digest).substr(0, 32));
}

}  // namespace

struct KnownTags {
  std::unordered_map<std::string, std::string> by_identity;  ///< Quotes included on both sides.
  Semaphore turn{1};  ///< One large file at a time, so that other work of the executor goes on.
};

StaticFiles::StaticFiles(const RouteTable& table, const Settings& settings)
    : base_(join(program_directory(), settings.static_path)),
      life_(settings.debug ? std::chrono::nanoseconds(0) : kLife),
      known_tags_(std::make_shared<KnownTags>()) {
  for (const Route& route : routes(table)) {
    if (route.mount == nullptr) continue;
    const Root& root = root_of(*route.mount);
    if (root.real.empty()) {
      gen_log.error("Static mount '", route.mount->path, "': there is no directory '",
                    root.directory,
                    "', so its files answer 404. Make it, or say in Settings::static_path where to "
                    "look.");
    }
  }
  for (const std::string& directory : settings.allowed_symlink_directory) {
    allowed_links_.push_back(join(base_, directory));
    if (roots_.empty() || !real_path(allowed_links_.back()).empty()) continue;
    gen_log.error("allowed_symlink_directory: there is no '", directory, "'");
  }
}

StaticFiles::~StaticFiles() {
  IOLoop* const loop = IOLoop::current_if_any();
  if (sweeper_ != 0 && loop != nullptr) loop->remove_timeout(sweeper_);
}

StaticFiles::Root& StaticFiles::root_of(const StaticMount& mount) {
  const auto [known, is_new] = roots_.try_emplace(&mount);
  Root& root = known->second;
  if (is_new) {
    mounts_.push_back(&mount);
    root.directory = join(base_, mount.directory);
    root.real = with_slash(real_path(root.directory));
  }
  return root;
}

/// The root is looked at as often as files are, because a link may be changed while the program
/// runs.
const std::string& StaticFiles::real_root(const StaticMount& mount) {
  Root& root = root_of(mount);
  const auto now = IOLoop::current().clock().monotonic();
  if (root.real.empty() || now - root.looked >= life_) {
    root.real = with_slash(real_path(root.directory));
    root.looked = now;
  }
  if (root.real.empty()) throw HTTPError(404);
  return root.real;
}

const std::string& StaticFiles::directory_of(const StaticMount& mount) {
  return root_of(mount).directory;
}

const StaticMount& StaticFiles::mount_of(std::string_view directory, std::string_view index) {
  std::string key(directory);
  key.append(1, '\0').append(index);
  const auto [known, is_new] = own_mounts_.try_emplace(std::move(key));
  OwnMount& own = known->second;
  if (is_new) {
    own.directory = directory;
    own.index = index;
    own.mount = {{}, own.directory, own.index};
  }
  return own.mount;
}

/// A link may lead elsewhere below the root, or into the folders that the program's settings allow.
bool StaticFiles::is_allowed(const std::string& real, const std::string& root) const {
  if (real.starts_with(root)) return true;
  return std::any_of(allowed_links_.begin(), allowed_links_.end(), [&](const std::string& allowed) {
    const std::string directory = with_slash(real_path(allowed));
    return !directory.empty() && real.starts_with(directory);
  });
}

std::shared_ptr<StaticFile> StaticFiles::open(const StaticMount& mount, std::string_view path) {
  return open(&mount, path);
}

std::shared_ptr<StaticFile> StaticFiles::open_path(const std::string& path) {
  return open(nullptr, path);
}

std::shared_ptr<StaticFile> StaticFiles::open(const StaticMount* mount, std::string_view path) {
  key_.assign(reinterpret_cast<const char*>(&mount), sizeof mount);
  key_ += path;
  const auto now = IOLoop::current().clock().monotonic();
  const auto found = index_.find(key_);
  if (found == index_.end()) {
    Entry entry{key_, look(mount, path, nullptr), now, now};
    entries_.push_front(std::move(entry));
    index_.emplace(entries_.front().key, entries_.begin());
    const std::shared_ptr<StaticFile> file = entries_.front().file;
    weigh(entries_.front());
    return file;
  }
  const Entries::iterator entry = found->second;
  entry->used = now;
  entries_.splice(entries_.begin(), entries_, entry);
  if (now - entry->looked < life_ && is_unchanged(*entry->file)) return entry->file;
  try {
    entry->file = look(mount, path, entry->file);
  } catch (...) {
    drop(entry);
    throw;
  }
  entry->looked = now;
  const std::shared_ptr<StaticFile> file = entry->file;
  weigh(*entry);
  return file;
}

/// @param mount  Null if `path` is a whole path.
/// @param known  The result of the last look; it is returned again if the file is still the same.
std::shared_ptr<StaticFile> StaticFiles::look(const StaticMount* mount, std::string_view path,
                                              const std::shared_ptr<StaticFile>& known) {
  if (path.find('\0') != std::string_view::npos) throw HTTPError(404);
  if (mount == nullptr) return look_at("/", std::string(path), known);
  if (has_parent_segment(path)) throw HTTPError(403, "static file: '..' in its path");
  const std::string& root = real_root(*mount);
  std::string name(path);
  if (!mount->index.empty() && (name.empty() || name.ends_with('/'))) name += mount->index;
  return look_at(root, root + name, known);
}

std::shared_ptr<StaticFile> StaticFiles::look_at(const std::string& root, const std::string& path,
                                                 const std::shared_ptr<StaticFile>& known) const {
  std::shared_ptr<StaticFile> file = load(root, path, known);
  file->content_type = content_type_of(path);
  if (is_compressible(file->content_type)) {
    file->brotli = sibling(root, path + ".br", *file, file->brotli);
    file->gzip = sibling(root, path + ".gz", *file, file->gzip);
  }
  return file;
}

std::shared_ptr<StaticFile> StaticFiles::load(const std::string& root, const std::string& path,
                                              const std::shared_ptr<StaticFile>& known) const {
  const std::string real = real_path(path);
  if (real.empty()) throw_for_errno(errno);
  if (!is_allowed(with_slash(real), root)) {
    throw HTTPError(403, "static file: a symbolic link leads out of '" + root + "'");
  }
  // Without O_NONBLOCK, opening a pipe would wait for its writer.
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  net::FileDescriptor descriptor(::open(real.c_str(), kFlags));
  if (!descriptor) throw_for_errno(errno);
  struct stat status{};
  if (::fstat(descriptor.get(), &status) != 0) throw_for_errno(errno);
  if (S_ISDIR(status.st_mode)) throw IsFolder();
  if (!S_ISREG(status.st_mode)) throw HTTPError(403, "static file: not a regular file");
  const FileIdentity identity = identity_of(status);
  if (known != nullptr && known->is_settled && known->identity == identity && known->path == real) {
    return known;
  }
  auto file = std::make_shared<StaticFile>();
  file->path = real;
  file->identity = identity;
  file->is_settled = is_settled(identity);
  file->size = identity.size;
  file->modified = date_of(identity.modified_ns);
  if (file->modified) file->last_modified = format_http_date(*file->modified);
  if (file->size <= kMaxKeptSize) {
    file->content = read_content(descriptor.get(), file->size);
    file->text = file->content;
    file->size = static_cast<std::int64_t>(file->content.size());
    file->etag = quoted(hash_of_text(file->content));
    return file;
  }
  file->descriptor = std::make_shared<const net::FileDescriptor>(std::move(descriptor));
  file->known_tags = known_tags_;
  const std::string tag = tag_of(identity);
  file->weak_etag = "W/" + tag;
  const auto hashed = known_tags_->by_identity.find(tag);
  if (hashed != known_tags_->by_identity.end() && file->is_settled) file->etag = hashed->second;
  return file;
}

/// A compressed form is used if it was not made before the file was last changed.
std::shared_ptr<StaticFile> StaticFiles::sibling(const std::string& root, const std::string& path,
                                                 const StaticFile& file,
                                                 const std::shared_ptr<StaticFile>& known) const {
  try {
    std::shared_ptr<StaticFile> twin = load(root, path, known);
    const bool is_current =
        seconds_of(twin->identity.modified_ns) >= seconds_of(file.identity.modified_ns);
    return is_current ? twin : nullptr;
  } catch (const HTTPError&) {
    return nullptr;
  }
}

/// Counts what an entry holds, and drops the entries that were unused for the longest time if there
/// is too much.
void StaticFiles::weigh(Entry& entry) {
  descriptors_ -= entry.descriptors;
  bytes_ -= entry.bytes;
  entry.descriptors = entry.bytes = 0;
  for (const StaticFile* file :
       {entry.file.get(), entry.file->brotli.get(), entry.file->gzip.get()}) {
    if (file == nullptr) continue;
    entry.descriptors += file->descriptor != nullptr ? 1 : 0;
    entry.bytes += file->content.size();
  }
  descriptors_ += entry.descriptors;
  bytes_ += entry.bytes;
  while (entries_.size() > kMaxFiles || descriptors_ > kMaxDescriptors || bytes_ > kMaxBytes) {
    drop(std::prev(entries_.end()));
  }
  if (sweeper_ == 0) sweeper_ = IOLoop::current().call_later(kKeptUnused, [this] { sweep(); });
}

void StaticFiles::drop(Entries::iterator entry) {
  descriptors_ -= entry->descriptors;
  bytes_ -= entry->bytes;
  index_.erase(entry->key);
  entries_.erase(entry);
}

/// Drops unused entries, so that a deleted file does not occupy the disk without end.
void StaticFiles::sweep() {
  const auto now = IOLoop::current().clock().monotonic();
  while (!entries_.empty() && now - entries_.back().used >= kKeptUnused) {
    drop(std::prev(entries_.end()));
  }
  sweeper_ = entries_.empty() ? 0 : IOLoop::current().call_later(kKeptUnused, [this] { sweep(); });
}

const StaticMount& StaticFiles::mount_at(std::string_view prefix) const {
  for (const StaticMount* mount : mounts_) {
    if (mount->path == prefix) return *mount;
  }
  throw std::logic_error("static_url(): there is no static mount '" + std::string(prefix) +
                         "'; Settings::static_url_prefix says which to use");
}

bool StaticFiles::has_file(const StaticMount& mount, std::string_view path) {
  try {
    return open(mount, path) != nullptr;
  } catch (const HTTPError&) {
    return false;
  }
}

void StaticFiles::look_up(const StaticMount& mount, std::string_view path, bool is_new,
                          Version& version) {
  version.text.clear();
  version.next_look = IOLoop::current().clock().monotonic() + life_;
  try {
    const std::shared_ptr<StaticFile> file = open(mount, path);
    if (!file->etag.empty()) {
      version.text = file->etag.substr(1, file->etag.size() - 2);
      return;
    }
    find_etag_later(file);
    version.next_look = {};
  } catch (const HTTPError& error) {
    if (is_new) gen_log.error("static_url(\"", path, "\"): ", error.what());
  }
}

StaticFiles::Reference StaticFiles::refer(std::string_view prefix, std::string_view argument) {
  const StaticMount& mount = mount_at(prefix);
  if (versions_.size() >= kMaxVersions) versions_.clear();
  const auto [known, is_new] = versions_.try_emplace(std::string(prefix) + std::string(argument));
  Version& version = known->second;
  if (is_new || IOLoop::current().clock().monotonic() >= version.next_look) {
    const auto exists = [&](std::string_view path) { return has_file(mount, path); };
    const std::string_view path = paths::read_static_reference(argument, exists).path;
    version.path_size = path.size();
    look_up(mount, path, is_new, version);
  }
  paths::StaticReference parts{argument, {}, {}};
  if (version.path_size < argument.size()) parts = paths::split_static_reference(argument);
  return {parts, version.text};
}

/// One request hashes, those that come meanwhile wait for it.
Task<void> StaticFiles::find_etag(std::shared_ptr<StaticFile> file) {
  if (!file->etag.empty()) co_return;
  if (file->is_hashing) {
    co_await file->hashed.wait();
    co_return;
  }
  file->is_hashing = true;
  file->hashed.clear();
  try {
    Semaphore::Permit turn;
    if (file->size > kMaxAwaitedSize) turn = co_await file->known_tags->turn.acquire();
    auto job = [descriptor = file->descriptor, identity = file->identity] {
      std::string hash = hash_of_file(descriptor->get());
      if (!is_unchanged(descriptor->get(), identity)) hash.clear();
      return hash;
    };
    Future<std::string> hashing = run_in_executor(std::move(job));
    const std::string hash = co_await std::move(hashing);
    if (!hash.empty()) file->etag = quoted(hash);
  } catch (const std::exception& error) {
    gen_log.warning("static file: no hash for its tag: ", error.what());
  }
  if (!file->etag.empty() && file->is_settled) {
    auto& tags = file->known_tags->by_identity;
    if (tags.size() >= kMaxTags) tags.clear();
    tags.emplace(file->weak_etag.substr(2), file->etag);
  }
  file->is_hashing = false;
  file->hashed.set();
}

void StaticFiles::find_etag_later(const std::shared_ptr<StaticFile>& file) {
  if (!file->is_hashing) IOLoop::current().spawn(find_etag(file));
}

std::shared_ptr<StaticFile> as_static_file(const StaticContent& content, std::string_view name) {
  auto file = std::make_shared<StaticFile>();
  file->text = content.bytes;
  file->owner = content.owner;
  file->size = static_cast<std::int64_t>(content.bytes.size());
  file->content_type = content_type_of(name);
  if (content.modified) {
    file->modified = content.modified->time_since_epoch().count();
    file->last_modified = format_http_date(*file->modified);
  }
  file->etag = quoted(content.version.empty() ? hash_of_text(content.bytes) : content.version);
  return file;
}

}  // namespace bora::web
