#include <bora/core/options.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "runtime/core/config_file.h"
#include "runtime/text/characters.h"
#include "runtime/text/edit_distance.h"

namespace bora {
namespace {

constexpr std::size_t kHelpColumn = 35;
constexpr std::size_t kHelpWidth = 79;
constexpr std::size_t kMaxConfigFile = 1 << 20;
constexpr int kMaxConfigDepth = 10;

/// `a_b` and `a-b` are one name.
std::string normalize(std::string_view name) {
  std::string normal(name);
  std::replace(normal.begin(), normal.end(), '_', '-');
  return normal;
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
  std::string wrapped;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (column != 0 && column + 1 + end > width) {
      wrapped += '\n';
      wrapped.append(indent, ' ');
      column = 0;
    }
    if (column != 0) {
      wrapped += ' ';
      ++column;
    }
    wrapped += text.substr(0, end);
    column += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return wrapped;
}

bool starts_value(std::string_view argument) {
  if (argument.size() < 2 || argument[0] != '-') return true;
  return argument[1] == '.' || (argument[1] >= '0' && argument[1] <= '9');  // a negative number
}

/// Upper case, as the help shows a value's name.
std::string shouted(std::string name) {
  for (char& c : name) c = text::to_upper(c);
  return name;
}

/// @throws OptionError
std::string read_config(const std::string& path) {
  const auto fail = [&path](const std::string& why) -> void {
    throw OptionError(fmt::format("{}: {}", path, why));
  };
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(std::generic_category().message(errno));
  std::string text;
  ssize_t count = 1;
  int error = 0;
  while (count != 0 && text.size() <= kMaxConfigFile) {
    char bytes[16384];
    count = ::read(fd, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      error = errno;
      break;
    }
    text.append(bytes, static_cast<std::size_t>(count));
  }
  ::close(fd);
  if (error != 0) fail(std::generic_category().message(error));
  if (text.size() > kMaxConfigFile) fail("a file of options is at most 1 MiB long");
  return text;
}

/// The mistake is printed in one line, whatever the arguments were.
[[noreturn]] void exit_with_mistake(std::string_view program, std::string_view mistake) {
  std::string line = fmt::format("{}: ", program);
  for (const char c : mistake) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') {
      line += fmt::format("\\x{:02x}", c);
    } else {
      line += c;
    }
  }
  std::fprintf(stderr, "%s\n", line.c_str());
  std::exit(2);
}

}  // namespace

class OptionParser::Impl {
 public:
  detail::OptionBase* find(std::string_view name) const {
    const auto found = options.find(normalize(name));
    return found == options.end() ? nullptr : found->second.get();
  }

  /// @param dashes  "--" where options are written with dashes.
  std::string unknown(std::string_view name, std::string_view dashes) const {
    std::string sentence = fmt::format("unknown option {}{}", dashes, name);
    const std::string wanted = normalize(name);
    const detail::OptionBase* nearest = nullptr;
    std::size_t least = std::max<std::size_t>(1, wanted.size() / 3) + 1;
    for (const auto& [key, option] : options) {
      const std::size_t distance = text::edit_distance(wanted, key);
      if (distance < least) {
        least = distance;
        nearest = option.get();
      }
    }
    return nearest != nullptr
               ? sentence + fmt::format("; did you mean {}{}?", dashes,
                                        dashes.empty() ? nearest->name : normalize(nearest->name))
               : sentence + "; --help lists those that exist";
  }

  /// Returns what is wrong; empty if nothing is.
  std::string assign(const detail::ConfigEntry& entry) const {
    using Kind = detail::ConfigEntry::Kind;
    detail::OptionBase* option = find(entry.name);
    if (option == nullptr) return unknown(entry.name, "");
    const auto is_misfit = [option](const detail::ConfigEntry& value) {
      return option->kind() == detail::OptionKind::text &&
             (value.kind == Kind::flag || value.kind == Kind::other);
    };
    const auto& items = entry.items;
    if (is_misfit(entry) || std::any_of(items.begin(), items.end(), is_misfit)) {
      return fmt::format("{}: is text, which stands in quotes", entry.name);
    }
    std::vector<std::string> values;
    for (const detail::ConfigEntry& item : items) values.push_back(item.value);
    std::string problem =
        entry.kind == Kind::list ? option->parse_list(values) : option->parse(entry.value);
    return problem.empty() ? problem : fmt::format("{}: {}", entry.name, problem);
  }

  std::vector<UniqueFunction<void()>> parse_callbacks;
  int config_depth = 0;
  std::map<std::string, std::unique_ptr<detail::OptionBase>> options;  // by normalized name
};

OptionParser::OptionParser() : impl_(std::make_unique<Impl>()) {
  define("help", false, "show this help information");
  impl_->options.at("help")->group.clear();
}

