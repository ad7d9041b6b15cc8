#pragma once

#include <string>
#include <string_view>

#include "runtime/text/percent.h"

// Percent-encoding of the texts in requests and URLs.

namespace bora::web {

using text::hex_value;
using text::is_path_character;
using text::is_unreserved;

/// Whether two hexadecimal digits follow every '%'.
bool has_valid_escapes(std::string_view text);

/// Appends a segment in the one form in which literals are compared: a character that may stand in
/// a segment as it is stays plain (RFC 3986, 3.3: "/@me" and "/%40me" are one path), other escapes
/// are in capitals, bytes that can't stand in a path are encoded. A '%' that begins no escape is
/// encoded too.
void append_canonical(std::string& out, std::string_view segment);

/// The same without allocating, into `room` bytes at `out`; three times the segment's size is
/// always enough. Returns the text written, empty if there was too little room.
std::string_view canonical(std::string_view segment, char* out, std::size_t room);

/// Appends `text` as encodeURIComponent writes it, but also encodes `!'()*`: only unreserved
/// characters stay, and with `keep_slashes` also '/'.
void append_component(std::string& out, std::string_view text, bool keep_slashes);

/// Whether `text` is "." or "..", which no URL can have as a segment: browsers resolve them.
constexpr bool is_dot_segment(std::string_view text) {
  return text == "." || text == "..";
}

}  // namespace bora::web
