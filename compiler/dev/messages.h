#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bora::compiler {

/// Returns one message between `bora dev` and the app's development library: "WORD LENGTH\n" and so
/// many bytes. (runtime/devtools/channel.h reads and writes the same format.)
inline std::string channel_message(std::string_view word, std::string_view body) {
  std::string text(word);
  text += ' ' + std::to_string(body.size()) + '\n';
  text += body;
  return text;
}

/// Appends a field to a message's body: "LENGTH:" and so many bytes.
inline void add_field(std::string& body, std::string_view field) {
  body += std::to_string(field.size()) + ':';
  body += field;
}

/// Returns the fields of a body; empty if it is malformed.
std::vector<std::string> fields_of(std::string_view body);

/// Takes the first whole message out of `input`; returns false if there is none yet. A malformed
/// message empties `input`.
bool take_message(std::string& input, std::string& word, std::string& body);

}  // namespace bora::compiler
