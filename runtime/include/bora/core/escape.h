#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bora {

/// Returns `text` with ampersands, angle brackets and both kinds of quotes written as HTML's
/// references. It works on bytes: what is not UTF-8 passes through unchanged.
std::string xhtml_escape(std::string_view text);
/// The same as xhtml_escape(): Tornado's short name for it in templates.
std::string escape(std::string_view text);

/// Replaces character references (`&eacute;`, `&#233;`, `&#xe9;`) as browsers do: by the longest
/// known name, also without the ';'. Text that is no known reference stays as it is.
std::string xhtml_unescape(std::string_view text);

/// Returns `text` with every run of blanks and control characters replaced by one blank, and none
/// at the ends.
std::string squeeze(std::string_view text);

/// Returns `text` percent-encoded. With `plus`, which is for a query, a blank becomes '+' and '/'
/// is encoded; without it, for a path, a blank becomes "%20" and '/' is kept.
std::string url_escape(std::string_view text, bool plus = true);

/// Undoes url_escape(). An invalid or incomplete "%" sequence stays as it is; it is never an error.
/// The result may hold any bytes: check it with is_valid_utf8() where text is needed.
std::string url_unescape(std::string_view text, bool plus = true);

/// Whether `text` is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most
/// U+10FFFF).
bool is_valid_utf8(std::string_view text);

/// Returns `text` as a JSON string, with its quotes, safe inside a `<script>` element: `</` becomes
/// `<\/`, and U+2028 and U+2029 are escaped. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace bora
