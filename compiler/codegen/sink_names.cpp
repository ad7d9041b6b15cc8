#include "compiler/codegen/sink_names.h"

#include "compiler/codegen/runtime_names.h"

namespace bora::compiler {

std::string_view sink_name(lang::Escape escape) {
  using lang::Escape;
  switch (escape) {
    case Escape::html:
      return runtime::kEscaped;
    case Escape::text:
      return runtime::kEscapedText;
    case Escape::html_first:
      return runtime::kEscapedFirst;
    case Escape::text_first:
      return runtime::kEscapedTextFirst;
    case Escape::text_not_js:
      return runtime::kNotJSSink;
    case Escape::word:
      return runtime::kWordSink;
    case Escape::resource_more:
      return runtime::kResourceMoreSink;
    case Escape::resource_first_part:
      return runtime::kResourceFirstPartSink;
    case Escape::module_url:
      return runtime::kModuleURLSink;
    case Escape::js_attribute_string:
      return runtime::kJSAttributeStringSink;
    case Escape::css_attribute_value:
      return runtime::kCSSAttributeValueSink;
    case Escape::url:
      return runtime::kURLSink;
    case Escape::resource_url:
      return runtime::kResourceURLSink;
    case Escape::url_more:
      return runtime::kURLMoreSink;
    case Escape::url_first_part:
      return runtime::kURLFirstPartSink;
    case Escape::url_part:
      return runtime::kURLPartSink;
    case Escape::url_component:
      return runtime::kURLComponentSink;
    case Escape::url_encoded:
      return runtime::kURLEncodedSink;
    case Escape::srcset:
      return runtime::kSrcsetSink;
    case Escape::js_value:
      return runtime::kJSValueSink;
    case Escape::js_attribute:
      return runtime::kJSAttributeSink;
    case Escape::js_string:
      return runtime::kJSStringSink;
    case Escape::css_value:
      return runtime::kCSSValueSink;
    case Escape::css_string:
      return runtime::kCSSStringSink;
    case Escape::css_url:
      return runtime::kCSSURLSink;
    case Escape::css_url_part:
      return runtime::kCSSURLPartSink;
    case Escape::css_url_component:
      return runtime::kCSSURLComponentSink;
    case Escape::srcdoc:
      return runtime::kSrcdocSink;
  }
  return runtime::kEscaped;
}

std::string_view sink_header(std::string_view sink_name) {
  for (const std::string_view common :
       {runtime::kEscaped, runtime::kEscapedText, runtime::kEscapedBy, runtime::kRaw,
        runtime::kModuleScope}) {
    if (sink_name == common) return {};
  }
  const bool is_script =
      sink_name == runtime::kJSValueSink || sink_name == runtime::kJSAttributeSink;
  return is_script ? runtime::kScriptSinkHeader : runtime::kContextSinkHeader;
}

}  // namespace bora::compiler
