#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <bora/web/detail/handler_calls.h>

// The endpoints of generated routes, and the checks on the classes that a manifest names. Only
// <bora/generated_routes.h> includes this.

namespace bora::web {

namespace detail {

/// Whether a capture of a route can be passed as a `Parameter` without loss: text as text, a whole
/// number as any integer type (404 for one that does not fit), anything else as its own type. Kinds
/// are not mixed, so that parameters in the wrong order are found when the program is built.
template <class Value, class Parameter>
consteval bool takes_capture() {
  using Plain = std::remove_cvref_t<Parameter>;
  if constexpr (std::is_lvalue_reference_v<Parameter> &&
                !std::is_const_v<std::remove_reference_t<Parameter>>) {
    return false;
  } else if constexpr (std::is_same_v<Plain, Value>) {
    return true;
  } else if constexpr (is_optional<Value>) {
    if constexpr (is_optional<Plain>) {
      return takes_capture<typename Value::value_type, typename Plain::value_type>();
    } else {
      return false;
    }
  } else if constexpr (is_optional<Plain>) {
    return takes_capture<Value, typename Plain::value_type>();
  } else if constexpr (std::is_same_v<Value, std::string_view>) {
    return std::is_same_v<Plain, std::string>;
  } else if constexpr (std::is_same_v<Value, std::int64_t> ||
                       std::is_same_v<Value, std::uint64_t>) {
    return std::is_integral_v<Plain> && !std::is_same_v<Plain, bool>;
  } else {
    return requires { Plain{std::declval<Value>()}; };
  }
}

template <class Parameter, class Value>
Parameter capture_as(const PathArgs& arguments, std::size_t index) {
  if constexpr (std::is_same_v<Parameter, Value> || !is_convertible_capture<Parameter>) {
    return captured<Value>(arguments, index);
  } else {
    return convert_capture<Parameter>(arguments, index);
  }
}

}  // namespace detail

// The names that generated routes use. A route names its handler through a small struct,
//
//     struct bora_handler_0 { using type = shop::Entry; };
//
// and each check is a static_assert of its own that stands at the handler's name in routes.toml.
// When the class does not exist, the compiler has said so at that place, and goes on without the
// member `type` (g++) or with `int` in its place (clang): then every check passes, so that nothing
// is reported twice.
namespace build {

template <class Name>
struct HandlerOf {
  using type = int;
};
template <class Name>
  requires requires { typename Name::type; }
struct HandlerOf<Name> {
  using type = typename Name::type;
};

template <class Name>
inline constexpr bool is_unknown = std::is_same_v<typename HandlerOf<Name>::type, int>;

template <class Name>
inline constexpr bool is_defined = requires { sizeof(typename HandlerOf<Name>::type); };

template <class Name>
consteval bool check_derives() {
  if constexpr (is_unknown<Name> || !is_defined<Name>) {
    return true;
  } else {
    return detail::IsHandler<typename HandlerOf<Name>::type>;
  }
}
template <class Name>
inline constexpr bool derives = check_derives<Name>();

template <class Name>
consteval bool check_concrete() {
  if constexpr (is_unknown<Name> || !is_defined<Name> || !derives<Name>) {
    return true;
  } else {
    return !std::is_abstract_v<typename HandlerOf<Name>::type>;
  }
}
template <class Name>
inline constexpr bool is_concrete = check_concrete<Name>();

template <class Name>
consteval bool check_constructible() {
  if constexpr (is_unknown<Name> || !is_defined<Name> || !derives<Name> || !is_concrete<Name>) {
    return true;
  } else {
    return std::is_default_constructible_v<typename HandlerOf<Name>::type>;
  }
}
template <class Name>
inline constexpr bool is_constructible = check_constructible<Name>();

/// Whether nothing was wrong so far, so that the methods can be checked.
template <class Name>
inline constexpr bool is_usable = !is_unknown<Name> && is_defined<Name> && derives<Name> &&
                                  is_concrete<Name> && is_constructible<Name>;

template <class Name>
consteval bool check_initialize() {
  if constexpr (is_usable<Name>) {
    return detail::initialize_fits<typename HandlerOf<Name>::type>();
  } else {
    return true;
  }
}
template <class Name>
inline constexpr bool initialize_fits = check_initialize<Name>();

template <class Name>
consteval bool check_prepare() {
  if constexpr (is_usable<Name>) {
    return detail::prepare_fits<typename HandlerOf<Name>::type>();
  } else {
    return true;
  }
}
template <class Name>
inline constexpr bool prepare_fits = check_prepare<Name>();

template <class Name>
consteval bool check_data_received() {
  if constexpr (is_usable<Name>) {
    return detail::data_received_fits<typename HandlerOf<Name>::type>();
  } else {
    return true;
  }
}
template <class Name>
inline constexpr bool data_received_fits = check_data_received<Name>();

template <class Name>
consteval bool check_supported_methods() {
  if constexpr (is_usable<Name>) {
    return detail::supported_methods_fit<typename HandlerOf<Name>::type>();
  } else {
    return true;
  }
}
template <class Name>
inline constexpr bool supported_methods_fit = check_supported_methods<Name>();

/// Stands for a member of an Init that the handler does not have: it accepts any value.
struct Anything {
  template <class... Values>
  constexpr Anything(Values&&...) {}
};

/// A string of an array of `init`: an element may be a std::string_view or a std::string.
struct InitText {
  std::string_view text;
  constexpr operator std::string_view() const { return text; }
  operator std::string() const { return std::string(text); }
};

template <class Name>
consteval bool check_takes_init() {
  if constexpr (is_usable<Name>) {
    return detail::TakesInit<typename HandlerOf<Name>::type>;
  } else {
    return true;
  }
}
/// Whether the handler has an initialize() for the manifest's `init`.
template <class Name>
inline constexpr bool takes_init = check_takes_init<Name>();

template <class Name, class Fallback>
struct InitType {
  using type = Fallback;
};
template <class Name, class Fallback>
  requires(is_usable<Name> && takes_init<Name>)
struct InitType<Name, Fallback> {
  using type = typename HandlerOf<Name>::type::Init;
};
/// The handler's Init, or a stand-in that always fits where its lack was reported.
template <class Name, class Fallback>
using InitOf = typename InitType<Name, Fallback>::type;

template <class Name, class Init>
void initialize([[maybe_unused]] RequestHandler& handler, [[maybe_unused]] const Init& init) {
  if constexpr (is_usable<Name> && takes_init<Name>) {
    static_cast<typename HandlerOf<Name>::type&>(handler).initialize(init);
  }
}

// An object of `init` is named through a struct, as a filter is: struct bora_object_0 { static
// constexpr auto& object = shop::db; }. If the member is missing, the compiler has said what is
// wrong.

template <class Name>
concept KnowsObject = requires { Name::object; };

template <class Name, class Member>
inline constexpr bool takes_address = false;
template <KnowsObject Name, class Member>
  requires std::is_pointer_v<Member>
inline constexpr bool takes_address<Name, Member> =
    std::is_convertible_v<decltype(&Name::object), Member>;

template <class Name, class Member>
consteval bool check_object() {
  if constexpr (!KnowsObject<Name>) {
    return true;
  } else {
    return takes_address<Name, Member> || std::is_assignable_v<Member&, decltype((Name::object))>;
  }
}
/// Whether a member of an Init can point to the object, or copy it.
template <class Name, class Member>
inline constexpr bool takes_object = check_object<Name, Member>();

/// The same for the member that `get` returns; a missing member is not reported here.
template <class Name, class Init, class Get>
consteval bool member_takes_object(Get) {
  if constexpr (std::is_invocable_v<Get, Init&>) {
    return takes_object<Name, std::remove_reference_t<std::invoke_result_t<Get, Init&>>>;
  } else {
    return true;
  }
}

template <class Name, class Member>
void set_object([[maybe_unused]] Member& member) {
  if constexpr (KnowsObject<Name> && takes_object<Name, Member>) {
    if constexpr (takes_address<Name, Member>) {
      member = &Name::object;
    } else {
      member = Name::object;
    }
  }
}

/// Whether the result of current_user() can say that there is a user: a pointer or an optional that
/// is not empty, or a string with text.
template <class User>
concept TellsPresence = requires(const User& user) { static_cast<bool>(user); } ||
                        requires(const User& user) { static_cast<bool>(user.empty()); };
template <class Handler>
concept KnowsUser = requires(Handler& handler) {
  handler.current_user();
} && TellsPresence<std::remove_cvref_t<decltype(std::declval<Handler&>().current_user())>>;

template <class Name>
consteval bool check_knows_user() {
  if constexpr (is_usable<Name>) {
    return KnowsUser<typename HandlerOf<Name>::type>;
  } else {
    return true;
  }
}
/// For an authenticated route: whether the handler can tell who is logged in.
template <class Name>
inline constexpr bool knows_user = check_knows_user<Name>();

template <class Name>
bool has_user([[maybe_unused]] RequestHandler& handler) {
  if constexpr (is_usable<Name> && knows_user<Name>) {
    const auto& user = static_cast<typename HandlerOf<Name>::type&>(handler).current_user();
    if constexpr (requires { static_cast<bool>(user); }) {
      return static_cast<bool>(user);
    } else {
      return !user.empty();
    }
  } else {
    return false;
  }
}

template <class Name>
consteval bool check_websocket() {
  if constexpr (is_usable<Name>) {
    return detail::is_websocket<typename HandlerOf<Name>::type>;
  } else {
    return true;
  }
}
template <class Name>
inline constexpr bool opens_websockets = check_websocket<Name>();

// A filter is named through a struct, as a handler is: struct bora_filter_0 { static constexpr
// auto& function = log_it; }. If the member is missing, the compiler has said what is wrong.

template <class Name>
concept KnowsFilter = requires { Name::function; };

template <class Name>
consteval bool check_filter() {
  if constexpr (!KnowsFilter<Name>) {
    return true;
  } else {
    using Function = std::remove_reference_t<decltype(Name::function)>;
    return detail::FiltersAround<Function> || detail::FiltersBefore<Function>;
  }
}
/// Whether it is a function, or an object that is called like one, that may stand in `filters`.
template <class Name>
inline constexpr bool is_filter = check_filter<Name>();

template <class Name>
Task<void> filter([[maybe_unused]] RequestHandler& handler) {
  if constexpr (!KnowsFilter<Name> || !is_filter<Name>) {
    return {};
  } else {
    return detail::call_filter(Name::function, handler);
  }
}

// A filter that the manifest makes an object of, { filter = "shop::Limit", … }, is a class with a
// struct Options, from which it is made. It is named through a struct, as a handler is.

template <class Name>
concept KnowsFilterClass =
    requires { typename Name::type; } && !std::is_same_v<typename Name::type, int>;
template <class Filter>
concept TakesOptions = std::is_default_constructible_v<typename Filter::Options> &&
                       std::is_constructible_v<Filter, typename Filter::Options>;

template <class Name>
consteval bool check_filter_class() {
  if constexpr (!KnowsFilterClass<Name>) {
    return true;
  } else {
    using Filter = typename Name::type;
    return detail::FiltersAround<Filter> || detail::FiltersBefore<Filter>;
  }
}
/// Whether objects of the class may stand in `filters`.
template <class Name>
inline constexpr bool is_filter_class = check_filter_class<Name>();

template <class Name>
consteval bool check_takes_options() {
  if constexpr (!KnowsFilterClass<Name> || !is_filter_class<Name>) {
    return true;
  } else {
    return TakesOptions<typename Name::type>;
  }
}
template <class Name>
inline constexpr bool takes_options = check_takes_options<Name>();

template <class Name, class Fallback>
struct OptionsType {
  using type = Fallback;
};
template <class Name, class Fallback>
  requires(KnowsFilterClass<Name> && is_filter_class<Name> && takes_options<Name>)
struct OptionsType<Name, Fallback> {
  using type = typename Name::type::Options;
};
/// The filter's Options, or a stand-in that always fits where its lack was reported.
template <class Name, class Fallback>
using OptionsOf = typename OptionsType<Name, Fallback>::type;

/// The object, made by the Application or at the first call.
template <class Name, auto make>
struct OwnFilter {
  using Kept = typename Name::type;
  static Kept& object() {
    static Kept filter(make());
    return filter;
  }
  static void make_now() { object(); }
  static Task<void> call(RequestHandler& handler) { return detail::call_filter(object(), handler); }
  static void begin(http::HTTPServerRequest& request, void*) { object().begin(request); }
};

/// @param make  Returns the Options.
template <class Name, auto make>
constexpr web::Filter own_filter() {
  if constexpr (!KnowsFilterClass<Name>) {
    return {&filter<Name>};
  } else if constexpr (!is_filter_class<Name> || !takes_options<Name>) {
    return {&filter<Name>};
  } else {
    using Own = OwnFilter<Name, make>;
    Filter::Early early = nullptr;
    if constexpr (detail::FiltersEarly<typename Name::type>) early = &Own::begin;
    return {&Own::call, early, &Own::make_now};
  }
}

template <class Pointer>
inline constexpr bool takes_values = true;
template <detail::Known Pointer>
inline constexpr bool takes_values<Pointer> = detail::Signature<Pointer>::takes_values;

/// Whether `Pointer` is one function that takes as many values as the path has captures.
template <class Pointer, std::size_t count>
inline constexpr bool has_arity = false;
template <detail::Known Pointer, std::size_t count>
inline constexpr bool has_arity<Pointer, count> = detail::Signature<Pointer>::arity == count;

/// The handler `Name` on a path whose captures are of the types `Values` (std::int64_t or
/// std::string_view).
template <class Name, class... Values>
struct Path {
  using Handler = typename HandlerOf<Name>::type;
  static constexpr bool is_usable = build::is_usable<Name> && initialize_fits<Name> &&
                                    prepare_fits<Name> && data_received_fits<Name> &&
                                    supported_methods_fit<Name>;

