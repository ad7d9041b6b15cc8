#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <bora/core/task.h>
#include <bora/web/filter.h>
#include <bora/web/path_value.h>
#include <bora/web/route_table.h>
#include <bora/web/supported_methods.h>

// How a handler class becomes an Endpoint: which of the seven methods it defines, and a function
// for each that turns the path's captures into typed arguments.
//
// Two ways lead here. `endpoint_of<Handler>` serves url<Handler>("/pattern"): the pattern is text,
// so the captures are converted to whatever the method takes. Generated routes know the captures'
// types, so they check at build time that the method takes exactly these (namespace
// bora::web::build).

namespace bora::web {

namespace detail {

/// Knows one method name: whether a class has it, how to call it. Specialised below for each
/// Method.
template <Method>
struct Verb;

// A class has a member of a name, whatever it is (overloaded, private, inherited, a template), if
// the name becomes ambiguous beside another base that has it too. A final class can't be a base:
// there only what can be named is found.
#define BORA_DETAIL_MEMBER(METHOD)                                                 \
  {                                                                                \
    struct Rival {                                                                 \
      int METHOD;                                                                  \
    };                                                                             \
    template <class Handler>                                                       \
    struct Both : Handler, Rival {};                                               \
                                                                                   \
    template <class Handler>                                                       \
    static constexpr bool is_named = requires { &Handler::METHOD; };               \
    template <class Handler>                                                       \
    static constexpr bool is_type = requires { typename Handler::METHOD; };        \
                                                                                   \
    template <class Handler>                                                       \
    static consteval bool is_defined() {                                           \
      if constexpr (is_type<Handler>) {                                            \
        return false;                                                              \
      } else if constexpr (is_named<Handler>) {                                    \
        return !std::is_member_object_pointer_v<decltype(&Handler::METHOD)>;       \
      } else if constexpr (std::is_final_v<Handler>) {                             \
        return false;                                                              \
      } else {                                                                     \
        return !requires { &Both<Handler>::METHOD; };                              \
      }                                                                            \
    }                                                                              \
    template <class Handler>                                                       \
    using Pointer = decltype(&Handler::METHOD);                                    \
                                                                                   \
    template <class Handler, class... Values>                                      \
    static constexpr bool accepts = requires(Handler& handler, Values... values) { \
      handler.METHOD(static_cast<Values&&>(values)...);                            \
    };                                                                             \
    template <class Handler, class... Values>                                      \
    static decltype(auto) call(Handler& handler, Values&&... values) {             \
      return handler.METHOD(static_cast<Values&&>(values)...);                     \
    }                                                                              \
  };

template <>
struct Verb<Method::get> BORA_DETAIL_MEMBER(get) template <>
struct Verb<Method::head> BORA_DETAIL_MEMBER(head) template <>
struct Verb<Method::post> BORA_DETAIL_MEMBER(post) template <>
struct Verb<Method::delete_> BORA_DETAIL_MEMBER(delete_) template <>
struct Verb<Method::patch> BORA_DETAIL_MEMBER(patch) template <>
struct Verb<Method::put> BORA_DETAIL_MEMBER(put) template <>
struct Verb<Method::options> BORA_DETAIL_MEMBER(options)
    /// What a WebSocket handler has in place of get().
    struct OpenVerb BORA_DETAIL_MEMBER(open)
#undef BORA_DETAIL_MEMBER

    /// The base class of WebSocket handlers is known by this member.
    template <class Handler>
    concept is_websocket = requires {
  typename Handler::BoraWebSocket;
};

/// How `Handler` answers a method.
template <Method method, class Handler>
using VerbOf =
    std::conditional_t<is_websocket<Handler> && method == Method::get, OpenVerb, Verb<method>>;

/// Knows one of a class's SupportedMethods, as Verb does one of the seven.
template <auto function>
struct OwnVerb {
  template <class Handler>
  static constexpr bool is_named = true;
  template <class Handler>
  using Pointer = decltype(function);

