#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <bora/render/markup.h>
#include <bora/render/output.h>
#include <bora/web/request_handler.h>

namespace bora::web {

/// A part of pages with code of its own: a class that templates call by name,
/// `{% module Entry(post) %}`. Derive from it and define render() with the arguments that it should
/// take:
///
///     class Entry : public bora::web::UIModule {
///      public:
///       std::string render(const Post& post) {
///         return render_string(views::entry_module{.post = post});
///       }
///       std::vector<std::string> css_files() override { return {"entry.css"}; }
///     };
///
/// render() returns HTML, which is not escaped, as a string or Markup; or it returns nothing and
/// calls write(). One object serves all calls of a class within one request. The hooks are called
/// once, when the page was written, and RequestHandler::render() puts their results into it.
class UIModule {
 public:
  UIModule() = default;
  UIModule(const UIModule&) = delete;
  UIModule& operator=(const UIModule&) = delete;
  virtual ~UIModule() = default;

  /// JavaScript for a script element before `</body>`.
  virtual std::string embedded_javascript() { return {}; }
  /// Scripts to link before `</body>`. A name without "/", "http:" or "https:" in front goes
  /// through static_url().
  virtual std::vector<std::string> javascript_files() { return {}; }
  /// CSS for a style element before `</head>`.
  virtual std::string embedded_css() { return {}; }
  /// Style sheets to link before `</head>`; names as for javascript_files().
  virtual std::vector<std::string> css_files() { return {}; }
  /// HTML to put before `</head>`.
  virtual std::string html_head() { return {}; }
  /// HTML to put before `</body>`.
  virtual std::string html_body() { return {}; }

 protected:
  // These belong to the request that the module serves; they can't be called in its constructor.

  [[nodiscard]] RequestHandler& handler() const { return *handler_; }
  [[nodiscard]] http::HTTPServerRequest& request() const { return handler_->request(); }
  [[nodiscard]] const Locale& locale() const { return handler_->locale(); }
  [[nodiscard]] const std::string& current_user() const { return handler_->current_user(); }

  /// The same as RequestHandler::render_string().
  template <class Page>
  std::string render_string(const Page& page) {
    return handler_->render_string(page);
  }

  /// Writes HTML where the module stands in its page. Call it only within render().
  void write(std::string_view html) { out_->append(html); }

 private:
  friend class ModuleScope;

  RequestHandler* handler_ = nullptr;
  render::Output* out_ = nullptr;  ///< set while render() runs
};

/// The resources that `{{ set_resources({.css_files = {"a.css"}}) }}` declares; see the hooks of
/// UIModule.
struct ModuleResources {
  std::string embedded_javascript{};
  std::vector<std::string> javascript_files{};
  std::string embedded_css{};
  std::vector<std::string> css_files{};
  std::string html_head{};
  std::string html_body{};

  bool operator==(const ModuleResources&) const = default;
};

namespace detail {

template <class Module>
concept is_module = std::derived_from<Module, UIModule> && std::default_initializable<Module>;

template <class Module, class... Arguments>
concept takes = requires(Module& module, Arguments&&... arguments) {
  module.render(std::forward<Arguments>(arguments)...);
};

template <class Result>
concept is_module_result = std::is_void_v<Result> || std::convertible_to<Result, std::string_view>;

template <class Module, class... Arguments>
concept is_module_call =
    is_module<Module> && takes<Module, Arguments...> &&
    is_module_result<decltype(std::declval<Module&>().render(std::declval<Arguments>()...))>;

// These are constants rather than concepts: compilers do not list the parts of a constant that is
// false, which only matter for the call that was meant.
template <class Module>
inline constexpr bool is_no_module = !is_module<Module>;
template <class Module, class... Arguments>
inline constexpr bool has_wrong_arguments = is_module<Module> && !takes<Module, Arguments...>;
template <class Module, class... Arguments>
inline constexpr bool has_wrong_result =
    is_module<Module> && takes<Module, Arguments...> && !is_module_call<Module, Arguments...>;

/// An address that differs for each class.
template <class Module>
inline constexpr char module_type = 0;

// The names of these types are the compiler's messages when a template calls a module wrongly.
struct a_module_must_be_a_class_derived_from_bora_web_UIModule_with_a_default_constructor;
struct these_arguments_do_not_fit_the_render_function_of_the_module;
struct render_of_a_module_must_return_a_string_or_Markup_or_nothing;

}  // namespace detail

/// The modules of one request, as generated code reaches them: `{% module Entry(post) %}` is
/// `modules.render<Entry>(post)`, and `{{ modules.Entry(post) }}` is `modules.markup<Entry>(post)`.
class ModuleScope {
 public:
  ModuleScope(render::Output& out, RequestHandler& handler) : out_(out), handler_(handler) {}

