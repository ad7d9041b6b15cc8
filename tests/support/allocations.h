#pragma once

#include "tests/support/sanitizer.h"

// Counts what each thread allocates, in an operator new of the program's own; one file of a program
// may include this. A sanitizer needs its own operator new, so with one there is nothing to count.
#if !BORA_TEST_HAS_SANITIZER

#include <cstddef>
#include <cstdlib>
#include <new>

namespace bora::test {
inline thread_local std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++bora::test::allocations;
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

#endif
