#include "runtime/web/failure.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

#include <bora/net/error.h>
#include <bora/render/json_error.h>
#include <bora/web/http_error.h>

#include "runtime/text/characters.h"

namespace bora::web {
namespace {

/// The type of the exception that is being handled.
std::string type_name() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (type == nullptr) return "unknown exception";
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(type->name(), nullptr, nullptr, &status), std::free);
  return status == 0 ? name.get() : type->name();
}

}  // namespace

Failure inspect(const std::exception_ptr& error, std::string_view body) {
  Failure failure;
  if (!error) return failure;
  try {
    std::rethrow_exception(error);
  } catch (const Finish& thrown) {
    failure.kind = Failure::Kind::finish;
    failure.finish = &thrown;
  } catch (const HTTPError& thrown) {
    failure.kind = Failure::Kind::http_error;
    failure.status = thrown.status();
    failure.reason = thrown.reason();
    failure.log_message = thrown.log_message();
    failure.http_error = &thrown;
  } catch (const JSONError& thrown) {
    if (!thrown.is_of(body)) return failure;
    failure.kind = Failure::Kind::http_error;
    failure.status = 400;
    failure.log_message = std::string("the body is no JSON: ") + thrown.what();
  } catch (const net::StreamClosedError&) {
    failure.kind = Failure::Kind::stream_closed;
  } catch (...) {
    failure.kind = Failure::Kind::other;
  }
  return failure;
}

void refuse_request(int status, const std::string& what) {
  std::string sentence = what + '.';
  sentence.front() = text::to_upper(sentence.front());
  throw HTTPError(status, what).with_detail(sentence);
}

std::string describe(const std::exception_ptr& error) {
  if (!error) return {};
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& thrown) {
    return type_name() + ": " + thrown.what();
  } catch (...) {
    return type_name();
  }
}

}  // namespace bora::web
