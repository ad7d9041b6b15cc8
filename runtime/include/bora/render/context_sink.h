#pragma once

#include <source_location>
#include <span>
#include <string_view>
#include <type_traits>

#include <bora/render/output.h>
#include <bora/render/page_writer.h>
#include <bora/render/refused_values.h>
#include <bora/render/sink.h>

// The sinks of `{{ value }}` where the value is not HTML text: in a URL, a script, a style sheet.
// The compiler chooses one by the place of the tag. docs/escaping.md tells what each does.

namespace bora::render {

namespace detail {

// All of them also escape what could end the attribute or element around them. Those that return
// bool return whether they wrote the text; if not, they wrote kInertURL or kInertCSS.
bool write_url(Output& out, std::string_view text);
bool write_resource_url(Output& out, std::string_view text);
bool write_module_url(Output& out, std::string_view text);
bool write_srcset(Output& out, std::string_view text);
bool write_css_value(Output& out, std::string_view text);
bool write_css_attribute_value(Output& out, std::string_view text);
bool write_css_url(Output& out, std::string_view text);
bool write_word(Output& out, std::string_view text);
void write_trusted_url(Output& out, std::string_view text);
void write_trusted_module_url(Output& out, std::string_view text);
void write_url_more(Output& out, std::string_view text);
void write_url_first_part(Output& out, std::string_view text);
void write_url_part(Output& out, std::string_view text);
void write_url_component(Output& out, std::string_view text);
void write_url_encoded(Output& out, std::string_view text);
void write_resource_more(Output& out, std::string_view text);
void write_resource_first_part(Output& out, std::string_view text);
void write_srcdoc(Output& out, std::string_view text);
void write_js_string(Output& out, std::string_view text);
void write_js_attribute_string(Output& out, std::string_view text);
void write_css_string(Output& out, std::string_view text);
void write_css_trusted_url(Output& out, std::string_view text);
void write_css_url_part(Output& out, std::string_view text);
void write_trusted_css(Output& out, std::string_view text);
void write_trusted_css_attribute(Output& out, std::string_view text);
void write_not_js(Output& out, std::string_view text);

/// Whether a URL begins with one of these schemes, which stand in lower case.
bool has_scheme_of(std::span<const std::string_view> schemes, std::string_view url);

template <class T>
inline constexpr bool is_trusted_url = requires { typename T::bora_trusted_url; };
template <class T>
inline constexpr bool is_trusted_css = requires { typename T::bora_trusted_css; };

/// Whether a value of a type is trusted where a sink writes it.
enum class Trust { none, url, css };
template <class T>
inline constexpr Trust trust_of = is_trusted_url<T>   ? Trust::url
                                  : is_trusted_css<T> ? Trust::css
                                                      : Trust::none;

/// Passes the text of a value to a function.
template <Output::Write write>
class TextSink {
 public:
  explicit constexpr TextSink(PageWriter& out) : out_(out) {}

  template <class T>
    requires(is_printable<T>)
  void operator()(const T& value) const {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, char>) {
      Raw{out_}(value);
    } else if constexpr (is_text<T> && !std::is_pointer_v<T>) {
      out_.append_by(write, value);
    } else {
      out_.append_by(write, TextOf<T>(value).text());
    }
  }

  template <class T>
    requires(!is_printable<T>)
  void operator()(const T& value, define_a_function_to_string_for_this_type = {}) const = delete;

 private:
  PageWriter& out_;
};

/// The same for a function that does not write every text.
/// @param trust  The kind of value that `write_trusted` writes.
template <Output::TryWrite write, Trust trust, Output::Write write_trusted>
class CheckingSink {
 public:
  explicit constexpr CheckingSink(PageWriter& out) : out_(out) {}

  template <class T>
    requires(is_printable<T>)
  void operator()(const T& value,
                  const std::source_location& where = std::source_location::current()) const {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, char>) {
      Raw{out_}(value);
    } else if constexpr (trust != Trust::none && trust_of<T> == trust) {
      out_.append_by(write_trusted, value);
    } else if constexpr (is_text<T> && !std::is_pointer_v<T>) {
      put(value, where);
    } else {
      put(TextOf<T>(value).text(), where);
    }
  }

  template <class T>
    requires(!is_printable<T>)
  void operator()(const T& value, define_a_function_to_string_for_this_type = {}) const = delete;

 private:
  void put(std::string_view text, const std::source_location& where) const {
    if (!out_.append_by(write, text)) [[unlikely]]
      note_refused(text, where);
  }

  PageWriter& out_;
};

}  // namespace detail

/// For a whole URL or its beginning: http, https, mailto, tel or relative; others become kInertURL.
using URLSink =
    detail::CheckingSink<detail::write_url, detail::Trust::url, detail::write_trusted_url>;

/// The same, with more schemes that are allowed.
class OwnSchemesURLSink {
 public:
  /// @param schemes  In lower case, without ':'. They must outlive the sink.
  constexpr OwnSchemesURLSink(PageWriter& out, std::span<const std::string_view> schemes)
      : out_(out), schemes_(schemes) {}

