#include <bora/core/options.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/catch.h"

using namespace std::chrono_literals;
using bora::LogLevel;
using bora::OptionError;
using bora::OptionParser;

namespace {

using Arguments = std::vector<std::string>;

/// The message that parsing fails with; empty if it succeeds.
std::string failure_of(OptionParser& parser, const Arguments& arguments) {
  try {
    parser.parse_command_line(arguments);
  } catch (const OptionError& failure) {
    return failure.what();
  }
  return "";
}

std::string read_all(int fd) {
  std::string text;
  char bytes[4096];
  for (ssize_t count; (count = ::read(fd, bytes, sizeof bytes)) > 0;) {
    text.append(bytes, static_cast<std::size_t>(count));
  }
  ::close(fd);
  return text;
}

struct Ended {
  int status = -1;
  std::string output;
  std::string errors;
};

constexpr const char* kChildArguments = "BORA_TEST_CHILD_ARGUMENTS";

/// Calls bora::parse_command_line in a process of its own: this program runs again, with only the
/// test "options: child".
Ended parse_in_child(const char* argument) {
  int output[2];
  int errors[2];
  REQUIRE(::pipe(output) == 0);
  REQUIRE(::pipe(errors) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(output[1], STDOUT_FILENO);
    ::dup2(errors[1], STDERR_FILENO);
    ::setenv(kChildArguments, argument, 1);
    ::execl("/proc/self/exe", "core_tests", "options: child", nullptr);
    ::_exit(127);
  }
  ::close(output[1]);
  ::close(errors[1]);
  Ended ended;
  ended.output = read_all(output[0]);
  ended.errors = read_all(errors[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status)) ended.status = WEXITSTATUS(status);
  return ended;
}

}  // namespace

TEST_CASE("options: OPT-03: values are set in every form", "[core]") {
  OptionParser parser;
  const auto port = parser.define("port", 8888, "run on the given port");
  const auto name = parser.define("name", "world");
  const auto debug = parser.define("debug", false);
  const auto scale = parser.define<double>("scale", 1);
  CHECK(*port == 8888);
  CHECK(*name == "world");
  CHECK(parser.parse_command_line({"--port=9000", "--name", "Ada", "--debug", "-scale=-0.5"})
            .empty());
  CHECK(*port == 9000);
  CHECK(*name == "Ada");
  CHECK(*debug);
  CHECK(*scale == -0.5);
  CHECK(name->size() == 3);
  parser.parse_command_line({"--port", "-1", "--debug=false", "--name="});
  CHECK(*port == -1);
  CHECK_FALSE(*debug);
  CHECK(name->empty());
}

TEST_CASE("options: what follows the options is given back", "[core]") {
  OptionParser parser;
  parser.define("port", 1);
  parser.define("debug", false);
  CHECK(parser.parse_command_line({"--port=2", "file", "--port=3"}) ==
        Arguments{"file", "--port=3"});
  CHECK(parser.get<int>("port") == 2);
  CHECK(parser.parse_command_line({"--debug", "no"}) == Arguments{"no"});
  CHECK(parser.get<bool>("debug"));
  CHECK(parser.parse_command_line({"--", "--port=3"}) == Arguments{"--port=3"});
  CHECK(parser.parse_command_line({"-"}) == Arguments{"-"});
  CHECK(parser.parse_command_line({}).empty());
}

TEST_CASE("options: dashes and underscores are the same", "[core]") {
  OptionParser parser;
  parser.define("max_size", 1);
  parser.parse_command_line({"--max-size=2"});
  CHECK(parser.get<int>("max-size") == 2);
  parser.parse_command_line({"--max_size=3"});
  CHECK(parser.get<int>("max_size") == 3);
  CHECK(parser.contains("max-size"));
  CHECK_FALSE(parser.contains("maxsize"));
}

TEST_CASE("options: OPT-01: one that is defined twice tells where it was before", "[core]") {
  OptionParser parser;
  parser.define("max_size", 1);
  try {
    parser.define("max-size", "text");
    FAIL("the same name");
  } catch (const OptionError& failure) {
    const std::string text = failure.what();
    CHECK(text.starts_with("option --max-size is already defined in "));
    CHECK(text.find("options_test.cpp:") != std::string::npos);
  }
}

