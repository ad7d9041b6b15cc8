// Sends files to file_receiver: all of them in one form, or with --put each as a body of its own.

#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <bora/core/escape.h>
#include <bora/core/executor.h>
#include <bora/core/io_loop.h>
#include <bora/core/options.h>
#include <bora/http/async_http_client.h>

using bora::Task;
using bora::http::AsyncHTTPClient;
using bora::http::BodyWriter;
using bora::http::HTTPRequest;
using bora::http::HTTPResponse;

namespace {

constexpr std::size_t kPiece = 64 * 1024;

/// The next piece of a file; empty at its end.
std::string read_piece(std::ifstream& file) {
  std::string piece(kPiece, '\0');
  file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
  piece.resize(static_cast<std::size_t>(file.gcount()));
  return piece;
}

/// A form's parts around the files (RFC 7578).
struct Form {
  std::vector<std::filesystem::path> files;
  std::string boundary = "----bora-" + std::to_string(std::random_device()());

  [[nodiscard]] std::string head_of(const std::filesystem::path& file) const {
    return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" +
           file.filename().string() + "\"\r\nContent-Type: application/octet-stream\r\n\r\n";
  }
  [[nodiscard]] std::string tail() const { return "--" + boundary + "--\r\n"; }
  [[nodiscard]] std::uint64_t size() const {
    std::uint64_t size = tail().size();
    for (const auto& file : files)
      size += head_of(file).size() + std::filesystem::file_size(file) + 2;
    return size;
  }

  Task<void> write_to(BodyWriter& writer) const {
    for (const auto& path : files) {
      co_await writer.write(head_of(path));
      std::ifstream file(path, std::ios::binary);
      for (;;) {
        std::string piece = co_await bora::run_in_executor([&file] { return read_piece(file); });
        if (piece.empty()) break;
        co_await writer.write(std::move(piece));  // waits while the server is slower
      }
      co_await writer.write("\r\n");
    }
    co_await writer.write(tail());
  }
};

Task<void> post(std::string url, Form form) {
  HTTPRequest request{.url = url + "/files", .method = "POST"};
  request.headers = {{"Content-Type", "multipart/form-data; boundary=" + form.boundary},
                     {"Content-Length", std::to_string(form.size())}};
  request.body_producer = [&form](BodyWriter& writer) { return form.write_to(writer); };
  request.request_timeout = std::chrono::hours(1);
  AsyncHTTPClient client;
  const HTTPResponse response = co_await client.fetch(request);
  std::fputs(response.body.c_str(), stdout);
}

Task<void> put(std::string url, std::vector<std::filesystem::path> files) {
  AsyncHTTPClient client;
  for (const auto& file : files) {
    HTTPRequest request{.url = url + "/files/" + bora::url_escape(file.filename().string(), false),
                        .method = "PUT"};
    request.body_file = file.string();
    request.request_timeout = std::chrono::hours(1);
    const HTTPResponse response = co_await client.fetch(request);
    std::fputs(response.body.c_str(), stdout);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const auto url = bora::define("url", "http://127.0.0.1:8888", "where file_receiver is");
  const auto as_put = bora::define("put", false, "each file by a PUT, instead of one form");
  const auto names = bora::parse_command_line(argc, argv);
  const std::vector<std::filesystem::path> files(names.begin(), names.end());
  if (files.empty()) {
    std::fprintf(stderr, "usage: file_uploader [--put] [--url=URL] FILE...\n");
    return 2;
  }
  for (const auto& file : files) {
    if (!std::filesystem::is_regular_file(file))
      throw std::runtime_error("'" + file.string() + "' is no file");
  }
  bora::IOLoop::current().run_sync(
      [&] { return *as_put ? put(*url, files) : post(*url, {.files = files}); });
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "file_uploader: %s\n", error.what());
  return 1;
}
