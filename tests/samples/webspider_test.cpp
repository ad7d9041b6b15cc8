#include <string>

#include <bora/core/io_loop.h>
#include <bora/http/http_server.h>
#include <bora/net/subprocess.h>
#include <bora/web.h>

#include "tests/support/catch.h"

using namespace std::chrono_literals;
using bora::net::Subprocess;

namespace {

class Page : public bora::web::RequestHandler {
 public:
  void get(std::string name) {
    if (name == "index")
      return write(
          R"(<a href="one">1</a> <a class=x href="/site/two#x">2</a> <a href="../outside">x</a>
                      <a href="mailto:a@b">m</a> <a href="http://elsewhere.invalid/">e</a>)");
    if (name == "one") return write(R"(<a href="index">back</a> <a href="three?q=1">3</a>)");
    write("no links");
  }
};

struct Ended {
  std::string output;
  std::string errors;
  int status = 0;
};

bora::Task<Ended> run_spider(std::string url) {
  bora::net::SubprocessOptions options;
  options.stdout_ = options.stderr_ = Subprocess::STREAM;
  Subprocess spider({BORA_SAMPLES_DIR "/webspider", "--url=" + url, "--concurrency=3"}, options);
  Ended ended;
  ended.output = co_await spider.stdout_->read_until_close();
  ended.errors = co_await spider.stderr_->read_until_close();
  ended.status = co_await spider.wait_for_exit(false);
  co_return ended;
}

}  // namespace

TEST_CASE("webspider: every page below the first one, once", "[samples]") {
  bora::web::Application app({bora::web::url<Page>("/site/{name}")});
  bora::http::HTTPServer server(app);
  server.listen(0, "127.0.0.1");
  const std::string site = "http://127.0.0.1:" + std::to_string(server.port()) + "/site/";
  const Ended ended = bora::IOLoop::current().run_sync(run_spider(site + "index"), 20s);
  CHECK(ended.errors.empty());
  CHECK(ended.status == 0);
  CHECK(ended.output.ends_with("4 pages, 0 failures\n"));
  for (const char* const page : {"index", "one", "two", "three?q=1"}) {
    INFO(page);
    CHECK(ended.output.find(site + page + "\n") != std::string::npos);
  }
  CHECK(ended.output.find("outside") == std::string::npos);
  server.stop();
}
