#pragma once

#include <cstddef>
#include <string_view>

namespace bora::web {

/// The name of a method, as clients write it: "PROPFIND".
template <std::size_t size>
struct MethodName {
  consteval MethodName(const char (&name)[size]) {  // NOLINT: a literal is one
    for (std::size_t i = 0; i < size; ++i) text[i] = name[i];
  }
  [[nodiscard]] constexpr std::string_view view() const { return {text, size - 1}; }

  char text[size];
};

/// One of SupportedMethods: a request whose method is `name` calls `function`, a public or private
/// member function of the handler that is not overloaded.
template <MethodName name, auto function>
struct Supports {};

/// The methods that a handler answers besides the seven that are found by their names (get, head,
/// post, delete_, patch, put, options). A member of the class names them:
///
///     class Calendar : public bora::web::RequestHandler {
///      public:
///       void get(std::string path);
///       bora::Task<void> propfind(std::string path);
///       bora::Task<void> report(std::string path);
///       using SupportedMethods =
///           bora::web::SupportedMethods<bora::web::Supports<"PROPFIND", &Calendar::propfind>,
///                                       bora::web::Supports<"REPORT", &Calendar::report>>;
///     };
///
/// A derived class has its base's methods. A class that adds methods lists the base's first:
/// `SupportedMethods<Calendar::SupportedMethods, Supports<"LOCK", &Tasks::lock>>`.
///
/// They are routed, take the path's captures, and stand in the Allow field of a 405 like the
/// others. Names may have letters, digits and a few signs, and at most 32 bytes. A method that no
/// handler of the program has is answered with 501, or 405 if it is a registered one.
template <class... Methods>
struct SupportedMethods {};

}  // namespace bora::web
