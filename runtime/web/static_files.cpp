#include "runtime/web/static_files.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <utility>

#include <bora/core/io_loop.h>
#include <bora/core/log.h>
#include <bora/web/application.h>
#include <bora/web/http_error.h>

namespace bora::web {
namespace {

constexpr std::size_t kPieceSize = 64 * 1024;
constexpr std::size_t kMaxTags = 4096;
constexpr std::chrono::seconds kLookAgain{1};

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

std::int64_t nanoseconds(const struct timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::string size_and_time(const StaticFile& file) {
  return std::to_string(file.size) + "-" + std::to_string(file.modified_ns);
}

std::string to_hex(const unsigned char* bytes, std::size_t count) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * count);
  for (std::size_t i = 0; i < count; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

/// SHA-512 of the whole file, as hexadecimal digits (WEB-101).
std::string hash_of(const StaticFile& file) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  if (!context || EVP_DigestInit_ex(context.get(), EVP_sha512(), nullptr) != 1) {
    throw std::runtime_error("SHA-512 is not available");
  }
  std::string piece(kPieceSize, '\0');
  off_t offset = 0;
  ssize_t size = 0;
  while ((size = ::pread(file.descriptor.get(), piece.data(), piece.size(), offset)) > 0) {
    EVP_DigestUpdate(context.get(), piece.data(), static_cast<std::size_t>(size));
    offset += size;
  }
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int digest_size = 0;
  EVP_DigestFinal_ex(context.get(), digest, &digest_size);
  return to_hex(digest, digest_size);
}

}  // namespace

StaticFiles::StaticFiles(const RouteTable& table, const std::string& static_path) {
  std::string base;
  for (const Route& route : routes(table)) {
    if (route.mount == nullptr) continue;
    if (base.empty()) base = join(program_directory(), static_path);
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
}

const std::string& StaticFiles::real_root(const StaticMount& mount) {
  const auto root = std::find_if(roots_.begin(), roots_.end(),
                                 [&](const Root& one) { return one.mount == &mount; });
  if (root == roots_.end()) throw HTTPError(404);
  if (root->real.empty()) root->real = with_slash(real_path(root->directory));
  if (root->real.empty()) throw HTTPError(404);
  return root->real;
}

StaticFile StaticFiles::open(const StaticMount& mount, std::string_view path) {
  const std::string& root = real_root(mount);
  if (path.find('\0') != std::string_view::npos) throw HTTPError(404);
  if (has_parent_segment(path)) throw HTTPError(403, "static file: '..' in its path");
  StaticFile file;
  file.path = real_path(root + std::string(path));
  if (file.path.empty()) throw_for_errno(errno);
  if (!with_slash(file.path).starts_with(root)) {
    throw HTTPError(403, "static file: a symbolic link leads out of '" + root + "'");
  }
  // Not blocking: opening a pipe would wait for its writer.
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  file.descriptor = net::FileDescriptor(::open(file.path.c_str(), kFlags));
  if (!file.descriptor) throw_for_errno(errno);
  struct stat status{};
  if (::fstat(file.descriptor.get(), &status) != 0) throw_for_errno(errno);
  if (!S_ISREG(status.st_mode)) throw HTTPError(403, "static file: not a regular file");
  file.size = status.st_size;
  file.modified_ns = nanoseconds(status.st_mtim);
  return file;
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
    const std::string& tag = etag(open(mount, path));
    return tag.substr(1, tag.size() - 2);
  } catch (const HTTPError& error) {
    if (is_first_look) gen_log.error("static_url(\"", path, "\"): ", error.what());
    return {};
  }
}

const std::string& StaticFiles::version(std::string_view prefix, std::string_view path) {
  const StaticMount& mount = mount_at(prefix);
  const auto now = IOLoop::current().clock().monotonic();
  if (versions_.size() >= kMaxTags) versions_.clear();
  const auto [known, is_new] = versions_.try_emplace(std::string(prefix) + std::string(path));
  Version& version = known->second;
  if (!is_new && now < version.next_look) return version.text;
  version.text = read_version(mount, path, is_new);
  version.next_look = now + kLookAgain;
  return version.text;
}

const std::string& StaticFiles::etag(const StaticFile& file) {
  if (tags_.size() >= kMaxTags) tags_.clear();
  Tag& tag = tags_[file.path];
  if (tag.text.empty() || tag.size != file.size || tag.modified_ns != file.modified_ns) {
    tag.size = file.size;
    tag.modified_ns = file.modified_ns;
    tag.text = '"' + (file.size <= kMaxHashedSize ? hash_of(file) : size_and_time(file)) + '"';
  }
  return tag.text;
}

}  // namespace bora::web
