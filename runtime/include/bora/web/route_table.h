#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <bora/core/task.h>

// What routing is made of: the routes of a program as constant data (written by `bora compile` from
// routes.toml, or built at run time from a list of url<Handler>("/pattern")), and the match of a
// request's path against them.

namespace bora::web {

class RequestHandler;

/// The methods that a handler can define (WEB-002), and their order in tables.
enum class Method : std::uint8_t { get, head, post, delete_, patch, put, options };
inline constexpr std::size_t kMethodCount = 7;

/// A set of methods, one bit each: `1 << static_cast<int>(Method::get)`.
using MethodMask = std::uint8_t;

/// The captured pieces of a path, in the pattern's order, percent-decoded and checked as UTF-8. They
/// live as long as the request.
class PathArgs {
 public:
  static constexpr std::size_t kMax = 16;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::string_view text(std::size_t index) const { return values_[index]; }
  /// The value of an `{x:int}` capture; matching has checked that it is one and fits.
  [[nodiscard]] std::int64_t integer(std::size_t index) const {
    std::int64_t value = 0;
    const std::string_view digits = values_[index];
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }

  void push(std::string_view value) { values_[size_++] = value; }
  void set(std::size_t index, std::string_view value) { values_[index] = value; }
  void clear() { size_ = 0; }

 private:
  std::string_view values_[kMax];
  std::size_t size_ = 0;
};

/// A handler class as data: how to make one, and what it can do. One constant object for each route;
/// the functions are instances of the templates in <bora/web/handler_call.h>.
struct Endpoint {
  /// Size and alignment of the handler object, which is made in the request's memory.
  std::size_t size = 0;
  std::size_t alignment = 1;
  RequestHandler* (*construct)(void* memory) = nullptr;

  /// The class's own `initialize()`; null if it has none.
  void (*initialize)(RequestHandler& handler) = nullptr;
  /// The class's own `prepare()`, plain or coroutine; null if it has none. An empty Task is a finished
  /// one.
  Task<void> (*prepare)(RequestHandler& handler) = nullptr;

  /// By Method; null where the class does not define the method (405).
  using Call = Task<void> (*)(RequestHandler& handler, const PathArgs& arguments);
  Call calls[kMethodCount] = {};

  [[nodiscard]] MethodMask methods() const {
    MethodMask mask = 0;
    for (std::size_t i = 0; i < kMethodCount; ++i) {
      if (calls[i] != nullptr) mask = static_cast<MethodMask>(mask | (1U << i));
    }
    return mask;
  }
};

/// A static mount: files of a directory below a path.
struct StaticMount {
  std::string_view path;       ///< "/static/": begins and ends with a slash.
  std::string_view directory;  ///< Relative: looked for beside the program (see Settings::static_path).
};

/// A redirect.
struct Redirect {
  std::string_view location;  ///< With `{0}`, `{1}` … for the path's captures, percent-encoded again.
  bool permanent = false;     ///< 301, else 302.
};

/// One route: what its pattern leads to. Exactly one of the three pointers is set.
struct Route {
  std::string_view name;     ///< "users.show"; empty if it has none.
  std::string_view pattern;  ///< "/users/{id:int}", as written.
  const Endpoint* endpoint = nullptr;
  const StaticMount* mount = nullptr;
  const Redirect* redirect = nullptr;
};

/// All routes of a program and the tables that find one. Constant data; shared by all threads.
class RouteTable;

/// What a path leads to.
struct RouteMatch {
  const Route* route = nullptr;  ///< Null: no route (404).
  PathArgs arguments;            ///< Raw: not yet percent-decoded.
};

/// Finds the route of a raw path ("/users/7", without the query, not percent-decoded). Allocates
/// nothing. The order of the routes does not matter: literal beats {x:int} beats {x} beats {x:path},
/// segment by segment from the left, with backtracking.
void match(const RouteTable& table, std::string_view path, RouteMatch& result);

/// Every route, in the manifest's order.
std::span<const Route> routes(const RouteTable& table);

}  // namespace bora::web
