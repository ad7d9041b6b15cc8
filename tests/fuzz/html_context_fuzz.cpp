// Any bytes as the text of a page. The context after it is the same if the text comes in pieces, as
// it does between tags, and it joins with itself.

#include <cstddef>
#include <string_view>

#include "templates-lang/html_context.h"
#include "tests/fuzz/invariants.h"

namespace bora::fuzz {
namespace {

void check(const lang::HTMLContext& start, std::string_view text, std::size_t middle) {
  const lang::Advance whole = lang::advance_over(start, text);
  const lang::Advance first = lang::advance_over(start, text.substr(0, middle));
  const lang::Advance second = lang::advance_over(first.context, text.substr(middle));
  // A character reference must be in one piece; a value after an open one is refused.
  require(first.context.has_open_reference || whole.context == second.context,
          "a text in two pieces leads to the same place");
  require(!whole.problem || whole.problem_at <= text.size(), "a problem lies in the text");
  const auto joined = lang::join(whole.context, whole.context);
  require(joined && *joined == whole.context, "a context joins with itself");
  const bool joins = lang::join(first.context, whole.context).has_value();
  require(joins == lang::join(whole.context, first.context).has_value(), "joining has no order");
  require(!lang::describe(whole.context).empty(), "every context has words");
  (void)lang::placement(whole.context);
  (void)lang::advance_over(lang::after_output(whole.context), text);
}

}  // namespace
}  // namespace bora::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bora;
  const std::string_view text = fuzz::as_text(data, size);
  const std::size_t middle = size == 0 ? 0 : (data[0] + 256U * data[size / 2]) % (size + 1);
  for (const char* name : {"page.html", "code.js", "style.css", "data.json", "note.txt"})
    fuzz::check(lang::initial_context(name), text, middle);
  return 0;
}
