#pragma once

#include <string>
#include <string_view>

#include <bora/testing/http_test.h>

#include "tests/docs/check.h"

/// What an `http` example shows of an answer.
inline std::string answer(bora::testing::HTTPTest& http, const char* method, const char* target,
                          std::string_view body) {
  const auto response = http.fetch(target, {.method = method, .body = bora_docs::trimmed(body)});
  if (response.status == 200) return response.body;
  std::string text = "HTTP " + std::to_string(response.status) + '\n';
  const std::string location = response.headers.get("Location");
  if (!location.empty()) text += "Location: " + location + '\n';
  return text + response.body;
}
