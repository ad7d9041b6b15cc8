#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bora::lang {

/// The treatment of white space in literal text, as in Tornado.
enum class WhitespaceMode {
  all,     ///< it stays as it is
  single,  ///< blanks become one blank; white space around a line end becomes one line feed
  oneline  ///< any white space becomes one blank
};

/// "all", "single", "oneline"; nothing for any other word.
std::optional<WhitespaceMode> parse_whitespace_mode(std::string_view word);

/// `single` for names that end in .html or .js, `all` for others.
WhitespaceMode default_whitespace_mode(std::string_view file_name);

/// Reduces the text of one file, chunk by chunk in the file's order.
///
/// Each chunk (the text between two tags) is reduced by itself, as in Tornado. Text in a `<pre>` or
/// `<textarea>` element is kept byte for byte, with its start and end tag, even if template tags
/// are between them: the element is followed over the chunks, in the order in which they are
/// written. (Tornado keeps a whole chunk that contains "<pre>", and reduces the rest of the
/// element.) An element that another file opened is not noticed.
///
/// White space is ASCII: a no-break space is text.
class WhitespaceReducer {
 public:
  explicit WhitespaceReducer(WhitespaceMode mode) : mode_(mode) {}

  void set_mode(WhitespaceMode mode) { mode_ = mode; }
  std::string reduce(std::string_view chunk);

 private:
  WhitespaceMode mode_;
  std::string_view element_;  // "pre" or "textarea" while inside one
};

}  // namespace bora::lang
