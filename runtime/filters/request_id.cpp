#include <bora/filters/request_id.h>

#include <algorithm>
#include <utility>

#include <bora/core/log_tag.h>
#include <bora/web/output_transform.h>
#include <bora/web/request_handler.h>

#include "runtime/core/crypto.h"
#include "runtime/text/characters.h"

namespace bora::filters {
namespace {

struct Id {
  std::string text;
};

bool is_acceptable(std::string_view id) {
  constexpr std::size_t kShortest = 8;
  constexpr std::size_t kLongest = 64;
  return id.size() >= kShortest && id.size() <= kLongest && std::ranges::all_of(id, [](char c) {
           return text::is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == ':';
         });
}

std::string make_id() {
  constexpr std::size_t kBytes = 10;
  return crypto::to_hex(crypto::random_bytes(kBytes));
}

}  // namespace

RequestID::RequestID() : RequestID(Options()) {}
RequestID::RequestID(Options options) : options_(std::move(options)) {}

void RequestID::operator()(web::RequestHandler& handler) const {
  std::string id;
  if (options_.trust) id = handler.request().headers().get(options_.header);
  if (!is_acceptable(id)) id = make_id();
  handler.set_log_tag(LogTag(id));
  handler.set_state(Id{std::move(id)});
  handler.before_headers([this, &handler](web::AnswerHead& head) {
    head.set_header(options_.header, request_id(handler));
  });
}

std::string_view request_id(const web::RequestHandler& handler) {
  const Id* id = handler.find_state<Id>();
  return id == nullptr ? std::string_view() : std::string_view(id->text);
}

}  // namespace bora::filters
