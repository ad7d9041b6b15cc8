#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bora::compiler {

/// One message between `bora dev` and the app's development library: "WORD LENGTH\n" and so many
/// bytes. (runtime/devtools/channel.h reads and writes the same.)
inline std::string channel_message(std::string_view word, std::string_view body) {
  std::string text(word);
  text += ' ' + std::to_string(body.size()) + '\n';
  text += body;
  return text;
}

/// A field of a message's body: "LENGTH:" and so many bytes.
inline void add_field(std::string& body, std::string_view field) {
  body += std::to_string(field.size()) + ':';
  body += field;
}

/// The fields of a body; empty if it has other things.
std::vector<std::string> fields_of(std::string_view body);

/// Takes the first whole message from `input`; false if there is none yet. One that makes no sense
/// drops all.
bool take_message(std::string& input, std::string& word, std::string& body);

}  // namespace bora::compiler
