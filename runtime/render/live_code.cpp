#include <bora/render/live_code.h>

namespace bora::render {

/// They are made before main() begins, in any order, as those of LiveText.
LiveCode*& LiveCode::head() noexcept {
  static LiveCode* first = nullptr;
  return first;
}

LiveCode::LiveCode(const char* function, std::uint64_t signature, Function built) noexcept
    : function_(function), signature_(signature), entry_(built), next_(head()) {
  head() = this;
}

bool LiveCode::replace(std::string_view function, std::uint64_t signature, Function code) noexcept {
  for (LiveCode* page = head(); page != nullptr; page = page->next_) {
    if (function != page->function_) continue;
    if (page->signature_ != signature) return false;
    __atomic_store_n(&page->entry_, code, __ATOMIC_RELEASE);
    return true;
  }
  return false;
}

}  // namespace bora::render
