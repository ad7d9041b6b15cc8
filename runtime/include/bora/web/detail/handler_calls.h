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

// The machinery of <bora/web/handler_call.h>: which methods a class has and how each is called,
// what its initialize(), prepare() and data_received() look like, and the conversion of captures.

namespace bora::web {

namespace detail {

/// Knows one method name: whether a class has it, how to call it. Specialised below for each
/// Method.
template <Method>
struct Verb;

// A class has a member of a name, of any kind (overloaded, private, inherited, a template), if the
// name becomes ambiguous beside another base that has it too. A final class can't be a base: in it
// only accessible members are found.
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
    /// What a WebSocket handler has instead of get().
    struct OpenVerb BORA_DETAIL_MEMBER(open)
#undef BORA_DETAIL_MEMBER

    /// The base class of WebSocket handlers is recognised by this member.
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

/// Whether `name` is neither one of the seven, which are found by their names, nor one that no
/// request has.
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

/// Whether each name is valid, and there once.
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

/// Calls a method; for a WebSocket's GET, performs the handshake before it.
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
/// into a coroutine around it. (It knows no handler's type: g++ warns of frames that hold unnamed
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

/// initialize() and prepare() are found by name like the methods, but never have parameters.
template <class Handler>
concept CanInitialize = requires(Handler& handler) { handler.initialize(); };
/// The handler has `void initialize(const Init&)`, which takes the values of the manifest's `init`.
template <class Handler>
concept TakesInit = std::is_default_constructible_v<typename Handler::Init> &&
                    requires(Handler& handler, const typename Handler::Init& init) {
                      { handler.initialize(init) } -> std::same_as<void>;
                    };
template <class Handler>
concept CanPrepare = requires(Handler& handler) { handler.prepare(); };

/// The handler has `static constexpr bool stream_request_body = true;`, and the function that then
/// gets the body.
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
/// Whether both are there, or neither is, or the class has set the constant to false.
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

/// Whether the class leaves compute_etag() as it is. False for one that hides its own.
template <class Handler>
concept KeepsComputeEtag =
    std::same_as<decltype(&Handler::compute_etag), std::string (RequestHandler::*)()>;

/// Everything of an Endpoint except the methods.
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

// A capture as a value; throws HTTPError(404) for text that is no value or is out of range.
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

/// A capture as the type that the method takes.
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

/// The same for a capture that may be missing: only an optional parameter accepts that, as the
/// table's maker has checked.
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

/// Each fault is reported once: its consequences are not checked.
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

}  // namespace bora::web
