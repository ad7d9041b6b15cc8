#include <bora/core/locks.h>

#include <stdexcept>

namespace bora {
namespace {

std::string describe(const char* name, const std::string& state, std::size_t waiters) {
  std::string text = name;
  text += " (" + state;
  if (waiters != 0 && !state.empty()) text += ", ";
  if (waiters != 0) text += std::to_string(waiters) + " waiting";
  return text + ")";
}

}  // namespace

std::string Condition::to_string() const {
  return waiting_.is_empty() ? "Condition" : describe("Condition", "", waiters());
}

std::string Event::to_string() const {
  return describe("Event", is_set_ ? "set" : "clear", waiters());
}

Semaphore::Semaphore(std::ptrdiff_t value, std::ptrdiff_t limit, const char* name)
    : value_(value), limit_(limit), name_(name) {
  if (value < 0) throw std::invalid_argument("a Semaphore can't begin below zero");
}

void Semaphore::release() {
  if (value_ >= limit_) throw std::logic_error("release() of a lock that nobody holds");
  give();
}

std::string Semaphore::to_string() const {
  return describe(name_, locked() ? "locked" : std::to_string(value_) + " free", waiters());
}

}  // namespace bora
