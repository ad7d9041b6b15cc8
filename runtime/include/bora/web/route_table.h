#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include <bora/core/task.h>
#include <bora/web/url_argument.h>

// The parts of routing: the routes of a program as constant data (written by `bora compile` from
// routes.toml, or built at run time from a list of url<Handler>("/pattern")), the match of a
// request's path against them, and the way back from a route to a URL.

namespace bora::http {
class HTTPServerConnectionDelegate;
class HTTPServerRequest;
}  // namespace bora::http

namespace bora::web {

class Application;
class HTTPError;
class RequestHandler;
struct Route;

/// The methods that a handler can define, and their order in tables.
enum class Method : std::uint8_t { get, head, post, delete_, patch, put, options };
inline constexpr std::size_t kMethodCount = 7;

/// A set of methods, one bit each: `1 << static_cast<int>(Method::get)`.
using MethodMask = std::uint8_t;
/// In the mask of a generated route, this stands for all of its handler's SupportedMethods.
inline constexpr MethodMask kOwnMethods = 1U << kMethodCount;

/// The captured pieces of a path, in the pattern's order, percent-decoded and checked as UTF-8.
/// They live as long as the request.
class PathArgs {
 public:
  static constexpr std::size_t kMax = 16;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::string_view text(std::size_t index) const {
    return {pieces_[index].data, pieces_[index].size};
  }
  /// Whether there is such a capture: the last one may be optional, and missing.
  [[nodiscard]] bool has(std::size_t index) const { return index < size_; }

  // The captures by the names that they have in the route's pattern, as in Tornado's path_kwargs:
  // "id" of "/users/{id:int}", and "tenant" of a host "{tenant}.example.com". Captures of a Matcher
  // of the program's own have no names.

  /// Empty if the capture has no name.
  [[nodiscard]] std::string_view name(std::size_t index) const;
  /// The index of the capture of that name; size() if there is none.
  [[nodiscard]] std::size_t index_of(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return index_of(name) < size_; }
  /// @throws std::out_of_range  There is no such capture; the message names those that there are.
  [[nodiscard]] std::string_view text(std::string_view name) const;

  // The values of typed captures: `{x:int}`, `{x:uint}`, `{x:float}`, `{x:bool}`. Matching has
  // checked that the texts are valid and fit.
  [[nodiscard]] std::int64_t integer(std::size_t index) const;
  [[nodiscard]] std::uint64_t unsigned_integer(std::size_t index) const;
  [[nodiscard]] double real(std::size_t index) const;
  [[nodiscard]] bool boolean(std::size_t index) const { return size_of(index) == 4; }

  void push(std::string_view value) { set(size_++, value); }
  void set(std::size_t index, std::string_view value) {
    pieces_[index].data = value.data();
    pieces_[index].size = value.size();
  }
  /// Uses the names of the route's pattern. The route must outlive this object.
  void take_names(const Route& route) { route_ = &route; }
  /// Keeps the first `size` captures.
  void cut(std::size_t size) { size_ = size; }
  void clear() { size_ = 0; }

 private:
  // There are no initialisers: a match must not clear 256 bytes of which it uses a few.
  struct Piece {
    const char* data;
    std::size_t size;
  };
  [[nodiscard]] std::size_t size_of(std::size_t index) const { return pieces_[index].size; }

  std::size_t size_ = 0;
  const Route* route_ = nullptr;
  Piece pieces_[kMax];
};

/// A handler class as data: how to make a handler, and what it can do. There is one constant object
/// for each route; the functions are instances of the templates in <bora/web/handler_call.h>.
struct Endpoint {
  /// Size and alignment of the handler object, which is made in the request's memory.
  std::size_t size = 0;
  std::size_t alignment = 1;
  RequestHandler* (*construct)(void* memory) = nullptr;

  /// For handlers that may outlive their request (WebSocketHandler): construct() gets null and
  /// allocates, and this is called when the request is over, instead of the destructor. It is null
  /// for all others.
  void (*release)(RequestHandler& handler) noexcept = nullptr;