  template <class Handler, class... Values>
  static constexpr bool accepts = requires(Handler& handler, Values... values) {
    (handler.*function)(static_cast<Values&&>(values)...);
  };
  template <class Handler, class... Values>
  static decltype(auto) call(Handler& handler, Values&&... values) {
    return (handler.*function)(static_cast<Values&&>(values)...);
  }
};

template <class Handler>
concept SupportsMore = requires { typename Handler::SupportedMethods; };

// Calls `visit.template operator()<name, function>()` for each of a class's SupportedMethods.
template <class Visit, MethodName name, auto function>
constexpr void visit_methods(Supports<name, function>, Visit& visit) {
  visit.template operator()<name, function>();
}
template <class Visit, class... Methods>
constexpr void visit_methods(SupportedMethods<Methods...>, Visit& visit) {
  (visit_methods(Methods{}, visit), ...);
}

template <class List>
inline constexpr bool is_method_list = false;
template <MethodName name, auto function>
inline constexpr bool is_method_list<Supports<name, function>> = true;
template <class... Methods>
inline constexpr bool is_method_list<SupportedMethods<Methods...>> =
    (is_method_list<Methods> && ...);

/// Neither one of the seven, which are found by their names, nor what no request has.
constexpr bool is_own_method(std::string_view name) {
  for (const std::string_view known :
       {"GET", "HEAD", "POST", "DELETE", "PATCH", "PUT", "OPTIONS", "CONNECT", "PRI"}) {
    if (name == known) return false;
  }
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_token = is_letter || (c >= '0' && c <= '9') ||
                          std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    if (!is_token) return false;
  }
  return !name.empty() && name.size() <= 32;
}

/// Each name is one, and there once.
template <class Handler>
consteval bool supported_methods_fit() {
  if constexpr (!SupportsMore<Handler>) {
    return true;
  } else if constexpr (!is_method_list<typename Handler::SupportedMethods>) {
    return false;
  } else {
    std::string_view names[64];
    std::size_t count = 0;
    bool fits = true;
    const auto look = [&]<MethodName name, auto function>() {
      fits = fits && count < 64 && is_own_method(name.view()) &&
             std::is_member_function_pointer_v<decltype(function)>;
      for (std::size_t i = 0; fits && i < count; ++i) fits = names[i] != name.view();
      if (fits) names[count++] = name.view();
    };
    visit_methods(typename Handler::SupportedMethods{}, look);
    return fits;
  }
}

/// A method's name, in memory that stays.
template <MethodName name>
inline constexpr std::string_view method_name{name.text, sizeof name.text - 1};

template <std::size_t size>
struct OwnCalls {
  Endpoint::OwnCall calls[size == 0 ? 1 : size];
};

/// A WebSocket handler needs no open().
template <Method method, class Handler>
inline constexpr bool opens_silently = false;
template <Method method, class Handler>
  requires(is_websocket<Handler> && method == Method::get)
inline constexpr bool opens_silently<method, Handler> = !OpenVerb::is_defined<Handler>();

/// Calls a method; for a WebSocket's GET, shakes hands before it.
template <Method method, class Handler, class Call>
Task<void> answer_with(Handler& handler, Call call) {
  if constexpr (is_websocket<Handler> && method == Method::get) {
    if (!handler.bora_accept(Handler::template bora_calls<Handler>())) return {};
    return handler.bora_opened(call());
  } else {
    return call();
  }
}

template <class Handler>
Task<void> open_silently(RequestHandler& handler, const PathArgs&) {
  return answer_with<Method::get>(static_cast<Handler&>(handler), [] { return Task<void>(); });
}

template <class...>
struct TypeList {};

/// The parameters and the result of a member function that is not overloaded.
template <class>
struct Signature;
template <class Class, class R, class... P>
struct Signature<R (Class::*)(P...)> {
  using Result = R;
  using Parameters = TypeList<P...>;
  static constexpr std::size_t arity = sizeof...(P);
  static constexpr bool takes_values = (!std::is_reference_v<P> && ...);
};
template <class Class, class R, class... P>
struct Signature<R (Class::*)(P...) const> : Signature<R (Class::*)(P...)> {};
template <class Class, class R, class... P>
struct Signature<R (Class::*)(P...) noexcept> : Signature<R (Class::*)(P...)> {};
template <class Class, class R, class... P>
struct Signature<R (Class::*)(P...) const noexcept> : Signature<R (Class::*)(P...)> {};

template <class T>
concept Known = requires { Signature<T>::arity; };

template <class Result>
inline constexpr bool is_answer = std::is_void_v<Result> || std::is_same_v<Result, Task<void>>;

template <class Verb, class Handler, class... Values>
Task<void> call_with(RequestHandler& handler, Values&... values) {
  return Verb::call(static_cast<Handler&>(handler), static_cast<Values&&>(values)...);
}

/// A coroutine that takes a reference would be left with one to its caller's values, so they move
/// into a coroutine around it. (Knows no handler's type: g++ warns of frames that hold unnamed
/// ones.)
template <class... Values>
Task<void> call_and_keep(Task<void> (*call)(RequestHandler&, Values&...), RequestHandler& handler,
                         Values... values) {
  Task<void> task = call(handler, values...);
  co_await task;
}

template <class Verb, class Handler, bool takes_values, class... Values>
Task<void> call(Handler& handler, Values... values) {
  using Result = decltype(Verb::call(handler, static_cast<Values&&>(values)...));
  if constexpr (std::is_void_v<Result>) {
    Verb::call(handler, static_cast<Values&&>(values)...);
    return {};
  } else if constexpr (takes_values) {
    return Verb::call(handler, static_cast<Values&&>(values)...);
  } else {
    return call_and_keep<Values...>(&call_with<Verb, Handler, Values...>, handler,
                                    static_cast<Values&&>(values)...);
  }
}

/// initialize() and prepare() are found by name like the methods, but never take anything.
template <class Handler>
concept CanInitialize = requires(Handler& handler) { handler.initialize(); };
/// `void initialize(const Init&)`, which takes what the manifest's `init` says.
template <class Handler>
concept TakesInit = std::is_default_constructible_v<typename Handler::Init> &&
                    requires(Handler& handler, const typename Handler::Init& init) {
                      { handler.initialize(init) } -> std::same_as<void>;
                    };
template <class Handler>
concept CanPrepare = requires(Handler& handler) { handler.prepare(); };

/// `static constexpr bool stream_request_body = true;`, and the function that then gets the body.
template <class Handler>
concept StreamsBody =
    requires { requires std::bool_constant<Handler::stream_request_body>::value; };
template <class Handler>
concept ReceivesData =
    requires(Handler& handler, std::string_view piece) { handler.data_received(piece); };

struct HookRival {
  int initialize;
  int prepare;
  int stream_request_body;
  int data_received;
};
template <class Handler>
struct WithHookRival : Handler, HookRival {};

template <class Handler>
consteval bool has_initialize() {
  if constexpr (CanInitialize<Handler> || TakesInit<Handler> || std::is_final_v<Handler>) {
    return CanInitialize<Handler> || TakesInit<Handler>;
  } else {
    return !requires { &WithHookRival<Handler>::initialize; };
  }
}
template <class Handler>
consteval bool has_prepare() {
  if constexpr (CanPrepare<Handler> || std::is_final_v<Handler>) {
    return CanPrepare<Handler>;
  } else {
    return !requires { &WithHookRival<Handler>::prepare; };
  }
}
template <class Handler>
consteval bool initialize_fits() {
  if constexpr (CanInitialize<Handler>) {
    return std::is_void_v<decltype(std::declval<Handler&>().initialize())>;
  } else {
    return TakesInit<Handler> || !has_initialize<Handler>();
  }
}
template <class Handler>
consteval bool prepare_fits() {
  if constexpr (CanPrepare<Handler>) {
    return is_answer<decltype(std::declval<Handler&>().prepare())>;
  } else {
    return !has_prepare<Handler>();
  }
}

template <class Handler>
consteval bool names_streaming() {
  if constexpr (std::is_final_v<Handler>) {
    return ReceivesData<Handler> || requires { Handler::stream_request_body; };
  } else {
    return !requires { &WithHookRival<Handler>::stream_request_body; } ||
           !requires { &WithHookRival<Handler>::data_received; };
  }
}
/// Both are there, or neither is, or the class has set the constant to false.
template <class Handler>
consteval bool data_received_fits() {
  if constexpr (requires { typename std::bool_constant<Handler::stream_request_body>; }) {
    if constexpr (!StreamsBody<Handler>) {
      return true;
    } else if constexpr (ReceivesData<Handler>) {
      return is_answer<decltype(std::declval<Handler&>().data_received(std::string_view()))>;
    } else {
      return false;
    }
  } else {
    return !names_streaming<Handler>();
  }
}

template <class Handler>
RequestHandler* construct(void* memory) {
  return ::new (memory) Handler;
}
template <class Handler>
RequestHandler* construct_alone(void*) {
  return new Handler;
}
template <class Handler>
void initialize(RequestHandler& handler) {
  if constexpr (CanInitialize<Handler>) {
    static_cast<Handler&>(handler).initialize();
  } else {
    static_cast<Handler&>(handler).initialize(typename Handler::Init{});
  }
}
/// @param init  The route's, a `Handler::Init`.
template <class Handler>
void initialize_with(RequestHandler& handler, const void* init) {
  static_cast<Handler&>(handler).initialize(*static_cast<const typename Handler::Init*>(init));
}
template <class Handler>
Task<void> prepare(RequestHandler& handler) {
  if constexpr (std::is_void_v<decltype(std::declval<Handler&>().prepare())>) {
    static_cast<Handler&>(handler).prepare();
    return {};
  } else {
    return static_cast<Handler&>(handler).prepare();
  }
}

template <class Handler>
inline constexpr bool waits_for_data =
    !std::is_void_v<decltype(std::declval<Handler&>().data_received(std::string_view()))>;
template <class Handler>
Task<void> data_received(RequestHandler& handler, std::string_view piece) {
  if constexpr (waits_for_data<Handler>) {
    return static_cast<Handler&>(handler).data_received(piece);
  } else {
    static_cast<Handler&>(handler).data_received(piece);
    return {};
  }
}

/// The class leaves compute_etag() as it is. Not of one that hides its own.
template <class Handler>
concept KeepsComputeEtag =
    std::same_as<decltype(&Handler::compute_etag), std::string (RequestHandler::*)()>;

/// Everything of an Endpoint but the methods.
template <class Handler>
constexpr Endpoint bare_endpoint() {
  Endpoint endpoint;
  endpoint.size = sizeof(Handler);
  endpoint.alignment = alignof(Handler);
  if constexpr (is_websocket<Handler>) {
    endpoint.construct = &construct_alone<Handler>;
    endpoint.release = &Handler::bora_release;
  } else {
    endpoint.construct = &construct<Handler>;
  }
  if constexpr (CanInitialize<Handler> || TakesInit<Handler>) {
    endpoint.initialize = &initialize<Handler>;
  }
  if constexpr (TakesInit<Handler>) endpoint.initialize_with = &initialize_with<Handler>;
  if constexpr (CanPrepare<Handler>) endpoint.prepare = &prepare<Handler>;
  if constexpr (StreamsBody<Handler>) {
    endpoint.data_received = &data_received<Handler>;
    endpoint.is_piece_kept = waits_for_data<Handler>;
  }
  endpoint.computes_etag = !KeepsComputeEtag<Handler>;
  return endpoint;
}

template <class Handler>
concept IsHandler = requires(RequestHandler& handler) { static_cast<Handler&>(handler); } &&
                    std::is_convertible_v<Handler*, RequestHandler*>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// A capture that matching has found to be a value of the route's converter.
template <class Value>
Value captured(const PathArgs& arguments, std::size_t index) {
  if constexpr (is_optional<Value>) {
    if (!arguments.has(index)) return std::nullopt;
    return captured<typename Value::value_type>(arguments, index);
  } else if constexpr (std::is_same_v<Value, std::int64_t>) {
    return arguments.integer(index);
  } else if constexpr (std::is_same_v<Value, std::uint64_t>) {
    return arguments.unsigned_integer(index);
  } else if constexpr (std::is_same_v<Value, double>) {
    return arguments.real(index);
  } else if constexpr (std::is_same_v<Value, bool>) {
    return arguments.boolean(index);
  } else if constexpr (std::is_same_v<Value, std::string_view>) {
    return arguments.text(index);
  } else {
    return PathValue<Value>::parse(arguments.text(index)).value();
  }
}

// A capture as a value; HTTPError(404) for text that is none or is out of range.
std::int64_t signed_argument(std::string_view text, std::int64_t min, std::int64_t max);
std::uint64_t unsigned_argument(std::string_view text, std::uint64_t max);
double real_argument(std::string_view text);
bool bool_argument(std::string_view text);

template <class Parameter>
inline constexpr bool is_convertible_capture =
    std::is_same_v<Parameter, std::string_view> || std::is_same_v<Parameter, std::string> ||
    std::is_same_v<Parameter, double> || std::is_integral_v<Parameter>;
template <class Parameter>
inline constexpr bool is_convertible_capture<std::optional<Parameter>> =
    is_convertible_capture<Parameter>;

/// A capture as what the method takes.
template <class Parameter>
Parameter convert_capture(std::string_view text) {
  static_assert(
      is_convertible_capture<Parameter>,
      "a handler of url<Handler>() takes the path's captures as std::string_view, std::string, "
      "integers, double, bool, or std::optional of these");
  if constexpr (is_optional<Parameter>) {
    return convert_capture<typename Parameter::value_type>(text);
  } else if constexpr (std::is_same_v<Parameter, bool>) {
    return bool_argument(text);
  } else if constexpr (std::is_same_v<Parameter, double>) {
    return real_argument(text);
  } else if constexpr (!std::is_integral_v<Parameter>) {
    return Parameter(text);
  } else if constexpr (std::is_signed_v<Parameter>) {
    using Limits = std::numeric_limits<Parameter>;
    return static_cast<Parameter>(signed_argument(text, Limits::min(), Limits::max()));
  } else {
    return static_cast<Parameter>(unsigned_argument(text, std::numeric_limits<Parameter>::max()));
  }
}

/// The same for one that may be missing: only an optional parameter takes that, as the table's
/// maker has checked.
template <class Parameter>
Parameter convert_capture(const PathArgs& arguments, std::size_t index) {
  if constexpr (is_optional<Parameter>) {
    if (!arguments.has(index)) return std::nullopt;
  }
  return convert_capture<Parameter>(arguments.has(index) ? arguments.text(index)
                                                         : std::string_view());
}

template <class Verb, class Handler>
struct ConvertingCall {
  using Function = Signature<typename Verb::template Pointer<Handler>>;

