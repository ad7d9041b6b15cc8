#include <bora/render/live_text.h>

#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace bora::render {
namespace {

/// A page that waits may still write former texts, so all are kept. An hour of edits takes a
/// megabyte.
struct Texts {
  std::vector<std::string> owned;
  std::vector<Literal> literals;
};

}  // namespace

/// Tables are made before main() begins, in any order, so the list's head is made with the first.
LiveText*& LiveText::first() noexcept {
  static LiveText* first = nullptr;
  return first;
}

LiveText::LiveText(const char* function, std::uint64_t shape, const Literal* built,
                   std::size_t count) noexcept
    : function_(function), shape_(shape), count_(count), texts_(built), next_(first()) {
  first() = this;
}

bool LiveText::replace(std::string_view function, std::uint64_t shape,
                       const std::string_view* texts, std::size_t count) {
  static std::mutex mutex;
  static auto* const kept = new std::deque<Texts>;  // Used to the very end of the program.
  const std::lock_guard lock(mutex);
  const Literal* now = nullptr;
  bool is_known = false;
  for (LiveText* page = first(); page != nullptr; page = page->next_) {
    if (function != page->function_) continue;
    is_known = true;
    if (page->shape_ != shape || page->count_ != count) continue;
    if (now == nullptr) {
      Texts& added = kept->emplace_back();
      added.owned.assign(texts, texts + count);
      for (const std::string& text : added.owned)
        added.literals.push_back({text.data(), text.size()});
      now = added.literals.data();
    }
    __atomic_store_n(&page->texts_, now, __ATOMIC_RELEASE);
  }
  return now != nullptr || !is_known;
}

}  // namespace bora::render
