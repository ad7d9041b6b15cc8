#include <charconv>
#include <stdexcept>
#include <string>
#include <utility>

#include <bora/core/io_loop.h>
#include <bora/web/application.h>
#include <bora/web/request_handler.h>

#include "runtime/web/request_extras.h"

// Cookies that only the server can read, and the messages for the next page, which are kept in one.

namespace bora::web {
namespace {

/// Browsers take 4,096 bytes with name and attributes.
constexpr std::size_t kMaxSealedBytes = 3500;
constexpr char kFlashCookie[] = "_flash";

void append_text(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

/// Takes "Saved" from "5:Saved", which it removes from the front of `rest`.
std::optional<std::string> take_text(std::string_view& rest) {
  std::size_t size = 0;
  const char* const end = rest.data() + rest.size();
  const auto [stop, error] = std::from_chars(rest.data(), end, size);
  if (error != std::errc() || stop == end || *stop != ':') return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()) + 1);
  if (size > rest.size()) return std::nullopt;
  std::string text(rest.substr(0, size));
  rest.remove_prefix(size);
  return text;
}

}  // namespace

void RequestHandler::set_sealed_cookie(std::string_view name, std::string_view value,
                                       std::optional<int> expires_days,
                                       const CookieOptions& options) {
  require_setting("cookie_secret", "sealed cookies");
  const SignOptions sealing{.key_version = settings().key_version,
                            .clock = &IOLoop::current().clock()};
  const std::string text = create_sealed_value(settings().cookie_secret, name, value, sealing);
  if (text.size() > kMaxSealedBytes) {
    throw std::length_error("the sealed cookie '" + std::string(name) + "' has " +
                            std::to_string(text.size()) +
                            " bytes, and browsers keep 3,500: keep what is large elsewhere");
  }
  CookieOptions all = options;
  if (!all.expires && !all.expires_days && !all.max_age) all.expires_days = expires_days;
  set_cookie(name, text, all);
}

std::optional<std::string> RequestHandler::get_sealed_cookie(std::string_view name,
                                                             double max_age_days) const {
  require_setting("cookie_secret", "sealed cookies");
  return decode_sealed_value(settings().cookie_secret, name, get_cookie(name),
                             {.max_age_days = max_age_days, .clock = &IOLoop::current().clock()});
}

/// Reads the messages that earlier requests have left.
void RequestHandler::read_flashes() {
  RequestExtras& all = extras();
  if (all.are_flashes_read) return;
  all.are_flashes_read = true;
  const std::string text = get_sealed_cookie(kFlashCookie).value_or("");
  for (std::string_view rest = text; !rest.empty();) {
    std::optional<std::string> category = take_text(rest);
    std::optional<std::string> sentence = take_text(rest);
    if (!category || !sentence) return;
    all.flashes.push_back({std::move(*sentence), std::move(*category)});
  }
}

void RequestHandler::flash(std::string text, std::string category) {
  read_flashes();
  std::vector<FlashMessage>& flashes = extras().flashes;
  flashes.push_back({std::move(text), std::move(category)});
  std::string all;
  for (const FlashMessage& message : flashes) {
    append_text(all, message.category);
    append_text(all, message.text);
  }
  set_sealed_cookie(kFlashCookie, all);
}

std::vector<FlashMessage> RequestHandler::take_flashes() {
  read_flashes();
  std::vector<FlashMessage> taken = std::exchange(extras().flashes, {});
  if (!taken.empty()) clear_cookie(kFlashCookie);
  return taken;
}

}  // namespace bora::web
