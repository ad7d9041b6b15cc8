#include <cstring>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/core/catalogue.h"
#include "runtime/core/plural_formula.h"
#include "runtime/text/characters.h"

// Catalogues as msgfmt makes them. The file may come from anywhere: every offset and size in it is
// checked before it is used.

namespace bora {
namespace {

constexpr char kContextSeparator = '\4';

std::string key_of(std::string_view context, std::string_view message) {
  if (context.empty()) return std::string(message);
  return std::string(context) + kContextSeparator + std::string(message);
}

class GettextCatalogue final : public Catalogue {
 public:
  const std::string* find(std::string_view context, std::string_view message) const override {
    return find_form(context, message, 1);
  }

  const std::string* find_plural(std::string_view context, std::string_view message,
                                 std::string_view, std::int64_t count) const override {
    return find_form(context, message, count);
  }

  void add(std::string_view message, std::string_view translation) {
    // "singular\0plural" and "form 0\0form 1…": only the singular is looked for.
    std::vector<std::string>& forms = messages_[std::string(message.substr(0, message.find('\0')))];
    forms.clear();
    while (true) {
      const std::size_t end = translation.find('\0');
      forms.emplace_back(translation.substr(0, end));
      if (end == std::string_view::npos) return;
      translation.remove_prefix(end + 1);
    }
  }

  void set_formula(PluralFormula formula) { formula_ = std::move(formula); }

 private:
  [[nodiscard]] const std::string* find_form(std::string_view context, std::string_view message,
                                             std::int64_t count) const {
    if (message.empty()) return nullptr;  // the file's own header
    const auto found =
        context.empty() ? messages_.find(message) : messages_.find(key_of(context, message));
    if (found == messages_.end()) return nullptr;
    const std::vector<std::string>& forms = found->second;
    if (forms.size() == 1) return &forms[0];
    const auto magnitude = static_cast<std::uint64_t>(count);
    const std::uint64_t form = formula_(count < 0 ? 0 - magnitude : magnitude);
    return form < forms.size() ? &forms[form] : nullptr;
  }

  std::map<std::string, std::vector<std::string>, std::less<>> messages_;
  PluralFormula formula_;
};

class FileReader {
 public:
  explicit FileReader(std::string_view data) : data_(data) {}

  /// Returns false if it is no catalogue at all.
  bool read_magic() {
    constexpr std::uint32_t kMagic = 0x950412de;
    if (data_.size() < 4) return false;
    is_big_endian_ = number(0) != kMagic;
    return number(0) == kMagic;
  }

  [[nodiscard]] std::uint32_t number(std::size_t offset) const {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(data_[offset + i]));
    };
    if (is_big_endian_) return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
    return byte(3) << 24 | byte(2) << 16 | byte(1) << 8 | byte(0);
  }

  /// Whether `size` bytes stand at `offset`.
  [[nodiscard]] bool has(std::uint64_t offset, std::uint64_t size) const {
    return offset <= data_.size() && size <= data_.size() - offset;
  }

  /// Returns the string to which an entry (size and offset) leads.
  [[nodiscard]] std::optional<std::string_view> string(std::size_t entry) const {
    const std::uint32_t size = number(entry);
    const std::uint32_t offset = number(entry + 4);
    if (!has(offset, size)) return std::nullopt;
    return data_.substr(offset, size);
  }

 private:
  std::string_view data_;
  bool is_big_endian_ = false;
};

/// Returns the text after `name` in the lines of the header, in lower case.
std::string header_field(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t end = header.find('\n');
    std::string line(header.substr(0, end));
    for (char& c : line) c = text::to_lower(c);
    if (line.starts_with(name)) return line.substr(name.size());
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
  }
  return {};
}

/// Returns "utf-8" of `charset=utf-8`; the value ends before the first of `ends`.
std::string parameter(const std::string& field, std::string_view name, std::string_view ends) {
  const std::size_t begin = field.find(name);
  if (begin == std::string::npos) return {};
  const std::size_t value = begin + name.size();
  return field.substr(value, std::min(field.find_first_of(ends, value), field.size()) - value);
}

/// @returns  What is wrong; empty if nothing is.
std::string apply_header(GettextCatalogue& catalogue, std::string_view header) {
  const std::string charset =
      parameter(header_field(header, "content-type:"), "charset=", "; \t\r");
  if (!charset.empty() && charset != "utf-8" && charset != "utf8" && charset != "us-ascii" &&
      charset != "ascii" && charset != "charset") {
    return "its charset is " + charset + ", and only UTF-8 is read";
  }
  const std::string formula = parameter(header_field(header, "plural-forms:"), "plural=", ";");
  if (formula.empty()) return {};
  std::optional<PluralFormula> parsed = PluralFormula::parse(formula);
  if (!parsed) return "its plural formula can't be read: " + formula.substr(0, 80);
  catalogue.set_formula(*std::move(parsed));
  return {};
}

/// @returns  What is wrong; empty if nothing is.
std::string read_file(std::string_view data, GettextCatalogue& catalogue) {
  constexpr std::size_t kHeaderSize = 20;
  constexpr std::uint64_t kEntrySize = 8;
  FileReader file(data);
  if (!file.read_magic()) return "it is no .mo file";
  if (data.size() < kHeaderSize) return "it is cut off";
  if (file.number(4) >> 16 > 1) return "its format is newer than 1";
  const std::uint64_t count = file.number(8);
  const std::uint64_t messages = file.number(12);
  const std::uint64_t translations = file.number(16);
  if (!file.has(messages, count * kEntrySize) || !file.has(translations, count * kEntrySize)) {
    return "its tables reach beyond its end";
  }
  std::uint64_t total = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto message = file.string(messages + i * kEntrySize);
    const auto translation = file.string(translations + i * kEntrySize);
    if (!message || !translation) return "a string reaches beyond its end";
    total += message->size() + translation->size();
    if (total > data.size()) return "its strings overlap";  // a small file could fill all memory
    if (message->empty()) {
      std::string error = apply_header(catalogue, *translation);
      if (!error.empty()) return error;
    } else if (!translation->empty()) {
      catalogue.add(*message, *translation);
    }
  }
  return {};
}

}  // namespace

std::unique_ptr<const Catalogue> read_gettext_catalogue(std::string_view data, std::string& error) {
  auto catalogue = std::make_unique<GettextCatalogue>();
  error = read_file(data, *catalogue);
  if (!error.empty()) return nullptr;
  return catalogue;
}

}  // namespace bora
