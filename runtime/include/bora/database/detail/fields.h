#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

// The fields of a struct: their number, their names, and references to them. It works with any
// aggregate of at most 24 fields without base classes, C arrays and references, including local
// ones and those of an unnamed namespace.

namespace bora::database::detail {

inline constexpr std::size_t kMaxFields = 24;

/// Converts to the type of any field; it is never evaluated.
struct AnyField {
  template <class T>
    requires(!std::is_same_v<T, const char*> && !std::is_same_v<T, std::nullptr_t>)
  operator T() const;
};

template <class T, class... Given>
consteval std::size_t count_fields() {
  if constexpr (sizeof...(Given) > kMaxFields) {
    return sizeof...(Given);
  } else if constexpr (requires { T{Given{}..., AnyField{}}; }) {
    return count_fields<T, Given..., AnyField>();
  } else {
    return sizeof...(Given);
  }
}

/// References to all fields, in order.
template <class T>
constexpr auto tie_fields(T& value) {
  constexpr std::size_t kCount = count_fields<std::remove_const_t<T>>();
  static_assert(kCount > 0 && kCount <= kMaxFields,
                "a struct for rows has 1 to 24 fields, and no base class");
  if constexpr (kCount == 1) {
    auto& [a] = value;
    return std::tie(a);
  } else if constexpr (kCount == 2) {
    auto& [a, b] = value;
    return std::tie(a, b);
  } else if constexpr (kCount == 3) {
    auto& [a, b, c] = value;
    return std::tie(a, b, c);
  } else if constexpr (kCount == 4) {
    auto& [a, b, c, d] = value;
    return std::tie(a, b, c, d);
  } else if constexpr (kCount == 5) {
    auto& [a, b, c, d, e] = value;
    return std::tie(a, b, c, d, e);
  } else if constexpr (kCount == 6) {
    auto& [a, b, c, d, e, f] = value;
    return std::tie(a, b, c, d, e, f);
  } else if constexpr (kCount == 7) {
    auto& [a, b, c, d, e, f, g] = value;
    return std::tie(a, b, c, d, e, f, g);
  } else if constexpr (kCount == 8) {
    auto& [a, b, c, d, e, f, g, h] = value;
    return std::tie(a, b, c, d, e, f, g, h);
  } else if constexpr (kCount == 9) {
    auto& [a, b, c, d, e, f, g, h, i] = value;
    return std::tie(a, b, c, d, e, f, g, h, i);
  } else if constexpr (kCount == 10) {
    auto& [a, b, c, d, e, f, g, h, i, j] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j);
  } else if constexpr (kCount == 11) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k);
  } else if constexpr (kCount == 12) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l);
  } else if constexpr (kCount == 13) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m);
  } else if constexpr (kCount == 14) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
  } else if constexpr (kCount == 15) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
  } else if constexpr (kCount == 16) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
  } else if constexpr (kCount == 17) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
  } else if constexpr (kCount == 18) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r);
  } else if constexpr (kCount == 19) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s);
  } else if constexpr (kCount == 20) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t);
  } else if constexpr (kCount == 21) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u);
  } else if constexpr (kCount == 22) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v);
  } else if constexpr (kCount == 23) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w);
  } else if constexpr (kCount == 24) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x);
  }
}

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif

template <class T>
struct FieldHolder {
  T value;
  static const FieldHolder instance;  // not defined: only the names of its parts are used
};

template <class T>
struct FieldAddress {
  const T* address;
};
template <class T>
FieldAddress(const T*) -> FieldAddress<T>;

/// The last name in the text that the compiler makes of a member's address.
template <FieldAddress kAddress>
consteval std::string_view name_in_address() {
  std::string_view text = __PRETTY_FUNCTION__;
#if defined(__clang__)
  text = text.substr(0, text.rfind('}'));
#else
  text = text.substr(0, text.find(")}", text.find("{(&")));
#endif
  return text.substr(text.find_last_of(".:") + 1);
}

template <class T, std::size_t kIndex>
inline constexpr std::string_view kFieldName =
    name_in_address<FieldAddress{&std::get<kIndex>(tie_fields(FieldHolder<T>::instance.value))}>();

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

template <class T>
using FieldTuple = decltype(tie_fields(std::declval<T&>()));
template <class T, std::size_t kIndex>
using FieldType = std::remove_cvref_t<std::tuple_element_t<kIndex, FieldTuple<T>>>;

}  // namespace bora::database::detail
