#pragma once

#include <string_view>

#include <bora/render/json.h>
#include <bora/render/output.h>
#include <bora/render/page_writer.h>

// The sinks of `{{ value }}` where JavaScript or JSON needs a value.

namespace bora::render {

namespace detail {

// Write JSON so that it ends neither a script element nor an attribute.
void write_js_value(Output& out, std::string_view json);
void write_js_attribute(Output& out, std::string_view json);

template <Output::Write write>
class ScriptSink {
 public:
  explicit constexpr ScriptSink(PageWriter& out) : out_(out) {}

  template <class T>
    requires(is_json<T>)
  void operator()(const T& value) const {
    Output json;
    JSONWriter(json).value(value);
    out_.append_by(write, json.text());
  }

  template <class T>
    requires(!is_json<T>)
  void operator()(const T& value, define_a_function_to_json_for_this_type = {}) const = delete;

 private:
  PageWriter& out_;
};

}  // namespace detail

/// The sink for a value in a `<script>` or a .js file.
using JSValueSink = detail::ScriptSink<detail::write_js_value>;
/// The sink for a value in an event handler.
using JSAttributeSink = detail::ScriptSink<detail::write_js_attribute>;

}  // namespace bora::render