  static Task<void> run(Handler& handler, const PathArgs& arguments) {
    return spread(handler, arguments, typename Function::Parameters{},
                  std::make_index_sequence<Function::arity>());
  }
  template <class... Parameters, std::size_t... Index>
  static Task<void> spread(Handler& handler, [[maybe_unused]] const PathArgs& arguments,
                           TypeList<Parameters...>, std::index_sequence<Index...>) {
    return call<Verb, Handler, Function::takes_values>(
        handler, convert_capture<std::remove_cvref_t<Parameters>>(arguments, Index)...);
  }
};

template <Method method, class Handler>
Task<void> convert_and_call(RequestHandler& handler, const PathArgs& arguments) {
  auto& own = static_cast<Handler&>(handler);
  return answer_with<method>(
      own, [&] { return ConvertingCall<VerbOf<method, Handler>, Handler>::run(own, arguments); });
}

template <auto function, class Handler>
Task<void> convert_and_call_own(RequestHandler& handler, const PathArgs& arguments) {
  return ConvertingCall<OwnVerb<function>, Handler>::run(static_cast<Handler&>(handler), arguments);
}

template <Method method, class Handler>
constexpr void add_converting_call(Endpoint& endpoint) {
  using Verb = VerbOf<method, Handler>;
  if constexpr (opens_silently<method, Handler>) {
    endpoint.calls[static_cast<std::size_t>(method)] = &open_silently<Handler>;
  } else if constexpr (Verb::template is_defined<Handler>()) {
    constexpr bool is_named = Verb::template is_named<Handler>;
    static_assert(
        is_named,
        "a method of a handler of url<Handler>() must be public and not overloaded (routes.toml "
        "takes overloaded ones)");
    if constexpr (is_named) {
      using Pointer = typename Verb::template Pointer<Handler>;
      static_assert(Known<Pointer>,
                    "a method of a handler must be a plain, not static member function");
      if constexpr (Known<Pointer>) {
        static_assert(is_answer<typename Signature<Pointer>::Result>,
                      "a method of a handler must return void or bora::Task<void>");
        constexpr auto index = static_cast<std::size_t>(method);
        endpoint.calls[index] = &convert_and_call<method, Handler>;
        endpoint.argument_counts[index] = static_cast<std::uint8_t>(Signature<Pointer>::arity);
      }
    }
  }
}

template <auto function>
constexpr Endpoint::OwnCall check_own_call(Endpoint::OwnCall call) {
  using Pointer = decltype(function);
  static_assert(Known<Pointer>,
                "what SupportedMethods names must be a plain, not static member function");
  if constexpr (Known<Pointer>) {
    static_assert(is_answer<typename Signature<Pointer>::Result>,
                  "a method of a handler must return void or bora::Task<void>");
    call.argument_count = static_cast<std::uint8_t>(Signature<Pointer>::arity);
  }
  return call;
}

template <class Handler>
consteval std::size_t own_method_count() {
  std::size_t count = 0;
  const auto add = [&count]<MethodName, auto>() { ++count; };
  visit_methods(typename Handler::SupportedMethods{}, add);
  return count;
}

template <class Handler>
consteval auto make_own_calls() {
  OwnCalls<own_method_count<Handler>()> own{};
  std::size_t count = 0;
  const auto add = [&]<MethodName name, auto function>() {
    own.calls[count] = {method_name<name>, nullptr, 0};
    if constexpr (Known<decltype(function)>) {
      if constexpr (is_answer<typename Signature<decltype(function)>::Result>)
        own.calls[count].call = &convert_and_call_own<function, Handler>;
    }
    own.calls[count] = check_own_call<function>(own.calls[count]);
    ++count;
  };
  visit_methods(typename Handler::SupportedMethods{}, add);
  return own;
}
template <class Handler>
inline constexpr auto own_calls = make_own_calls<Handler>();

/// Each fault is told once: what follows from it is not looked at.
template <class Handler, std::size_t... Index>
constexpr Endpoint make_endpoint(std::index_sequence<Index...>) {
  constexpr bool is_handler = IsHandler<Handler>;
  static_assert(is_handler,
                "a handler must derive publicly, not virtually, from bora::web::RequestHandler");
  if constexpr (is_handler) {
    constexpr bool is_concrete = !std::is_abstract_v<Handler>;
    static_assert(is_concrete, "a handler must override every pure virtual function");
    static_assert(initialize_fits<Handler>(),
                  "initialize() must be public, take nothing or const Init& and return void");
    static_assert(prepare_fits<Handler>(),
                  "prepare() must be public, take nothing and return void or bora::Task<void>");
    static_assert(data_received_fits<Handler>(),
                  "data_received(std::string_view) must be public and return void or "
                  "bora::Task<void>, beside a public static constexpr bool stream_request_body = "
                  "true");
    static_assert(supported_methods_fit<Handler>(),
                  "SupportedMethods must be a bora::web::SupportedMethods<bora::web::Supports<"
                  "\"NAME\", &Handler::function>, ...>, each name a method of HTTP, none twice and "
                  "none of the seven that are found by their functions' names");
    if constexpr (is_concrete && initialize_fits<Handler>() && prepare_fits<Handler>() &&
                  data_received_fits<Handler>() && supported_methods_fit<Handler>()) {
      Endpoint endpoint = bare_endpoint<Handler>();
      (add_converting_call<static_cast<Method>(Index), Handler>(endpoint), ...);
      if constexpr (SupportsMore<Handler>) {
        endpoint.own_calls = {own_calls<Handler>.calls, own_method_count<Handler>()};
      }
      return endpoint;
    }
  }
  return {};
}

}  // namespace detail

