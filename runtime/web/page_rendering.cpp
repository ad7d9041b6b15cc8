#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <bora/core/escape.h>
#include <bora/core/locale.h>
#include <bora/web/application.h>
#include <bora/web/request_handler.h>
#include <bora/web/template_names.h>

#include "runtime/text/percent.h"
#include "runtime/web/request_extras.h"
#include "runtime/web/static_files.h"

// What templates get from their handler: the frame around render(), what modules put into the
// finished page, and the functions that templates call by name.

namespace bora::web {
namespace {

bool is_absolute(std::string_view path) {
  return path.starts_with('/') || path.starts_with("http:") || path.starts_with("https:");
}

std::string joined(const std::vector<std::string>& pieces, std::string_view separator) {
  std::string text;
  for (const std::string& piece : pieces) {
    if (!text.empty()) text += separator;
    text += piece;
  }
  return text;
}

/// The resources that the modules of a page ask for, in the order of their first use.
struct PageResources {
  std::vector<std::string> javascript_files;
  std::vector<std::string> embedded_javascript;
  std::vector<std::string> css_files;
  std::vector<std::string> embedded_css;
  std::string html_head;
  std::string html_body;

  void add(UIModule& module) {
    add_all(javascript_files, module.javascript_files());
    add_one(embedded_javascript, module.embedded_javascript());
    add_all(css_files, module.css_files());
    add_one(embedded_css, module.embedded_css());
    html_head += module.html_head();
    html_body += module.html_body();
  }

  [[nodiscard]] bool empty() const {
    return javascript_files.empty() && embedded_javascript.empty() && css_files.empty() &&
           embedded_css.empty() && html_head.empty() && html_body.empty();
  }

 private:
  static void add_one(std::vector<std::string>& all, std::string piece) {
    if (!piece.empty()) all.push_back(std::move(piece));
  }
  static void add_all(std::vector<std::string>& all, std::vector<std::string> pieces) {
    std::move(pieces.begin(), pieces.end(), std::back_inserter(all));
  }
};

/// The text of a finished page, and what is inserted before its closing tags.
class PageText {
 public:
  explicit PageText(std::string_view html) : html_(html) {}

  void insert_before_first(std::string_view tag, const std::string& piece) {
    insert(html_.find(tag), tag, piece);
  }
  void insert_before_last(std::string_view tag, const std::string& piece) {
    insert(html_.rfind(tag), tag, piece);
  }
  [[nodiscard]] const std::string& html() const { return html_; }

 private:
  void insert(std::size_t place, std::string_view tag, const std::string& piece) {
    if (piece.empty()) return;
    if (place == std::string::npos) {
      throw std::logic_error("a module of the page has something to put before " +
                             std::string(tag) + ", but the page has no such tag");
    }
    html_.insert(place, piece + '\n');
  }

  std::string html_;
};

/// Appends a query or fragment as it was written, but encodes what no URL may have.
void append_url_text(std::string& url, std::string_view text) {
  for (const char c : text) {
    if (text::is_path_character(c) || std::string_view("/?#%").find(c) != std::string_view::npos) {
      url += c;
    } else {
      text::append_escaped(url, c);
    }
  }
}

}  // namespace

// Pages.

RequestHandler::PageStart RequestHandler::begin_page(Rendering kind) {
  render::Output& out = open_body("render");
  rendering_ = kind;
  return {*this, out};
}

void RequestHandler::finish_page(PageStart& start) {
  rendering_ = Rendering::nothing;
  if (extras_ != nullptr && !extras_->modules.empty()) insert_module_resources(start);
  finish();
}

void RequestHandler::fail_handler() {
  throw std::logic_error(
      "render(): the template says {% handler T %}, and this handler's class is not T");
}

/// The resources that modules ask for are put into the page: styles before </head>, scripts before
/// </body>. A page is searched only if there is something to insert.
void RequestHandler::insert_module_resources(const PageStart& start) {
  PageResources resources;
  for (const auto& active : extras_->modules) resources.add(*active.module);
  if (resources.empty()) return;
  PageText page(start.out.text().substr(start.size));
  if (!resources.javascript_files.empty()) {
    page.insert_before_last("</body>", render_linked_js(linked_paths(resources.javascript_files)));
  }
  if (!resources.embedded_javascript.empty()) {
    page.insert_before_last("</body>", render_embed_js(resources.embedded_javascript));
  }
  if (!resources.css_files.empty()) {
    page.insert_before_first("</head>", render_linked_css(linked_paths(resources.css_files)));
  }
  if (!resources.embedded_css.empty()) {
    page.insert_before_first("</head>", render_embed_css(resources.embedded_css));
  }
  page.insert_before_first("</head>", resources.html_head);
  page.insert_before_first("</body>", resources.html_body);

  const std::string before(start.out.text().substr(0, start.size));
  start.out.clear();
  start.out.append(before);
  start.out.append(page.html());
}

/// URLs of files that modules named, each once.
std::vector<std::string> RequestHandler::linked_paths(const std::vector<std::string>& names) {
  std::vector<std::string> paths;
  for (const std::string& name : names) {
    std::string path = is_absolute(name) ? name : static_url(name);
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) {
      paths.push_back(std::move(path));
    }
  }
  return paths;
}

