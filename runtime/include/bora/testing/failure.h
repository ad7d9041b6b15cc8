#pragma once

#include <string_view>

namespace bora::testing {

/// A function that takes a failure found by a test's helper where nothing may be thrown: in a
/// destructor.
using FailureHandler = void (*)(std::string_view what);

/// Sets how a failure reaches the test framework. <bora/testing/catch.h> does this for Catch2; for
/// GoogleTest write `set_failure_handler([](std::string_view what) { ADD_FAILURE() << what; })`.
/// Without a handler, a failure is printed and ends the program.
void set_failure_handler(FailureHandler handler) noexcept;

/// Fails the present test, which goes on.
void report_failure(std::string_view what);

}  // namespace bora::testing