OptionParser::~OptionParser() = default;

OptionParser& OptionParser::global() {
  // Never destroyed: static objects may read options at any time.
  static OptionParser& parser = [&]() -> OptionParser& {
    auto* made = new OptionParser;
    define_logging_options(*made);
    return *made;
  }();
  return parser;
}

void OptionParser::add(std::unique_ptr<detail::OptionBase> option, std::string_view name,
                       std::string_view help, std::string_view metavar, std::string_view group,
                       const std::source_location& where) {
  if (const detail::OptionBase* other = impl_->find(name)) {
    throw OptionError(fmt::format("option --{} is already defined in {}:{}", name,
                                  other->where.file_name(), other->where.line()));
  }
  option->name = name;
  option->help = help;
  option->metavar = metavar;
  option->group = group.empty() ? file_name(where.file_name()) : group;
  option->default_text = option->text();
  option->where = where;
  impl_->options.emplace(normalize(name), std::move(option));
}

detail::OptionBase& OptionParser::find(std::string_view name, const void* type) const {
  detail::OptionBase* option = impl_->find(name);
  if (option == nullptr) throw OptionError(impl_->unknown(name, "--"));
  if (option->type() != type) {
    throw OptionError(
        fmt::format("option --{} is read as another type than the one it is defined with in {}:{}",
                    name, option->where.file_name(), option->where.line()));
  }
  return *option;
}

bool OptionParser::contains(std::string_view name) const {
  return impl_->find(name) != nullptr;
}

std::vector<std::pair<std::string, std::string>> OptionParser::items() const {
  std::vector<std::pair<std::string, std::string>> items;
  for (const auto& [key, option] : impl_->options) items.emplace_back(option->name, option->text());
  return items;
}

std::map<std::string, std::string> OptionParser::as_dict() const {
  const auto all = items();
  return {all.begin(), all.end()};
}

std::vector<std::string> OptionParser::groups() const {
  std::set<std::string> groups;
  for (const auto& [key, option] : impl_->options) groups.insert(option->group);
  return {groups.begin(), groups.end()};
}

std::map<std::string, std::string> OptionParser::group_dict(std::string_view group) const {
  std::map<std::string, std::string> found;
  for (const auto& [key, option] : impl_->options) {
    if (option->group == group) found.emplace(option->name, option->text());
  }
  return found;
}

bool OptionParser::help_requested() const noexcept {
  return get<bool>("help");
}

std::vector<std::string> OptionParser::parse_command_line(const std::vector<std::string>& arguments,
                                                          bool final) {
  auto argument = arguments.begin();
  while (argument != arguments.end() && !help_requested()) {
    if (argument->size() < 2 || argument->front() != '-') break;
    std::string_view text = *argument++;
    if (text == "--") break;
    text.remove_prefix(text.starts_with("--") ? 2 : 1);
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    detail::OptionBase* option = impl_->find(name);
    if (option == nullptr) throw OptionError(impl_->unknown(name, "--"));
    std::string_view value = "true";
    if (equals != std::string_view::npos) {
      value = text.substr(equals + 1);
    } else if (!option->is_flag()) {
      if (argument == arguments.end() || !starts_value(*argument)) {
        throw OptionError(fmt::format("--{0} needs a value: --{0}={1}", normalize(option->name),
                                      option->metavar.empty() ? "VALUE" : option->metavar));
      }
      value = *argument++;
    }
    const std::string problem = option->parse(value);
    if (!problem.empty())
      throw OptionError(fmt::format("--{}: {}", normalize(option->name), problem));
  }
  if (final && !help_requested()) run_parse_callbacks();
  return {argument, arguments.end()};
}

