#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <bora/core/task.h>
#include <bora/render/json_error.h>
#include <bora/web/http_error.h>
#include <bora/web/request_handler.h>
#include <bora/websocket/websocket.h>

// How a handler class's own on_message(), plain or coroutine, is found and called.

namespace bora::websocket {

class WebSocketHandler;

/// Converts a message into a value of a program's own type, for handlers that define
/// `on_message(Order order)`. A specialisation has `static T parse(std::string_view data)`, which
/// throws BadMessageError for a message that is not valid; <bora/json.h> has one for types with
/// from_json().
template <class T>
struct MessageValue;

namespace detail {

/// The copies that a handler's coroutine keeps of the arguments of on_message().
template <class T>
struct Kept {
  using type = T;
};
template <>
struct Kept<std::string_view> {
  using type = std::string;
};
template <class T>
using KeptAs = typename Kept<std::remove_cvref_t<T>>::type;

template <class Handler, class... Values>
Task<void> call_kept(WebSocketHandler& handler, Values&... values) {
  return static_cast<Handler&>(handler).on_message(static_cast<Values&&>(values)...);
}

/// A coroutine may take a reference or a view, so its values live in a coroutine around it. (It
/// knows no handler's type: g++ warns of frames that hold unnamed ones.)
template <class... Values>
Task<void> keep_and_call(Task<void> (*call)(WebSocketHandler&, Values&...),
                         WebSocketHandler& handler, Values... values) {
  Task<void> task = call(handler, values...);
  co_await task;
}

/// @returns  An empty Task if the call has finished.
template <class Handler, class... Values>
Task<void> invoke(Handler& handler, Values... values) {
  using Result = decltype(handler.on_message(static_cast<Values&&>(values)...));
  static_assert(std::is_void_v<Result> || std::is_same_v<Result, Task<void>>,
                "on_message() must return void or bora::Task<void>");
  if constexpr (std::is_void_v<Result>) {
    handler.on_message(static_cast<Values&&>(values)...);
    return {};
  } else {
    return keep_and_call<KeptAs<Values>...>(&call_kept<Handler, KeptAs<Values>...>, handler,
                                            KeptAs<Values>(static_cast<Values&&>(values))...);
  }
}

/// The parameter of an on_message() that is not overloaded and has one.
template <class>
struct Parameter;
template <class Handler, class Result, class T>
struct Parameter<Result (Handler::*)(T)> {
  using type = std::remove_cvref_t<T>;
};

template <class Handler>
concept TakesValue = requires { typename Parameter<decltype(&Handler::on_message)>::type; };

template <class T>
concept HasMessageValue = requires(std::string_view data) { MessageValue<T>::parse(data); };
/// <bora/json.h> was included, and reads such a type.
template <class T>
concept IsReadFromJSON =
    requires(std::string_view data) { bora_read_message(web::detail::JSONTarget<T>{}, data); };

template <class T>
inline constexpr bool is_value_of_message =
    !std::is_same_v<T, std::string_view> && !std::is_same_v<T, std::string> &&
    !std::is_same_v<T, Message> && (HasMessageValue<T> || IsReadFromJSON<T>);

/// The handler takes a type of the program's own, which is known how to make.
template <class Handler>
inline constexpr bool takes_message_value = false;
template <TakesValue Handler>
inline constexpr bool takes_message_value<Handler> =
    is_value_of_message<typename Parameter<decltype(&Handler::on_message)>::type>;

template <class T>
T message_value(std::string_view data) {
  if constexpr (HasMessageValue<T>) {
    return MessageValue<T>::parse(data);
  } else {
    try {
      return bora_read_message(web::detail::JSONTarget<T>{}, data);
    } catch (const JSONError& error) {
      throw BadMessageError(std::string("The message is not JSON: ") + error.what());
    } catch (const web::HTTPError& error) {  // it has another shape
      std::string text(error.detail());
      constexpr std::string_view kBody = "The JSON body";
      if (text.starts_with(kBody)) text.replace(0, kBody.size(), "The message");
      throw BadMessageError(text);
    }
  }
}

template <class Handler>
Task<void> call_on_message(WebSocketHandler& socket, MessageType type, std::string_view data) {
  auto& handler = static_cast<Handler&>(socket);
  if constexpr (takes_message_value<Handler>) {
    using Value = typename Parameter<decltype(&Handler::on_message)>::type;
    return invoke(handler, message_value<Value>(data));
  } else if constexpr (requires { handler.on_message(data, type); }) {
    return invoke(handler, data, type);
  } else if constexpr (requires { handler.on_message(data); }) {
    return invoke(handler, data);
  } else if constexpr (requires { handler.on_message(Message{}); }) {
    return invoke(handler, Message{std::string(data), type});
  } else if constexpr (requires { handler.on_message(std::string()); }) {
    return invoke(handler, std::string(data));
  } else {
    static_assert(TakesValue<Handler>,
                  "a WebSocket handler needs a public, not overloaded on_message() that takes "
                  "std::string_view, or std::string_view and bora::websocket::MessageType, or "
                  "bora::websocket::Message, or a type of your own");
    static_assert(!TakesValue<Handler>,
                  "on_message() takes a type that nothing makes of a message: include "
                  "<bora/json.h> for one with from_json(), or specialise "
                  "bora::websocket::MessageValue for it");
    return {};
  }
}

/// The functions of one handler class.
struct SocketCalls {
  Task<void> (*on_message)(WebSocketHandler& handler, MessageType type, std::string_view data);
};

template <class Handler>
inline constexpr SocketCalls socket_calls_of{&call_on_message<Handler>};

}  // namespace detail
}  // namespace bora::websocket
