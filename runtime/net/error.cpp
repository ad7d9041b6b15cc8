#include <bora/net/error.h>

#include <utility>

namespace bora::net {
namespace {

class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "bora.net"; }
  std::string message(int value) const override {
    switch (static_cast<Error>(value)) {
      case Error::none:
        return "no error";
      case Error::closed:
        return "the stream is closed";
      case Error::closed_by_peer:
        return "the peer closed the connection";
      case Error::timed_out:
        return "the operation took longer than its limit";
      case Error::unsatisfiable_read:
        return "the limit of the read was reached before what should end it";
      case Error::buffer_full:
        return "more data arrived than may be buffered";
      case Error::truncated:
        return "the connection was cut off";
      case Error::handshake_failed:
        return "the TLS handshake failed";
      case Error::bad_certificate:
        return "the peer's certificate is not accepted";
      case Error::bad_record:
        return "the peer does not speak TLS properly";
    }
    return "unknown error " + std::to_string(value);
  }
};

}  // namespace

const std::error_category& error_category() noexcept {
  static const Category category;
  return category;
}

std::error_code make_error_code(Error error) noexcept {
  return {static_cast<int>(error), error_category()};
}

StreamClosedError::StreamClosedError(std::error_code real_error)
    : std::runtime_error("stream is closed: " + real_error.message()), real_error_(real_error) {}

StreamClosedError::StreamClosedError(std::error_code real_error, std::string_view text)
    : std::runtime_error("stream is closed: " + std::string(text)), real_error_(real_error) {}

BindError::BindError(std::error_code error, std::string sentence)
    : std::system_error(error), sentence_(std::move(sentence)) {}

}  // namespace bora::net
