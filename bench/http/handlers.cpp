#include "handlers.h"

#include <string>
#include <vector>

#include <bora/http/http_connection.h>
#include <bora/render/json.h>

#include "fortune.h"
#include "views/fortunes.h"

namespace bench {
namespace {

struct Message {
  std::string_view message;
};

void to_json(bora::render::JSONWriter& writer, const Message& message) {
  writer.begin_object();
  writer.member("message", message.message);
  writer.end_object();
}

// As many rows as TechEmpower's table, with characters that need escaping.
const std::vector<Fortune>& all_fortunes() {
  static const std::vector<Fortune> rows = {
      {0, "Additional fortune added at request time."},
      {1, "A computer does what you say, not what you mean."},
      {2, "It compiled at the first try: something must be wrong."},
      {3, "Of two bugs the one you see is the smaller."},
      {4, "Nobody reads the log while it is quiet."},
      {5, "There is always one more \"last\" release."},
      {6, "Premature optimisation is when others do it."},
      {7, "<script>alert(\"This should not be displayed in a browser alert box.\");</script>"},
      {8, "A cache is a promise that somebody has to keep."},
      {9, "Any sufficiently old program & its workarounds are one."},
      {10, "The shortest proof that it can't happen is a stack trace."},
      {11, "フレームワークのベンチマーク"},
  };
  return rows;
}

}  // namespace

bora::Task<void> Plaintext::get() {
  set_header("Content-Type", "text/plain");
  write("Hello, World!");
  co_return;
}

bora::Task<void> Json::get() {
  set_header("Content-Type", "application/json");
  write(bora::render::json_encode(Message{"Hello, World!"}));
  co_return;
}

bora::Task<void> User::get(std::int64_t id) {
  set_header("Content-Type", "text/plain");
  write(std::to_string(id));
  co_return;
}

bora::Task<void> Fortunes::get() {
  render(views::fortunes{.fortunes = all_fortunes()});
  co_return;
}

void Upload::prepare() {
  request().connection().set_max_body_size(std::uint64_t{1} << 30);
}

void Upload::post() {
  set_header("Content-Type", "text/plain");
  write(std::to_string(size_));
}

}  // namespace bench
