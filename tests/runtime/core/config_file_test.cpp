#include "runtime/core/config_file.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <bora/core/options.h>

#include "tests/support/catch.h"

using namespace std::chrono_literals;
using bora::OptionError;
using bora::OptionParser;

namespace {

/// A file of options, which is removed with this object.
class ConfigFile {
 public:
  explicit ConfigFile(std::string_view text) {
    path = std::filesystem::temp_directory_path() / "bora-config-XXXXXX";
    ::close(::mkstemp(path.data()));
    std::ofstream(path, std::ios::binary) << text;
  }
  ~ConfigFile() { std::filesystem::remove(path); }
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;

  std::string path;
};

/// The error's message, without the file's name.
std::string failure_of(OptionParser& parser, std::string_view text) {
  const ConfigFile file(text);
  try {
    parser.parse_config_file(file.path);
  } catch (const OptionError& failure) {
    const std::string sentence = failure.what();
    REQUIRE(sentence.starts_with(file.path + ":"));
    return sentence.substr(file.path.size() + 1);
  }
  return "";
}

void define_some(OptionParser& parser) {
  parser.define("port", 8888);
  parser.define("max_size", std::size_t{1});
  parser.define("name", "world");
  parser.define("debug", false);
  parser.define("scale", 1.0);
  parser.define("wait", 5000ms);
  parser.define("when", std::chrono::system_clock::time_point());
  parser.define("ports", std::vector<int>());
  parser.define("names", std::vector<std::string>());
}

}  // namespace

TEST_CASE("config file: OPT-09: values of every kind", "[core]") {
  OptionParser parser;
  define_some(parser);
  CHECK(failure_of(parser,
                   "\xef\xbb\xbf# a comment\r\n"
                   "port = 9000 # behind a value\r\n"
                   "\n"
                   "max-size=1_000_000\n"
                   "\tname =\t\"a # \\\"b\\\" \\\\ \\u00e9\\U0001F642\\t\"\n"
                   "debug = true\n"
                   "scale = -1.5e3\n"
                   "wait = \"1h30m\"\n"
                   "when = 2026-11-22 10:30:00\n"
                   "ports = [1, 2,\n  3, # three\n]\n"
                   "names = ['C:\\dir', \"x,y\"]") == "");
  const auto values = parser.as_dict();
  CHECK(values.at("port") == "9000");
  CHECK(values.at("max_size") == "1000000");
  CHECK(values.at("name") == "a # \"b\" \\ é🙂\t");
  CHECK(values.at("debug") == "true");
  CHECK(parser.get<double>("scale") == -1500);
  CHECK(parser.get<std::chrono::milliseconds>("wait") == 90min);
  CHECK(values.at("when") == "2026-11-22 10:30:00");
  CHECK(values.at("ports") == "1,2,3");
  CHECK(parser.get<std::vector<std::string>>("names") ==
        std::vector<std::string>{"C:\\dir", "x,y"});
}

TEST_CASE("config file: OPT-09: text is parsed for options that are no text", "[core]") {
  OptionParser parser;
  define_some(parser);
  CHECK(failure_of(parser,
                   "port = \"9000\"\ndebug = 'false'\nports = \"1,3:5\"\nnames = \"a,b\"\n"
                   "when = \"2026-11-22\"\nwait = 90") == "");
  CHECK(parser.get<int>("port") == 9000);
  CHECK(parser.get<std::vector<int>>("ports") == std::vector<int>{1, 3, 4, 5});
  CHECK(parser.get<std::vector<std::string>>("names") == std::vector<std::string>{"a", "b"});
  CHECK(parser.get<std::chrono::milliseconds>("wait") == 90s);
  CHECK(failure_of(parser, "ports = 7") == "");
  CHECK(parser.get<std::vector<int>>("ports") == std::vector<int>{7});
}