  /// The class's own `initialize()`; null if it has none.
  void (*initialize)(RequestHandler& handler) = nullptr;
  /// The class's own `prepare()`, plain or coroutine; null if it has none. An empty Task means that
  /// it is finished.
  Task<void> (*prepare)(RequestHandler& handler) = nullptr;
  /// The class's own `data_received()`, if it streams its request's body; else null.
  Task<void> (*data_received)(RequestHandler& handler, std::string_view piece) = nullptr;
  /// Whether data_received() returns a Task, so that the piece must stay until that has ended.
  bool is_piece_kept = false;
  /// Whether the class may have a compute_etag() of its own.
  bool computes_etag = true;

  /// The functions by Method; null where the class does not define the method (405).
  using Call = Task<void> (*)(RequestHandler& handler, const PathArgs& arguments);
  Call calls[kMethodCount] = {};
  /// The number of captures that each call reads, by Method.
  std::uint8_t argument_counts[kMethodCount] = {};
  static constexpr std::uint8_t kAnyCount = 255;

  /// A method besides these: one of the class's SupportedMethods.
  struct OwnCall {
    std::string_view method;
    Call call = nullptr;
    std::uint8_t argument_count = 0;
  };
  std::span<const OwnCall> own_calls{};

  /// Another delegate, which gets the request instead of a handler; null for handlers.
  http::HTTPServerConnectionDelegate& (*fallback)(Application& application) = nullptr;
  /// The class's `initialize(const Init&)`, for a route that has an Init (Route::init); else null.
  void (*initialize_with)(RequestHandler& handler, const void* init) = nullptr;

  [[nodiscard]] constexpr MethodMask methods() const {
    MethodMask mask = 0;
    for (std::size_t i = 0; i < kMethodCount; ++i) {
      if (calls[i] != nullptr) mask = static_cast<MethodMask>(mask | (1U << i));
    }
    return mask;
  }
};

/// A static mount: the files of a directory below a path.
struct StaticMount {
  std::string_view path;       ///< "/static/": begins and ends with a slash.
  std::string_view directory;  ///< If relative, next to the program (Settings::static_path).
  std::string_view index{};    ///< What a folder's URL means: "index.html". Empty: 403.
};

/// A redirect.
struct Redirect {
  std::string_view
      location;            ///< With `{0}`, `{1}` … for the path's captures, percent-encoded again.
  bool permanent = false;  ///< 301 if true, else 302.
  bool is_slash_twin = false;  ///< For a path with a slash too many or too few: GET and HEAD only.
};

/// A function that runs before a handler's prepare(), or around it and its method: see
/// <bora/web/filter.h>.
class Filter {
 public:
  /// An empty Task means that it is finished. When it has finished the answer, nothing else is
  /// called.
  using Call = Task<void> (*)(RequestHandler& handler);
  using ObjectCall = Task<void> (*)(RequestHandler& handler, void* object);
  /// Called when the request's head was read, and no handler was made yet.
  using Early = void (*)(http::HTTPServerRequest& request, void* object);

  /// @param maker  Makes the filter's object, if that has not been made; may be null.
  constexpr Filter(Call call, Early early = nullptr, void (*maker)() = nullptr)  // NOLINT
      : call_(call), early_(early), make_(maker) {}
  /// A filter that is an object of the program's, which must live as long as the table.
  constexpr Filter(ObjectCall call, Early early, void* object)
      : object_call_(call), early_(early), object_(object) {}

  Task<void> operator()(RequestHandler& handler) const {
    return call_ != nullptr ? call_(handler) : object_call_(handler, object_);
  }
  void begin(http::HTTPServerRequest& request) const {
    if (early_ != nullptr) early_(request, object_);
  }
  /// @throws  Whatever the constructor of its object throws.
  void make() const {
    if (make_ != nullptr) make_();
  }