/// The class `Handler` as data, for url<Handler>(). Captures become what each method takes, as in
/// routes.toml: text as std::string_view or std::string, numbers as any integer type (404 when out
/// of its range).
template <class Handler>
inline constexpr Endpoint endpoint_of =
    detail::make_endpoint<Handler>(std::make_index_sequence<kMethodCount>());

namespace detail {

/// Whether a capture of a route can be given as a `Parameter` without loss: text as text, a whole
/// number as any integer type (404 for one that does not fit), anything else as what it is. Kinds
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

// What generated routes use. A route names its handler through a small struct,
//
//     struct bora_handler_0 { using type = shop::Entry; };
//
// and each check is a static_assert of its own that stands at the handler's name in routes.toml.
// When the class does not exist, the compiler has said so at that place, and goes on without the
// member `type` (g++) or with `int` in its place (clang): then every check passes, to say nothing
// twice.
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

/// Nothing was wrong so far: the methods can be looked at.
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

/// Stands for a member of an Init that the handler does not have: takes whatever it is given.
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
/// The handler has an initialize() for the manifest's `init`.
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
/// The handler's Init; a stand-in that never fits badly where its lack was reported.
template <class Name, class Fallback>
using InitOf = typename InitType<Name, Fallback>::type;

template <class Name, class Init>
void initialize([[maybe_unused]] RequestHandler& handler, [[maybe_unused]] const Init& init) {
  if constexpr (is_usable<Name> && takes_init<Name>) {
    static_cast<typename HandlerOf<Name>::type&>(handler).initialize(init);
  }
}

// An object of `init` is named through a struct, as a filter is: struct bora_object_0 { static
// constexpr auto& object = shop::db; }. Without the member, the compiler has said what is wrong.

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
/// A member of an Init can point to the object, or take a copy of it.
template <class Name, class Member>
inline constexpr bool takes_object = check_object<Name, Member>();

/// The same of the member that `get` gives; of one that is missing nothing is said here.
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

/// What current_user() returned says that somebody is there: a pointer or an optional that is not
/// empty, a string with text.
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
/// For an authenticated route: the handler can tell who is logged in.
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
// auto& function = log_it; }. Without the member, the compiler has said what is wrong.

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
/// A function, or an object that is called like one, that may stand in `filters`.
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
// struct Options, which it is made of. It is named through a struct, as a handler is.

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
/// Its objects may stand in `filters`.
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
/// The filter's Options; a stand-in that never fits badly where its lack was reported.
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

/// Whether a method is known as one function that takes as many values as the path has captures.
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

