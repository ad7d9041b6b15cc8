// HTML escaping beside memcpy() of the same text, and how long short texts take.

#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "bench/templates/rounds.h"
#include "runtime/core/escape_kernel.h"

namespace {

using bora::EscapeKernel;

struct NamedKernel {
  const char* name;
  bora::EscapeFunction escape;
};

std::vector<NamedKernel> kernels() {
  std::vector<NamedKernel> found{{"chosen", bora::escape_html}};
  const auto add = [&](const char* name, EscapeKernel kernel) {
    if (const auto escape = bora::escape_function(kernel)) found.push_back({name, escape});
  };
  add("avx2", EscapeKernel::avx2);
  add("ssse3", EscapeKernel::ssse3);
  add("sse2", EscapeKernel::sse2);
  add("neon", EscapeKernel::neon);
  add("scalar", EscapeKernel::scalar);
  return found;
}

// A text with one special character in each `distance` bytes; none if that is 0.
std::string text_with(std::size_t distance) {
  std::string text(65536, 'x');
  for (std::size_t i = 0; distance > 0 && i < text.size(); i += distance) {
    text[i] = "<>&\"'"[i / distance % 5];
  }
  return text;
}

// Short texts as pages have them: 8 to 47 bytes, in no order.
std::vector<std::string> short_texts() {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 400; ++i) texts.emplace_back(8 + i * 7919 % 40, 'x');
  return texts;
}

void measure(const NamedKernel& kernel) {
  std::vector<char> to(65536 * bora::kMaxEntitySize + bora::kEscapeSlack);
  std::printf("%-7s", kernel.name);
  for (const std::size_t distance : {0, 64, 10}) {
    const std::string text = text_with(distance);
    const bench::Comparison result = bench::compare(
        [&] {
          std::memcpy(to.data(), text.data(), text.size());
          asm volatile("" ::: "memory");
        },
        [&] { kernel.escape(to.data(), text.data(), text.size()); });
    std::printf("  %6.2f GB/s %3.0f %%", 65536e-9 / result.second, 100 / result.ratio);
  }
  const std::vector<std::string> texts = short_texts();
  const auto nanoseconds = [&](const auto& write) {
    const auto all = [&] {
      char* at = to.data();
      for (const std::string& text : texts) at = write(at, text);
    };
    return bench::compare([] {}, all).second * 1e9 / static_cast<double>(texts.size());
  };
  std::printf("  %5.2f ns\n", nanoseconds([&](char* at, const std::string& text) {
                return kernel.escape(at, text.data(), text.size());
              }));
}

}  // namespace

int main() {
  std::printf("64 KiB of text, rate and share of memcpy()'s; a text of 8 to 47 bytes\n");
  std::printf("%-7s  %17s  %17s  %17s  %8s\n", "", "clean", "1 in 64", "1 in 10", "short");
  for (const NamedKernel& kernel : kernels()) measure(kernel);
}
