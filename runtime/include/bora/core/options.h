#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <bora/core/log.h>

// Options of a program, defined where they are used and set from the command line:
//
//   const auto port = bora::define("port", 8888, "run on the given port");
//
//   int main(int argc, char** argv) {
//     bora::parse_command_line(argc, argv);      // --port=9000, --port 9000, --help
//     app.listen(*port);                         // or bora::options.get<int>("port")
//   }
//
// Types: bool, integers, double, std::string, LogLevel, std::chrono durations ("1h30m", "500ms", a
// number alone is seconds), and std::vector of these (comma separated; integers take ranges,
// "1,4:7"). Define and set them before threads start; then they are only read.

namespace bora {

/// An option that is unknown, defined twice, of another type, or given a value that it can't take.
/// what() is one sentence that names the option.
class OptionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {

// Text to value and back, for each type of option. parse: an empty answer is success, otherwise
// what is wrong, to be put behind "--name: ".
std::string parse_option(std::string_view text, bool& value);
std::string parse_option(std::string_view text, double& value);
std::string parse_option(std::string_view text, std::string& value);
std::string parse_option(std::string_view text, LogLevel& value);
std::string parse_integer(std::string_view text, std::int64_t least, std::uint64_t most,
                          std::int64_t& value);
std::string parse_duration(std::string_view text, std::intmax_t num, std::intmax_t den,
                           std::int64_t least, std::int64_t most, std::int64_t& count);
/// Splits at commas and, for integers, writes ranges out.
std::string split_list(std::string_view text, bool with_ranges, std::vector<std::string>& items);

std::string option_text(bool value);
std::string option_text(double value);
std::string option_text(const std::string& value);
std::string option_text(LogLevel value);
std::string option_text(std::int64_t value);
std::string option_text(std::uint64_t value);
std::string duration_text(std::int64_t count, std::intmax_t num, std::intmax_t den);

template <class T>
concept Duration = requires {
  typename T::rep;
  T::period::num;
  T::period::den;
  requires std::signed_integral<typename T::rep>;
};

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

template <Integer T>
std::string parse_option(std::string_view text, T& value) {
  // Both limits fit: the least of an unsigned type is 0, and the greatest of any is positive.
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

template <class T>
std::string parse_option(std::string_view text, std::vector<T>& values) {
  std::vector<std::string> items;
  std::string problem = split_list(text, Integer<T>, items);
  std::vector<T> parsed;
  for (const std::string& item : items) {
    if (!problem.empty()) break;
    T value{};
    problem = parse_option(item, value);
    parsed.push_back(std::move(value));
  }
  if (problem.empty()) values = std::move(parsed);
  return problem;
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

template <class T>
std::string option_text(const std::vector<T>& values) {
  std::string text;
  for (const T& value : values) {
    if (!text.empty()) text += ',';
    text += option_text(value);
  }
  return text;
}

/// An option without its type, for the parser.
class OptionBase {
 public:
  OptionBase(const OptionBase&) = delete;
  OptionBase& operator=(const OptionBase&) = delete;
  virtual ~OptionBase() = default;

  virtual std::string parse(std::string_view text) = 0;
  [[nodiscard]] virtual std::string text() const = 0;
  /// An address that differs for each T: the type's name without RTTI.
  [[nodiscard]] virtual const void* type() const noexcept = 0;
  [[nodiscard]] virtual bool is_flag() const noexcept = 0;

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
  explicit OptionValue(T initial) : value(std::move(initial)) {}

  std::string parse(std::string_view text) override { return parse_option(text, value); }
  [[nodiscard]] std::string text() const override { return option_text(value); }
  [[nodiscard]] const void* type() const noexcept override { return &kOptionType<T>; }
  [[nodiscard]] bool is_flag() const noexcept override { return std::same_as<T, bool>; }

  T value;
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

/// What define() returns: the option's present value, as long as its parser lives.
template <class T>
class Option {
 public:
  explicit Option(const detail::OptionValue<T>& option) noexcept : option_(&option) {}

  const T& operator*() const noexcept { return option_->value; }
  const T* operator->() const noexcept { return &option_->value; }

 private:
  const detail::OptionValue<T>* option_;
};

/// How an option appears in the help.
struct OptionHelp {
  std::string_view
      metavar{};  ///< The value's name: --port=METAVAR. Empty: the option's name in capitals.
  std::string_view group{};  ///< Heading. Empty: the file that defines the option.
};

/// A set of options. Programs use the one called `options`; others are for tests and libraries.
class OptionParser {
 public:
  OptionParser();
  ~OptionParser();
  OptionParser(const OptionParser&) = delete;
  OptionParser& operator=(const OptionParser&) = delete;

  /// The parser behind `options`, with the logging options defined.
  static OptionParser& global();

  /// Adds an option. Its type is the type of `default_value` (text: std::string), or is spelled:
  /// `define<double>("scale", 1)`. `a_b` and `a-b` are the same name.
  /// @throws OptionError  It exists already; the sentence tells where.
  template <class T>
  Option<typename detail::OptionTypeOf<T>::type> define(
      std::string_view name, T default_value, std::string_view help = {}, OptionHelp details = {},
      std::source_location where = std::source_location::current()) {
    using Value = typename detail::OptionTypeOf<T>::type;
    auto option = std::make_unique<detail::OptionValue<Value>>(Value(std::move(default_value)));
    const auto& made = *option;
    add(std::move(option), name, help, details, where);
    return Option<Value>(made);
  }

  /// The present value.
  /// @throws OptionError  There is no such option, or its type is another.
  template <class T>
  [[nodiscard]] const T& get(std::string_view name) const {
    return static_cast<const detail::OptionValue<T>&>(find(name, &detail::kOptionType<T>)).value;
  }

  /// @throws OptionError  As get().
  template <class T>
  void set(std::string_view name, T value) {
    using Value = typename detail::OptionTypeOf<T>::type;
    static_cast<detail::OptionValue<Value>&>(find(name, &detail::kOptionType<Value>)).value =
        Value(std::move(value));
  }

  [[nodiscard]] bool contains(std::string_view name) const;

  /// Sets options from `arguments` (without the program's name): --name=value, --name value, -name,
  /// and --flag for bool (which takes a value only after '='). Ends at `--`, at the first argument
  /// that is no option, and at --help.
  /// @returns  The arguments behind the options.
  /// @throws OptionError  Unknown name, value missing or wrong. Options before it are set.
  std::vector<std::string> parse_command_line(const std::vector<std::string>& arguments);

  /// Whether --help was among them.
  [[nodiscard]] bool help_requested() const noexcept;

  /// What --help prints.
  [[nodiscard]] std::string help_text(std::string_view program) const;

 private:
  void add(std::unique_ptr<detail::OptionBase> option, std::string_view name, std::string_view help,
           const OptionHelp& details, const std::source_location& where);
  detail::OptionBase& find(std::string_view name, const void* type) const;

  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The program's options.
inline OptionParser& options = OptionParser::global();

/// Adds an option to the program's; see OptionParser::define.
template <class T>
Option<typename detail::OptionTypeOf<T>::type> define(
    std::string_view name, T default_value, std::string_view help = {}, OptionHelp details = {},
    std::source_location where = std::source_location::current()) {
  return OptionParser::global().define(name, std::move(default_value), help, details, where);
}

/// Sets the program's options, then the level of the logs from --logging (default: info).
///
/// --help prints the help and ends the program with status 0; a mistake is told in one line, and
/// the program ends with status 2.
/// @returns  The arguments behind the options.
std::vector<std::string> parse_command_line(int argc, const char* const* argv);

/// Adds --logging to a parser; `options` has it.
void define_logging_options(OptionParser& parser);

}  // namespace bora
