// Renders hostile texts for xss.test.mjs, which looks at the result in a browser.
//
//   xss_pages contexts|unsafe      one page with all texts of standard input, hexadecimal, one a
//   line xss_pages random SEED COUNT    random HTML with one of the texts in it, beside the same
//   HTML with
//                                  a harmless text: JSON, one a line
//   xss_pages pieces               for each line of standard input, HTML with '~' for values and
//   then
//                                  the values, hexadecimal: what Bora writes, or null where it
//                                  refuses

#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <bora/render/compiled_template.h>
#include <bora/render/context_sink.h>
#include <bora/render/json.h>
#include <bora/render/script_sink.h>

#include "templates-lang/html_context.h"
#include "views/contexts.h"
#include "views/unsafe.h"

namespace {

using namespace bora;

std::vector<std::string> read_texts() {
  std::vector<std::string> texts;
  for (std::string line; std::getline(std::cin, line);) {
    std::string& text = texts.emplace_back();
    for (std::size_t i = 0; i + 1 < line.size(); i += 2) {
      text += static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16));
    }
  }
  return texts;
}

template <class Sink>
std::string written_by(const std::string& value) {
  render::Output out;
  render::PageWriter writer(out, 0);
  Sink{writer}(value);
  writer.finish();
  return std::string(out.text());
}

std::string escaped(lang::Escape escape, const std::string& value) {
  using lang::Escape;
  switch (escape) {
    case Escape::html:
      return written_by<render::Escaped>(value);
    case Escape::text:
      return written_by<render::EscapedText>(value);
    case Escape::html_first:
      return written_by<render::EscapedFirst>(value);
    case Escape::text_first:
      return written_by<render::EscapedTextFirst>(value);
    case Escape::text_not_js:
      return written_by<render::NotJSSink>(value);
    case Escape::word:
      return written_by<render::WordSink>(value);
    case Escape::resource_more:
      return written_by<render::ResourceMoreSink>(value);
    case Escape::resource_first_part:
      return written_by<render::ResourceFirstPartSink>(value);
    case Escape::module_url:
      return written_by<render::ModuleURLSink>(value);
    case Escape::js_attribute_string:
      return written_by<render::JSAttributeStringSink>(value);
    case Escape::css_attribute_value:
      return written_by<render::CSSAttributeValueSink>(value);
    case Escape::url:
      return written_by<render::URLSink>(value);
    case Escape::resource_url:
      return written_by<render::ResourceURLSink>(value);
    case Escape::url_more:
      return written_by<render::URLMoreSink>(value);
    case Escape::url_first_part:
      return written_by<render::URLFirstPartSink>(value);
    case Escape::url_part:
      return written_by<render::URLPartSink>(value);
    case Escape::url_component:
      return written_by<render::URLComponentSink>(value);
    case Escape::url_encoded:
      return written_by<render::URLEncodedSink>(value);
    case Escape::srcset:
      return written_by<render::SrcsetSink>(value);
    case Escape::js_value:
      return written_by<render::JSValueSink>(value);
    case Escape::js_attribute:
      return written_by<render::JSAttributeSink>(value);
    case Escape::js_string:
      return written_by<render::JSStringSink>(value);
    case Escape::css_value:
      return written_by<render::CSSValueSink>(value);
    case Escape::css_string:
      return written_by<render::CSSStringSink>(value);
    case Escape::css_url:
      return written_by<render::CSSURLSink>(value);
    case Escape::css_url_part:
      return written_by<render::CSSURLPartSink>(value);
    case Escape::css_url_component:
      return written_by<render::CSSURLComponentSink>(value);
    case Escape::srcdoc:
      return written_by<render::SrcdocSink>(value);
  }
  std::abort();
}

