#include <bora/net/ssl_context.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <bora/testing/certificates.h>

#include "tests/support/catch.h"

namespace bora::net {
namespace {

using testing::TestCertificates;

std::string problem_of(const std::function<void()>& attempt) {
  try {
    attempt();
  } catch (const SSLError& error) {
    return error.what();
  }
  return "(none)";
}

std::string server_problem(SSLOptions options) {
  return problem_of([&] { static_cast<void>(SSLContext::server(std::move(options))); });
}

std::string write_file(const TestCertificates& certificates, const std::string& name,
                       const std::string& text) {
  const std::string path = certificates.folder() + "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool names(const std::string& sentence, std::initializer_list<std::string> parts) {
  UNSCOPED_INFO(sentence);
  for (const std::string& part : parts) {
    if (sentence.find(part) == std::string::npos) return false;
  }
  return sentence.find('\n') == std::string::npos;
}

TEST_CASE("ssl context: HSV-17: a server without a certificate is refused", "[net]") {
  CHECK(names(server_problem({}), {"certificate", "certfile"}));
  CHECK(names(server_problem({.keyfile = "key.pem"}), {"certfile"}));
}

TEST_CASE("ssl context: HSV-17: files that are missing are named", "[net]") {
  TestCertificates certificates;
  const auto made = certificates.issue({});
  CHECK(names(server_problem({.certfile = "/nowhere/c.pem"}),
              {"'/nowhere/c.pem'", "No such file", "certfile"}));
  CHECK(names(server_problem({.certfile = made.certfile, .keyfile = "/nowhere/k.pem"}),
              {"'/nowhere/k.pem'", "No such file", "keyfile"}));
  CHECK(names(server_problem({.certfile = made.certfile,
                              .keyfile = made.keyfile,
                              .ca_certs = "/nowhere/ca.pem",
                              .cert_reqs = CertReqs::cert_required}),
              {"'/nowhere/ca.pem'", "ca_certs"}));
  CHECK(names(server_problem({.certfile = certificates.folder()}), {certificates.folder()}));
}

TEST_CASE("ssl context: files that hold something else are reported as such", "[net]") {
  TestCertificates certificates;
  const auto made = certificates.issue({});
  const auto other = certificates.issue({});
  const std::string text = write_file(certificates, "text.pem", "hello\n");
  const std::string empty = write_file(certificates, "empty.pem", "");

  CHECK(names(server_problem({.certfile = made.keyfile, .keyfile = made.certfile}),
              {made.keyfile, "swapped"}));
  CHECK(names(server_problem({.certfile = made.certfile}), {made.certfile, "no private key"}));
  CHECK(names(server_problem({.certfile = made.certfile, .keyfile = other.keyfile}),
              {other.keyfile, "does not belong", made.certfile}));
  CHECK(names(server_problem({.certfile = text, .keyfile = made.keyfile}), {text, "PEM"}));
  CHECK(names(server_problem({.certfile = empty, .keyfile = made.keyfile}), {empty, "PEM"}));
  CHECK(names(server_problem({.certfile = made.certfile, .keyfile = text}), {text, "PEM"}));
  CHECK(names(server_problem({.certfile = made.certfile,
                              .keyfile = made.keyfile,
                              .ca_certs = text,
                              .cert_reqs = CertReqs::cert_required}),
              {text, "ca_certs"}));
}

TEST_CASE("ssl context: damaged PEM is distinguished from a wrong file", "[net]") {
  TestCertificates certificates;
  const auto made = certificates.issue({});
  std::string certificate = read_file(made.certfile);
  const std::string whole = certificate;
  certificate[certificate.size() / 2] = '!';
  const std::string damaged = write_file(certificates, "damaged.pem", certificate);
  const std::string tail = write_file(certificates, "tail.pem", whole + certificate);
  std::string key = read_file(made.keyfile);
  key.replace(key.size() / 2, 4, "AAAA");
  const std::string damaged_key = write_file(certificates, "damaged.key", key);

  CHECK(names(server_problem({.certfile = damaged, .keyfile = made.keyfile}), {damaged}));
  CHECK(names(server_problem({.certfile = tail, .keyfile = made.keyfile}), {tail, "damaged"}));
  CHECK(names(server_problem({.certfile = made.certfile, .keyfile = damaged_key}), {damaged_key}));
}

TEST_CASE("ssl context: an encrypted key wants its password", "[net]") {
  TestCertificates certificates;
  TestCertificates::Request request;
  request.password = "open sesame";
  const auto made = certificates.issue(request);
  SSLOptions options{.certfile = made.certfile, .keyfile = made.keyfile};
  CHECK(names(server_problem(options), {made.keyfile, "encrypted", "password"}));
  options.password = "shut";
  CHECK(names(server_problem(options), {made.keyfile, "password"}));
  options.password = "open sesame";
  CHECK(server_problem(options) == "(none)");
}

TEST_CASE("ssl context: NET-08: unknown ciphers are named, also among known ones", "[net]") {
  TestCertificates certificates;
  const auto made = certificates.issue({});
  SSLOptions options{.certfile = made.certfile, .keyfile = made.keyfile};
  options.ciphers = "ECDHE+AESGCM:ECDHE-RSA-AES127-GCM";
  CHECK(names(server_problem(options), {"'ECDHE-RSA-AES127-GCM'", "ciphers"}));
  options.ciphers = "ECDHE+AESGCM:!aNULL:@STRENGTH";
  CHECK(server_problem(options) == "(none)");
}

TEST_CASE("ssl context: client certificates need somebody who signs them", "[net]") {
  TestCertificates certificates;
  const auto made = certificates.issue({});
  CHECK(names(server_problem({.certfile = made.certfile,
                              .keyfile = made.keyfile,
                              .cert_reqs = CertReqs::cert_required}),
              {"cert_reqs", "ca_certs"}));
}

TEST_CASE("ssl context: protocols and hosts have proper names", "[net]") {
  TestCertificates certificates;
  const auto made = certificates.issue({});
  SSLOptions options{.certfile = made.certfile, .keyfile = made.keyfile};
  SSLContext context = SSLContext::server(options);
  for (const char* wrong : {"", "*", "*.", "a b", "a:443", "a.*.b"})
    CHECK(names(problem_of([&] { context.add_host(wrong, options); }), {"add_host"}));
  CHECK(names(problem_of([&] { context.add_host("a.example", {}); }), {"certfile", "a.example"}));
  options.alpn = {"http/1.1", ""};
  CHECK(names(server_problem(options), {"alpn"}));
}

TEST_CASE("ssl context: a reload that fails changes nothing and can be tried again", "[net]") {
  TestCertificates certificates;
  const auto made = certificates.issue({});
  SSLContext context = SSLContext::server({.certfile = made.certfile, .keyfile = made.keyfile});
  const std::string whole = read_file(made.certfile);
  std::ofstream(made.certfile, std::ios::trunc) << whole.substr(0, 100);
  CHECK(names(problem_of([&] { context.reload(); }), {made.certfile}));
  std::ofstream(made.certfile, std::ios::trunc) << whole;
  CHECK(problem_of([&] { context.reload(); }) == "(none)");
}

TEST_CASE("ssl context: a relative path stays the same file after chdir()", "[net]") {
  TestCertificates certificates;
  const auto made = certificates.issue({});
  const std::filesystem::path folder = std::filesystem::path(made.certfile).parent_path();
  const auto name = [](const std::string& path) {
    return std::filesystem::path(path).filename().string();
  };
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder);
  SSLContext context =
      SSLContext::server({.certfile = name(made.certfile), .keyfile = name(made.keyfile)});
  context.add_host("other.example",
                   {.certfile = name(made.certfile), .keyfile = name(made.keyfile)});
  std::filesystem::current_path("/");
  CHECK(problem_of([&] { context.reload(); }) == "(none)");
  std::filesystem::current_path(before);
}

}  // namespace
}  // namespace bora::net
