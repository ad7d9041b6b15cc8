#include "tests/conformance/websocket/case_file.h"

#include <charconv>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "runtime/websocket/permessage_deflate.h"

namespace bora::websocket {

namespace {

using Kind = MessageReader::Kind;

const std::map<std::string_view, int> kOpcodes = {{"cont", 0},  {"text", 1}, {"binary", 2},
                                                  {"close", 8}, {"ping", 9}, {"pong", 10}};
const std::map<std::string_view, Kind> kKinds = {{"text", Kind::text},
                                                 {"binary", Kind::binary},
                                                 {"close", Kind::close},
                                                 {"ping", Kind::ping},
                                                 {"pong", Kind::pong}};

/// A line that is read from the left.
class Line {
 public:
  Line(std::string_view text, std::string place) : text_(text), place_(std::move(place)) {
    skip_blanks();
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(place_ + ": " + why);
  }
  [[nodiscard]] bool is_at_end() const { return text_.empty(); }
  [[nodiscard]] std::string rest() const { return std::string(text_); }
  std::string word() {
    const std::size_t end = std::min(text_.find(' '), text_.size());
    std::string result(text_.substr(0, end));
    text_.remove_prefix(end);
    skip_blanks();
    return result;
  }
  [[nodiscard]] bool has_payload() const {
    return text_.starts_with('"') || text_.starts_with("code(") || text_.starts_with("deflate(") ||
           text_.starts_with("context(");
  }
  /// Returns an empty text if there is none.
  std::string payload(Deflater& context) {
    std::string result;
    if (!has_payload()) return result;
    do {
      result += term(context);
    } while (take("+"));
    skip_blanks();
    return result;
  }
  std::size_t number() {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc()) fail("a number is missing");
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return value;
  }

 private:
  void skip_blanks() {
    while (text_.starts_with(' ')) text_.remove_prefix(1);
  }
  bool take(std::string_view token) {
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  std::string term(Deflater& context) {
    if (take("code(")) {
      const auto code = static_cast<std::uint16_t>(number());
      if (!take(")")) fail("a ')' is missing");
      return close_payload(code);
    }
    const bool is_deflated = take("deflate(");
    const bool has_context = !is_deflated && take("context(");
    std::string result = quoted();
    if (!is_deflated && !has_context) return result;
    if (!take(")")) fail("a ')' is missing");
    std::string payload;
    if (has_context) {
      context.compress(result, true, payload);
    } else {
      Deflater(6, 15, 8).compress(result, false, payload);
    }
    return payload;
  }
  std::string quoted() {
    if (!take("\"")) fail("a '\"' is missing");
    std::string result;
    while (!take("\"")) {
      if (text_.empty()) fail("a '\"' is missing at the end");
      if (take("\\x")) {
        result += static_cast<char>(std::stoi(std::string(text_.substr(0, 2)), nullptr, 16));
        text_.remove_prefix(2);
      } else if (take("\\n")) {
        result += '\n';
      } else {
        take("\\");
        result += text_.front();
        text_.remove_prefix(1);
      }
    }
    if (!take("*")) return result;
    const std::size_t count = number();
    std::string repeated;
    for (std::size_t i = 0; i < count; ++i) repeated += result;
    return repeated;
  }

  std::string_view text_;
  std::string place_;
};

std::string sent_frame(Line& line, Deflater& context) {
  const std::string opcode_name = line.word();
  if (opcode_name == "raw") return line.payload(context);
  int opcode = 0;
  if (opcode_name.starts_with("opcode=")) {
    opcode = std::stoi(opcode_name.substr(7));
  } else {
    const auto known = kOpcodes.find(opcode_name);
    if (known == kOpcodes.end()) line.fail("no opcode: " + opcode_name);
    opcode = known->second;
  }
  std::string payload = line.payload(context);
  int first = 0x80 | opcode;
  bool is_masked = true;
  std::size_t length = payload.size();
  int length_bytes = length < 126 ? 0 : length < 65536 ? 2 : 8;
  while (!line.is_at_end()) {
    const std::string flag = line.word();
    if (flag == "-fin")
      first &= ~0x80;
    else if (flag == "rsv1")
      first |= 0x40;
    else if (flag == "rsv2")
      first |= 0x20;
    else if (flag == "rsv3")
      first |= 0x10;
    else if (flag == "-mask")
      is_masked = false;
    else if (flag == "len16")
      length_bytes = 2;
    else if (flag == "len64")
      length_bytes = 8;
    else if (flag.starts_with("announce="))
      length = std::stoul(flag.substr(9));
    else
      line.fail("no flag: " + flag);
  }
  std::string frame{static_cast<char>(first)};
  const int mask_bit = is_masked ? 0x80 : 0;
  const int short_length = length_bytes == 0   ? static_cast<int>(length)
                           : length_bytes == 2 ? 126
                                               : 127;
  frame += static_cast<char>(mask_bit | short_length);
  for (int i = length_bytes - 1; i >= 0; --i) frame += static_cast<char>(length >> (8 * i) & 0xff);
  if (is_masked) {
    const MaskKey key{0x11, 0x22, 0x83, 0x44};
    frame.append(reinterpret_cast<const char*>(key.data()), key.size());
    apply_mask(payload.data(), payload.size(), key);
  }
  return frame + payload;
}

Case::Wanted wanted_frame(Line& line, Deflater& context) {
  const std::string name = line.word();
  const auto kind = kKinds.find(name);
  if (kind == kKinds.end()) line.fail("no frame: " + name);
  Case::Wanted wanted{kind->second};
  if (wanted.kind != Kind::close) {
    wanted.payload = line.payload(context);
  } else if (line.is_at_end()) {
    wanted.code = 1005;
    wanted.payload = "";
  } else {
    wanted.code = static_cast<std::uint16_t>(std::stoi(line.word()));
    if (line.has_payload()) wanted.payload = line.payload(context);
  }
  if (!line.is_at_end()) line.fail("nothing may follow: " + line.rest());
  return wanted;
}

void set_option(WebSocketOptions& options, Line& line) {
  const std::string text = line.word();
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) line.fail("no option: " + text);
  const std::string key = text.substr(0, equals), value = text.substr(equals + 1);
  if (key == "max_message_size") {
    options.max_message_size = std::stoul(value);
  } else if (key == "max_fragments") {
    options.max_fragments = static_cast<std::uint32_t>(std::stoul(value));
  } else if (key == "compression" && value == "context") {
    options.compression = {.server_context_takeover = true, .client_context_takeover = true};
  } else if (key == "compression" && value == "shared") {
    options.compression = CompressionOptions{};
  } else if (key != "compression" || value != "none") {
    line.fail("no option: " + text);
  }
}

}  // namespace

