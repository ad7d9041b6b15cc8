#pragma once

#include <string>
#include <type_traits>

#include <bora/render/output.h>

namespace bora::render {

/// A page that needs nothing but its parameters: any program can render it.
template <class Page>
concept PlainTemplate = requires(const Page& page, Output& out) { page.bora_render(out); };

/// A page that uses something of the request (`current_user`, `static_url`, a module…). It is
/// written for a handler, of the class that `{% handler %}` names or of any class.
template <class Page>
concept HandlerTemplate =
    requires(const Page& page, Output& out, typename Page::bora_handler_type& handler) {
      page.bora_render(out, handler);
      requires std::is_void_v<decltype(page.bora_render(out, handler))>;
    };

/// A page with a `{% flush %}`: its bora_render() is a coroutine. Await it while the page and its
/// parameters live.
template <class Page>
concept StreamingTemplate =
    requires(const Page& page, Output& out, typename Page::bora_handler_type& handler) {
      page.bora_render(out, handler);
      requires !std::is_void_v<decltype(page.bora_render(out, handler))>;
    };

/// The form of every generated template: parameters as members, and a function that writes the
/// page.
template <class Page>
concept CompiledTemplate = PlainTemplate<Page> || HandlerTemplate<Page> || StreamingTemplate<Page>;

/// Returns the page as a string: `render_to_string(views::mail{.name = name})`.
template <CompiledTemplate Page>
std::string render_to_string(const Page& page) {
  static_assert(!HandlerTemplate<Page>,
                "this page uses the request: render it in a handler, with render_string(page)");
  static_assert(!StreamingTemplate<Page>,
                "this page flushes: it can only be rendered in a handler, with render(page)");
  Output out;
  if constexpr (PlainTemplate<Page>) page.bora_render(out);
  return std::string(out.text());
}

}  // namespace bora::render
