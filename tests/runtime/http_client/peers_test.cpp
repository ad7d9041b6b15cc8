// The client with nginx: registered apart, with a label that runs once.

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>

#include <bora/core/io_loop.h>
#include <bora/http/async_http_client.h>
#include <bora/net/subprocess.h>
#include <bora/testing/bind_unused_port.h>
#include <bora/testing/catch.h>
#include <bora/testing/certificates.h>

using namespace bora::http;
using namespace std::chrono_literals;
using bora::Task;

namespace {

constexpr const char* kNginx = "/usr/sbin/nginx";

int free_port() {
  return bora::testing::bind_unused_port().port;
}

Task<bool> is_up(AsyncHTTPClient client, std::string url) {
  for (int i = 0; i < 500; ++i) {
    try {
      Task<HTTPResponse> fetching = client.fetch(url);
      static_cast<void>(co_await fetching);
      co_return true;
    } catch (const HTTPClientError&) {
    }
    co_await bora::sleep(20ms);
  }
  co_return false;
}

}  // namespace

ASYNC_TEST_CASE("peers: nginx", "[.][peers]") {
  if (::access(kNginx, X_OK) != 0) {
    WARN("nginx is not installed");
    co_return;
  }
  bora::testing::TestCertificates certificates;
  const auto made = certificates.issue({});
  const std::string& folder = certificates.folder();
  const std::string plain = std::to_string(free_port());
  const std::string secure = std::to_string(free_port());
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += std::to_string(i) + "\n";
  std::ofstream(folder + "/large.txt") << text;
  std::ofstream(folder + "/small.txt") << "small";
  std::ofstream(folder + "/nginx.conf")
      << (::geteuid() == 0 ? "user root; " : "") << "daemon off; worker_processes 1; pid " << folder
      << "/nginx.pid; error_log stderr;\n"
      << "events {}\nhttp { access_log off; keepalive_requests 5; keepalive_timeout 10 10;\n"
      << "client_body_temp_path " << folder << "/a; proxy_temp_path " << folder
      << "/b; fastcgi_temp_path " << folder << "/c; uwsgi_temp_path " << folder
      << "/d; scgi_temp_path " << folder << "/e;\n"
      << "gzip on; gzip_types *; gzip_min_length 1; types { text/plain txt; }\n"
      << "server { listen 127.0.0.1:" << plain << "; listen 127.0.0.1:" << secure << " ssl;\n"
      << "ssl_certificate " << made.certfile << "; ssl_certificate_key " << made.keyfile << ";\n"
      << "root " << folder << "; client_max_body_size 10;\n"
      << "location = /moved { return 301 /small.txt; } location = /empty { return 204; }\n"
      << "location = /put { proxy_pass http://127.0.0.1:" << plain << "/small.txt; }\n"
      << "location = /gone { return 444; } } }\n";
  bora::net::SubprocessOptions process;
  process.kill_with_object = true;
  bora::net::Subprocess nginx({kNginx, "-p", folder, "-c", folder + "/nginx.conf"}, process);
  AsyncHTTPClientOptions options;
  options.defaults.ca_certs = certificates.ca_certs();
  AsyncHTTPClient client(options);
  const std::string at = "http://127.0.0.1:" + plain;
  Task<bool> waiting = is_up(client, at + "/small.txt");
  const bool is_running = co_await waiting;
  REQUIRE(is_running);

  for (const std::string& origin : {at, "https://localhost:" + secure}) {
    INFO(origin);
    for (int i = 0; i < 12; ++i) {  // beyond keepalive_requests
      Task<HTTPResponse> fetching = client.fetch(origin + "/large.txt");
      const HTTPResponse response = co_await fetching;
      CHECK(response.body == text);
      CHECK(response.headers.get("X-Consumed-Content-Encoding") == "gzip");
    }
    HTTPRequest moved{.url = origin + "/moved"};
    Task<HTTPResponse> moving = client.fetch(moved);
    HTTPResponse response = co_await moving;
    CHECK(response.body == "small");
    CHECK(response.effective_url == origin + "/small.txt");
    Task<HTTPResponse> empty = client.fetch(origin + "/empty");
    response = co_await empty;
    CHECK(response.code == 204);
    HTTPRequest head{.url = origin + "/large.txt", .method = "HEAD"};
    Task<HTTPResponse> asking = client.fetch(head);
    response = co_await asking;
    CHECK(response.body.empty());
    HTTPRequest upload{.url = origin + "/put",
                       .method = "POST",
                       .body = std::string(3'000'000, 'x'),
                       .raise_error = false};
    Task<HTTPResponse> refusing = client.fetch(upload);
    response = co_await refusing;
    CHECK(response.code == 413);
    bool is_told = false;
    try {
      Task<HTTPResponse> hanging_up = client.fetch(origin + "/gone");
      static_cast<void>(co_await hanging_up);
    } catch (const HTTPStreamClosedError&) {
      is_told = true;
    }
    CHECK(is_told);
  }
  CHECK(client.statistics().connections_reused > 10);
  nginx.terminate();
  Task<int> ending = nginx.wait_for_exit(false);
  static_cast<void>(co_await ending);
}