 private:
  Call call_ = nullptr;
  ObjectCall object_call_ = nullptr;
  Early early_ = nullptr;
  void (*make_)() = nullptr;
  void* object_ = nullptr;
};

/// The rules that a group of the manifest has for its routes.
struct RouteRules {
  std::string_view host;            ///< "api.{tenant}.example.com"; empty means every host.
  std::span<const Filter> filters;  ///< In the order in which they run.
  /// Tells whether somebody is logged in; null if the route is for everybody.
  bool (*has_user)(RequestHandler& handler) = nullptr;
};

/// A page of the manifest's `error_pages`.
struct ErrorTemplate {
  int status;  ///< 0 means all others.
  void (*write)(RequestHandler& handler, const HTTPError* error);
};

/// One route: what its pattern leads to. Exactly one of the three pointers is set, except for a
/// mount whose files a class of the program's own serves: that has its endpoint too.
struct Route {
  std::string_view name;     ///< "users.show"; empty if it has none.
  std::string_view pattern;  ///< "/users/{id:int}", as written; for a mount "/static/{path:path}".
  const Endpoint* endpoint = nullptr;
  const StaticMount* mount = nullptr;
  const Redirect* redirect = nullptr;
  /// Another route with the same paths, for other methods: `GET /users` and `POST /users` may
  /// belong to two classes. It is null for most.
  const Route* next = nullptr;
  const RouteRules* rules = nullptr;  ///< Null for most.
  /// The handler's Init that `url<Handler>(pattern, init)` was given; null for others.
  const void* init = nullptr;
};

namespace detail {

// The layout that `bora compile` writes; changing it changes the contract version.

/// Tells whether a segment, percent-decoded, is a value of a converter of the program's own.
using ConverterTest = bool (*)(std::string_view segment);

/// The routes of generated code. Thousands of structs are hard work for a compiler and for the
/// program's loader, and one long string is not. So the routes are a string, and the structs are
/// made of it when the first of them is asked for. Each route is
///
///     KIND TARGET NEXT RULES NAME_SIZE PATTERN_SIZE SIZE NAME PATTERN LOCATION \n
///
/// with numbers in decimal and a blank after each. KIND is h (of `endpoints`), m (of `mounts`) or r
/// (a redirect, whose TARGET is its flags, 1: permanent, 2: a slash twin, and SIZE the location's).
/// NEXT is one more than the index of Route::next; RULES is one more than an index of `rules`.
struct RouteRecords {
  const char* text;
  Route* routes;  ///< Where they are made: room for all, and below for all redirects.
  std::size_t count;
  Redirect* redirects;
  const Endpoint* endpoints;
  const StaticMount* mounts;
  const RouteRules* rules;
  bool is_read = false;
};

/// The tree of paths: integers and bytes as runtime/paths/route_tree.h describes them.
struct RouteTables {
  const char* words = nullptr;  ///< Integers of 64 bits, which need not be aligned.
  const char* texts = nullptr;
  const char* automata = nullptr;
  const ConverterTest* converters = nullptr;
};

}  // namespace detail

class RouteTable;

/// The routes of one host.
struct HostRoutes {
  std::string_view pattern;  ///< "api.{tenant}.example.com": labels in lower case or parameters.
  const RouteTable* table;
};

/// All routes of a program and the tables that find one. It is constant data that all threads
/// share.
class RouteTable {
 public:
  /// @param routes  The copies that `tables` names stand after them in the same array.
  /// @param hosts   The routes with a host; the more specific hosts come first.
  /// @param error_endpoint  Answers where no route matches; may be null.
  /// @param error_rules     The filters that run there, those of the whole program; may be null.
  constexpr RouteTable(std::span<const Route> routes, const detail::RouteTables& tables,
                       std::span<const HostRoutes> hosts = {},
                       const Endpoint* error_endpoint = nullptr,
                       const RouteRules* error_rules = nullptr,
                       std::span<const ErrorTemplate> error_pages = {})
      : routes_(routes),
        tables_(tables),
        hosts_(hosts),
        error_endpoint_(error_endpoint),
        error_rules_(error_rules),
        error_pages_(error_pages) {}
  /// The table of generated code.
  /// @param routes  They are made of the records when the first is asked for.
  constexpr RouteTable(detail::RouteRecords& records, std::span<const Route> routes,
                       const detail::RouteTables& tables, std::span<const HostRoutes> hosts = {},
                       const Endpoint* error_endpoint = nullptr,
                       const RouteRules* error_rules = nullptr,
                       std::span<const ErrorTemplate> error_pages = {})
      : routes_(routes),
        tables_(tables),
        hosts_(hosts),
        error_endpoint_(error_endpoint),
        error_rules_(error_rules),
        error_pages_(error_pages),
        records_(&records) {}