  template <Method method>
  static consteval bool is_defined() {
    if constexpr (is_usable) {
      using Verb = detail::VerbOf<method, Handler>;
      return detail::opens_silently<method, Handler> || Verb::template is_defined<Handler>() ||
             Verb::template accepts<Handler, Values...>;
    } else {
      return false;
    }
  }

  /// Whether the method exists, takes the captures and returns what it should.
  template <Method method>
  static consteval bool fits() {
    if constexpr (!is_usable) {
      return true;
    } else if constexpr (detail::opens_silently<method, Handler>) {
      return true;
    } else {
      return verb_fits<detail::VerbOf<method, Handler>>();
    }
  }
  template <class Verb>
  static consteval bool verb_fits() {
    if constexpr (is_plain<Verb>()) {
      return takes_all(Parameters<Verb>{}) && detail::is_answer<typename Function<Verb>::Result>;
    } else if constexpr (Verb::template accepts<Handler, Values...>) {
      return detail::is_answer<decltype(Verb::call(std::declval<Handler&>(),
                                                   std::declval<Values>()...))>;
    } else {
      return false;
    }
  }

  template <Method method>
  static Task<void> call(RequestHandler& handler, const PathArgs& arguments) {
    if constexpr (detail::opens_silently<method, Handler>) {
      return detail::open_silently<Handler>(handler, arguments);
    } else {
      auto& own = static_cast<Handler&>(handler);
      return detail::answer_with<method>(
          own, [&] { return call_verb<detail::VerbOf<method, Handler>>(own, arguments); });
    }
  }
  template <auto function>
  static Task<void> call_own(RequestHandler& handler, const PathArgs& arguments) {
    return call_verb<detail::OwnVerb<function>>(static_cast<Handler&>(handler), arguments);
  }

