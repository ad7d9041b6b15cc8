#include "runtime/web/static_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <stdexcept>
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

std::string size_and_time(const StaticFile& file) {
  return std::to_string(file.size) + "-" + std::to_string(file.modified_ns);
}

std::int64_t seconds_of(std::int64_t ns) {
  constexpr std::int64_t kPerSecond = 1'000'000'000;
  const std::int64_t seconds = ns / kPerSecond;
  return ns % kPerSecond < 0 ? seconds - 1 : seconds;
}

/// Whether a compressed twin could be of use.
bool is_compressible(std::string_view type) {
  return type == "image/svg+xml" ||
         !(type.starts_with("image/") || type.starts_with("video/") || type.starts_with("audio/") ||
           type == "application/gzip" || type == "application/zip");
}

bool is_same(const StaticFile& one, const StaticFile& other) {
  return one.inode == other.inode && one.device == other.device && one.size == other.size &&
         one.modified_ns == other.modified_ns;
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

/// For what can't wait: on the loop.
void find_etag_now(StaticFile& file) {
  if (file.etag.empty()) file.etag = quoted(hash_of_file(file.descriptor->get()));
}

}  // namespace

StaticFiles::StaticFiles(const RouteTable& table, const Settings& settings)
    : life_(settings.debug ? std::chrono::nanoseconds(0) : kLife) {
  std::string base;
  for (const Route& route : routes(table)) {
    if (route.mount == nullptr) continue;
    if (base.empty()) base = join(program_directory(), settings.static_path);
    Root root{route.mount, join(base, route.mount->directory), {}};
    root.real = with_slash(real_path(root.directory));
    if (root.real.empty()) {
      gen_log.error("Static mount '", route.mount->path, "': there is no directory '",
                    root.directory,
                    "', so its files answer 404. Make it, or say in Settings::static_path where to "
                    "look.");
    }
    roots_.push_back(std::move(root));
  }
  if (roots_.empty()) return;
  for (const std::string& directory : settings.allowed_symlink_directory) {
    const std::string real = with_slash(real_path(join(base, directory)));
    if (!real.empty()) allowed_links_.push_back(real);
    if (real.empty()) gen_log.error("allowed_symlink_directory: there is no '", directory, "'");
  }
}

StaticFiles::~StaticFiles() {
  IOLoop* const loop = IOLoop::current_if_any();
  if (sweeper_ != 0 && loop != nullptr) loop->remove_timeout(sweeper_);
}

const std::string& StaticFiles::real_root(const StaticMount& mount) {
  const auto root = std::find_if(roots_.begin(), roots_.end(),
                                 [&](const Root& one) { return one.mount == &mount; });
  if (root == roots_.end()) throw HTTPError(404);
  if (root->real.empty()) root->real = with_slash(real_path(root->directory));
  if (root->real.empty()) throw HTTPError(404);
  return root->real;
}

/// A link may lead elsewhere below the root, or to where the program's settings say.
bool StaticFiles::is_allowed(const std::string& real, const std::string& root) const {
  if (real.starts_with(root)) return true;
  return std::any_of(allowed_links_.begin(), allowed_links_.end(),
                     [&](const std::string& allowed) { return real.starts_with(allowed); });
}

