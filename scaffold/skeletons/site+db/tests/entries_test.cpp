#include "entries.h"

#include <bora/core/io_loop.h>
#include <bora/testing/catch.h>

#include <string>

#include "site.h"
#include "test_database.h"

using app::EntryForm;

TEST_CASE("EntryForm: a name and a message are enough", "[entries]") {
  EntryForm form{.name = "Ada", .message = "Hello"};
  CHECK(form.check());
}

TEST_CASE("EntryForm: each missing field has its own problem", "[entries]") {
  EntryForm form;
  CHECK(!form.check());
  CHECK(form.name_problem == "Please enter your name.");
  CHECK(form.message_problem == "Please enter a message.");
}

TEST_CASE("EntryForm: the limit counts characters, not bytes", "[entries]") {
  std::string name;
  for (std::size_t i = 0; i < EntryForm::kMaxName; ++i) name += "\u00e9";
  EntryForm form{.name = name, .message = "Hello"};
  CHECK(form.check());
  form.name += "e";
  CHECK(!form.check());
  CHECK(form.name_problem == "Please use at most 40 characters.");
}

TEST_CASE("EntryForm: a line end counts once", "[entries]") {
  std::string message;
  for (std::size_t i = 0; i < EntryForm::kMaxMessage / 2; ++i) message += "x\r\n";
  EntryForm form{.name = "Ada", .message = message};
  CHECK(form.check());
}

TEST_CASE("EntryStore: the newest entry comes first", "[entries]") {
  app::Site site(test_database());
  const auto write_two = [&]() -> bora::Task<void> {
    co_await site.migrate();
    const app::Entry first{.name = "Ada", .message = "one", .date = "2026-01-30"};
    const app::Entry second{.name = "Bo", .message = "two", .date = "2026-01-31"};
    co_await site.entries.add(first);
    co_await site.entries.add(second);
    const auto all = co_await site.entries.newest();
    REQUIRE(all.size() == 2);
    CHECK(all[0].name == "Bo");
    const auto one = co_await site.entries.newest(1);
    CHECK(one.size() == 1);
  };
  bora::IOLoop::current().run_sync(write_two);
}

TEST_CASE("Entry: the initial is a whole character", "[entries]") {
  CHECK(app::Entry{.name = "Ada", .message = "", .date = ""}.initial() == "A");
  CHECK(app::Entry{.name = "\u00c9mile", .message = "", .date = ""}.initial() == "\u00c9");
  CHECK(app::Entry{.name = "", .message = "", .date = ""}.initial().empty());
}
