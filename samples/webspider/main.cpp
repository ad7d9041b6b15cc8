#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include <bora/core/gen.h>
#include <bora/core/io_loop.h>
#include <bora/core/options.h>
#include <bora/core/queues.h>
#include <bora/http/async_http_client.h>

using bora::Task;

namespace {

const auto first = bora::define("url", "http://127.0.0.1:8888/", "where to begin");
const auto concurrency = bora::define("concurrency", 10, "pages at a time");

/// Returns the href of each <a>. This is enough for a demonstration, but it does not parse HTML.
std::vector<std::string> links_in(const std::string& page) {
  std::vector<std::string> links;
  for (std::size_t at = page.find("<a "); at != std::string::npos; at = page.find("<a ", at + 1)) {
    const std::size_t end = page.find('>', at);
    const std::size_t href = page.find("href=\"", at);
    if (href == std::string::npos || href > end) continue;
    const std::size_t begin = href + 6;
    links.push_back(page.substr(begin, page.find('"', begin) - begin));
  }
  return links;
}

class Spider {
 public:
  Task<void> run() {
    base_ = *first;
    base_.resize(base_.rfind('/') + 1);
    found_.insert(*first);
    to_fetch_.put_nowait(*first);
    auto work = [this](bora::TaskGroup& group) -> Task<void> {
      for (int i = 0; i < *concurrency; ++i) group.spawn(visit_all());
      auto everything = to_fetch_.join();
      co_await everything;
      group.cancel();
    };
    auto working = bora::task_group(work);
    co_await working;
    std::printf("%zu pages, %zu failures\n", fetched_, failures_);
  }

  [[nodiscard]] bool is_fine() const { return failures_ == 0; }

 private:
  Task<void> visit_all() {
    for (;;) {
      auto next = to_fetch_.get();
      const std::string url = co_await next;
      Task<void> visiting = visit(url);
      co_await visiting;
      to_fetch_.task_done();
    }
  }

  Task<void> visit(std::string url) {
    try {
      Task<bora::http::HTTPResponse> fetching = client_.fetch(url);
      const bora::http::HTTPResponse response = co_await fetching;
      ++fetched_;
      std::printf("%s\n", url.c_str());
      for (const std::string& link : links_in(response.body)) note(response.effective_url, link);
    } catch (const bora::http::HTTPClientError& error) {
      ++failures_;
      std::fprintf(stderr, "%s: %s\n", url.c_str(), error.what());
    }
  }

  void note(const std::string& page, const std::string& link) {
    std::string url;
    try {
      url = bora::http::url_join(page, link);
    } catch (const std::invalid_argument&) {
      return;  // mailto: and others
    }
    if (url.starts_with(base_) && found_.insert(url).second) to_fetch_.put_nowait(url);
  }

  bora::http::AsyncHTTPClient client_;
  bora::Queue<std::string> to_fetch_;
  std::set<std::string> found_;
  std::string base_;
  std::size_t fetched_ = 0;
  std::size_t failures_ = 0;
};

}  // namespace

int main(int argc, char** argv) try {
  bora::parse_command_line(argc, argv);
  Spider spider;
  bora::IOLoop::current().run_sync(spider.run());
  return spider.is_fine() ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "webspider: %s\n", error.what());
  return 1;
}
