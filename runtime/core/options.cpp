#include <bora/core/options.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "runtime/core/edit_distance.h"

namespace bora {
namespace {

constexpr std::size_t kHelpColumn = 35;
constexpr std::size_t kHelpWidth = 79;

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

}  // namespace

class OptionParser::Impl {
 public:
  detail::OptionBase* find(std::string_view name) const {
    const auto found = options.find(normalize(name));
    return found == options.end() ? nullptr : found->second.get();
  }

  std::string unknown(std::string_view name) const {
    std::string sentence = fmt::format("unknown option --{}", name);
    const std::string wanted = normalize(name);
    const detail::OptionBase* nearest = nullptr;
    std::size_t least = std::max<std::size_t>(1, wanted.size() / 3) + 1;
    for (const auto& [key, option] : options) {
      const std::size_t distance = edit_distance(wanted, key);
      if (distance < least) {
        least = distance;
        nearest = option.get();
      }
    }
    return nearest != nullptr ? sentence + fmt::format("; did you mean --{}?", nearest->name)
                              : sentence + "; --help lists those that exist";
  }

  std::map<std::string, std::unique_ptr<detail::OptionBase>> options;  // by normalized name
};

OptionParser::OptionParser() : impl_(std::make_unique<Impl>()) {
  define("help", false, "show this help", {.group = "general"});
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
                       std::string_view help, const OptionHelp& details,
                       const std::source_location& where) {
  if (const detail::OptionBase* other = impl_->find(name)) {
    throw OptionError(fmt::format("option --{} is already defined in {}:{}", name,
                                  other->where.file_name(), other->where.line()));
  }
  option->name = name;
  option->help = help;
  option->metavar = details.metavar;
  option->group = details.group.empty() ? file_name(where.file_name()) : details.group;
  option->default_text = option->text();
  option->where = where;
  impl_->options.emplace(normalize(name), std::move(option));
}

detail::OptionBase& OptionParser::find(std::string_view name, const void* type) const {
  detail::OptionBase* option = impl_->find(name);
  if (option == nullptr) throw OptionError(impl_->unknown(name));
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

bool OptionParser::help_requested() const noexcept {
  return get<bool>("help");
}

std::vector<std::string> OptionParser::parse_command_line(
    const std::vector<std::string>& arguments) {
  auto argument = arguments.begin();
  while (argument != arguments.end() && !help_requested()) {
    if (argument->size() < 2 || argument->front() != '-') break;
    std::string_view text = *argument++;
    if (text == "--") break;
    text.remove_prefix(text.starts_with("--") ? 2 : 1);
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    detail::OptionBase* option = impl_->find(name);
    if (option == nullptr) throw OptionError(impl_->unknown(name));
    std::string_view value = "true";
    if (equals != std::string_view::npos) {
      value = text.substr(equals + 1);
    } else if (!option->is_flag()) {
      if (argument == arguments.end() || !starts_value(*argument)) {
        throw OptionError(fmt::format("--{0} needs a value: --{0}={1}", option->name,
                                      option->metavar.empty() ? "VALUE" : option->metavar));
      }
      value = *argument++;
    }
    const std::string problem = option->parse(value);
    if (!problem.empty()) throw OptionError(fmt::format("--{}: {}", option->name, problem));
  }
  return {argument, arguments.end()};
}

std::string OptionParser::help_text(std::string_view program) const {
  std::map<std::string, std::vector<const detail::OptionBase*>> groups;
  for (const auto& [key, option] : impl_->options) groups[option->group].push_back(option.get());
  std::string text = fmt::format("Usage: {} [OPTIONS]\n", program);
  for (const auto& [group, members] : groups) {
    text += fmt::format("\n{} options:\n\n", group);
    for (const detail::OptionBase* option : members) {
      std::string left = "  --" + option->name;
      if (!option->is_flag()) {
        std::string metavar = option->metavar;
        if (metavar.empty()) {
          metavar = normalize(option->name);
          for (char& c : metavar) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
        left += "=" + metavar;
      }
      std::string right = option->help;
      const std::string& initial = option->default_text;
      if (!initial.empty() && !(option->is_flag() && initial == "false")) {
        right += fmt::format("{}(default {})", right.empty() ? "" : " ", initial);
      }
      text += left;
      if (!right.empty()) {
        if (left.size() + 2 > kHelpColumn) {
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

void define_logging_options(OptionParser& parser) {
  parser.define("logging", LogLevel::info, "least severe log records that are written",
                {.metavar = "debug|info|warning|error|none", .group = "log"});
}

std::vector<std::string> parse_command_line(int argc, const char* const* argv) {
  OptionParser& parser = OptionParser::global();
  const std::string program(argc > 0 ? file_name(argv[0]) : "program");
  std::vector<std::string> rest;
  try {
    rest = parser.parse_command_line(argc > 1 ? std::vector<std::string>(argv + 1, argv + argc)
                                              : std::vector<std::string>());
  } catch (const OptionError& mistake) {
    std::fprintf(stderr, "%s: %s\n", program.c_str(), mistake.what());
    std::exit(2);
  }
  if (parser.help_requested()) {
    std::fputs(parser.help_text(program).c_str(), stdout);
    std::exit(0);
  }
  set_log_level(parser.get<LogLevel>("logging"));
  return rest;
}

}  // namespace bora
