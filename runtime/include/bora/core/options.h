#pragma once

#include <concepts>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <bora/core/log_output.h>
#include <bora/core/unique_function.h>

// Options of a program. They are defined where they are used, and set from the command line and
// from a file:
//
//   const auto port = bora::define("port", 8888, "run on the given port");
//   const auto config = bora::define<std::string>(
//       "config", "", "read options from this file",
//       {.callback = [](const std::string& path) { bora::options.parse_config_file(path, false);
//       }});
//
//   int main(int argc, char** argv) {
//     bora::parse_command_line(argc, argv);      // --port=9000, --port 9000, --help
//     app.listen(*port);                         // or bora::options.get<int>("port")
//   }
//
// The types are bool, integers, double, std::string, LogLevel, std::chrono durations ("1h30m",
// "500ms"; a number alone is in seconds), std::chrono::system_clock::time_point ("2026-11-22
// 10:30", local time), and std::vector of these (separated by commas; integers take ranges,
// "1,4:7"). A type of your own needs two functions in its namespace:
//
//   std::string parse_option(std::string_view text, Colour& value);  // what is wrong, or empty
//   std::string option_text(const Colour& value);
//
// Define and set options before threads start; after that they are only read.

namespace bora {

/// An option is unknown, defined twice, of another type, or given a value that it can't take.
/// what() is one sentence that names the option.
class OptionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

// Turn text into a value and back, for each type of option. parse_option() returns an empty string
// if it succeeds, otherwise what is wrong, to be put after "--name: ".
std::string parse_option(std::string_view text, bool& value);
std::string parse_option(std::string_view text, double& value);
std::string parse_option(std::string_view text, std::string& value);
std::string parse_option(std::string_view text, LogLevel& value);
std::string parse_option(std::string_view text, LogFormat& value);
std::string parse_option(std::string_view text, LogRotateMode& value);
std::string parse_option(std::string_view text, LogToStderr& value);
std::string parse_integer(std::string_view text, std::int64_t least, std::uint64_t most,
                          std::int64_t& value);
std::string parse_duration(std::string_view text, std::intmax_t num, std::intmax_t den,
                           std::int64_t least, std::int64_t most, std::int64_t& count);
std::string parse_local_time(std::string_view text, std::int64_t& seconds);
std::string local_time_text(std::int64_t seconds);
/// Splits at commas and, for integers, writes ranges out.
std::string split_list(std::string_view text, bool with_ranges, std::vector<std::string>& items);

std::string option_text(bool value);
std::string option_text(double value);
std::string option_text(const std::string& value);
std::string option_text(LogLevel value);
std::string option_text(LogFormat value);
std::string option_text(LogRotateMode value);
std::string option_text(LogToStderr value);
std::string option_text(std::int64_t value);
std::string option_text(std::uint64_t value);
std::string duration_text(std::int64_t count, std::intmax_t num, std::intmax_t den);

template <class T>
concept TimePoint = requires { &T::clock::to_time_t; };

template <class T>
concept Duration = !TimePoint<T> && requires {
  typename T::rep;
  T::period::num;
  T::period::den;
  requires std::signed_integral<typename T::rep>;
};

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

template <Integer T>
std::string parse_option(std::string_view text, T& value) {
  // Both casts fit: the least value of an unsigned type is 0, and the greatest of any type is
  // positive.
  constexpr T kLeast = std::is_signed_v<T> ? static_cast<T>(T(1) << (sizeof(T) * 8 - 1)) : T(0);
  constexpr T kMost = static_cast<T>(~kLeast);
  std::int64_t wide = 0;
  std::string problem = parse_integer(text, kLeast, static_cast<std::uint64_t>(kMost), wide);
  if (problem.empty()) value = static_cast<T>(wide);
  return problem;
}

template <Duration T>
std::string parse_option(std::string_view text, T& value) {
  constexpr auto kMost = T::max().count();
  std::int64_t count = 0;
  std::string problem =
      parse_duration(text, T::period::num, T::period::den, T::min().count(), kMost, count);
  if (problem.empty()) value = T(static_cast<typename T::rep>(count));
  return problem;
}

template <TimePoint T>
std::string parse_option(std::string_view text, T& value) {
  using Period = typename T::duration::period;
  std::int64_t seconds = 0;
  std::string problem = parse_local_time(text, seconds);
  if (problem.empty()) {
    value = T(typename T::duration(
        static_cast<typename T::duration::rep>(seconds / Period::num * Period::den)));
  }
  return problem;
}

template <class T>
std::string parse_items(const std::vector<std::string>& items, std::vector<T>& values) {
  std::vector<T> parsed;
  for (const std::string& item : items) {
    T value{};
    std::string problem = parse_option(std::string_view(item), value);
    if (!problem.empty()) return problem;
    parsed.push_back(std::move(value));
  }
  values = std::move(parsed);
  return {};
}

template <class T>
std::string parse_option(std::string_view text, std::vector<T>& values) {
  std::vector<std::string> items;
  std::string problem = split_list(text, Integer<T>, items);
  return problem.empty() ? parse_items(items, values) : problem;
}

template <Integer T>
std::string option_text(T value) {
  if constexpr (std::is_signed_v<T>) {
    return option_text(static_cast<std::int64_t>(value));
  } else {
    return option_text(static_cast<std::uint64_t>(value));
  }
}

template <Duration T>
std::string option_text(T value) {
  return duration_text(value.count(), T::period::num, T::period::den);
}

template <TimePoint T>
std::string option_text(T value) {
  using Period = typename T::duration::period;
  return local_time_text(value.time_since_epoch().count() / Period::den * Period::num);
}

template <class T>
std::string option_text(const std::vector<T>& values) {
  std::string text;
  for (const T& value : values) {
    if (!text.empty()) text += ',';
    text += option_text(value);
  }
  return text;
}

template <class T>
inline constexpr bool kIsList = false;
template <class T>
inline constexpr bool kIsList<std::vector<T>> = true;

/// What a value looks like in a file of options.
enum class OptionKind : unsigned char { text, flag, other };

template <class T>
constexpr OptionKind kind_of_option() noexcept {
  if constexpr (kIsList<T>) return kind_of_option<typename T::value_type>();
  if constexpr (std::same_as<T, std::string>) return OptionKind::text;
  return std::same_as<T, bool> || std::same_as<T, LogToStderr> ? OptionKind::flag
                                                               : OptionKind::other;
}

/// An option without its type, for the parser.
class OptionBase {
 public:
  OptionBase(const OptionBase&) = delete;
  OptionBase& operator=(const OptionBase&) = delete;
  virtual ~OptionBase() = default;

