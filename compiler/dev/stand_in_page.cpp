#include "compiler/dev/stand_in_page.h"

#include <string_view>

#include "compiler/dev/embedded_script.h"

namespace bora::compiler {
namespace {

constexpr std::string_view kPage = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>bora dev</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 16px/1.5 system-ui, sans-serif;
    color: #5b6675; background: #fff; }
  p { margin: 0 1.5rem 20vh; }
  @media (prefers-color-scheme: dark) { body { color: #9aa5b4; background: #12161c; } }
</style>
</head>
<body><p>)html";

std::string escaped(std::string_view text, bool in_attribute) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '"' && in_attribute) {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string stand_in_page(const std::string& app, const std::string& state_json) {
  std::string page(kPage);
  page += escaped((app.empty() ? std::string("The app") : app) +
                      " is not running yet. This page becomes its page as soon as it does.",
                  false);
  page += "</p>\n<script data-boot=\"\" data-state=\"" + escaped(state_json, true) + "\">\n";
  page += dev::embedded_script().front().text;
  page += "</script>\n</body>\n</html>\n";
  return page;
}

}  // namespace bora::compiler
