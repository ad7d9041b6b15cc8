#pragma once

#include <string_view>

namespace bora::testing {

/// What a test's helper found wrong where nothing may be thrown: in a destructor.
using FailureHandler = void (*)(std::string_view what);

/// How a failure reaches the test framework. <bora/testing/catch.h> does this for Catch2; for
/// GoogleTest: `set_failure_handler([](std::string_view what) { ADD_FAILURE() << what; })`. If
/// there is no handler, a failure is printed and ends the program.
void set_failure_handler(FailureHandler handler) noexcept;

/// Fails the present test, and goes on.
void report_failure(std::string_view what);

}  // namespace bora::testing
