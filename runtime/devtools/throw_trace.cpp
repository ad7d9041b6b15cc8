// Remembers where exceptions are thrown. The program's own __cxa_throw stands before that of the
// C++ library, notes the return addresses, and goes on there. Only addresses are kept: a throw
// costs some microseconds more, and names are looked for when somebody wants to see them.

#include "runtime/devtools/throw_trace.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <typeinfo>

extern "C" {
// AddressSanitizer has a __cxa_throw of its own, which calls this.
[[gnu::weak]] void __asan_handle_no_return();
}

namespace bora::devtools {
namespace {

constexpr int kDepth = 64;
constexpr std::size_t kKept = 8;

struct Trace {
  const void* exception = nullptr;
  int depth = 0;
  void* addresses[kDepth];
};

struct Traces {
  std::array<Trace, kKept> kept;
  std::size_t next = 0;
};
thread_local Traces traces;

[[maybe_unused]] void note(const void* exception) noexcept {
  Trace& trace = traces.kept[traces.next];
  traces.next = (traces.next + 1) % kKept;
  trace.exception = exception;
  trace.depth = ::backtrace(trace.addresses, kDepth);
}

std::string demangled(const char* name) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
  return status == 0 ? text.get() : name;
}

std::string program() {
  char path[4096];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : std::string();
}

/// Returns the output of `command`.
std::string output_of(const std::string& command) {
  std::string output;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  char buffer[4096];
  std::size_t count = 0;
  while (pipe && (count = std::fread(buffer, 1, sizeof buffer, pipe.get())) > 0)
    output.append(buffer, count);
  return output;
}

/// The names and lines of addresses in the program itself.
void name_frames(std::vector<Frame>& frames, std::uintptr_t base, bool is_relocated) {
  std::string addresses;
  std::vector<Frame*> asked;
  for (Frame& frame : frames) {
    if (frame.address == 0) continue;
    char text[32];
    // The call is before the address to which it returns.
    std::snprintf(text, sizeof text, " 0x%lx",
                  static_cast<unsigned long>(frame.address - 1 - (is_relocated ? base : 0)));
    addresses += text;
    asked.push_back(&frame);
  }
  if (asked.empty()) return;
  const std::string path = program();
  if (path.find('\'') != std::string::npos) return;
  for (const char* tool :
       {"llvm-symbolizer-19 --output-style=GNU -f -C -e '", "addr2line -f -C -e '",
        "llvm-symbolizer --output-style=GNU -f -C -e '"}) {
    const std::string output = output_of(tool + path + '\'' + addresses + " 2>/dev/null");
    std::size_t at = 0;
    const auto next_line = [&] {
      const std::size_t end = std::min(output.find('\n', at), output.size());
      std::string line = output.substr(at, end - at);
      at = std::min(end + 1, output.size());
      return line;
    };
    if (output.empty()) continue;
    for (Frame* frame : asked) {
      const std::string function = next_line();
      std::string place = next_line();
      if (!function.empty() && function != "??") frame->function = function;
      place = place.substr(0, place.find(" ("));  // the rest may be " (discriminator 3)"
      const std::size_t colon = place.rfind(':');
      if (colon == std::string::npos || place.starts_with("??")) continue;
      frame->file = place.substr(0, colon);
      frame->line = static_cast<unsigned>(std::strtoul(place.c_str() + colon + 1, nullptr, 10));
    }
    return;
  }
}

}  // namespace

std::vector<Frame> frames_of(const std::exception_ptr& error) {
  std::vector<Frame> frames;
  if (!error) return frames;
  // Both C++ libraries hold the object's address and nothing else.
  const void* object = nullptr;
  static_assert(sizeof error == sizeof object);
  std::memcpy(&object, &error, sizeof object);
  const Trace* found = nullptr;
  for (const Trace& trace : traces.kept) {
    if (trace.exception == object) found = &trace;
  }
  if (found == nullptr) return frames;
  std::uintptr_t base = 0;
  bool is_relocated = true;
  const std::string own = program();
  std::vector<bool> is_own;
  for (int i = 2; i < found->depth; ++i) {  // without note() and __cxa_throw
    Frame frame;
    Dl_info info{};
    const bool is_known = ::dladdr(found->addresses[i], &info) != 0;
    if (is_known && info.dli_sname != nullptr) frame.function = demangled(info.dli_sname);
    // The loader's name of the program itself may be relative.
    Dl_info self{};
    ::dladdr(reinterpret_cast<const void*>(&frames_of), &self);
    if (is_known && info.dli_fbase == self.dli_fbase) {
      frame.address = reinterpret_cast<std::uintptr_t>(found->addresses[i]);
      base = reinterpret_cast<std::uintptr_t>(info.dli_fbase);
    } else if (is_known && info.dli_fname != nullptr) {
      frame.file.clear();
    }
    frames.push_back(std::move(frame));
  }
  // A program that is not position-independent is loaded where its addresses say.
  constexpr std::uintptr_t kUsualBase = 0x400000;
  if (base == kUsualBase) is_relocated = false;
  name_frames(frames, base, is_relocated);
  return frames;
}

}  // namespace bora::devtools

#if !defined(BORA_WITHOUT_THROW_TRACE)
// The function has its name only in the object file, because g++ has a declaration of its own for
// what `throw` calls.
extern "C" __attribute__((__noreturn__)) void bora_devtools_throw(
    void* exception, std::type_info* type, void (*destroy)(void*)) __asm__("__cxa_throw");

extern "C" void bora_devtools_throw(void* exception, std::type_info* type, void (*destroy)(void*)) {
  using Throw = void (*)(void*, std::type_info*, void (*)(void*));
  static const auto next = reinterpret_cast<Throw>(::dlsym(RTLD_NEXT, "__cxa_throw"));
  bora::devtools::note(exception);
  if (__asan_handle_no_return != nullptr) __asan_handle_no_return();
  next(exception, type, destroy);
  std::abort();
}
#endif