TEST_CASE("options: an unknown one gets the nearest name", "[core]") {
  OptionParser parser;
  parser.define("port", 1);
  parser.define("address", "");
  CHECK(failure_of(parser, {"--prot=2"}) == "unknown option --prot; did you mean --port?");
  CHECK(failure_of(parser, {"--adress"}) == "unknown option --adress; did you mean --address?");
  CHECK(failure_of(parser, {"--quux"}) == "unknown option --quux; --help lists those that exist");
  CHECK(failure_of(parser, {"--="}) == "unknown option --; --help lists those that exist");
  CHECK(failure_of(parser, {std::string("--") + std::string(5000, 'x')}).size() < 6000);
}

TEST_CASE("options: a missing or wrong value is reported in one line", "[core]") {
  OptionParser parser;
  parser.define("port", 1);
  parser.define<std::uint16_t>("small", 1);
  parser.define("flag", false);
  parser.define("scale", 1.0);
  parser.define("wait", 5s);
  parser.define("level", LogLevel::info, "", {.metavar = "LEVEL"});
  CHECK(failure_of(parser, {"--port"}) == "--port needs a value: --port=VALUE");
  CHECK(failure_of(parser, {"--level", "--port=2"}) == "--level needs a value: --level=LEVEL");
  CHECK(failure_of(parser, {"--port=abc"}) == "--port: 'abc' is not a whole number");
  CHECK(failure_of(parser, {"--port="}) == "--port: '' is not a whole number");
  CHECK(failure_of(parser, {"--port=1.5"}) == "--port: '1.5' is not a whole number");
  CHECK(failure_of(parser, {"--port= 1"}) == "--port: ' 1' is not a whole number");
  CHECK(failure_of(parser, {"--port=+-1"}) == "--port: '+-1' is not a whole number");
  CHECK(failure_of(parser, {"--port=2147483648"}) ==
        "--port: '2147483648' is not between -2147483648 and 2147483647");
  CHECK(failure_of(parser, {"--port=-99999999999999999999"}) ==
        "--port: '-99999999999999999999' is not between -2147483648 and 2147483647");
  CHECK(failure_of(parser, {"--small=65536"}) == "--small: '65536' is not between 0 and 65535");
  CHECK(failure_of(parser, {"--small=-1"}) == "--small: '-1' is not between 0 and 65535");
  CHECK(failure_of(parser, {"--flag=maybe"}) == "--flag: 'maybe' is neither true nor false");
  CHECK(failure_of(parser, {"--scale=1e999"}) == "--scale: '1e999' is out of range");
  CHECK(failure_of(parser, {"--scale=nan"}) == "--scale: 'nan' is not a number");
  CHECK(failure_of(parser, {"--wait=soon"}) ==
        "--wait: 'soon' is not a duration such as 500ms, 90s or 1h30m");
  CHECK(failure_of(parser, {"--wait=1.5s"}) ==
        "--wait: '1.5s' is finer than this option can be; its unit is 1s");
  CHECK(failure_of(parser, {"--level=loud"}) ==
        "--level: 'loud' is none of debug, info, warning, error, none");
  CHECK(parser.get<int>("port") == 1);
}

TEST_CASE("options: integers reach their limits", "[core]") {
  OptionParser parser;
  const auto low = parser.define<std::int64_t>("low", 0);
  const auto high = parser.define<std::uint64_t>("high", 0);
  const auto tiny = parser.define<std::int8_t>("tiny", 0);
  parser.parse_command_line(
      {"--low=-9223372036854775808", "--high=18446744073709551615", "--tiny=-128"});
  CHECK(*low == std::numeric_limits<std::int64_t>::min());
  CHECK(*high == std::numeric_limits<std::uint64_t>::max());
  CHECK(*tiny == -128);
  CHECK(failure_of(parser, {"--tiny=128"}) == "--tiny: '128' is not between -128 and 127");
  CHECK(failure_of(parser, {"--high=18446744073709551616"}).ends_with("18446744073709551615"));
}

TEST_CASE("options: OPT-05: words for true and false", "[core]") {
  OptionParser parser;
  const auto flag = parser.define("flag", false);
  for (const char* word : {"true", "T", "1", "yes", "Y", "on"}) {
    parser.parse_command_line({std::string("--flag=") + word});
    CHECK(*flag);
  }
  for (const char* word : {"false", "F", "0", "no", "N", "off"}) {
    parser.parse_command_line({std::string("--flag=") + word});
    CHECK_FALSE(*flag);
  }
}