  /// Both set the value and call the callback, or return what is wrong.
  virtual std::string parse(std::string_view text) = 0;
  virtual std::string parse_list(const std::vector<std::string>& items) = 0;
  [[nodiscard]] virtual std::string text() const = 0;
  /// An address that differs for each T: it identifies the type without RTTI.
  [[nodiscard]] virtual const void* type() const noexcept = 0;
  [[nodiscard]] virtual OptionKind kind() const noexcept = 0;
  [[nodiscard]] virtual bool is_list() const noexcept = 0;
  /// Whether the option may stand alone on the command line.
  [[nodiscard]] bool is_flag() const noexcept { return kind() == OptionKind::flag && !is_list(); }

  std::string name;
  std::string help;
  std::string group;
  std::string metavar;
  std::string default_text;
  std::source_location where;

 protected:
  OptionBase() = default;
};

template <class T>
inline constexpr char kOptionType = 0;

template <class T>
class OptionValue final : public OptionBase {
 public:
  OptionValue(T initial, UniqueFunction<void(const T&)> callback)
      : value(std::move(initial)), callback_(std::move(callback)) {}

  void set(T other) {
    value = std::move(other);
    if (callback_) callback_(value);
  }
  std::string parse(std::string_view text) override {
    T parsed = value;
    std::string problem = parse_option(text, parsed);
    if (problem.empty()) set(std::move(parsed));
    return problem;
  }
  std::string parse_list(const std::vector<std::string>& items) override {
    if constexpr (kIsList<T>) {
      T parsed;
      std::string problem = parse_items(items, parsed);
      if (problem.empty()) set(std::move(parsed));
      return problem;
    } else {
      static_cast<void>(items);
      return "takes one value, not a list";
    }
  }
  [[nodiscard]] std::string text() const override { return option_text(value); }
  [[nodiscard]] const void* type() const noexcept override { return &kOptionType<T>; }
  [[nodiscard]] OptionKind kind() const noexcept override { return kind_of_option<T>(); }
  [[nodiscard]] bool is_list() const noexcept override { return kIsList<T>; }

