// Any body as multipart/form-data, whose boundary is the text before the first line end. It is
// refused, or what was read can be written, and reading that gives the same.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <bora/http/httputil.h>

#include "tests/fuzz/invariants.h"

namespace {

using namespace bora;
using namespace bora::http;

constexpr std::string_view kBoundary = "a-boundary-of-our-own";

struct Form {
  std::vector<Argument> arguments;
  std::vector<std::pair<std::string, HTTPFile>> files;
};

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string write(const Form& form) {
  const std::string start = "--" + std::string(kBoundary) + "\r\nContent-Disposition: form-data; ";
  std::string body;
  for (const auto& [name, value] : form.arguments) {
    body += start + "name=" + quoted(name) + "\r\n\r\n" + value + "\r\n";
  }
  for (const auto& [name, file] : form.files) {
    body += start + "name=" + quoted(name) + "; filename=" + quoted(file.filename);
    body += "\r\nContent-Type: " + file.content_type + "\r\n\r\n" + file.body + "\r\n";
  }
  return body + "--" + std::string(kBoundary) + "--";
}

void require_same(const Form& a, const Form& b) {
  const bool are_same =
      std::equal(a.arguments.begin(), a.arguments.end(), b.arguments.begin(), b.arguments.end(),
                 [](const Argument& x, const Argument& y) {
                   return x.name == y.name && x.value == y.value;
                 }) &&
      std::equal(a.files.begin(), a.files.end(), b.files.begin(), b.files.end(),
                 [](const auto& x, const auto& y) {
                   return x.first == y.first && x.second.filename == y.second.filename &&
                          x.second.body == y.second.body &&
                          x.second.content_type == y.second.content_type;
                 });
  fuzz::require(are_same, "what is written is read as the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return 0;
  const std::string_view body = text.substr(end + 1);
  Form form;
  const FormLimits limits{.max_parts = 20, .max_part_header_size = 500};
  try {
    parse_multipart_form_data(text.substr(0, end), body, form.arguments, form.files, limits);
  } catch (const HTTPInputError&) {
    fuzz::require(form.arguments.empty() && form.files.empty(), "all or nothing");
    return 0;
  }
  fuzz::require(form.arguments.size() + form.files.size() <= limits.max_parts, "the limit holds");
  std::size_t content = 0;
  for (const auto& [name, value] : form.arguments) content += name.size() + value.size();
  for (const auto& [name, file] : form.files) {
    fuzz::require(!file.filename.empty(), "a file has a name");
    content += name.size() + file.body.size();
  }
  fuzz::require(content <= body.size(), "no more comes out than went in");
  if (body.find(kBoundary) != std::string_view::npos) return 0;
  Form again;
  parse_multipart_form_data(kBoundary, write(form), again.arguments, again.files);
  require_same(form, again);
  return 0;
}