TEST_CASE("options: OPT-08: durations are sums of terms", "[core]") {
  OptionParser parser;
  const auto wait = parser.define("wait", 1000ms);
  const auto set = [&](const char* text) {
    parser.parse_command_line({std::string("--wait=") + text});
    return *wait;
  };
  CHECK(set("5") == 5s);
  CHECK(set("500ms") == 500ms);
  CHECK(set("1h30m") == 90min);
  CHECK(set("1 hour 2 minutes") == 62min);
  CHECK(set("1.5s") == 1500ms);
  CHECK(set("-3s") == -3s);
  CHECK(set("2w1d") == 15 * 24h);
  CHECK(set("1e3ms") == 1s);
  CHECK(set("1.5E1") == 15s);
  CHECK(set("25e-2s 1 min") == 60250ms);
  CHECK(failure_of(parser, {"--wait=1e"}).find("is not a duration") != std::string::npos);
  CHECK(failure_of(parser, {"--wait="}).find("is not a duration") != std::string::npos);
  CHECK(failure_of(parser, {"--wait=5 parsecs"}).find("is not a duration") != std::string::npos);
  CHECK(failure_of(parser, {"--wait=ms"}).find("is not a duration") != std::string::npos);
  CHECK(failure_of(parser, {"--wait=99999999999999999999w"}) ==
        "--wait: '99999999999999999999w' is too long a time");
}

TEST_CASE("options: OPT-06: lists are split at commas, numbers may be ranges", "[core]") {
  OptionParser parser;
  const auto ports = parser.define("ports", std::vector<int>());
  const auto names = parser.define("names", std::vector<std::string>{"a"});
  parser.parse_command_line({"--ports=1,3:5,-2:-1", "--names=x:y,z"});
  CHECK(*ports == std::vector<int>{1, 3, 4, 5, -2, -1});
  CHECK(*names == std::vector<std::string>{"x:y", "z"});
  parser.parse_command_line({"--ports=", "--names="});
  CHECK(ports->empty());
  CHECK(names->empty());
  CHECK(failure_of(parser, {"--ports=1,x"}) == "--ports: 'x' is not a whole number");
  CHECK(failure_of(parser, {"--ports=5:3"}) == "--ports: '5:3' is not a range FIRST:LAST");
  CHECK(failure_of(parser, {"--ports=1:"}) == "--ports: '1:' is not a range FIRST:LAST");
  CHECK(failure_of(parser, {"--ports=0:9223372036854775807"}) ==
        "--ports: '0:9223372036854775807' has more than 100000 numbers");
}

TEST_CASE("options: reading and setting check name and type", "[core]") {
  OptionParser parser;
  parser.define("port", 1);
  parser.set("port", 5);
  CHECK(parser.get<int>("port") == 5);
  CHECK_THROWS_AS(parser.get<long>("port"), OptionError);
  CHECK_THROWS_AS(parser.set("port", "text"), OptionError);
  CHECK_THROWS_WITH(parser.get<int>("prot"), "unknown option --prot; did you mean --port?");
}

TEST_CASE("options: OPT-13: help lists all by group, wrapped", "[core]") {
  OptionParser parser;
  parser.define("port", 8888, "run on the given port");
  parser.define("debug", false, "serve error details", {.group = "server"});
  parser.define(
      "a_very_long_name", "x",
      "a help text that is so long that it does not fit into what is left of the line behind it",
      {.metavar = "SOMETHING", .group = "server"});
  CHECK(parser.help_text("app") ==
        "Usage: app [OPTIONS]\n"
        "\n"
        "Options:\n"
        "\n"
        "  --help                           show this help information\n"
        "\n"
        "options_test.cpp options:\n"
        "\n"
        "  --port=PORT                      run on the given port (default 8888)\n"
        "\n"
        "server options:\n"
        "\n"
        "  --a-very-long-name=SOMETHING     a help text that is so long that it does not\n"
        "                                   fit into what is left of the line behind it\n"
        "                                   (default x)\n"
        "  --debug                          serve error details\n");
}

TEST_CASE("options: --help ends parsing", "[core]") {
  OptionParser parser;
  parser.define("port", 1);
  CHECK_FALSE(parser.help_requested());
  parser.parse_command_line({"--port=2", "--help", "--nonsense"});
  CHECK(parser.help_requested());
}