  /// The method exists, takes the captures and returns what it should.
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

  /// Not overloaded and no template: each parameter's type is known, and the capture becomes it.
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

/// For a route that lists `method`: it is there and fits.
template <class Path, Method method>
inline constexpr bool answers = Path::template fits<method>();

/// For a route that lists no methods: it fits if it is there.
template <class Path, Method method>
inline constexpr bool may_answer =
    !Path::template is_defined<method>() || Path::template fits<method>();

template <class Path>
concept HasOwnMethods = Path::is_usable && detail::SupportsMore<typename Path::Handler>;

/// For a route that lists `wanted`: it is one of the handler's SupportedMethods, and fits.
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

/// For a route that lists no methods: all of the handler's SupportedMethods fit.
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

/// Those of `names`; all of them if there are none.
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

/// The handler has at least one method.
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

/// The Endpoint of a generated route: those of `methods` that the handler defines, and of its
/// SupportedMethods those in `own`, or all.
/// @param initialize  Calls the handler's initialize() in place of the plain call; may be null.
template <class Path, MethodMask methods, MethodName... own>
constexpr Endpoint endpoint(void (*initialize)(RequestHandler&) = nullptr) {
  Endpoint result = endpoint<Path, methods, own...>(std::make_index_sequence<kMethodCount>());
  if (initialize != nullptr) result.initialize = initialize;
  return result;
}

}  // namespace build
}  // namespace bora::web
