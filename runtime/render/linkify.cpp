#include <bora/render/linkify.h>

#include <algorithm>
#include <optional>

#include <bora/core/escape.h>

#include "runtime/text/characters.h"
#include "runtime/text/utf8.h"

// Finds what Tornado's expression finds, in escaped text:
//
//   \b((?:([\w-]+):(/{1,3})|www[.])
//      (?:(?:(?:[^\s&()]|&amp;|&quot;)*(?:[^!"#$%&'()*+,.:;<=>?@\[\]^`{|}~\s]))
//        |(?:\((?:[^\s&()]|&amp;|&quot;)*\)))+)
//
// A link's body is stretches that end in a character which may end one, so that punctuation after
// a link is left out, and pairs of parentheses.

namespace bora::render {
namespace {

constexpr std::size_t kShortLength = 30;

/// The code point at `place` and how many bytes it has; a byte that is no UTF-8 stands for itself.
struct CodePoint {
  char32_t value;
  std::size_t size;
};

CodePoint code_point(std::string_view text, std::size_t place) {
  const text::UTF8Character found = text::decode_utf8(text, place);
  return {found.code, found.size};
}

bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
         c == 0x205f || c == 0x3000;
}

/// Letters, digits and '_'. Beyond ASCII, all characters but spaces and the common punctuation.
bool is_word(char32_t c) {
  if (c < 0x80) return text::is_word(static_cast<char>(c));
  const bool is_punctuation =
      (c >= 0xa1 && c <= 0xbf && c != 0xaa && c != 0xb5 && c != 0xba) || c == 0xd7 || c == 0xf7 ||
      (c >= 0x2010 && c <= 0x206f) ||
      (c >= 0x3001 && c <= 0x3020 && c != 0x3005 && c != 0x3006 && c != 0x3007) ||
      (c >= 0xff01 && c <= 0xff0f) || (c >= 0xff1a && c <= 0xff20);
  return !is_punctuation && !is_space(c);
}

/// Whether a link may end with this character.
bool can_end(char32_t c) {
  if (c >= 0x80) return !is_space(c);
  return is_word(c) || c == '-' || c == '/' || c == '\\' || (c < 0x20 && !is_space(c)) || c == 0x7f;
}

struct Link {
  std::string_view url;
  std::string_view protocol;  ///< if empty, the link begins with "www."
  std::string_view slashes;
};

class LinkFinder {
 public:
  explicit LinkFinder(std::string_view text) : text_(text) {}

  /// Returns the next link; the text before it is in skipped().
  std::optional<Link> next() {
    const std::size_t begin = place_;
    while (place_ < text_.size()) {
      const std::size_t word = place_;
      if (!skip_to_word()) break;
      if (auto link = link_at_word()) {
        skipped_ =
            text_.substr(begin, static_cast<std::size_t>(link->url.data() - text_.data()) - begin);
        place_ = static_cast<std::size_t>(link->url.data() - text_.data()) + link->url.size();
        return link;
      }
      if (place_ == word) break;
    }
    place_ = text_.size();
    skipped_ = text_.substr(begin);
    return std::nullopt;
  }
  [[nodiscard]] std::string_view skipped() const { return skipped_; }

 private:
  /// Goes to the next character that a protocol could begin with.
  bool skip_to_word() {
    while (place_ < text_.size()) {
      const CodePoint c = code_point(text_, place_);
      if (is_word(c.value)) return true;
      place_ += c.size;
    }
    return false;
  }

  /// Reads a run of word characters and '-'; goes to its end if no link begins in it.
  std::optional<Link> link_at_word() {
    const std::size_t begin = place_;
    std::size_t end = begin;
    while (end < text_.size()) {
      const CodePoint c = code_point(text_, end);
      if (!is_word(c.value) && c.value != '-') break;
      end += c.size;
    }
    place_ = end;
    if (end == text_.size()) return std::nullopt;
    if (text_[end] == ':') return link_with_protocol(begin, end);
    const std::string_view run = text_.substr(begin, end - begin);
    const bool is_www = text_[end] == '.' && (run == "www" || run.ends_with("-www"));
    if (!is_www) return std::nullopt;
    const std::size_t body = end_of_body(end + 1);
    if (body == end + 1) return std::nullopt;
    return Link{text_.substr(end - 3, body - (end - 3)), {}, {}};
  }

  std::optional<Link> link_with_protocol(std::size_t begin, std::size_t colon) {
    std::size_t slashes = 0;
    while (slashes < 3 && text_.substr(colon + 1 + slashes).starts_with('/')) ++slashes;
    for (; slashes > 0; --slashes) {
      const std::size_t body = colon + 1 + slashes;
      const std::size_t end = end_of_body(body);
      if (end == body) continue;
      return Link{text_.substr(begin, end - begin), text_.substr(begin, colon - begin),
                  text_.substr(colon + 1, slashes)};
    }
    return std::nullopt;
  }