TEST_CASE("options: OPT-02: names, values and groups can be listed", "[core]") {
  OptionParser parser;
  parser.define("b_name", "x", "", {.group = "letters"});
  parser.define("a", std::vector<int>{1, 2}, "", {.group = "letters"});
  parser.set("b-name", "y");
  using Items = std::vector<std::pair<std::string, std::string>>;
  CHECK(parser.items() == Items{{"a", "1,2"}, {"b_name", "y"}, {"help", "false"}});
  CHECK(parser.as_dict().at("b_name") == "y");
  CHECK(parser.groups() == std::vector<std::string>{"", "letters"});
  CHECK(parser.group_dict("letters").size() == 2);
  CHECK(parser.group_dict("digits").empty());
}

TEST_CASE("options: OPT-07: times in Tornado's formats", "[core]") {
  OptionParser parser;
  const auto when = parser.define("when", std::chrono::system_clock::time_point());
  const auto set = [&](const std::string& text) {
    parser.parse_command_line({"--when=" + text});
    return parser.as_dict().at("when");
  };
  CHECK(set("Tue Jan 31 12:30:15 2012") == "2012-01-31 12:30:15");
  CHECK(set("2012-01-31 12:30:15") == "2012-01-31 12:30:15");
  CHECK(set("2012-01-31 12:30") == "2012-01-31 12:30:00");
  CHECK(set("2012-01-31T12:30") == "2012-01-31 12:30:00");
  CHECK(set("20120131 12:30:15") == "2012-01-31 12:30:15");
  CHECK(set("20120131 12:30") == "2012-01-31 12:30:00");
  CHECK(set("2012-01-31") == "2012-01-31 00:00:00");
  CHECK(set("20120131") == "2012-01-31 00:00:00");
  CHECK(set("12:30:15") == "1900-01-01 12:30:15");
  CHECK(set("12:30") == "1900-01-01 12:30:00");
  const std::time_t seconds = std::chrono::system_clock::to_time_t(*when);
  CHECK(std::localtime(&seconds)->tm_hour == 12);
  for (const char* text :
       {"", "soon", "2012-02-30", "2012-13-01", "2012-01-31 25:00", "2012-01-31x"}) {
    CHECK(failure_of(parser, {std::string("--when=") + text}) ==
          "--when: '" + std::string(text) + "' is not a time such as 2026-11-22 10:30");
  }
}

namespace shapes {

enum class Shape { circle, square };

std::string parse_option(std::string_view text, Shape& shape) {
  if (text != "circle" && text != "square") return "'" + std::string(text) + "' is no shape";
  shape = text == "circle" ? Shape::circle : Shape::square;
  return {};
}
std::string option_text(const Shape& shape) {
  return shape == Shape::circle ? "circle" : "square";
}

}  // namespace shapes

TEST_CASE("options: OPT-04: a type of one's own", "[core]") {
  OptionParser parser;
  const auto shape = parser.define("shape", shapes::Shape::circle);
  const auto all = parser.define("shapes", std::vector<shapes::Shape>());
  parser.parse_command_line({"--shape=square", "--shapes=circle,square"});
  CHECK(*shape == shapes::Shape::square);
  CHECK(all->size() == 2);
  CHECK(parser.as_dict().at("shapes") == "circle,square");
  CHECK(failure_of(parser, {"--shape=cube"}) == "--shape: 'cube' is no shape");
}

TEST_CASE("options: OPT-11: callbacks get each value, parse callbacks come at the end", "[core]") {
  OptionParser parser;
  std::vector<std::string> told;
  parser.define("port", 1, "", {.callback = [&](const int& port) {
                  told.push_back("port " + std::to_string(port));
                }});
  parser.add_parse_callback([&] { told.emplace_back("parsed"); });
  parser.add_parse_callback([&] { told.emplace_back("after"); });
  CHECK_THROWS_AS(parser.parse_command_line({"--port=x"}), OptionError);
  CHECK(told.empty());
  parser.parse_command_line({"--port=2", "--port=3"}, false);
  parser.set("port", 4);
  CHECK(told == std::vector<std::string>{"port 2", "port 3", "port 4"});
  parser.parse_command_line({});
  CHECK(told == std::vector<std::string>{"port 2", "port 3", "port 4", "parsed", "after"});
  parser.parse_command_line({"--help"});
  CHECK(told.size() == 5);
  parser.run_parse_callbacks();
  CHECK(told.size() == 7);
}

