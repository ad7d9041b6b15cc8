#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/samples/running_program.h"
#include "tests/support/catch.h"
#include "tests/support/sanitizer.h"

using bora::testing::RunningProgram;

namespace {

namespace fs = std::filesystem;

/// The most memory that the process has had, in KiB.
long peak_memory(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  long value = 0;
  while (status >> word) {
    if (word == "VmHWM:") status >> value;
  }
  return value;
}

}  // namespace

TEST_CASE("file_upload: the server's memory does not grow with the file", "[samples]") {
  constexpr std::uintmax_t kSize = std::uintmax_t{64} << 20;
  const fs::path folder = fs::temp_directory_path() / ("bora_upload." + std::to_string(getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "large.bin").put('x');
  fs::resize_file(folder / "large.bin", kSize);  // a file with a hole
  const std::string kept = std::to_string(kSize);

  RunningProgram server("file_receiver", {"--port=0", "--directory=" + (folder / "kept").string()});
  const std::string url = "--url=http://127.0.0.1:" + std::to_string(server.port());
  const long before = peak_memory(server.pid());
  for (const char* const way : {"--put=true", "--put=false"}) {
    RunningProgram client("file_uploader", {url, way, (folder / "large.bin").string()});
    CHECK(client.wait() == 0);
    CHECK(client.output() == "large.bin: " + kept + " bytes\n");
    CHECK(fs::file_size(folder / "kept/large.bin") == kSize);
  }
  const long after = peak_memory(server.pid());
  INFO(before << " KiB before, " << after << " KiB at most");
  if (!BORA_TEST_HAS_SANITIZER) CHECK(after - before < 8 * 1024);
  server.signal(SIGTERM);
  CHECK(server.wait() == 0);
  fs::remove_all(folder);
}