  /// Returns `begin` if no body begins there.
  [[nodiscard]] std::size_t end_of_body(std::size_t begin) const {
    std::size_t end = begin;
    while (true) {
      const Stretch stretch = stretch_at(end);
      if (stretch.last_end != end) {
        end = stretch.last_end;
        if (end != stretch.end) return end;  // punctuation follows
      }
      if (end >= text_.size() || text_[end] != '(') return end;
      const Stretch inside = stretch_at(end + 1);
      if (inside.end >= text_.size() || text_[inside.end] != ')') return end;
      end = inside.end + 1;
    }
  }

  struct Stretch {
    std::size_t end;
    std::size_t last_end;  ///< After its last character that can end a link.
  };

  /// Reads up to white space, a parenthesis or another entity.
  [[nodiscard]] Stretch stretch_at(std::size_t begin) const {
    Stretch stretch{begin, begin};
    while (stretch.end < text_.size()) {
      if (text_[stretch.end] == '&') {
        const std::size_t size = entity_size(stretch.end);
        if (size == 0) break;
        stretch.end += size;
        continue;
      }
      const CodePoint c = code_point(text_, stretch.end);
      if (c.value == '(' || c.value == ')' || is_space(c.value)) break;
      stretch.end += c.size;
      if (can_end(c.value)) stretch.last_end = stretch.end;
    }
    return stretch;
  }

  [[nodiscard]] std::size_t entity_size(std::size_t place) const {
    for (const std::string_view entity : {std::string_view("&amp;"), std::string_view("&quot;")}) {
      if (text_.substr(place).starts_with(entity)) return entity.size();
    }
    return 0;
  }

  std::string_view text_;
  std::size_t place_ = 0;
  std::string_view skipped_;
};

bool is_first_byte(char c) {
  return !text::is_continuation(c);
}

std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_first_byte));
}

/// The first `count` characters.
std::string_view prefix(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (is_first_byte(text[end]) && count-- == 0) break;
  }
  return text.substr(0, end);
}

/// Returns the whole host and a little of the path, as a hint that something was left out.
std::string host_and_hint(const Link& link) {
  const std::size_t host =
      link.protocol.empty() ? 0 : link.protocol.size() + 1 + link.slashes.size();
  const std::size_t slash = link.url.find('/', host);
  if (slash == std::string_view::npos) return std::string(link.url);
  std::string_view hint = link.url.substr(slash + 1);
  hint = prefix(hint.substr(0, hint.find('/')), 8);
  return std::string(link.url.substr(0, slash + 1)) +
         std::string(hint.substr(0, hint.find_first_of("?.")));
}

/// Returns the text for a long link: the link itself if shortening would not make it shorter.
std::string shortened(const Link& link) {
  std::string text = host_and_hint(link);
  if (length(text) > kShortLength * 3 / 2) text = std::string(prefix(text, kShortLength));
  if (text == link.url) return text;
  const std::size_t entity = text.rfind('&');
  if (entity != std::string::npos &&
      length(std::string_view(text).substr(0, entity)) > kShortLength - 5) {
    text.resize(entity);
  }
  text += "...";
  return length(text) >= length(link.url) ? std::string(link.url) : text;
}

void append_link(std::string& html, const Link& link, const LinkifyOptions& options) {
  const auto& permitted = options.permitted_protocols;
  const bool is_permitted = link.protocol.empty() ? !options.require_protocol
                                                  : std::find(permitted.begin(), permitted.end(),
                                                              link.protocol) != permitted.end();
  if (!is_permitted) {
    html += link.url;
    return;
  }
  const std::string href = (link.protocol.empty() ? "http://" : "") + std::string(link.url);
  html += "<a href=\"" + href + '"';
  if (options.extra_params_for != nullptr) {
    html += ' ' + std::string(text::trim_space(options.extra_params_for(href)));
  } else if (!options.extra_params.empty()) {
    html += ' ' + std::string(text::trim_space(options.extra_params));
  }
  if (options.shorten && length(link.url) > kShortLength) {
    const std::string text = shortened(link);
    if (text != link.url) html += " title=\"" + href + '"';
    html += '>' + text;
  } else {
    html += '>' + std::string(link.url);
  }
  html += "</a>";
}

}  // namespace

Markup linkify(std::string_view text, const LinkifyOptions& options) {
  const std::string escaped = xhtml_escape(text);
  std::string html;
  LinkFinder finder(escaped);
  while (const auto link = finder.next()) {
    html += finder.skipped();
    append_link(html, *link, options);
  }
  html += finder.skipped();
  return Markup(std::move(html));
}

}  // namespace bora::render