void OptionParser::parse_config_file(const std::string& path, bool final) {
  struct Depth {
    explicit Depth(int& depth) : present(depth) { ++present; }
    ~Depth() { --present; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    int& present;
  };
  if (impl_->config_depth == kMaxConfigDepth) {
    throw OptionError(fmt::format("{}: files of options that name each other", path));
  }
  const Depth depth(impl_->config_depth);
  const auto fail = [&path](int line, std::string_view what) {
    throw OptionError(fmt::format("{}:{}: {}", path, line, what));
  };
  try {
    std::map<std::string, int> lines;
    for (const detail::ConfigEntry& entry : detail::parse_config(read_config(path))) {
      const auto [before, is_new] = lines.emplace(normalize(entry.name), entry.line);
      if (!is_new) {
        fail(entry.line, fmt::format("{} is set in line {} already", entry.name, before->second));
      }
      const std::string problem = impl_->assign(entry);
      if (!problem.empty()) fail(entry.line, problem);
    }
  } catch (const detail::ConfigError& mistake) {
    fail(mistake.line(), mistake.what());
  }
  if (final) run_parse_callbacks();
}

void OptionParser::add_parse_callback(UniqueFunction<void()> callback) {
  impl_->parse_callbacks.push_back(std::move(callback));
}

void OptionParser::run_parse_callbacks() {
  for (UniqueFunction<void()>& callback : impl_->parse_callbacks) callback();
}

std::string OptionParser::help_text(std::string_view program) const {
  std::map<std::string, std::vector<const detail::OptionBase*>> groups;
  for (const auto& [key, option] : impl_->options) groups[option->group].push_back(option.get());
  std::string text = fmt::format("Usage: {} [OPTIONS]\n\nOptions:\n\n", program);
  for (const auto& [group, members] : groups) {
    if (!group.empty()) text += fmt::format("\n{} options:\n\n", group);
    for (const detail::OptionBase* option : members) {
      const std::string name = normalize(option->name);
      std::string left = "  --" + name;
      if (!option->is_flag()) {
        left += "=" + (option->metavar.empty() ? shouted(name) : option->metavar);
      }
      std::string right = option->help;
      const std::string& initial = option->default_text;
      if (!initial.empty() && !(option->is_flag() && initial == "false")) {
        right += fmt::format("{}(default {})", right.empty() ? "" : " ", initial);
      }
      text += left;
      if (!right.empty()) {
        if (left.size() + 1 > kHelpColumn) {
          text += '\n';
          left.clear();
        }
        text.append(kHelpColumn - left.size(), ' ');
        text += wrap(right, kHelpWidth - kHelpColumn, kHelpColumn);
      }
      text += '\n';
    }
  }
  return text;
}

void OptionParser::print_help(std::FILE* file) const {
  std::fputs(help_text(program_invocation_short_name).c_str(), file);
}

void define_logging_options(OptionParser& parser) {
  const LoggingOptions initial;
  const auto define = [&parser](std::string_view name, auto value, std::string_view help,
                                std::string_view metavar = {}) {
    parser.define(name, std::move(value), help, {.metavar = metavar, .group = "log"});
  };
  define("logging", initial.logging, "Set the log level. If 'none', logging won't be touched.",
         "debug|info|warning|error|none");
  define("log_to_stderr", initial.log_to_stderr,
         "Send log output to stderr. By default use stderr if --log_file_prefix is not set.");
  define("log_format", initial.log_format, "How lines look.", "pretty|json");
  define("log_file_prefix", initial.log_file_prefix,
         "Path of the log file; former ones have a number or a date behind it. Several processes "
         "may share it.",
         "PATH");
  define("log_file_max_size", initial.log_file_max_size, "max size of log files before rollover");
  define("log_file_num_backups", initial.log_file_num_backups, "number of log files to keep");
  define("log_rotate_mode", initial.log_rotate_mode, "The mode of rotating files", "size|time");
  define("log_rotate_when", initial.log_rotate_when,
         "the type of interval: S, M, H, D, W0-W6, midnight");
  define("log_rotate_interval", initial.log_rotate_interval, "The interval of rotating by time");
  parser.add_parse_callback([&parser] {
    LoggingOptions wanted;
    wanted.logging = parser.get<LogLevel>("logging");
    wanted.log_to_stderr = parser.get<LogToStderr>("log_to_stderr");
    wanted.log_format = parser.get<LogFormat>("log_format");
    wanted.log_file_prefix = parser.get<std::string>("log_file_prefix");
    wanted.log_file_max_size = parser.get<std::size_t>("log_file_max_size");
    wanted.log_file_num_backups = parser.get<int>("log_file_num_backups");
    wanted.log_rotate_mode = parser.get<LogRotateMode>("log_rotate_mode");
    wanted.log_rotate_when = parser.get<std::string>("log_rotate_when");
    wanted.log_rotate_interval = parser.get<int>("log_rotate_interval");
    try {
      enable_pretty_logging(wanted);
    } catch (const std::exception& failure) {
      throw OptionError(failure.what());
    }
  });
}

std::vector<std::string> parse_command_line(int argc, const char* const* argv, bool final) {
  OptionParser& parser = OptionParser::global();
  const std::string program(argc > 0 ? file_name(argv[0]) : program_invocation_short_name);
  std::vector<std::string> rest;
  try {
    rest = parser.parse_command_line(
        argc > 1 ? std::vector<std::string>(argv + 1, argv + argc) : std::vector<std::string>(),
        final);
  } catch (const OptionError& mistake) {
    exit_with_mistake(program, mistake.what());
  }
  if (parser.help_requested()) {
    std::fputs(parser.help_text(program).c_str(), stdout);
    std::exit(0);
  }
  return rest;
}

void parse_config_file(const std::string& path, bool final) {
  try {
    OptionParser::global().parse_config_file(path, final);
  } catch (const OptionError& mistake) {
    exit_with_mistake(program_invocation_short_name, mistake.what());
  }
}

}  // namespace bora