  template <class T>
    requires(detail::is_printable<T>)
  void operator()(const T& value,
                  const std::source_location& where = std::source_location::current()) const {
    if constexpr (!std::is_arithmetic_v<T> && !detail::is_trusted_url<T>) {
      const detail::TextOf<T> text(value);
      if (detail::has_scheme_of(schemes_, text.text())) {
        out_.append_by(detail::write_trusted_url, text.text());
        return;
      }
    }
    URLSink{out_}(value, where);
  }

  template <class T>
    requires(!detail::is_printable<T>)
  void operator()(const T& value, define_a_function_to_string_for_this_type = {}) const = delete;

 private:
  PageWriter& out_;
  std::span<const std::string_view> schemes_;
};

/// For a URL from which a browser loads code: relative to this host only.
using ResourceURLSink =
    detail::CheckingSink<detail::write_resource_url, detail::Trust::url, detail::write_trusted_url>;
/// For the rest of such a URL, after a value that begins it.
using ResourceMoreSink = detail::TextSink<detail::write_resource_more>;
/// For the text after the '/' that begins such a URL; it must not be empty.
using ResourceFirstPartSink = detail::TextSink<detail::write_resource_first_part>;
/// For the address of a module in an importmap.
using ModuleURLSink = detail::CheckingSink<detail::write_module_url, detail::Trust::url,
                                           detail::write_trusted_module_url>;
/// For the rest of a URL, after a value that begins it.
using URLMoreSink = detail::TextSink<detail::write_url_more>;
/// For the text after the '/' that begins a URL.
using URLFirstPartSink = detail::TextSink<detail::write_url_first_part>;
using URLPartSink = detail::TextSink<detail::write_url_part>;
/// For a part of a query or a fragment.
using URLComponentSink = detail::TextSink<detail::write_url_component>;
/// For the result of url_escape().
using URLEncodedSink = detail::TextSink<detail::write_url_encoded>;
using SrcsetSink =
    detail::CheckingSink<detail::write_srcset, detail::Trust::none, detail::write_trusted_url>;
using JSStringSink = detail::TextSink<detail::write_js_string>;
using JSAttributeStringSink = detail::TextSink<detail::write_js_attribute_string>;
using CSSValueSink =
    detail::CheckingSink<detail::write_css_value, detail::Trust::css, detail::write_trusted_css>;
using CSSAttributeValueSink =
    detail::CheckingSink<detail::write_css_attribute_value, detail::Trust::css,
                         detail::write_trusted_css_attribute>;
using CSSStringSink = detail::TextSink<detail::write_css_string>;
using CSSURLSink =
    detail::CheckingSink<detail::write_css_url, detail::Trust::url, detail::write_css_trusted_url>;
using CSSURLPartSink = detail::TextSink<detail::write_css_url_part>;
using CSSURLComponentSink = detail::TextSink<detail::write_url_component>;
/// For a name or a number: letters, digits and `- _ . :`.
using WordSink =
    detail::CheckingSink<detail::write_word, detail::Trust::none, detail::write_url_component>;
/// For a text that must not begin with "js:".
using NotJSSink = detail::TextSink<detail::write_not_js>;

/// Writes as Sink does, but doubles a line end at the beginning of a text: `<pre>` and `<textarea>`
/// drop the first.
template <class Sink>
class FirstLineSink {
 public:
  explicit constexpr FirstLineSink(PageWriter& out) : out_(out) {}

  template <class T>
    requires(detail::is_printable<T>)
  void operator()(const T& value) const {
    if constexpr (detail::is_text<T> && !std::is_pointer_v<T> && !detail::is_markup<T>) {
      const std::string_view text = value;
      if (text.starts_with('\n') || text.starts_with('\r')) out_.append("\n");
    }
    Sink{out_}(value);
  }

  template <class T>
    requires(!detail::is_printable<T>)
  void operator()(const T& value, define_a_function_to_string_for_this_type = {}) const = delete;

 private:
  PageWriter& out_;
};
using EscapedFirst = FirstLineSink<Escaped>;
using EscapedTextFirst = FirstLineSink<EscapedText>;

/// For the whole of a `srcdoc`: a Markup is the inner page, and a text is shown in it.
class SrcdocSink {
 public:
  explicit constexpr SrcdocSink(PageWriter& out) : text_(out), out_(out) {}

  template <class T>
  void operator()(const T& value) const
    requires requires(const detail::TextSink<detail::write_srcdoc>& sink) { sink(value); }
  {
    if constexpr (detail::is_markup<T>) {
      out_.append_escaped(value);
    } else {
      text_(value);
    }
  }

  template <class T>
    requires(!detail::is_printable<T>)
  void operator()(const T& value, define_a_function_to_string_for_this_type = {}) const = delete;

 private:
  detail::TextSink<detail::write_srcdoc> text_;
  PageWriter& out_;
};

/// Replaces a URL that is not allowed: it leads nowhere and loads nothing.
inline constexpr std::string_view kInertURL = "about:invalid#zBora";
/// Replaces a value that is not allowed in a style sheet.
inline constexpr std::string_view kInertCSS = "zBora";

}  // namespace bora::render
