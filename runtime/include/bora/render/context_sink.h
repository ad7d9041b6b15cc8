#pragma once

#include <string_view>
#include <type_traits>

#include <bora/render/output.h>
#include <bora/render/page_writer.h>
#include <bora/render/sink.h>

// What `{{ value }}` calls where the value is no HTML text: in a URL, a script, a style sheet. The
// compiler chooses one by the place of the tag. docs/escaping.md tells what each does.

namespace bora::render {

namespace detail {

// All of them also escape what the attribute or element around them could take for its end.
void write_url(Output& out, std::string_view text);
void write_resource_url(Output& out, std::string_view text);
void write_trusted_url(Output& out, std::string_view text);
void write_url_more(Output& out, std::string_view text);
void write_url_first_part(Output& out, std::string_view text);
void write_url_part(Output& out, std::string_view text);
void write_url_component(Output& out, std::string_view text);
void write_url_encoded(Output& out, std::string_view text);
void write_srcset(Output& out, std::string_view text);
void write_srcdoc(Output& out, std::string_view text);
void write_js_string(Output& out, std::string_view text);
void write_css_value(Output& out, std::string_view text);
void write_css_string(Output& out, std::string_view text);
void write_css_url(Output& out, std::string_view text);
void write_css_trusted_url(Output& out, std::string_view text);
void write_css_url_part(Output& out, std::string_view text);

template <class T>
inline constexpr bool is_trusted_url = requires { typename T::bora_trusted_url; };

/// Gives the text of a value to a function.
/// @param write_trusted  The same for a TrustedURL.
template <Output::Write write, Output::Write write_trusted = write>
class TextSink {
 public:
  explicit constexpr TextSink(PageWriter& out) : out_(out) {}

  template <class T>
    requires(is_printable<T>)
  void operator()(const T& value) const {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, char>) {
      Raw{out_}(value);
    } else if constexpr (is_trusted_url<T>) {
      out_.append_by(write_trusted, value);
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

}  // namespace detail

/// All of a URL or its beginning: http, https, mailto, tel or relative; others become
/// kInertURL.
using URLSink = detail::TextSink<detail::write_url, detail::write_trusted_url>;
/// The same where a browser takes code from: relative to this host only.
using ResourceURLSink = detail::TextSink<detail::write_resource_url, detail::write_trusted_url>;
/// Behind a value that begins a URL.
using URLMoreSink = detail::TextSink<detail::write_url_more>;
/// Behind the '/' that begins a URL.
using URLFirstPartSink = detail::TextSink<detail::write_url_first_part>;
using URLPartSink = detail::TextSink<detail::write_url_part>;
/// In a query or a fragment.
using URLComponentSink = detail::TextSink<detail::write_url_component>;
/// What url_escape() made.
using URLEncodedSink = detail::TextSink<detail::write_url_encoded>;
using SrcsetSink = detail::TextSink<detail::write_srcset>;
using JSStringSink = detail::TextSink<detail::write_js_string>;
using CSSValueSink = detail::TextSink<detail::write_css_value>;
using CSSStringSink = detail::TextSink<detail::write_css_string>;
using CSSURLSink = detail::TextSink<detail::write_css_url, detail::write_css_trusted_url>;
using CSSURLPartSink = detail::TextSink<detail::write_css_url_part>;
using CSSURLComponentSink = detail::TextSink<detail::write_url_component>;

/// The whole of a `srcdoc`: a Markup is the inner page, a text is shown in it.
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

/// What stands for a URL that is not allowed: it leads nowhere and loads nothing.
inline constexpr std::string_view kInertURL = "about:invalid#zBora";
/// What stands for a value that is not allowed in a style sheet.
inline constexpr std::string_view kInertCSS = "zBora";

}  // namespace bora::render
