#include <bora/render/json.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

#include <bora/core/escape.h>
#include <bora/render/page_writer.h>

namespace bora::render {
namespace {

constexpr std::uint64_t repeated(std::uint8_t byte) {
  return std::uint64_t{0x0101010101010101} * byte;
}

// Whether one of eight bytes may have to be written in another way: a byte above 0x7f, a control
// character, `"`, a backslash, or '<', after which '/' may follow.
constexpr bool needs_look(std::uint64_t word) {
  const auto holes = [](std::uint64_t bytes, std::uint8_t below) {
    return (bytes - repeated(below)) & ~bytes;
  };
  const std::uint64_t hits = word | holes(word, 0x20) | holes(word ^ repeated('"'), 1) |
                             holes(word ^ repeated('\\'), 1) | holes(word ^ repeated('<'), 1);
  return (hits & repeated(0x80)) != 0;
}

std::uint64_t load_word(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// Loads a text that is shorter than a word: its bytes, some of them twice, and spaces. All sizes
// are constant, so that no function is called.
std::uint64_t load_short(std::string_view text) {
  std::uint64_t word = repeated(' ');
  auto* const bytes = reinterpret_cast<char*>(&word);
  if (text.size() >= 4) {
    std::memcpy(bytes, text.data(), 4);
    std::memcpy(bytes + 4, text.data() + text.size() - 4, 4);
  } else if (!text.empty()) {
    bytes[0] = text.front();
    bytes[1] = text[text.size() / 2];
    bytes[2] = text.back();
  }
  return word;
}

// Whether json_string(text) certainly only adds the quotes.
bool is_plain(std::string_view text) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (text.size() < kWord) return !needs_look(load_short(text));
  const char* const last = text.data() + text.size() - kWord;
  for (const char* at = text.data(); at < last; at += kWord) {
    if (needs_look(load_word(at))) return false;
  }
  return !needs_look(load_word(last));
}

// If this call were in JSONWriter::string(), every text would pay for saving registers.
[[gnu::noinline]] void write_escaped(JSONWriter& writer, std::string_view text) {
  writer.json(json_string(text));
}

constexpr std::size_t kMaxKeptBytes = 64 * 1024;

thread_local std::unique_ptr<Output> spare_output;

}  // namespace

namespace detail {

ScratchOutput::ScratchOutput() : out_(spare_output ? spare_output.release() : new Output) {}

ScratchOutput::~ScratchOutput() {
  out_->clear();
  std::unique_ptr<Output> out(out_);
  if (out->capacity() <= kMaxKeptBytes) spare_output = std::move(out);
}

}  // namespace detail

void JSONWriter::open(char bracket) {
  separate();
  out_.append(std::string_view(&bracket, 1));
  needs_comma_ = false;
}

void JSONWriter::close(char bracket) {
  out_.append(std::string_view(&bracket, 1));
  needs_comma_ = true;
}

void JSONWriter::separate() {
  if (needs_comma_) out_.append(", ");
  needs_comma_ = true;
}

void JSONWriter::key(std::string_view name) {
  string(name);
  out_.append(": ");
  needs_comma_ = false;
}

void JSONWriter::null() {
  json("null");
}

void JSONWriter::boolean(bool value) {
  json(value ? "true" : "false");
}

void JSONWriter::integer(std::int64_t value) {
  separate();
  out_.append_integer(value);
}

void JSONWriter::unsigned_integer(std::uint64_t value) {
  separate();
  out_.append_unsigned(value);
}

void JSONWriter::number(double value) {
  if (!std::isfinite(value)) return null();
  separate();
  out_.append_float(value);
}

void JSONWriter::number(float value) {
  if (!std::isfinite(value)) return null();
  separate();
  out_.append_float(value);
}

void JSONWriter::string(std::string_view text) {
  if (!is_plain(text)) return write_escaped(*this, text);
  PageWriter to(out_, text.size());
  if (needs_comma_) to.append_unchecked({", ", 2});
  to.append_unchecked({"\"", 1});
  to.append(text);
  to.append_unchecked({"\"", 1});
  to.finish();
  needs_comma_ = true;
}

void JSONWriter::json(std::string_view text) {
  separate();
  out_.append(text);
}

}  // namespace bora::render
