#include "compiler/cli/secret_command.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <ostream>
#include <string>

#include "runtime/text/hex.h"

namespace bora::compiler {
namespace {

constexpr std::size_t kBytes = 32;

bool fill(std::array<unsigned char, kBytes>& bytes) {
  ssize_t size = 0;
  do {
    size = ::getrandom(bytes.data(), bytes.size(), 0);
  } while (size < 0 && errno == EINTR);
  return size == static_cast<ssize_t>(bytes.size());
}

}  // namespace

ExitStatus run_secret(Host& host) {
  std::array<unsigned char, kBytes> bytes{};
  if (!fill(bytes)) return environment_error(host, "secret", "the system has no random bytes");
  std::string text;
  for (const unsigned char byte : bytes) text::append_hex(text, static_cast<char>(byte));
  host.out.text << text << '\n';
  return ExitStatus::fine;
}

}  // namespace bora::compiler