 private:
  template <class Verb>
  using Function = detail::Signature<typename Verb::template Pointer<Handler>>;
  template <class Verb>
  using Parameters = typename Function<Verb>::Parameters;

  template <class Verb>
  static Task<void> call_verb(Handler& handler, const PathArgs& arguments) {
    if constexpr (is_plain<Verb>()) {
      return spread<Verb>(handler, arguments, Parameters<Verb>{},
                          std::index_sequence_for<Values...>());
    } else {
      return spread<Verb>(handler, arguments, detail::TypeList<Values...>{},
                          std::index_sequence_for<Values...>());
    }
  }

  /// Whether it is not overloaded and no template: each parameter's type is known, and the capture
  /// is converted to it.
  template <class Verb>
  static consteval bool is_plain() {
    if constexpr (Verb::template is_named<Handler>) {
      return has_arity<typename Verb::template Pointer<Handler>, sizeof...(Values)>;
    } else {
      return false;
    }
  }

  template <class... Parameter>
  static consteval bool takes_all(detail::TypeList<Parameter...>) {
    return (detail::takes_capture<Values, Parameter>() && ...);
  }

  template <class Verb, class... Parameter, std::size_t... Index>
  static Task<void> spread(Handler& handler, [[maybe_unused]] const PathArgs& arguments,
                           detail::TypeList<Parameter...>, std::index_sequence<Index...>) {
    return detail::call<Verb, Handler, has_value_parameters<Verb>(),
                        std::remove_cvref_t<Parameter>...>(
        handler, detail::capture_as<std::remove_cvref_t<Parameter>, Values>(arguments, Index)...);
  }

