#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <bora/web.h>
#include <bora/web/ui_module.h>

namespace pages {

struct User {
  std::string name;
  int age = 0;
};

/// Renders the page that its path names.
class Page : public bora::web::RequestHandler {
 public:
  bora::Task<void> get(std::string_view name);
  void get(int, std::string_view) {}
  void get() {}

  std::string get_current_user() override { return "ada"; }
  static const User* current_user() {
    static const User ada{"Ada <L>", 36};
    return &ada;
  }

  // Called from pages.
  std::string writes(std::string_view text) {
    write(text);
    return "never";
  }
  std::string finishes() {
    finish();
    return "never";
  }
  std::string clears() {
    clear();
    return "never";
  }
  std::string leaves() {
    redirect("/elsewhere");
    return "never";
  }
  std::string fails_with(int status) {
    send_error(status);
    return "never";
  }
  std::string flushes() {
    (void)flush();
    return "never";
  }
  std::string renders();
  /// Records what a page saw.
  static void saw(std::string_view what) { seen += what; }
  static inline std::string seen;
};

struct Bold : bora::web::UIModule {
  static std::string render(std::string_view text) { return "<b>" + std::string(text) + "</b>"; }
};

struct Counter : bora::web::UIModule {
  int calls = 0;
  std::string render() { return std::to_string(++calls); }
};

/// Writes more than an Output has room for, then throws if it is told to.
struct Long : bora::web::UIModule {
  static constexpr std::size_t kSize = 20000;
  void render(bool is_failing) {
    write(std::string(kSize, 'x'));
    if (is_failing) throw std::runtime_error("in the module");
  }
};

/// Calls what only its handler may call.
struct Writer : bora::web::UIModule {
  std::string render() {
    handler().write("from the module");
    return "never";
  }
};

struct Nested : bora::web::UIModule {
  std::string render(int depth);
};

struct Asking : bora::web::UIModule {
  std::string render() { return request().path().substr(0, 5) == "/page" ? current_user() : ""; }
  std::string embedded_javascript() override { return "ask()"; }
  std::vector<std::string> javascript_files() override { return {"ask.js", "/ask.js", "/ask.js"}; }
  std::string embedded_css() override { return ".ask {}"; }
  std::vector<std::string> css_files() override { return {"/ask.css"}; }
  std::string html_head() override { return "<meta>"; }
  std::string html_body() override { return "<hr>"; }
};

inline std::string shout(std::string_view text) {
  return std::string(text) + "!";
}

[[noreturn]] inline int fail() {
  throw std::runtime_error("in an expression");
}

}  // namespace pages
