#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bora/core/unique_function.h>

namespace bora {
class IOLoop;
}

namespace bora::devtools {

/// The socket between a server and the `bora dev` that started it. A message is "WORD LENGTH\n",
/// followed by that many bytes.
class Channel {
 public:
  using Handler = UniqueFunction<void(std::string_view word, std::string_view body)>;

  /// Begins to read on `loop`; when `bora dev` has ended, the loop stops.
  void open(IOLoop& loop, int fd, Handler handler);
  void send(std::string_view word, std::string_view body = {});

 private:
  void read();
  bool take_message();

  IOLoop* loop_ = nullptr;
  int fd_ = -1;
  std::string input_;
  Handler handler_;
};

/// The fields of a message's body, each "LENGTH:" followed by that many bytes; empty if the body is
/// malformed.
std::vector<std::string> read_fields(std::string_view body);
/// Adds one.
void add_field(std::string& body, std::string_view field);

}  // namespace bora::devtools