TEST_CASE("config file: a mistake is reported with its line", "[core]") {
  OptionParser parser;
  define_some(parser);
  struct Case {
    std::string_view text;
    std::string_view failure;
  };
  const Case cases[] = {
      {"\n\nprot = 1", "3: unknown option prot; did you mean port?"},
      {"quux = 1", "1: unknown option quux; --help lists those that exist"},
      {"port = true", "1: port: 'true' is not a whole number"},
      {"port = 1.5", "1: port: '1.5' is not a whole number"},
      {"port = [1]", "1: port: takes one value, not a list"},
      {"port = 1\nport = 2", "2: port is set in line 1 already"},
      {"max-size = 1\nmax_size = 2", "2: max_size is set in line 1 already"},
      {"name = 5", "1: name: is text, which stands in quotes"},
      {"name = true", "1: name: is text, which stands in quotes"},
      {"names = ['a', 5]", "1: names: is text, which stands in quotes"},
      {"ports = [1,\n 'x']", "1: ports: 'x' is not a whole number"},
      {"debug = maybe", "1: text stands in quotes: \"maybe\""},
      {"name = world", "1: text stands in quotes: \"world\""},
      {"debug = 2", "1: debug: '2' is neither true nor false"},
      {"wait = 'soon'", "1: wait: 'soon' is not a duration such as 500ms, 90s or 1h30m"},
      {"[server]\nport = 1", "1: there are no tables here, only NAME = VALUE"},
      {"a.b = 1", "1: there are no dotted names here"},
      {"= 1", "1: a line that is not NAME = VALUE"},
      {"\"port\" = 1", "1: a line that is not NAME = VALUE"},
      {"port", "1: '=' is missing behind 'port'"},
      {"port 1", "1: '=' is missing behind 'port'"},
      {"port = ", "1: 'port' has no value"},
      {"port = # 1", "1: 'port' has no value"},
      {"port = 1 2", "1: something stands behind the value"},
      {"port = 1, name = 'a'", "1: something stands behind the value"},
      {"name = 'a", "1: a text has no end"},
      {"name = 'a\n'", "1: a text has no end"},
      {"name = \"a\\", "1: a text has no end"},
      {"name = '''a'''", "1: there are no multi-line texts here"},
      {"name = \"\"\"a\"\"\"", "1: there are no multi-line texts here"},
      {"name = \"\\x\"", "1: \\x is no escape; a backslash is written \\\\"},
      {"name = \"\\u12\"", "1: 4 hexadecimal digits belong after \\u"},
      {"name = \"\\U0011ffff\"", "1: an escape that is no character"},
      {"name = \"\\ud800\"", "1: an escape that is no character"},
      {"name = \"\\u0000\"", "1: an escape that is no character"},
      {"name = \"a\x01\"", "1: the control character \\x01 in a text"},
      {"ports = [1, 2", "1: the list of 'ports' has no end"},
      {"ports = [1\n2]", "2: ',' or ']' is missing in a list"},
      {"ports = [[1]]", "1: a list in a list"},
      {"ports = [,]", "1: a value is true, false, a number, \"text\" or a list"},
      {"port = 1\nname = \"\xff\"", "2: bytes that are not UTF-8"},
      {"port = {}", "1: a value is true, false, a number, \"text\" or a list"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(failure_of(parser, c.text) == c.failure);
  }
  CHECK(failure_of(parser, std::string_view("a\0b = 1", 7)) == "1: '=' is missing behind 'a'");
}

TEST_CASE("config file: one that can't be read", "[core]") {
  OptionParser parser;
  CHECK_THROWS_WITH(parser.parse_config_file("/no/such/file.conf"),
                    "/no/such/file.conf: No such file or directory");
  CHECK_THROWS_WITH(parser.parse_config_file("/"), "/: Is a directory");
  CHECK_THROWS_WITH(parser.parse_config_file("/dev/zero"),
                    "/dev/zero: a file of options is at most 1 MiB long");
  const ConfigFile empty("");
  parser.parse_config_file(empty.path);
}

TEST_CASE("config file: OPT-10: what is parsed later wins", "[core]") {
  OptionParser parser;
  define_some(parser);
  const ConfigFile file("port = 2\nname = 'file'");
  int parsed = 0;
  parser.add_parse_callback([&parsed] { ++parsed; });
  parser.define("config", "", "", {.callback = [&](const std::string& path) {
                  parser.parse_config_file(path, false);
                }});
  parser.parse_command_line({"--port=1", "--config=" + file.path, "--name=line"});
  CHECK(parser.get<int>("port") == 2);
  CHECK(parser.get<std::string>("name") == "line");
  CHECK(parsed == 1);
  const ConfigFile mistaken("port = 'x'");
  CHECK_THROWS_WITH(parser.parse_command_line({"--config=" + mistaken.path}),
                    mistaken.path + ":1: port: 'x' is not a whole number");
}

TEST_CASE("config file: files that name each other are noticed", "[core]") {
  OptionParser parser;
  parser.define("config", "", "", {.callback = [&](const std::string& path) {
                  parser.parse_config_file(path, false);
                }});
  const ConfigFile file("");
  std::ofstream(file.path) << "config = '" << file.path << "'";
  CHECK_THROWS_WITH(parser.parse_config_file(file.path),
                    file.path + ": files of options that name each other");
}

TEST_CASE("config file: any bytes are read or refused", "[core]") {
  constexpr std::string_view kPieces[] = {"port", " = ", "=",    "\"", "'",  "[",  "]",   ",",
                                          "\n",   "#",   "\\",   "u",  "12", "_",  "-",   ":",
                                          ".",    "\r",  "\xff", "é",  " ",  "\t", "true"};
  std::minstd_rand random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto pieces = random() % 20; pieces > 0; --pieces) {
      text += kPieces[random() % std::size(kPieces)];
    }
    try {
      for (const auto& entry : bora::detail::parse_config(text)) CHECK_FALSE(entry.name.empty());
    } catch (const bora::detail::ConfigError& refused) {
      CHECK(refused.line() >= 1);
    }
  }
}

TEST_CASE("config file: long lists and many lines are read", "[core]") {
  CHECK(bora::detail::parse_config("ports = [" + std::string(400'000, '\n') + "]").size() == 1);
  CHECK(bora::detail::parse_config(std::string(1'000'000, '#')).empty());
  CHECK_THROWS_AS(bora::detail::parse_config(std::string(1'000'000, '\xff')),
                  bora::detail::ConfigError);
}