std::shared_ptr<StaticFile> StaticFiles::open(const StaticMount& mount, std::string_view path) {
  const StaticMount* const address = &mount;
  key_.assign(reinterpret_cast<const char*>(&address), sizeof address);
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
  if (now - entry->looked < life_) return entry->file;
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

/// @param known  What the last look has found; comes back if the file is still the same.
std::shared_ptr<StaticFile> StaticFiles::look(const StaticMount& mount, std::string_view path,
                                              const std::shared_ptr<StaticFile>& known) {
  const std::string& root = real_root(mount);
  if (path.find('\0') != std::string_view::npos) throw HTTPError(404);
  if (has_parent_segment(path)) throw HTTPError(403, "static file: '..' in its path");
  std::string name(path);
  if (!mount.index.empty() && (name.empty() || name.ends_with('/'))) name += mount.index;
  const std::string whole = root + name;
  std::shared_ptr<StaticFile> file = load(root, whole, known);
  file->content_type = content_type_of(name);
  if (is_compressible(file->content_type)) {
    file->brotli = sibling(root, whole + ".br", *file, file->brotli);
    file->gzip = sibling(root, whole + ".gz", *file, file->gzip);
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
  // Not blocking: opening a pipe would wait for its writer.
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  net::FileDescriptor descriptor(::open(real.c_str(), kFlags));
  if (!descriptor) throw_for_errno(errno);
  struct stat status{};
  if (::fstat(descriptor.get(), &status) != 0) throw_for_errno(errno);
  if (S_ISDIR(status.st_mode)) throw IsFolder();
  if (!S_ISREG(status.st_mode)) throw HTTPError(403, "static file: not a regular file");
  auto file = std::make_shared<StaticFile>();
  file->size = status.st_size;
  file->modified_ns = nanoseconds_of(status.st_mtim);
  file->device = status.st_dev;
  file->inode = status.st_ino;
  if (known != nullptr && is_same(*known, *file)) return known;
  file->last_modified = format_http_date(seconds_of(file->modified_ns));
  if (file->size <= kMaxKeptSize) {
    file->content = read_content(descriptor.get(), file->size);
    file->etag = quoted(hash_of_text(file->content));
    return file;
  }
  file->descriptor = std::make_shared<const net::FileDescriptor>(std::move(descriptor));
  if (file->size > kMaxHashedSize) file->etag = quoted(size_and_time(*file));
  return file;
}

/// A compressed twin is taken if it was not made before the file was last changed.
std::shared_ptr<StaticFile> StaticFiles::sibling(const std::string& root, const std::string& path,
                                                 const StaticFile& file,
                                                 const std::shared_ptr<StaticFile>& known) const {
  try {
    std::shared_ptr<StaticFile> twin = load(root, path, known);
    const bool is_current = seconds_of(twin->modified_ns) >= seconds_of(file.modified_ns);
    return is_current ? twin : nullptr;
  } catch (const HTTPError&) {
    return nullptr;
  }
}

/// Counts what an entry holds, and lets go of the longest unused ones if that is too much.
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

/// So that a file that was deleted does not fill the disk for ever.
void StaticFiles::sweep() {
  const auto now = IOLoop::current().clock().monotonic();
  while (!entries_.empty() && now - entries_.back().used >= kKeptUnused) {
    drop(std::prev(entries_.end()));
  }
  sweeper_ = entries_.empty() ? 0 : IOLoop::current().call_later(kKeptUnused, [this] { sweep(); });
}

const StaticMount& StaticFiles::mount_at(std::string_view prefix) const {
  for (const Root& root : roots_) {
    if (root.mount->path == prefix) return *root.mount;
  }
  throw std::logic_error("static_url(): there is no static mount '" + std::string(prefix) +
                         "'; Settings::static_url_prefix says which to use");
}

std::string StaticFiles::read_version(const StaticMount& mount, std::string_view path,
                                      bool is_first_look) {
  try {
    const std::shared_ptr<StaticFile> file = open(mount, path);
    find_etag_now(*file);
    return file->etag.substr(1, file->etag.size() - 2);
  } catch (const HTTPError& error) {
    if (is_first_look) gen_log.error("static_url(\"", path, "\"): ", error.what());
    return {};
  }
}

const std::string& StaticFiles::version(std::string_view prefix, std::string_view path) {
  const StaticMount& mount = mount_at(prefix);
  const auto now = IOLoop::current().clock().monotonic();
  if (versions_.size() >= kMaxVersions) versions_.clear();
  const auto [known, is_new] = versions_.try_emplace(std::string(prefix) + std::string(path));
  Version& version = known->second;
  if (!is_new && now < version.next_look) return version.text;
  version.text = read_version(mount, path, is_new);
  version.next_look = now + life_;
  return version.text;
}

/// One request hashes, those that come meanwhile wait for it.
Task<void> StaticFiles::find_etag(std::shared_ptr<StaticFile> file) {
  if (file->is_hashing) {
    co_await file->hashed.wait();
    co_return;
  }
  file->is_hashing = true;
  auto job = [descriptor = file->descriptor] { return hash_of_file(descriptor->get()); };
  std::string text;
  try {
    Future<std::string> hash = run_in_executor(std::move(job));
    text = co_await std::move(hash);
  } catch (const std::exception& error) {
    gen_log.warning("static file: no hash for its tag: ", error.what());
    text = size_and_time(*file);
  }
  file->etag = quoted(text);
  file->hashed.set();
}

}  // namespace bora::web
