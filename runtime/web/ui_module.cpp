#include <bora/web/ui_module.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string>

#include "runtime/web/request_extras.h"

namespace bora::web {
namespace {

/// Stands for all templates that are used as modules.
class TemplateModule : public UIModule {
 public:
  void set_resources(std::string_view template_name, ModuleResources resources) {
    for (const Declared& declared : declared_) {
      if (declared.template_name != template_name) continue;
      if (declared.resources == resources) return;
      throw std::invalid_argument("template '" + declared.template_name +
                                  "': set_resources() called with different resources");
    }
    declared_.push_back({std::string(template_name), std::move(resources)});
  }

  std::string embedded_javascript() override {
    return joined(&ModuleResources::embedded_javascript, "\n");
  }
  std::vector<std::string> javascript_files() override {
    return gathered(&ModuleResources::javascript_files);
  }
  std::string embedded_css() override { return joined(&ModuleResources::embedded_css, "\n"); }
  std::vector<std::string> css_files() override { return gathered(&ModuleResources::css_files); }
  std::string html_head() override { return joined(&ModuleResources::html_head, ""); }
  std::string html_body() override { return joined(&ModuleResources::html_body, ""); }

 private:
  struct Declared {
    std::string template_name;
    ModuleResources resources;
  };

  [[nodiscard]] std::string joined(std::string ModuleResources::* member,
                                   std::string_view separator) const {
    std::string text;
    for (const Declared& declared : declared_) {
      const std::string& piece = declared.resources.*member;
      if (!text.empty() && !piece.empty()) text += separator;
      text += piece;
    }
    return text;
  }

  [[nodiscard]] std::vector<std::string> gathered(
      std::vector<std::string> ModuleResources::* member) const {
    std::vector<std::string> all;
    for (const Declared& declared : declared_) {
      const auto& pieces = declared.resources.*member;
      all.insert(all.end(), pieces.begin(), pieces.end());
    }
    return all;
  }

  std::vector<Declared> declared_;
};

}  // namespace

UIModule* ModuleScope::find(const void* type) const {
  const auto& modules = handler_.extras().modules;
  const auto active = std::find_if(modules.begin(), modules.end(),
                                   [&](const auto& one) { return one.type == type; });
  return active == modules.end() ? nullptr : active->module.get();
}

UIModule& ModuleScope::add(const void* type, std::unique_ptr<UIModule> module) const {
  module->handler_ = &handler_;
  auto& modules = handler_.extras().modules;
  modules.push_back({type, std::move(module)});
  return *modules.back().module;
}

void ModuleScope::set_resources(std::string_view template_name, ModuleResources resources) const {
  instance<TemplateModule>().set_resources(template_name, std::move(resources));
}

}  // namespace bora::web
