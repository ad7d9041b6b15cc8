#include <bora/net/resolver.h>

#include <netdb.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/executor.h>
#include <bora/core/io_loop.h>

#include "tests/runtime/net/stream_pair.h"
#include "tests/support/catch.h"
#include "tests/support/started.h"

using bora::Task;
using bora::net::Address;
using bora::net::AddressFamily;
using bora::net::OverrideResolver;
using bora::net::ResolveError;
using bora::net::Resolver;
using bora::test::run;
using bora::test::Started;
using bora::test::turn;

namespace {

std::vector<std::string> texts(const std::vector<Address>& addresses) {
  std::vector<std::string> result;
  for (const Address& address : addresses) result.push_back(address.to_string());
  return result;
}

std::vector<std::shared_ptr<Resolver>> resolvers() {
  return {std::make_shared<bora::net::DefaultLoopResolver>(),
          std::make_shared<bora::net::ExecutorResolver>(std::make_shared<bora::DummyExecutor>()),
          std::make_shared<bora::net::ThreadedResolver>(),
          std::make_shared<bora::net::BlockingResolver>()};
}

}  // namespace

TEST_CASE("resolver: names and addresses (NET-05, NET-06)", "[net]") {
  for (const auto& resolver : resolvers()) {
    CHECK(texts(run(resolver->resolve("localhost", 80, AddressFamily::ipv4))) ==
          std::vector<std::string>{"127.0.0.1:80"});
    CHECK(texts(run(resolver->resolve("::1", 443))) == std::vector<std::string>{"[::1]:443"});
    CHECK(texts(run(resolver->resolve("10.1.2.3", 0))) == std::vector<std::string>{"10.1.2.3:0"});
    CHECK_THROWS_AS(run(resolver->resolve("10.1.2.3", 80, AddressFamily::ipv6)), ResolveError);
    CHECK_THROWS_AS(run(resolver->resolve("localhost", 65'536)), std::invalid_argument);
    CHECK_THROWS_AS(run(resolver->resolve("localhost", -1)), std::invalid_argument);
  }
}

TEST_CASE("resolver: a failure says which name and why (NET-05)", "[net]") {
  for (const auto& resolver : resolvers()) {
    try {
      static_cast<void>(run(resolver->resolve("no such host", 80)));
      FAIL("found");
    } catch (const ResolveError& failure) {
      CHECK(failure.code().category() == bora::net::resolver_category());
      CHECK(failure.what() ==
            "can't find the address of \"no such host\": " + failure.code().message());
    }
    for (const std::string& bad :
         {std::string("a\0b", 3), std::string(100'000, 'x'), std::string("%"), std::string("..")}) {
      CHECK_THROWS_AS(run(resolver->resolve(bad, 80)), ResolveError);
    }
  }
}

TEST_CASE("resolver: a wait that is cancelled forgets the answer", "[net]") {
  /// Keeps its jobs until the test runs them.
  struct Slow final : bora::Executor {
    void submit(bora::UniqueFunction<void()> job) override { jobs.push_back(std::move(job)); }
    std::vector<bora::UniqueFunction<void()>> jobs;
  };
  const auto slow = std::make_shared<Slow>();
  auto resolver = std::make_unique<bora::net::ExecutorResolver>(slow);
  Started waiting([](Resolver& asked) -> Task<void> {
    static_cast<void>(co_await asked.resolve("localhost", 80));
  }(*resolver));
  resolver.reset();
  CHECK(waiting.outcome() == "waits");
  waiting.cancel();
  turn();
  CHECK(waiting.outcome() == "cancelled");
  slow->jobs.at(0)();
  turn();
}

TEST_CASE("resolver: rules send hosts elsewhere, the most exact first (NET-07)", "[net]") {
  using Rule = OverrideResolver::Rule;
  OverrideResolver resolver(
      std::make_shared<bora::net::BlockingResolver>(),
      std::vector<Rule>{
          {.host = "A.example.", .to_host = "10.0.0.1"},
          {.host = "a.example", .port = 81, .to_host = "10.0.0.2", .to_port = 8081},
          {.host = "a.example", .port = 82, .family = AddressFamily::ipv6, .to_host = "fd00::1"}});
  const auto answer = [&](const char* host, int port, AddressFamily family = {}) {
    return texts(run(resolver.resolve(host, port, family))).at(0);
  };
  CHECK(answer("a.example", 80) == "10.0.0.1:80");
  CHECK(answer("a.example", 81) == "10.0.0.2:8081");
  CHECK(answer("a.example", 82) == "10.0.0.1:82");
  CHECK(answer("a.example", 82, AddressFamily::ipv6) == "[fd00::1]:82");
  CHECK(answer("a.EXAMPLE", 80) == "10.0.0.1:80");
  CHECK(answer("a.example.", 81) == "10.0.0.2:8081");
  CHECK(answer("127.0.0.9", 80) == "127.0.0.9:80");
}

TEST_CASE("resolver: overrides don't look at the case, a final dot or how an address is written",
          "[net]") {
  using Rule = OverrideResolver::Rule;
  OverrideResolver resolver(std::make_shared<bora::net::BlockingResolver>(),
                            std::vector<Rule>{{.host = "API.Example.com", .to_host = "10.0.0.1"},
                                              {.host = "api.example.com.", .to_host = "10.0.0.9"},
                                              {.host = "0:0::0:1", .to_host = "10.0.0.2"}});
  for (const char* host : {"api.example.com", "api.example.com.", "Api.EXAMPLE.com"}) {
    CHECK(texts(run(resolver.resolve(host, 80))).at(0) == "10.0.0.1:80");
  }
  CHECK(texts(run(resolver.resolve("::1", 80))).at(0) == "10.0.0.2:80");
  CHECK_THROWS_AS(run(resolver.resolve("api.example.com..", 80)), ResolveError);
}

TEST_CASE("resolver: a child that is forked afterwards can exit", "[net]") {
  static_cast<void>(run(bora::net::DefaultLoopResolver().resolve("localhost", 80)));
  static_cast<void>(run(bora::net::ThreadedResolver().resolve("localhost", 80)));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(20);  // if exit() hangs
    std::exit(7);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}
