#include "compiler/routes/host_pattern.h"

#include <algorithm>
#include <utility>

#include "compiler/routes/codes.h"
#include "compiler/routes/cpp_names.h"
#include "templates-lang/characters.h"

namespace bora::compiler {
namespace {

constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;

class HostReader {
 public:
  HostReader(const Text& text, const lang::SourcePtr& source, lang::DiagnosticSink& sink)
      : text_(text), source_(source), sink_(sink) {}

  std::optional<HostPattern> read() {
    for (const char c : text_.text) host_.text += lang::to_lower(c);
    if (host_.text.size() > 1 && host_.text.ends_with('.')) host_.text.pop_back();
    host_.span = text_.span;
    if (text_.empty())
      return fail(codes::kEmptyValue, 0, 0, "the host is empty",
                  "without a host, leave the key out");
    if (text_.text.size() > kMaxHostBytes)
      return fail(codes::kBadHost, 0, text_.text.size(), "the host is too long", "");
    std::size_t begin = 0;
    while (true) {
      const std::size_t end = std::min(host_.text.find('.', begin), host_.text.size());
      if (!read_label(begin, end)) return std::nullopt;
      if (end == host_.text.size()) break;
      begin = end + 1;
    }
    host_.text = written_out();
    return std::move(host_);
  }

 private:
  [[nodiscard]] std::string written_out() const {
    std::string result;
    std::size_t parameter = 0;
    for (const HostPattern::Label& label : host_.labels) {
      if (!result.empty()) result += '.';
      result += label.is_parameter ? "{" + host_.parameters[parameter++].name + "}" : label.literal;
    }
    return result;
  }

  bool read_label(std::size_t begin, std::size_t end) {
    const std::string label = host_.text.substr(begin, end - begin);
    if (label.empty()) {
      fail(codes::kBadHost, begin, end, "the host has an empty label",
           "such as 'api.example.com' or '{tenant}.example.com'");
      return false;
    }
    if (label.front() == '{' && label.back() == '}') return read_parameter(begin, end);
    return read_literal(label, begin, end);
  }

  bool read_parameter(std::size_t begin, std::size_t end) {
    // The name is taken from text_, since host_.text is in lower case.
    const std::string name = text_.text.substr(begin + 1, end - begin - 2);
    if (!is_plain_identifier(name)) {
      fail(codes::kBadParameterName, begin, end, "this is no parameter of a host",
           "a parameter is one whole label: '{tenant}'");
      return false;
    }
    const auto same = std::ranges::find(host_.parameters, name, &PathParameter::name);
    if (same != host_.parameters.end()) {
      fail(codes::kParameterTwice, begin, end, "the parameter '" + name + "' stands twice", "");
      return false;
    }
    PathParameter parameter;
    parameter.name = name;
    parameter.begin = text_.part(begin + 1, end - 1).begin;
    parameter.end = text_.part(begin + 1, end - 1).end;
    host_.parameters.push_back(std::move(parameter));
    host_.labels.push_back({"", true});
    return true;
  }

  bool read_literal(const std::string& label, std::size_t begin, std::size_t end) {
    const auto is_wrong = [](char c) {
      return static_cast<unsigned char>(c) >= 0x80 || (!lang::is_word_byte(c) && c != '-');
    };
    const auto wrong = std::ranges::find_if(label, is_wrong);
    if (wrong != label.end()) {
      const std::size_t at = begin + static_cast<std::size_t>(wrong - label.begin());
      fail(codes::kBadHost, at, at + 1, "a host can't hold this character",
           *wrong == ':' ? "a host is matched without its port" : "");
      return false;
    }
    if (label.size() > kMaxLabelBytes) {
      fail(codes::kBadHost, begin, end, "a label of a host is no longer than 63 characters", "");
      return false;
    }
    host_.labels.push_back({label, false});
    return true;
  }

  std::nullopt_t fail(const char* code, std::size_t begin, std::size_t end, std::string message,
                      std::string help) {
    sink_.report(
        lang::error_at(code, source_, text_.part(begin, end), std::move(message), std::move(help)));
    return std::nullopt;
  }

  const Text& text_;
  const lang::SourcePtr& source_;
  lang::DiagnosticSink& sink_;
  HostPattern host_;
};

}  // namespace

std::string HostPattern::shape() const {
  std::string result;
  for (const Label& label : labels) {
    if (!result.empty()) result += '.';
    result += label.is_parameter ? "{}" : label.literal;
  }
  return result;
}

std::optional<HostPattern> parse_host_pattern(const Text& text, const lang::SourcePtr& source,
                                              lang::DiagnosticSink& sink) {
  return HostReader(text, source, sink).read();
}

}  // namespace bora::compiler
