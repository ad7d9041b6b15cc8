#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bora/core/locks.h>
#include <bora/core/log_tag.h>
#include <bora/web/output_transform.h>
#include <bora/web/request_handler.h>
#include <bora/web/ui_module.h>

#include "runtime/web/xsrf.h"

namespace bora {
class Locale;
}

namespace bora::web {

/// The data that only some requests need of their handler, made when the first of them is needed.
struct RequestExtras {
  struct Cookie {
    std::string name;
    std::string line;  ///< Value of the Set-Cookie field.
  };
  struct ActiveModule {
    const void* type;
    std::unique_ptr<UIModule> module;
  };

  std::vector<Cookie> cookies;
  std::optional<std::string> current_user;
  const Locale* locale = nullptr;
  std::optional<RawXSRFToken> raw_xsrf_token;
  std::string xsrf_token;             ///< empty if not yet made
  std::vector<ActiveModule> modules;  ///< In the order of their first use.
  std::vector<ActiveModule> retired_modules;
  std::vector<std::unique_ptr<OutputTransform>> transforms;  ///< In their order.
  bora::Event* closed = nullptr;      ///< Of an EventStream: set when the client leaves.
  std::vector<FlashMessage> flashes;  ///< For the next page.
  bool are_flashes_read = false;      ///< The cookie's are in `flashes`.
  std::vector<std::unique_ptr<detail::AnswerHook<AnswerHead&>>> head_hooks;
  std::vector<std::unique_ptr<detail::AnswerHook<const RequestStats&>>> end_hooks;
  std::vector<std::pair<const void*, std::unique_ptr<detail::RequestState>>> states;
  LogTag log_tag;
  std::string csp_nonce;                        ///< empty until it is asked for
  std::vector<std::string_view> script_hashes;  ///< of the pages so far, each once
  std::vector<std::string_view> style_hashes;
  std::exception_ptr refusal;  ///< an error of the request, to be thrown after the filters
  Task<void> around;           ///< of a filter that runs around the rest, while others of its Tasks
                               ///< run
  bora::Event* body_is_complete = nullptr;  ///< Set when a streamed body is.
  std::string piece;  ///< of a streamed body: the piece that data_received() uses while it waits

  void tell_closed() const {
    if (closed != nullptr) closed->set();
  }

  /// The next page starts without modules and hashes; modules that may be in use live on.
  void retire_modules() {
    script_hashes.clear();
    style_hashes.clear();
    for (ActiveModule& active : modules) retired_modules.push_back(std::move(active));
    modules.clear();
  }
};

}  // namespace bora::web