  [[nodiscard]] std::span<const HostRoutes> hosts() const { return hosts_; }
  [[nodiscard]] const Endpoint* error_endpoint() const { return error_endpoint_; }
  [[nodiscard]] const RouteRules* error_rules() const { return error_rules_; }
  [[nodiscard]] std::span<const ErrorTemplate> error_pages() const { return error_pages_; }

 private:
  friend class RouteWalk;
  /// The first of them; the call makes them if necessary.
  [[nodiscard]] const Route* made_routes() const;
  void make_routes() const;

  friend std::span<const Route> routes(const RouteTable& table);

  std::span<const Route> routes_;
  detail::RouteTables tables_;
  std::span<const HostRoutes> hosts_;
  const Endpoint* error_endpoint_;
  const RouteRules* error_rules_;
  std::span<const ErrorTemplate> error_pages_;
  detail::RouteRecords* records_ = nullptr;  ///< Null if the routes exist already.
  mutable bool are_made_ = false;
};

/// The route that a path leads to.
struct RouteMatch {
  const Route* route = nullptr;  ///< Null: no route (404). Else the first one with this path.
  PathArgs arguments;            ///< Raw: not yet percent-decoded.
};

/// Finds the route of a raw path ("/users/7", without the query, not percent-decoded). It allocates
/// nothing (unless converters of the program's own do).
///
/// The order of the routes does not matter. At each segment from the left a literal goes before
/// `{x:bool}`, `:uint`, `:int`, `:float`, `:uuid`, `:slug`, converters of the program's own,
/// regular expressions, `{x}` and last `{x:path}`; where a way ends without a route, the next one
/// is tried. No node of the tree is visited twice for one path, so the work is bounded by the
/// tree's size, which has at most 64 levels, whatever the path is.
///
/// - `{x}` is one segment of at least one byte; `%2F` in it does not split it.
/// - Typed parameters, regular expressions and converters get the segment percent-decoded.
/// - `{x:path}` is the rest after a slash, slashes included, and may be empty: "/files/{x:path}"
///   matches "/files/", not "/files".
/// - `{x?}`, as the last segment, may be missing together with the slash before it.
/// - A slash at the end is part of the path: "/users" and "/users/" are two paths. Slashes are not
///   merged and dot segments not resolved: "//" has an empty segment, which only `{x:path}`
///   matches.
/// - In literals it does not matter what is percent-encoded, or how: "/caf%c3%a9" and
///   "/%63af%C3%A9" are the same, and so are "/@me" and "/%40me". "%2F" is no slash.
/// - Routes that belong to a host are ignored.
void match(const RouteTable& table, std::string_view path, RouteMatch& result);

/// The same for a request to `host` (in lower case, without its port): the routes of the hosts that
/// match it come first, then those without one. The captures of a host's parameters come before the
/// path's captures.
void match(const RouteTable& table, std::string_view host, std::string_view path,
           RouteMatch& result);

/// Every route, in the manifest's order.
std::span<const Route> routes(const RouteTable& table);

/// The methods that the route `found`, as match() gave it, and the other routes with the same paths
/// answer. A redirect answers every method, a static mount GET and HEAD.
MethodMask methods_of(const Route& found);

/// The URL of a route: its pattern with `arguments` for the parameters, in their order.
///
/// Text is percent-encoded as in encodeURIComponent; `{x:path}` keeps its slashes. The result
/// always leads back to a route of this pattern:
///
/// @throws std::invalid_argument  There are more or fewer arguments than parameters; a text is
///                                empty, "." or ".." for `{x}` (no URL has such a segment), or has
///                                a segment "." or ".." for `{x:path}`; or a text is no integer for
///                                `{x:int}`. The message says which.
std::string reverse_url(const Route& route, std::initializer_list<URLArgument> arguments);

/// The URL of the route called `name`.
/// @throws std::invalid_argument  As above, or there is no route of that name.
std::string reverse_url(const RouteTable& table, std::string_view name,
                        std::initializer_list<URLArgument> arguments);

}  // namespace bora::web