// The parts of random pages, which need not make sense.
constexpr std::string_view kPieces[] = {"<p>",
                                        "</p>",
                                        "<p title=\"",
                                        "<a href=\"",
                                        "<a href='",
                                        "<img src=\"",
                                        "<input value='",
                                        "\"",
                                        "'",
                                        ">",
                                        " ",
                                        "/",
                                        "=",
                                        "<!--",
                                        "-->",
                                        "--!>",
                                        "<",
                                        "&",
                                        "&quot;",
                                        "&#39;",
                                        "&#x6a;",
                                        "<script>",
                                        "</script>",
                                        "<script type=\"application/json\">",
                                        "<script type=module>",
                                        "<style>",
                                        "</style>",
                                        "<textarea>",
                                        "</textarea>",
                                        "<title>",
                                        "</title>",
                                        "<svg>",
                                        "</svg>",
                                        "<math>",
                                        "</math>",
                                        "<b onclick=\"",
                                        "<b style='",
                                        "var a = ",
                                        "\"text\"",
                                        "'text'",
                                        "`",
                                        "${",
                                        "}",
                                        "{",
                                        "//",
                                        "/*",
                                        "*/",
                                        "\n",
                                        "(",
                                        ")",
                                        ";",
                                        ",",
                                        "url(",
                                        "a",
                                        "1",
                                        "\\",
                                        "return ",
                                        "javascript:",
                                        "https://",
                                        "?q=",
                                        "#",
                                        "<iframe srcdoc=\"",
                                        "<template>",
                                        "</template>",
                                        "<xmp>",
                                        "</xmp>",
                                        "<![CDATA[",
                                        "]]>",
                                        "<plaintext>",
                                        "<select>",
                                        "<option>",
                                        "<table>",
                                        "<td>",
                                        "<noscript>",
                                        "</noscript>",
                                        " class=\"x\"",
                                        " srcset=\"",
                                        "<br/>",
                                        "<svg/>",
                                        "x:",
                                        "<link rel=\"icon\" href=\"",
                                        "<meta name=\"a\" content=\"",
                                        "<script src=\"",
                                        "[",
                                        "]",
                                        "@import ",
                                        "--",
                                        "if (a) ",
                                        "+"};

struct Pair {
  std::string benign;
  std::string hostile;
  std::string literal;
  bool has_value = false;
};

// Returns a page that has a value at random places where Bora allows one.
Pair random_page(std::mt19937& random, const std::string& value) {
  Pair pair;
  lang::HTMLContext context;
  const std::size_t size = 3 + random() % 14;
  for (std::size_t i = 0; i < size; ++i) {
    const std::string_view piece = kPieces[random() % std::size(kPieces)];
    const lang::Advance next = lang::advance_over(context, piece);
    if (next.problem) break;
    context = next.context;
    for (std::string* text : {&pair.benign, &pair.hostile, &pair.literal}) *text += piece;
    const lang::Placement place = lang::placement(context);
    if (place.refusal || random() % 3 == 0) continue;
    pair.benign += escaped(place.escape, "x");
    pair.hostile += escaped(place.escape, value);
    pair.literal += "{{ }}";
    context = lang::after_output(context);
    pair.has_value = true;
  }
  return pair;
}

void print_random(unsigned seed, int count) {
  const std::vector<std::string> texts = read_texts();
  std::mt19937 random(seed);
  while (count > 0) {
    const Pair pair = random_page(random, texts[random() % texts.size()]);
    if (!pair.has_value) continue;
    --count;
    render::Output out;
    render::JSONWriter writer(out);
    writer.begin_object();
    writer.member("literal", pair.literal);
    writer.member("benign", pair.benign);
    writer.member("hostile", pair.hostile);
    writer.end_object();
    std::cout << out.text() << '\n';
  }
}

std::string from_hex(std::string_view hex) {
  std::string text;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    text += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return text;
}

std::optional<std::string> written(std::string_view piece, const std::vector<std::string>& values) {
  std::string html;
  lang::HTMLContext context;
  for (std::size_t i = 0;; ++i) {
    const std::string_view text = piece.substr(0, piece.find('~'));
    const lang::Advance next = lang::advance_over(context, text);
    if (next.problem) return std::nullopt;
    context = next.context;
    html += text;
    if (text.size() == piece.size()) return html;
    const lang::Placement place = lang::placement(context);
    if (place.refusal) return std::nullopt;
    html += escaped(place.escape, values.at(i));
    context = lang::after_output(context);
    piece.remove_prefix(text.size() + 1);
  }
}

void print_pieces() {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::vector<std::string> texts;
    for (std::string word; words >> word;) texts.push_back(from_hex(word == "-" ? "" : word));
    const std::string piece = texts.front();
    texts.erase(texts.begin());
    render::Output out;
    render::JSONWriter(out).value(written(piece, texts));
    std::cout << out.text() << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "contexts") {
    std::cout << render::render_to_string(views::contexts{.values = read_texts()});
  } else if (what == "unsafe") {
    std::cout << render::render_to_string(views::unsafe{.values = read_texts()});
  } else if (what == "random" && argc == 4) {
    print_random(static_cast<unsigned>(std::stoul(argv[2])), std::stoi(argv[3]));
  } else if (what == "pieces") {
    print_pieces();
  } else {
    std::cerr << "xss_pages contexts|unsafe|random SEED COUNT|pieces\n";
    return 2;
  }
  return 0;
}
