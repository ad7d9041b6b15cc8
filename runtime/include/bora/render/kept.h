#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <bora/render/param.h>

// Values that outlive the expressions in which they are made. Only units that need it include this.

namespace bora::render {

namespace detail {

template <class T>
inline constexpr bool can_be_kept = is_text_view<T> || !refers_elsewhere<T>();

}  // namespace detail

/// A copy of `value` that outlives the expression that made it: text is copied out of views.
template <class T>
  requires(detail::can_be_kept<std::decay_t<T>>)
[[nodiscard]] auto kept(T&& value) {
  using Value = std::decay_t<T>;
  if constexpr (std::is_same_v<Value, const char*>) {
    return std::string(value == nullptr ? "" : value);
  } else if constexpr (detail::is_text_view<Value>) {
    return std::string(value);
  } else {
    return Value(static_cast<T&&>(value));
  }
}
template <class T>
  requires(!detail::can_be_kept<std::decay_t<T>>)
std::decay_t<T> kept(T&&, this_refers_to_what_ends_so_set_that_first = {}) = delete;

/// The member of a page's struct for a parameter whose type is a view and whose default is an
/// object that the view refers to: `{% param std::string_view title = std::string("x") + y %}`.
template <class T, class Default>
class ViewOrDefault {
 public:
  ViewOrDefault() = default;
  ViewOrDefault(Default&& value) : own_(std::move(value)), view_(*own_) {}  // NOLINT: as `= value`
  template <class Given>
    requires(std::is_convertible_v<const Given&, T> && !std::is_same_v<Given, Default>)
  ViewOrDefault(const Given& given) : view_(given) {}    // NOLINT: as `= value`
  ViewOrDefault(const Default& given) : view_(given) {}  // NOLINT: as `= value`
  ViewOrDefault(const ViewOrDefault&) = delete;
  ViewOrDefault& operator=(const ViewOrDefault&) = delete;

  [[nodiscard]] const T& get() const { return view_; }

 private:
  std::optional<Default> own_;
  T view_{};
};

/// The member of a page's struct for a parameter whose default is a `Default`.
template <class T, class Default>
using DefaultedBy =
    std::conditional_t<detail::refers_elsewhere<std::remove_cvref_t<T>>() &&
                           !std::is_same_v<std::remove_cvref_t<T>, Default>,
                       ViewOrDefault<std::remove_cvref_t<T>, Default>, std::remove_cvref_t<T>>;

/// The value of such a member.
template <class T, class Default>
const T& given(const ViewOrDefault<T, Default>& member) {
  return member.get();
}
template <class T>
const T& given(const T& member) {
  return member;
}

}  // namespace bora::render
