#include "compiler/driver/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "compiler/driver/directory_source.h"
#include "tests/support/catch.h"
#include "tests/support/memory_file_system.h"

namespace {

namespace fs = std::filesystem;
using bora::compiler::DirectorySource;
using bora::compiler::DiskFileSystem;
using bora::compiler::FileError;
using bora::compiler::FileKind;
using bora::testing::MemoryFileSystem;
using Kind = FileError::Kind;

/// A fresh folder, removed at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "bora_test_XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

  void put(const std::string& name, const std::string& text = "x") const {
    const fs::path file = path_ + "/" + name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

 private:
  std::string path_;
};

std::string read(DiskFileSystem& files, const std::string& path) {
  std::string text;
  const FileError error = files.read(path, text);
  return error ? "error: " + error.message : text;
}

Kind read_error(DiskFileSystem& files, const std::string& path) {
  std::string text = "left over";
  const Kind kind = files.read(path, text).kind;
  CHECK(text.empty());
  return kind;
}

std::vector<std::string> list(DiskFileSystem& files, const std::string& path) {
  std::vector<std::string> names;
  CHECK_FALSE(files.list(path, names));
  return names;
}

}  // namespace

TEST_CASE("file_system: reads every byte of a file", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  const std::string text("\xEF\xBB\xBF a\r\n\0b\xFF", 9);
  folder.put("a", text);
  CHECK(read(files, folder / "a") == text);
  folder.put("empty", "");
  std::string empty = "x";
  CHECK_FALSE(files.read(folder / "empty", empty));
  CHECK(empty.empty());
}

TEST_CASE("file_system: says why a file can't be read", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  folder.put("file");
  CHECK(read_error(files, folder / "none") == Kind::not_found);
  CHECK(read_error(files, folder / "file/below") == Kind::not_found);
  CHECK(read_error(files, std::string(folder / "file") + '\0' + "more") == Kind::not_found);
  CHECK(read_error(files, folder.path()) == Kind::is_directory);
  fs::create_symlink("loop", folder / "loop");
  CHECK(read_error(files, folder / "loop") == Kind::other);
}

TEST_CASE("file_system: does not wait for a pipe", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(read_error(files, folder / "pipe") == Kind::not_regular);
  CHECK(read_error(files, "/dev/zero") == Kind::not_regular);
  CHECK(files.kind(folder / "pipe") == FileKind::other);
}

TEST_CASE("file_system: refuses files above the limit", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  folder.put("big");
  fs::resize_file(folder / "big", DiskFileSystem::kMaxFileBytes + 1);  // The file is sparse, so it
                                                                       // needs no space.
  CHECK(read_error(files, folder / "big") == Kind::too_large);
}

TEST_CASE("file_system: a write replaces the whole file and leaves nothing else", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  folder.put("a", "a long old text");
  CHECK_FALSE(files.write(folder / "a", "new"));
  CHECK(read(files, folder / "a") == "new");
  CHECK(list(files, folder.path()) == std::vector<std::string>{"a"});
}

TEST_CASE("file_system: a failed write keeps the old file", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  folder.put("taken/file");
  CHECK(files.write(folder / "taken", "text"));
  CHECK(files.write(folder / "none/a", "text").kind == Kind::not_found);
  CHECK(files.write(std::string(folder / "b") + '\0', "text"));
  CHECK(list(files, folder.path()) == std::vector<std::string>{"taken/file"});
}