  /// Writes the module's HTML into the page.
  template <class Module, class... Arguments>
    requires detail::is_module_call<Module, Arguments...>
  void render(Arguments&&... arguments) const {
    write<Module>(out_, std::forward<Arguments>(arguments)...);
  }

  /// Returns the module's HTML.
  template <class Module, class... Arguments>
    requires detail::is_module_call<Module, Arguments...>
  [[nodiscard]] render::Markup markup(Arguments&&... arguments) const {
    render::Output html;
    write<Module>(html, std::forward<Arguments>(arguments)...);
    return render::Markup(std::string(html.text()));
  }

  // These are deleted rather than absent: compilers then report the call, in the template's own
  // line.

  template <class Module, class... Arguments>
    requires(detail::is_no_module<Module>)
  detail::a_module_must_be_a_class_derived_from_bora_web_UIModule_with_a_default_constructor render(
      Arguments&&...) const = delete;
  template <class Module, class... Arguments>
    requires(detail::has_wrong_arguments<Module, Arguments...>)
  detail::these_arguments_do_not_fit_the_render_function_of_the_module render(
      Arguments&&...) const = delete;
  template <class Module, class... Arguments>
    requires(detail::has_wrong_result<Module, Arguments...>)
  detail::render_of_a_module_must_return_a_string_or_Markup_or_nothing render(
      Arguments&&...) const = delete;

  template <class Module, class... Arguments>
    requires(detail::is_no_module<Module>)
  detail::a_module_must_be_a_class_derived_from_bora_web_UIModule_with_a_default_constructor markup(
      Arguments&&...) const = delete;
  template <class Module, class... Arguments>
    requires(detail::has_wrong_arguments<Module, Arguments...>)
  detail::these_arguments_do_not_fit_the_render_function_of_the_module markup(
      Arguments&&...) const = delete;
  template <class Module, class... Arguments>
    requires(detail::has_wrong_result<Module, Arguments...>)
  detail::render_of_a_module_must_return_a_string_or_Markup_or_nothing markup(
      Arguments&&...) const = delete;

  /// Declares the resources of `{% module Template("NAME") %}`.
  /// @throws std::invalid_argument  The same template declared something else before.
  void set_resources(std::string_view template_name, ModuleResources resources) const;

 private:
  template <class Module, class... Arguments>
  void write(render::Output& out, Arguments&&... arguments) const {
    Module& module = instance<Module>();
    const Writing writing(module, out);
    using Result = decltype(module.render(std::forward<Arguments>(arguments)...));
    if constexpr (std::is_void_v<Result>) {
      module.render(std::forward<Arguments>(arguments)...);
    } else {
      const auto& html = module.render(std::forward<Arguments>(arguments)...);
      out.append(static_cast<std::string_view>(html));
    }
  }

  /// Sets where a module writes. It can be nested, because a module may call itself.
  class Writing {
   public:
    Writing(UIModule& module, render::Output& out) : module_(module), before_(module.out_) {
      module.out_ = &out;
    }
    ~Writing() { module_.out_ = before_; }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

   private:
    UIModule& module_;
    render::Output* before_;
  };

  template <class Module>
  Module& instance() const {
    UIModule* module = find(&detail::module_type<Module>);
    if (module == nullptr) module = &add(&detail::module_type<Module>, std::make_unique<Module>());
    return static_cast<Module&>(*module);
  }
  UIModule* find(const void* type) const;
  UIModule& add(const void* type, std::unique_ptr<UIModule> module) const;

  render::Output& out_;
  RequestHandler& handler_;
};

/// `set_resources(…)` in a template that is rendered by `{% module Template("NAME") %}`.
class SetResources {
 public:
  /// @param template_name  A literal.
  SetResources(render::Output& out, RequestHandler& handler, std::string_view template_name)
      : modules_(out, handler), template_name_(template_name) {}

  /// @returns  Empty markup, so that it can be called in `{{ }}`, as in Tornado.
  render::Markup operator()(ModuleResources resources) const {
    modules_.set_resources(template_name_, std::move(resources));
    return {};
  }

 private:
  ModuleScope modules_;
  std::string_view template_name_;
};

}  // namespace bora::web