std::vector<Case> read_cases(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("can't read " + file.string());
  std::vector<Case> cases;
  std::optional<Deflater> context;
  std::string text;
  for (int number = 1; std::getline(in, text); ++number) {
    if (text.empty() || text.front() == '#') continue;
    Line line(text, file.filename().string() + ":" + std::to_string(number));
    const std::string verb = line.word();
    if (verb == "case") {
      Case& next = cases.emplace_back();
      next.name = line.rest();
      next.place = file.filename().string() + ":" + std::to_string(number);
      context.emplace(6, 15, 8);
      continue;
    }
    if (cases.empty()) line.fail("the first line must begin a case");
    Case& present = cases.back();
    if (verb == "with") {
      while (!line.is_at_end()) set_option(present.options, line);
    } else if (verb == "offer") {
      present.offer = line.rest();
    } else if (verb == "agree") {
      present.agree = line.rest();
    } else if (verb == ">") {
      present.sent += sent_frame(line, *context);
    } else if (verb == "<") {
      present.wanted.push_back(wanted_frame(line, *context));
    } else {
      line.fail("a line begins with case, with, offer, agree, > or <, not " + verb);
    }
  }
  return cases;
}

std::vector<Handshake> read_handshakes(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("can't read " + file.string());
  std::vector<Handshake> result;
  std::string text;
  for (int number = 1; std::getline(in, text); ++number) {
    const std::string place = file.filename().string() + ":" + std::to_string(number);
    if (text.empty() || text.front() == '#') continue;
    if (text.starts_with("case ")) {
      result.push_back({text.substr(5), place, {}, 0, {}});
    } else if (result.empty()) {
      throw std::runtime_error(place + ": the first line must begin a case");
    } else if (text.starts_with("= ")) {
      result.back().status = std::stoi(text.substr(2));
    } else if (text.starts_with("< ")) {
      result.back().fields.push_back(text.substr(2));
    } else if (text.starts_with("> ")) {
      result.back().request += text.substr(2) + "\r\n";
    } else {
      throw std::runtime_error(place + ": a line begins with case, =, < or >");
    }
  }
  return result;
}

}  // namespace bora::websocket
