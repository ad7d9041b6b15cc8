#include <chrono>

#include <bora/core/gen.h>
#include <bora/core/log_output.h>
#include <bora/core/options.h>
#include <bora/net/io_stream.h>
#include <bora/net/process.h>
#include <bora/net/resolver.h>
#include <bora/net/ssl_context.h>
#include <bora/net/subprocess.h>
#include <bora/net/tcp_client.h>
#include <bora/net/tcp_server.h>
#include <bora/render/linkify.h>
#include <bora/testing/certificates.h>
#include <bora/testing/expect_log.h>
#include <bora/testing/http_test.h>
#include <bora/web.h>

#include "tests/support/catch.h"

// No compiler may warn code that names one option about the others (-Wextra). That this file
// compiles is most of the test: in every struct that programs fill in, each member needs an
// initialiser of its own.

using namespace std::chrono_literals;

TEST_CASE("option structs: one member may be named alone", "[testing]") {
  CHECK(bora::LoggingOptions{.log_file_prefix = "x"}.log_file_num_backups == 10);
  CHECK(bora::OptionDetails<int>{.group = "x"}.metavar.empty());
  CHECK_FALSE(bora::TimeoutOptions{.quiet = {}}.cancel);

  CHECK(bora::net::StreamOptions{.max_buffer_size = 1}.max_write_buffer_size == 0);
  CHECK(bora::net::SSLOptions{.certfile = "x"}.check_hostname);
  CHECK(bora::net::TCPServerOptions{.backlog = 1}.drain_timeout == 30s);
  CHECK(bora::net::ConnectOptions{.source_port = 1}.source_ip.empty());
  CHECK(bora::net::SubprocessOptions{.cwd = "/"}.stream.max_write_buffer_size == 0);
  CHECK(bora::net::ForkOptions{.max_restarts = 1}.hang_timeout == 0ms);
  CHECK_FALSE(bora::net::OverrideResolver::Rule{.host = "a", .to_host = "b"}.port);

  CHECK(bora::http::HTTPServerOptions{.write_timeout = 1s}.form_limits.max_parts == 100);
  CHECK(bora::http::FormLimits{.max_parts = 1}.max_arguments == 1000);
  CHECK(bora::http::CookieOptions{.secure = true}.path == "/");
  CHECK(bora::http::ResponseHead{.status = 204}.content_type.empty());

  CHECK(bora::render::LinkifyOptions{.shorten = true}.extra_params.empty());

  CHECK(bora::web::Settings{.debug = true}.static_url_prefix == "/static/");
  CHECK(bora::web::URLSpec{.pattern = "/"}.name.empty());
  CHECK(bora::web::ModuleResources{.embedded_css = "x"}.html_head.empty());

  CHECK(bora::testing::FetchOptions{.method = "PUT"}.body.empty());
  CHECK(bora::testing::Upload{.field = "x"}.body.empty());
  CHECK(bora::web::SignOptions{.version = 1}.clock == nullptr);
  CHECK(bora::web::DecodeOptions{.min_version = 2}.clock == nullptr);
  CHECK(bora::web::SignedCookieOptions{.min_version = 2}.max_age_days == 31);
  CHECK(bora::testing::TestCertificates::Request{.common_name = "x"}.password.empty());
  CHECK(bora::testing::ExpectLog::Options{.level = bora::LogLevel::info}.required);
}
