#pragma once

#include <dlfcn.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bora::testing {

/// Decompresses brotli with the library that belongs to the encoder's.
/// @param most  How long the text can be.
inline std::string unpack_brotli(std::string_view packed, std::size_t most) {
  using Decompress = int (*)(std::size_t, const std::uint8_t*, std::size_t*, std::uint8_t*);
  void* const library = ::dlopen("libbrotlidec.so.1", RTLD_NOW);
  if (library == nullptr) throw std::runtime_error("there is no libbrotlidec");
  const auto decompress = reinterpret_cast<Decompress>(::dlsym(library, "BrotliDecoderDecompress"));
  std::string text(most + 1, '\0');
  std::size_t size = text.size();
  if (decompress(packed.size(), reinterpret_cast<const std::uint8_t*>(packed.data()), &size,
                 reinterpret_cast<std::uint8_t*>(text.data())) != 1) {
    throw std::runtime_error("this is no brotli");
  }
  text.resize(size);
  return text;
}

}  // namespace bora::testing