  T value;

 private:
  UniqueFunction<void(const T&)> callback_;
};

template <class T>
struct OptionTypeOf {
  using type = T;
};
template <>
struct OptionTypeOf<const char*> {
  using type = std::string;
};
template <>
struct OptionTypeOf<std::string_view> {
  using type = std::string;
};
template <>
struct OptionTypeOf<float> {
  using type = double;
};

}  // namespace detail

/// The result of define(): the option's present value. It is valid as long as its parser lives.
template <class T>
class Option {
 public:
  explicit Option(const detail::OptionValue<T>& option) noexcept : option_(&option) {}

  const T& operator*() const noexcept { return option_->value; }
  const T* operator->() const noexcept { return &option_->value; }

 private:
  const detail::OptionValue<T>* option_;
};

/// How an option appears in the help, and what is called when it is set.
template <class T>
struct OptionDetails {
  /// The value's name: --port=METAVAR. If empty, it is the option's name in capitals.
  std::string_view metavar{};
  /// The heading. If empty, it is the file that defines the option.
  std::string_view group{};
  /// Called with the new value each time the option is set or parsed.
  UniqueFunction<void(const T&)> callback{};
};

/// A set of options. Programs use the one called `options`; others are for tests and libraries.
class OptionParser {
 public:
  OptionParser();
  ~OptionParser();
  OptionParser(const OptionParser&) = delete;
  OptionParser& operator=(const OptionParser&) = delete;

  /// The parser that `options` refers to, with the logging options defined.
  static OptionParser& global();

  /// Adds an option. Its type is the type of `default_value` (text: std::string), or is spelled:
  /// `define<double>("scale", 1)`. Without a default value, `define<int>("retries")`, it begins as
  /// `T()`: 0, empty, false. `a_b` and `a-b` are the same name.
  /// @throws OptionError  An option of this name exists already; the message tells where.
  template <class T>
  Option<typename detail::OptionTypeOf<T>::type> define(
      std::string_view name, T default_value = T(), std::string_view help = {},
      OptionDetails<typename detail::OptionTypeOf<T>::type> details = {},
      std::source_location where = std::source_location::current()) {
    using Value = typename detail::OptionTypeOf<T>::type;
    auto option = std::make_unique<detail::OptionValue<Value>>(Value(std::move(default_value)),
                                                               std::move(details.callback));
    const auto& made = *option;
    add(std::move(option), name, help, details.metavar, details.group, where);
    return Option<Value>(made);
  }

  /// The present value.
  /// @throws OptionError  There is no such option, or its type is another.
  template <class T>
  [[nodiscard]] const T& get(std::string_view name) const& {
    return static_cast<const detail::OptionValue<T>&>(find(name, &detail::kOptionType<T>)).value;
  }
  template <class T>
  const T& get(std::string_view name) const&& = delete;  // the value goes with the parser

  /// Sets the option, and calls its callback.
  /// @throws OptionError  There is no such option, or its type is another.
  template <class T>
  void set(std::string_view name, T value) {
    using Value = typename detail::OptionTypeOf<T>::type;
    static_cast<detail::OptionValue<Value>&>(find(name, &detail::kOptionType<Value>))
        .set(Value(std::move(value)));
  }

  [[nodiscard]] bool contains(std::string_view name) const;