  template <class Verb>
  static consteval bool has_value_parameters() {
    if constexpr (Verb::template is_named<Handler>) {
      return takes_values<typename Verb::template Pointer<Handler>>;
    } else {
      return false;
    }
  }
};

/// For a route that lists `method`: whether the method exists and fits.
template <class Path, Method method>
inline constexpr bool answers = Path::template fits<method>();

/// For a route that lists no methods: whether the method fits if it exists.
template <class Path, Method method>
inline constexpr bool may_answer =
    !Path::template is_defined<method>() || Path::template fits<method>();

template <class Path>
concept HasOwnMethods = Path::is_usable && detail::SupportsMore<typename Path::Handler>;

/// For a route that lists `wanted`: whether it is one of the handler's SupportedMethods, and fits.
template <class Path, MethodName wanted>
consteval bool check_own_method() {
  bool fits = !Path::is_usable;
  if constexpr (HasOwnMethods<Path>) {
    const auto look = [&fits]<MethodName name, auto function>() {
      if constexpr (name.view() == wanted.view())
        fits = Path::template verb_fits<detail::OwnVerb<function>>();
    };
    detail::visit_methods(typename Path::Handler::SupportedMethods{}, look);
  }
  return fits;
}
template <class Path, MethodName wanted>
inline constexpr bool answers_own = check_own_method<Path, wanted>();

/// For a route that lists no methods: whether all of the handler's SupportedMethods fit.
template <class Path>
consteval bool check_own_methods() {
  bool fits = true;
  if constexpr (HasOwnMethods<Path>) {
    const auto look = [&fits]<MethodName name, auto function>() {
      fits = fits && Path::template verb_fits<detail::OwnVerb<function>>();
    };
    detail::visit_methods(typename Path::Handler::SupportedMethods{}, look);
  }
  return fits;
}
template <class Path>
inline constexpr bool may_answer_own = check_own_methods<Path>();

/// The calls of `names`, or all of them if there are none.
template <class Path, MethodName... names>
consteval auto make_own_calls() {
  detail::OwnCalls<detail::own_method_count<typename Path::Handler>()> own{};
  std::size_t count = 0;
  const auto add = [&]<MethodName name, auto function>() {
    constexpr bool is_listed = sizeof...(names) == 0 || ((name.view() == names.view()) || ...);
    if constexpr (is_listed && Path::template verb_fits<detail::OwnVerb<function>>()) {
      own.calls[count++] = {detail::method_name<name>, &Path::template call_own<function>, 0};
    }
  };
  detail::visit_methods(typename Path::Handler::SupportedMethods{}, add);
  return std::pair(own, count);
}
template <class Path, MethodName... names>
inline constexpr auto own_calls = make_own_calls<Path, names...>();

template <class Path, std::size_t... Index>
consteval bool defines_any(std::index_sequence<Index...>) {
  return HasOwnMethods<Path> || (Path::template is_defined<static_cast<Method>(Index)>() || ...);
}

/// Whether the handler has at least one method.
template <class Path>
inline constexpr bool answers_anything =
    !Path::is_usable || defines_any<Path>(std::make_index_sequence<kMethodCount>());

template <class Path, Method method>
constexpr void add_call(Endpoint& endpoint) {
  if constexpr (Path::template is_defined<method>() && Path::template fits<method>()) {
    endpoint.calls[static_cast<std::size_t>(method)] = &Path::template call<method>;
  }
}

template <class Path, MethodMask methods, MethodName... own, std::size_t... Index>
constexpr Endpoint endpoint(std::index_sequence<Index...>) {
  if constexpr (Path::is_usable) {
    Endpoint endpoint = detail::bare_endpoint<typename Path::Handler>();
    const auto add = [&endpoint]<std::size_t index>() {
      if constexpr ((methods >> index & 1) != 0)
        add_call<Path, static_cast<Method>(index)>(endpoint);
    };
    (add.template operator()<Index>(), ...);
    if constexpr (HasOwnMethods<Path> && ((methods & kOwnMethods) != 0 || sizeof...(own) > 0)) {
      endpoint.own_calls = {own_calls<Path, own...>.first.calls, own_calls<Path, own...>.second};
    }
    return endpoint;
  } else {
    return {};
  }
}

/// The Endpoint of a generated route: the ones of `methods` that the handler defines, and of its
/// SupportedMethods those in `own`, or all.
/// @param initialize  Calls the handler's initialize() instead of the plain call; may be null.
template <class Path, MethodMask methods, MethodName... own>
constexpr Endpoint endpoint(void (*initialize)(RequestHandler&) = nullptr) {
  Endpoint result = endpoint<Path, methods, own...>(std::make_index_sequence<kMethodCount>());
  if (initialize != nullptr) result.initialize = initialize;
  return result;
}

}  // namespace build
}  // namespace bora::web
