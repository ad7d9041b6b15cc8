#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct z_stream_s;

// RFC 7692: compression of messages.

namespace bora::websocket {

/// The parameters that both sides agreed on. A side "takes over" its context when a message may
/// refer to earlier ones: compression is better, and each connection keeps a window in memory.
struct DeflateParameters {
  bool server_no_context_takeover = false;
  bool client_no_context_takeover = false;
  int server_max_window_bits = 15;
  int client_max_window_bits = 15;

  friend bool operator==(const DeflateParameters&, const DeflateParameters&) = default;
};

/// The preferences of a server, within what a client offers.
struct DeflatePreferences {
  bool server_context_takeover = false;
  bool client_context_takeover = false;
  int server_max_window_bits = 15;  ///< 9 to 15.
  int client_max_window_bits = 15;  ///< 9 to 15; only a client that offers it can be limited
};

/// A server's choice among the offers of a Sec-WebSocket-Extensions field (all its lines, joined by
/// commas): the first one that it can accept. Offers of other extensions and malformed ones are
/// skipped (RFC 7692, 5.1: declined).
struct AcceptedDeflate {
  DeflateParameters parameters;
  std::string field;  ///< the value of the answer's Sec-WebSocket-Extensions
};
std::optional<AcceptedDeflate> accept_deflate(std::string_view offers,
                                              const DeflatePreferences& preferences);

/// A client's offer.
std::string deflate_offer(const DeflatePreferences& preferences);

/// Reads the server's answer to deflate_offer().
/// @returns  Nothing, with `why` set, if it accepts what was not offered or is malformed.
std::optional<DeflateParameters> read_deflate_answer(std::string_view field,
                                                     const DeflatePreferences& offered,
                                                     std::string_view& why);

/// Compresses messages one after the other.
class Deflater {
 public:
  /// @param window_bits  9 to 15. Memory: 2^(window_bits+2) + 2^(memory_level+9) bytes.
  Deflater(int level, int window_bits, int memory_level);
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  /// Appends the compressed payload of `message` to `to`.
  /// @param keeps_context  Whether later messages may refer to this one.
  void compress(std::string_view message, bool keeps_context, std::string& to);

 private:
  std::unique_ptr<z_stream_s> stream_;
};

/// Decompresses messages.
class Inflater {
 public:
  explicit Inflater(int window_bits);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  enum class Result : std::uint8_t { done, too_large, malformed };

  /// Appends the decompressed `payload` to `to`. It stops as soon as the message is longer than
  /// `max_size`: at most that many bytes and a few KiB are ever in memory.
  Result decompress(std::string_view payload, std::size_t max_size, bool keeps_context,
                    std::string& to);

 private:
  Result run(std::string_view payload, std::size_t max_size, std::string& to);
  void begin_stream_anew();

  std::unique_ptr<z_stream_s> stream_;
  bool is_at_end_ = false;
};

}  // namespace bora::websocket
