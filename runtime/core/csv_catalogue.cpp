#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <bora/core/log.h>

#include "runtime/core/catalogue.h"
#include "runtime/text/utf8.h"

// Tornado's translation files: lines of message, translation and, if there are several, which.

namespace bora {
namespace {

enum class Form { only, singular, plural };

class CSVCatalogue final : public Catalogue {
 public:
  void add(Form form, std::string message, std::string translation) {
    messages(form).insert_or_assign(std::move(message), std::move(translation));
  }

  const std::string* find(std::string_view context, std::string_view message) const override {
    return find_form(Form::only, context, message);
  }

  /// A plural's translation is stored under the plural's own text.
  const std::string* find_plural(std::string_view context, std::string_view message,
                                 std::string_view plural, std::int64_t count) const override {
    return count == 1 ? find_form(Form::singular, context, message)
                      : find_form(Form::plural, context, plural);
  }

 private:
  using Messages = std::map<std::string, std::string, std::less<>>;

  Messages& messages(Form form) { return messages_[static_cast<std::size_t>(form)]; }

  [[nodiscard]] const std::string* find_form(Form form, std::string_view context,
                                             std::string_view message) const {
    if (!context.empty()) return nullptr;  // these files have no contexts
    const Messages& messages = messages_[static_cast<std::size_t>(form)];
    const auto found = messages.find(message);
    return found == messages.end() ? nullptr : &found->second;
  }

  Messages messages_[3];
};

std::string utf8_of_utf16(std::string_view bytes, bool is_big_endian) {
  const auto unit = [&](std::size_t i) {
    const unsigned first = static_cast<unsigned char>(bytes[i]);
    const unsigned second = static_cast<unsigned char>(bytes[i + 1]);
    return is_big_endian ? first << 8 | second : second << 8 | first;
  };
  std::string text;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    unsigned code = unit(i);
    const bool is_pair = code >= 0xd800 && code < 0xdc00 && i + 3 < bytes.size() &&
                         unit(i + 2) >= 0xdc00 && unit(i + 2) < 0xe000;
    if (is_pair) {
      code = 0x10000 + ((code - 0xd800) << 10) + (unit(i + 2) - 0xdc00);
      i += 2;
    } else if (code >= 0xd800 && code < 0xe000) {
      code = 0xfffd;
    }
    text::append_utf8(text, code);
  }
  return text;
}

/// Decodes by the byte order mark, which is looked for in each file.
std::string decoded(std::string_view text) {
  if (text.starts_with("\xff\xfe")) return utf8_of_utf16(text.substr(2), false);
  if (text.starts_with("\xfe\xff")) return utf8_of_utf16(text.substr(2), true);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return std::string(text);
}

/// Rows of a CSV text: RFC 4180, with any of the three line ends.
class CSVReader {
 public:
  explicit CSVReader(std::string_view text) : rest_(text) {}

  std::optional<std::vector<std::string>> next_row() {
    if (rest_.empty()) return std::nullopt;
    std::vector<std::string> row;
    do {
      row.push_back(next_field());
    } while (take(','));
    take('\r');
    take('\n');
    return row;
  }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string next_field() {
    std::string field;
    if (take('"')) read_quoted(field);
    const std::size_t size = std::min(rest_.find_first_of(",\r\n"), rest_.size());
    field += rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
  }

  void read_quoted(std::string& field) {
    while (true) {
      const std::size_t quote = rest_.find('"');
      field += rest_.substr(0, quote);
      rest_.remove_prefix(quote == std::string_view::npos ? rest_.size() : quote + 1);
      if (!take('"')) return;
      field += '"';
    }
  }

  std::string_view rest_;
};

std::string trimmed(const std::string& text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::optional<Form> parse_form(std::string_view text) {
  if (text.empty() || text == "unknown") return Form::only;
  if (text == "singular") return Form::singular;
  if (text == "plural") return Form::plural;
  return std::nullopt;
}

}  // namespace

std::unique_ptr<const Catalogue> read_csv_catalogue(std::string_view text, std::string_view name) {
  auto catalogue = std::make_unique<CSVCatalogue>();
  const std::string utf8 = decoded(text);
  CSVReader reader(utf8);
  for (int number = 1; auto row = reader.next_row(); ++number) {
    if (row->size() < 2) continue;
    const std::string indicator = row->size() > 2 ? trimmed((*row)[2]) : std::string();
    const std::optional<Form> form = parse_form(indicator);
    if (!form) {
      gen_log.error(name, ", row ", number, ": '", indicator,
                    "' is neither \"singular\" nor \"plural\"");
      continue;
    }
    catalogue->add(*form, trimmed((*row)[0]), trimmed((*row)[1]));
  }
  return catalogue;
}

}  // namespace bora