TEST_CASE("options: OPT-14: a value for as long as a test runs", "[core]") {
  OptionParser parser;
  const auto name = parser.define("name", "world");
  {
    const bora::ScopedOption outer(parser, "name", std::string("Ada"));
    const bora::ScopedOption inner(parser, "name", std::string("Grace"));
    CHECK(*name == "Grace");
  }
  CHECK(*name == "world");
  CHECK_THROWS_AS(bora::ScopedOption(parser, "nam", std::string()), OptionError);
}

TEST_CASE("options: OPT-15: the program's options have Tornado's defaults for logs", "[core]") {
  OptionParser parser;
  bora::define_logging_options(parser);
  const std::map<std::string, std::string> expected = {{"logging", "info"},
                                                       {"log_to_stderr", ""},
                                                       {"log_format", "pretty"},
                                                       {"log_file_prefix", ""},
                                                       {"log_file_max_size", "100000000"},
                                                       {"log_file_num_backups", "10"},
                                                       {"log_rotate_mode", "size"},
                                                       {"log_rotate_when", "midnight"},
                                                       {"log_rotate_interval", "1"}};
  CHECK(parser.group_dict("log") == expected);
  for (const auto& [name, value] : expected) CHECK(bora::options.contains(name));
}

TEST_CASE("options: LOG-07: logs obey a parser when its last part is parsed", "[core]") {
  struct Restored {
    ~Restored() { bora::set_log_level(level); }
    LogLevel level = bora::app_log.level();
  } const restored;
  bora::set_log_level(LogLevel::warning);
  OptionParser parser;
  bora::define_logging_options(parser);
  parser.parse_command_line({"--logging=debug"}, false);
  CHECK(bora::app_log.level() == LogLevel::warning);
  parser.parse_command_line({});
  CHECK(bora::app_log.level() == LogLevel::debug);
  parser.parse_command_line({"--logging=none"});
  CHECK(bora::app_log.level() == LogLevel::debug);
  CHECK(failure_of(parser, {"--logging=info", "--log-file-prefix=/no/such/folder/file"}) ==
        "log file /no/such/folder/file: No such file or directory");
  CHECK(failure_of(parser, {"--log-file-prefix=/dev/null", "--log-rotate-when=noon"}) ==
        "log_rotate_when: 'noon' is none of S, M, H, D, midnight, W0 to W6");
  CHECK(failure_of(parser, {"--log-rotate-mode=often"}) ==
        "--log-rotate-mode: 'often' is none of size, time");
}

TEST_CASE("options: child", "[.child]") {
  const char* argument = std::getenv(kChildArguments);
  REQUIRE(argument != nullptr);
  bora::define("port", 8888, "run on the given port");
  const char* arguments[] = {"/usr/bin/app", argument};
  bora::parse_command_line(2, arguments);
  ::_exit(bora::options.get<int>("port") == 9000 && bora::app_log.level() == LogLevel::info ? 42
                                                                                            : 43);
}

TEST_CASE("options: a program ends with status 2 on a mistake, with 0 after its help", "[core]") {
  const Ended fine = parse_in_child("--port=9000");
  CHECK(fine.status == 42);
  CHECK(fine.errors.empty());
  const Ended mistake = parse_in_child("--prot=9000");
  CHECK(mistake.status == 2);
  CHECK(mistake.errors == "app: unknown option --prot; did you mean --port?\n");
  CHECK(mistake.output.find("Usage") == std::string::npos);
  const Ended help = parse_in_child("--help");
  CHECK(help.status == 0);
  CHECK(help.output.find("--port=PORT") != std::string::npos);
  CHECK(help.output.find("--logging=") != std::string::npos);
  CHECK(help.errors.empty());
}

TEST_CASE("options: a mistake stays one line whatever it holds", "[core]") {
  const Ended ended = parse_in_child("--a\nb\x1b[2J");
  CHECK(ended.status == 2);
  CHECK(ended.errors == "app: unknown option --a\\x0ab\\x1b[2J; --help lists those that exist\n");
}

TEST_CASE("options: define without a default value begins as T()", "[core]") {
  OptionParser parser;
  const auto retries = parser.define<int>("retries");
  const auto name = parser.define<std::string>("name");
  const auto is_loud = parser.define<bool>("loud");
  CHECK(*retries == 0);
  CHECK(name->empty());
  CHECK_FALSE(*is_loud);
  parser.parse_command_line({"--retries=3", "--name=x", "--loud"});
  CHECK(*retries == 3);
  CHECK(*name == "x");
  CHECK(*is_loud);
}
