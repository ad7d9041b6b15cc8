#pragma once

#include <string>

#include <bora/render/output.h>

namespace bora::render {

/// What every generated template is: parameters as members, and a function that writes the page.
template <class Page>
concept CompiledTemplate = requires(const Page& page, Output& out) { page.bora_render(out); };

/// The page as a string: `render_to_string(views::mail{.name = name})`.
template <CompiledTemplate Page>
std::string render_to_string(const Page& page) {
  Output out;
  page.bora_render(out);
  return std::string(out.text());
}

}  // namespace bora::render