/// Scripts and styles carry the nonce of the Content-Security-Policy, if there is one.
std::string RequestHandler::nonce_attribute() const {
  if (extras_ == nullptr || extras_->csp_nonce.empty()) return {};
  return " nonce=\"" + extras_->csp_nonce + "\"";
}

std::string RequestHandler::render_linked_js(const std::vector<std::string>& paths) {
  const std::string nonce = nonce_attribute();
  std::string html;
  for (const std::string& path : paths) {
    html += "<script src=\"" + xhtml_escape(path) + "\" type=\"text/javascript\"" + nonce +
            "></script>";
  }
  return html;
}

std::string RequestHandler::render_linked_css(const std::vector<std::string>& paths) {
  std::string html;
  for (const std::string& path : paths) {
    html += "<link href=\"" + xhtml_escape(path) + "\" type=\"text/css\" rel=\"stylesheet\"/>";
  }
  return html;
}

std::string RequestHandler::render_embed_js(const std::vector<std::string>& pieces) {
  return "<script type=\"text/javascript\"" + nonce_attribute() + ">\n//<![CDATA[\n" +
         joined(pieces, "\n") + "\n//]]>\n</script>";
}

std::string RequestHandler::render_embed_css(const std::vector<std::string>& pieces) {
  return "<style type=\"text/css\"" + nonce_attribute() + ">\n" + joined(pieces, "\n") +
         "\n</style>";
}

// URLs.

std::string RequestHandler::static_url(std::string_view path, std::optional<bool> include_host,
                                       bool include_version) {
  const std::string& prefix = settings().static_url_prefix;
  std::string url;
  if (include_host.value_or(this->include_host())) {
    url.append(request().protocol()).append("://").append(request().host());
  }
  if (!include_version && path.find_first_of("?#") == std::string_view::npos) {
    return url + prefix + url_escape(path, false);
  }
  const StaticFiles::Reference file = StaticFiles::of(application()).refer(prefix, path);
  url += prefix + url_escape(file.parts.path, false);
  append_url_text(url, file.parts.query);
  if (include_version && !file.version.empty()) {
    url += (file.parts.query.empty() ? "?v=" : "&v=") + file.version;
  }
  append_url_text(url, file.parts.fragment);
  return url;
}

std::string RequestHandler::make_url(std::string_view name,
                                     std::initializer_list<URLArgument> arguments) const {
  return web::reverse_url(application().routes(), name, arguments);
}

// Names in templates.

std::string StaticURL::operator()(std::string_view path) const {
  return handler_.static_url(path);
}

std::string StaticURL::operator()(std::string_view path, bool include_host,
                                  bool include_version) const {
  return handler_.static_url(path, include_host, include_version);
}

const std::string& CSPNonce::operator()() const {
  return handler_.csp_nonce();
}

render::Markup XSRFFormHTML::operator()() const {
  return handler_.xsrf_form_html();
}

std::string_view Translate::operator()(std::string_view message) const {
  return handler_.locale().translate(message);
}

std::string_view Translate::operator()(std::string_view message, std::string_view plural,
                                       std::int64_t count) const {
  return handler_.locale().translate(message, plural, count);
}

std::string_view TranslateInContext::operator()(std::string_view context,
                                                std::string_view message) const {
  return handler_.locale().pgettext(context, message);
}

std::string_view TranslateInContext::operator()(std::string_view context, std::string_view message,
                                                std::string_view plural, std::int64_t count) const {
  return handler_.locale().pgettext(context, message, plural, count);
}

std::string ReverseURL::make(std::string_view name,
                             std::initializer_list<URLArgument> arguments) const {
  return web::reverse_url(handler_.application().routes(), name, arguments);
}

}  // namespace bora::web
