#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "templates-lang/template_source.h"

namespace bora::testing {

/// Templates from a map, for tests. Counts how often each is loaded.
class MemoryTemplates : public lang::TemplateSource {
 public:
  explicit MemoryTemplates(std::map<std::string, std::string, std::less<>> files)
      : files_(std::move(files)) {}

  /// Makes loading `name` fail as an unreadable file does.
  void break_file(const std::string& name, const std::string& reason) { broken_[name] = reason; }

  Loaded load(std::string_view name) override {
    ++loads[std::string(name)];
    const auto broken = broken_.find(name);
    if (broken != broken_.end()) return {Status::unreadable, nullptr, broken->second};
    const auto file = files_.find(name);
    if (file == files_.end()) return {};
    return {Status::ok, std::make_shared<const lang::SourceText>(file->first, file->second), {}};
  }

  std::vector<std::string> names() override {
    std::vector<std::string> names;
    for (const auto& [name, text] : files_) names.push_back(name);
    return names;
  }

  std::map<std::string, int> loads;

 private:
  std::map<std::string, std::string, std::less<>> files_;
  std::map<std::string, std::string, std::less<>> broken_;
};

}  // namespace bora::testing
