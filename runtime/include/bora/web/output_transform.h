#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bora/core/detail/function.h>

namespace bora::http {
class HTTPServerRequest;
}

namespace bora::web {

class RequestExecution;

/// Status and fields of an answer that are about to be sent; a transform may change them.
class AnswerHead {
 public:
  [[nodiscard]] int status() const;
  void set_status(int status);

  /// The value of a field, Content-Type and Content-Length included; nothing: it is not set.
  [[nodiscard]] std::optional<std::string> get_header(std::string_view name) const;
  /// These do what RequestHandler's functions of these names do.
  void set_header(std::string_view name, std::string_view value);
  void add_header(std::string_view name, std::string_view value);
  void clear_header(std::string_view name);

 private:
  friend class RequestExecution;
  explicit AnswerHead(RequestExecution& execution) : execution_(execution) {}

  RequestExecution& execution_;
};

/// Changes an answer on its way out: one object for each request, made by
/// Settings::transforms or added by RequestHandler::add_transform(). It sees what is written in the
/// pieces in which it is sent: all of it at once, or each flush()'s. What a transform throws before
/// something was sent becomes an error page, which no transform sees.
///
/// Answers to HEAD go through it like those to GET, and only then lose their body, so that both
/// have the same fields. The chunk of a 204 or 304 is empty and must stay so. Parts of files and
/// files of more than 64 KiB do not go through transforms.
class OutputTransform {
 public:
  virtual ~OutputTransform() = default;

  /// The first piece, with the head. Content-Length is set anew if the whole answer has another
  /// length after the last transform.
  /// @param chunk      What is sent; to be changed in place.
  /// @param finishing  It is also the last one.
  virtual void transform_first_chunk(AnswerHead& head, std::string& chunk, bool finishing);
  /// Each further piece. The last one may be empty.
  virtual void transform_chunk(std::string& chunk, bool finishing);
};

/// Makes a transform for a request; null: this request needs none.
using TransformFactory =
    std::function<std::unique_ptr<OutputTransform>(const http::HTTPServerRequest& request)>;

}  // namespace bora::web