TEST_CASE("file_system: new files honour the umask", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  const mode_t old_mask = ::umask(027);
  CHECK_FALSE(files.write(folder / "a", "text"));
  ::umask(old_mask);
  struct stat status{};
  REQUIRE(::stat((folder / "a").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("file_system: write_if_changed leaves an equal file alone", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  folder.put("a", "text");
  const auto long_ago = fs::last_write_time(folder / "a") - std::chrono::hours(1);
  fs::last_write_time(folder / "a", long_ago);
  CHECK_FALSE(write_if_changed(files, folder / "a", "text"));
  CHECK(fs::last_write_time(folder / "a") == long_ago);
  CHECK_FALSE(write_if_changed(files, folder / "a", "texts"));
  CHECK(fs::last_write_time(folder / "a") != long_ago);
  CHECK(read(files, folder / "a") == "texts");
}

TEST_CASE("file_system: create_file and create_directory replace nothing", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  folder.put("a", "old");
  fs::create_symlink("nowhere", folder / "dangling");
  CHECK(files.create_file(folder / "a", "new").kind == Kind::exists);
  CHECK(files.create_file(folder / "dangling", "new").kind == Kind::exists);
  CHECK(files.create_directory(folder / "a").kind == Kind::exists);
  CHECK(read(files, folder / "a") == "old");
}

TEST_CASE("file_system: create_directories makes what is missing", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  CHECK_FALSE(create_directories(files, folder / "a/b/c"));
  CHECK_FALSE(create_directories(files, folder / "a/b/c/"));
  CHECK(files.kind(folder / "a/b/c") == FileKind::directory);
  folder.put("file");
  CHECK(create_directories(files, folder / "file/x"));
  CHECK_FALSE(create_directories(files, ""));
}

TEST_CASE("file_system: touch makes a file and renews its time", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  CHECK_FALSE(files.touch(folder / "a"));
  CHECK(read(files, folder / "a").empty());
  folder.put("b", "text");
  const auto long_ago = fs::last_write_time(folder / "b") - std::chrono::hours(1);
  fs::last_write_time(folder / "b", long_ago);
  CHECK_FALSE(files.touch(folder / "b"));
  CHECK(fs::last_write_time(folder / "b") > long_ago);
  CHECK(read(files, folder / "b") == "text");
  CHECK(files.touch(folder / "none/c").kind == Kind::not_found);
}

TEST_CASE("file_system: lists files below a folder, sorted", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  for (const char* name : {"b.html", "a/z.html", "a.html", "a/b/c.html", "Z.html"})
    folder.put(name);
  CHECK(list(files, folder.path()) ==
        std::vector<std::string>{"Z.html", "a.html", "a/b/c.html", "a/z.html", "b.html"});
  std::vector<std::string> names{"left over"};
  CHECK(files.list(folder / "none", names).kind == Kind::not_found);
  CHECK(names.empty());
}

TEST_CASE("file_system: lists neither hidden files nor editors' backups", "[driver]") {
  const TemporaryFolder folder;
  DiskFileSystem files;
  for (const char* name : {".a.html", ".git/b.html", "c.html~", "#d.html#", ".#e.html",
                           "f.html.swp", "g.html.bak", "h.html.orig", "#i.html"})
    folder.put(name);
  CHECK(list(files, folder.path()) == std::vector<std::string>{"#i.html"});
}

TEST_CASE("file_system: lists links to files, but does not follow links to folders", "[driver]") {
  const TemporaryFolder folder;
  const TemporaryFolder outside;
  DiskFileSystem files;
  folder.put("real/a.html");
  outside.put("secret.html");
  fs::create_symlink("real/a.html", folder / "b.html");
  fs::create_directory_symlink("real", folder / "alias");
  fs::create_directory_symlink("..", folder / "real/up");
  fs::create_directory_symlink(outside.path(), folder / "out");
  CHECK(list(files, folder.path()) == std::vector<std::string>{"b.html", "real/a.html"});
  CHECK(list(files, folder / "alias") == std::vector<std::string>{"a.html"});
}

TEST_CASE("file_system: is_inside looks through links", "[driver]") {
  const TemporaryFolder folder;
  const TemporaryFolder outside;
  DiskFileSystem files;
  folder.put("root/a.html");
  folder.put("root_sibling/b.html");
  outside.put("c.html");
  fs::create_symlink(outside / "c.html", folder / "root/c.html");
  fs::create_symlink("a.html", folder / "root/d.html");
  fs::create_directory_symlink("root", folder / "alias");
  CHECK(files.is_inside(folder / "root", folder / "root/a.html"));
  CHECK(files.is_inside(folder / "alias", folder / "root/a.html"));
  CHECK(files.is_inside(folder / "root", folder / "root/d.html"));
  CHECK_FALSE(files.is_inside(folder / "root", folder / "root/c.html"));
  CHECK_FALSE(files.is_inside(folder / "root", folder / "root/../root_sibling/b.html"));
  CHECK_FALSE(files.is_inside(folder / "root", folder / "root_sibling/b.html"));
  CHECK_FALSE(files.is_inside(folder / "root", folder / "root"));
  CHECK_FALSE(files.is_inside(folder / "root", folder / "root/none"));
  CHECK(files.is_inside("/", folder / "root/a.html"));
}

TEST_CASE("file_system: paths are joined and taken apart as people spell them", "[driver]") {
  using bora::compiler::join_path;
  using bora::compiler::parent_path;
  CHECK(join_path("../t", "a.html") == "../t/a.html");
  CHECK(join_path("t/", "a.html") == "t/a.html");
  CHECK(join_path(".", "a.html") == "a.html");
  CHECK(join_path("", "a.html") == "a.html");
  CHECK(join_path("/", "a.html") == "/a.html");
  CHECK(parent_path("a/b/c") == "a/b");
  CHECK(parent_path("a/b/") == "a");
  CHECK(parent_path("/a") == "/");
  CHECK(parent_path("/") == "");
  CHECK(parent_path("a") == "");
}

TEST_CASE("file_system: absolute resolves dots without following links", "[driver]") {
  DiskFileSystem files;
  CHECK(files.absolute("/a/./b/../c") == "/a/c");
  CHECK(files.absolute("x") == (fs::current_path() / "x").string());
}

TEST_CASE("directory_source: spells names below the root as given", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/blog/entry.html", "text");
  DirectorySource source(files, "../project/templates");
  const auto loaded = source.load("blog/entry.html");
  REQUIRE(loaded.status == DirectorySource::Status::ok);
  CHECK(loaded.source->name() == "../project/templates/blog/entry.html");
  CHECK(loaded.source->text() == "text");
  CHECK(source.path(source.loaded_names().at(0)) == loaded.source->name());
}

TEST_CASE("directory_source: reads a file once", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/a.html", "text");
  DirectorySource source(files, "templates");
  const auto first = source.load("a.html");
  files.add("templates/a.html", "changed");
  CHECK(source.load("a.html").source == first.source);
}

TEST_CASE("directory_source: tells missing, unreadable and outside apart", "[driver]") {
  MemoryFileSystem files;
  files.add("templates/a.html", "text");
  files.add("secret", "text");
  files.add_link("templates/link.html", "secret");
  files.add_directory("templates/folder.html");
  files.fail_reading("templates/a.html", "Permission denied");
  DirectorySource source(files, "templates");
  using Status = DirectorySource::Status;
  CHECK(source.load("none.html").status == Status::not_found);
  CHECK(source.load("a.html").status == Status::unreadable);
  CHECK(source.load("a.html").error == "Permission denied");
  CHECK(source.load("folder.html").error == "Is a directory");
  CHECK(source.load("link.html").status == Status::outside_root);
  CHECK(source.loaded_names().empty());
}

TEST_CASE("directory_source: the working directory can be the root", "[driver]") {
  MemoryFileSystem files;
  files.add("a.html", "text");
  DirectorySource source(files, ".");
  REQUIRE(source.load("a.html").status == DirectorySource::Status::ok);
  CHECK(source.load("a.html").source->name() == "a.html");
  CHECK(source.names() == std::vector<std::string>{"a.html"});
}
