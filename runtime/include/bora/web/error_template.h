#pragma once

#include <string>

#include <bora/web/http_error.h>
#include <bora/web/request_handler.h>

// How the generated routes.cpp renders the pages of the manifest's `error_pages`.

namespace bora::web::build {

/// Calls `use` with the page, which is made of those that it takes of status, reason and detail.
template <class Page, class Use>
void with_error_page(int status, const std::string& reason, const std::string& detail, Use use) {
  if constexpr (requires { Page{.status = status, .reason = reason, .detail = detail}; }) {
    use(Page{.status = status, .reason = reason, .detail = detail});
  } else if constexpr (requires { Page{.status = status, .reason = reason}; }) {
    use(Page{.status = status, .reason = reason});
  } else if constexpr (requires { Page{.status = status, .detail = detail}; }) {
    use(Page{.status = status, .detail = detail});
  } else if constexpr (requires { Page{.reason = reason, .detail = detail}; }) {
    use(Page{.reason = reason, .detail = detail});
  } else if constexpr (requires { Page{.status = status}; }) {
    use(Page{.status = status});
  } else if constexpr (requires { Page{.reason = reason}; }) {
    use(Page{.reason = reason});
  } else if constexpr (requires { Page{.detail = detail}; }) {
    use(Page{.detail = detail});
  } else if constexpr (requires { Page{}; }) {
    use(Page{});
  }
}

template <class Page>
consteval bool check_error_page() {
  return requires(int number, const std::string& text) {
    Page{.status = number, .reason = text, .detail = text};
  } || requires(int number, const std::string& text) { Page{.status = number, .reason = text}; } ||
         requires(int number, const std::string& text) {
           Page{.status = number, .detail = text};
         } || requires(const std::string& text) { Page{.reason = text, .detail = text}; } ||
         requires(int number) { Page{.status = number}; } ||
         requires(const std::string& text) { Page{.reason = text}; } ||
         requires(const std::string& text) { Page{.detail = text}; } || requires { Page{}; };
}
/// Checks that the page takes nothing else.
template <class Page>
inline constexpr bool is_error_page = check_error_page<Page>();

template <class Page>
void error_page(RequestHandler& handler, const HTTPError* error) {
  const std::string reason(handler.get_reason());
  const std::string detail = error == nullptr ? std::string() : error->detail();
  with_error_page<Page>(handler.get_status(), reason, detail,
                        [&handler](const Page& page) { handler.render(page); });
}

}  // namespace bora::web::build