  /// The names, as they were defined, and the values, as on a command line, sorted by name.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> items() const;
  [[nodiscard]] std::map<std::string, std::string> as_dict() const;
  /// The names of the groups; "" is the group of --help.
  [[nodiscard]] std::vector<std::string> groups() const;
  /// The options of a group and their values; empty for a group that does not exist.
  [[nodiscard]] std::map<std::string, std::string> group_dict(std::string_view group) const;

  /// Sets options from `arguments` (without the program's name): --name=value, --name value, -name,
  /// and --flag for bool (which takes a value only after '='). Parsing ends at `--`, at the first
  /// argument that is no option, and at --help.
  ///
  /// @param final  Whether parse callbacks run at the end (not after --help). Pass false when more
  ///               is to be parsed: the last value of an option counts.
  /// @returns  The arguments after the options.
  /// @throws OptionError  A name is unknown, or a value is missing or wrong. Options before it are
  ///                      set.
  std::vector<std::string> parse_command_line(const std::vector<std::string>& arguments,
                                              bool final = true);

  /// Sets options from a file, a subset of TOML:
  ///
  ///   # comment
  ///   port = 9000
  ///   log-file-prefix = "/var/log/app.log"    # or '…', without escapes
  ///   wait = "1h30m"
  ///   debug = true
  ///   names = ["a", "b"]                      # or "a,b"; may span lines
  ///
  /// Text stands in quotes, and other values may. There are no tables, dotted keys or multi-line
  /// strings. A file is at most 1 MiB of UTF-8.
  /// @throws OptionError  The message is "FILE:LINE: what is wrong". Options above that line may be
  ///                      set.
  void parse_config_file(const std::string& path, bool final = true);

  /// Calls `callback` each time all is parsed (see `final`), after those that were added before.
  void add_parse_callback(UniqueFunction<void()> callback);
  void run_parse_callbacks();

  /// Whether --help was among the arguments.
  [[nodiscard]] bool help_requested() const noexcept;

  /// What --help prints.
  [[nodiscard]] std::string help_text(std::string_view program) const;
  void print_help(std::FILE* file = stderr) const;

 private:
  void add(std::unique_ptr<detail::OptionBase> option, std::string_view name, std::string_view help,
           std::string_view metavar, std::string_view group, const std::source_location& where);
  detail::OptionBase& find(std::string_view name, const void* type) const;

  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The program's options.
inline OptionParser& options = OptionParser::global();

/// Gives an option a value while this object lives, for tests; Tornado's mockable().
template <class T>
class ScopedOption {
 public:
  /// @throws OptionError  There is no such option, or its type is another.
  ScopedOption(OptionParser& parser, std::string_view name, T value)
      : parser_(parser), name_(name), before_(parser.get<T>(name)) {
    parser.set(name, std::move(value));
  }
  ~ScopedOption() { parser_.set(name_, std::move(before_)); }
  ScopedOption(const ScopedOption&) = delete;
  ScopedOption& operator=(const ScopedOption&) = delete;

 private:
  OptionParser& parser_;
  std::string name_;
  T before_;
};

/// Adds an option to the program's options; see OptionParser::define.
template <class T>
Option<typename detail::OptionTypeOf<T>::type> define(
    std::string_view name, T default_value = T(), std::string_view help = {},
    OptionDetails<typename detail::OptionTypeOf<T>::type> details = {},
    std::source_location where = std::source_location::current()) {
  return OptionParser::global().define(name, std::move(default_value), help, std::move(details),
                                       where);
}

/// Sets the program's options and, if `final`, the logs from the logging options.
///
/// --help prints the help and ends the program with status 0. A mistake, or a log file that can't
/// be opened, is printed in one line, and the program ends with status 2.
/// @returns  The arguments after the options.
std::vector<std::string> parse_command_line(int argc, const char* const* argv, bool final = true);

/// The same from a file; see OptionParser::parse_config_file.
void parse_config_file(const std::string& path, bool final = true);

/// Adds Tornado's logging options, which LoggingOptions names, to a parser; `options` has them.
/// They take effect when parsing is final, which throws OptionError if one of them can't.
void define_logging_options(OptionParser& parser);

}  // namespace bora
