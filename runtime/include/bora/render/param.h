#pragma once

#include <initializer_list>
#include <string_view>
#include <type_traits>

namespace bora::render {

/// The member of a page's struct for a parameter without a default. It is a reference, so that a
/// forgotten one is an error, not a zero.
template <class T>
using Required = const std::remove_cvref_t<T>&;

/// The same for a parameter with a default, which is a value.
template <class T>
using Defaulted = std::remove_cvref_t<T>;

/// The name of this type is the compiler's message for a value that refers to objects that end with
/// the expression, as `std::span(f())` does: loop over the expression itself, or `{% set %}` the
/// objects first.
struct this_refers_to_what_ends_so_set_that_first {};

namespace detail {

// Views of text can be copied as text; of other views nothing more is known. A view that can't be
// copied owns its data (std::ranges::owning_view).
template <class T>
inline constexpr bool is_text_view =
    std::is_same_v<T, std::string_view> || std::is_same_v<T, const char*>;

// <string_view> specialises enable_view for itself, so the template must be declared.
template <class T>
inline constexpr bool is_view = std::ranges::enable_view<T> && std::is_copy_constructible_v<T>;

template <class T>
constexpr bool refers_elsewhere() {
  if constexpr (is_view<T> || is_text_view<T>) {
    return true;
  } else if constexpr (requires {
                         typename T::first_type;
                         typename T::second_type;
                       }) {
    return refers_elsewhere<std::remove_cvref_t<typename T::first_type>>() ||
           refers_elsewhere<std::remove_cvref_t<typename T::second_type>>();
  } else if constexpr (requires { typename T::value_type; }) {
    if constexpr (std::is_same_v<typename T::value_type, T>) {
      return false;
    } else {
      return refers_elsewhere<typename T::value_type>();
    }
  } else {
    return false;
  }
}

}  // namespace detail

/// Checks the assignment of `{% set variable = value %}` and returns `value`; a variable that only
/// refers to its data can't be given an object that ends here.
template <class To, class T>
  requires(!(detail::refers_elsewhere<std::remove_cvref_t<To>>() &&
             !detail::refers_elsewhere<T>() && std::is_class_v<T>))
[[nodiscard]] constexpr T fits(T&& value) {
  return static_cast<T&&>(value);
}
template <class To, class T>
  requires(detail::refers_elsewhere<std::remove_cvref_t<To>>() && !detail::refers_elsewhere<T>() &&
           std::is_class_v<T>)
std::remove_cvref_t<To> fits(T&& value, this_refers_to_what_ends_so_set_that_first = {}) = delete;

/// Holds the value of a parameter until the expression that makes it ends: all objects that the
/// expression made still exist.
///
///     using Text = Kept<std::string_view>;
///     Text::Pointer value = nullptr;
///     value = Text(f() + g()).at(), [&] { … *value … }();
template <class T>
struct Kept {
  using Pointer = const std::remove_cvref_t<T>*;
  const std::remove_cvref_t<T>& value;
  [[nodiscard]] constexpr Pointer at() const { return &value; }
};

/// A list of values: `{f(), g()}`.
template <class T>
[[nodiscard]] constexpr const std::initializer_list<T>& list(
    const std::initializer_list<T>& values) {
  return values;
}

namespace detail {

template <class T>
struct TypeOf {
  using Type = T;
};
struct AskType {
  template <class T>
  TypeOf<T&&> operator()(T&&) const;
};

}  // namespace detail

/// The type that `with` passes to its argument; `with` is a `[&](auto&& then) -> decltype(auto) {
/// return then(value); }`, which keeps the objects that the value refers to until `then` has ended.
template <class With>
using HeldBy =
    typename decltype(static_cast<const With*>(nullptr)->operator()(detail::AskType()))::Type;

/// The last member of a page's struct. The struct holds references, often to temporaries, so it
/// must not outlive the expression in which it is made. This member prevents copies, and keeps the
/// struct an aggregate.
struct PageGuard {
  PageGuard() = default;
  PageGuard(const PageGuard&) = delete;
  PageGuard& operator=(const PageGuard&) = delete;
};

}  // namespace bora::render
