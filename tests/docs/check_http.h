#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/testing/http_test.h>

#include "tests/docs/check.h"

/// Returns the parts of an answer that an `http` example shows.
inline std::string answer(bora::testing::HTTPTest& http, const char* method, const char* target,
                          std::string_view body) {
  const std::string text = bora_docs::trimmed(body);
  const bool is_json = text.starts_with('{') || text.starts_with('[');
  const char* const type = is_json ? "application/json" : "application/x-www-form-urlencoded";
  std::vector<std::pair<std::string, std::string>> headers;
  if (!text.empty()) headers.emplace_back("Content-Type", type);
  const auto response = http.fetch(target, {.method = method, .body = text, .headers = headers});
  if (response.status == 200) return response.body;
  std::string shown = "HTTP " + std::to_string(response.status) + '\n';
  const std::string location = response.headers.get("Location");
  if (!location.empty()) shown += "Location: " + location + '\n';
  return shown + response.body;
}
