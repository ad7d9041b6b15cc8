#include "entries.h"

#include <bora/testing/catch.h>

#include <string>

using app::EntryForm;
using app::EntryStore;

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
  EntryStore store;
  store.add({.name = "Ada", .message = "one", .date = "2026-01-30"});
  store.add({.name = "Bo", .message = "two", .date = "2026-01-31"});
  REQUIRE(store.newest().size() == 2);
  CHECK(store.newest()[0].name == "Bo");
}

TEST_CASE("EntryStore: the oldest entries make room", "[entries]") {
  EntryStore store;
  for (std::size_t i = 0; i <= EntryStore::kMaxEntries; ++i) {
    store.add({.name = std::to_string(i), .message = "m", .date = "2026-01-31"});
  }
  CHECK(store.newest().size() == EntryStore::kMaxEntries);
  CHECK(store.newest().back().name == "1");
}

TEST_CASE("Entry: the initial is a whole character", "[entries]") {
  CHECK(app::Entry{.name = "Ada", .message = "", .date = ""}.initial() == "A");
  CHECK(app::Entry{.name = "\u00c9mile", .message = "", .date = ""}.initial() == "\u00c9");
  CHECK(app::Entry{.name = "", .message = "", .date = ""}.initial().empty());
}
