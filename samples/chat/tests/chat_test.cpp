#include "chat.h"

#include <optional>
#include <string>

#include <bora/core/gen.h>
#include <bora/http/async_http_client.h>
#include <bora/http/http_server.h>
#include <bora/testing/catch.h>

namespace {

using bora::Task;
using bora::http::AsyncHTTPClient;
using bora::http::HTTPRequest;
using bora::http::HTTPResponse;

// A chat that is served, and a client that has its page's token.
struct Served {
  chat::Chat chat;
  bora::http::HTTPServer server{chat};
  AsyncHTTPClient client;
  std::string origin;
  std::string cookie;
  std::string token;

  Task<void> open() {
    server.listen(0, "127.0.0.1");
    origin = "http://127.0.0.1:" + std::to_string(server.port());
    const HTTPResponse page = co_await client.fetch(origin + "/");
    cookie = page.headers.get("Set-Cookie");
    cookie = cookie.substr(0, cookie.find(';'));
    const std::string field = "name=\"_xsrf\" value=\"";
    const std::size_t begin = page.body.find(field) + field.size();
    token = page.body.substr(begin, page.body.find('"', begin) - begin);
  }

  Task<HTTPResponse> post(std::string path, std::string form) {
    HTTPRequest request{
        .url = origin + path,
        .method = "POST",
        .headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Cookie", cookie}},
        .body = form + "&_xsrf=" + token,
        .raise_error = false,
        .follow_redirects = false};
    const HTTPResponse response = co_await client.fetch(request);
    co_return response;
  }
};

}  // namespace

ASYNC_TEST_CASE("chat: a message is HTML, whatever it holds", "[chat]") {
  Served served;
  co_await served.open();
  const HTTPResponse sent = co_await served.post("/a/message/new", "name=Ada&text=%3Cb%3Ehi");
  CHECK(sent.code == 200);
  CHECK(sent.body.find("&lt;b&gt;hi") != std::string::npos);
  const HTTPResponse page = co_await served.client.fetch(served.origin + "/");
  CHECK(page.body.find("data-cursor=\"1\"") != std::string::npos);
  CHECK(page.body.find("&lt;b&gt;hi") != std::string::npos);
  const HTTPResponse empty = co_await served.post("/a/message/new", "name=Ada&text=");
  CHECK(empty.code == 422);
  const HTTPResponse back = co_await served.post("/a/message/new", "name=Ada&text=x&back=true");
  CHECK(back.code == 303);
}

ASYNC_TEST_CASE("chat: who waits gets the next message, and what was missed at once", "[chat]") {
  Served served;
  co_await served.open();
  Task<HTTPResponse> waiting = served.post("/a/message/updates", "cursor=0");
  Task<HTTPResponse> sending = served.post("/a/message/new", "name=Ada&text=first");
  const auto [update, sent] = co_await bora::multi(std::move(waiting), std::move(sending));
  CHECK(update.body.starts_with("[{\"id\": 1, "));
  CHECK(sent.code == 200);
  const HTTPResponse missed = co_await served.post("/a/message/updates", "cursor=0");
  CHECK(missed.body == update.body);
}

ASYNC_TEST_CASE("chat: who leaves is waited for no longer", "[chat]") {
  Served served;
  co_await served.open();
  bora::Condition& changed = served.chat.messages.changed;
  const auto leave = [&]() -> Task<void> {
    while (changed.waiters() == 0) co_await bora::moment;
    served.client.close();
  };
  bool has_left = false;
  try {
    Task<HTTPResponse> waiting = served.post("/a/message/updates", "cursor=0");
    Task<void> leaving = leave();
    co_await bora::multi(std::move(waiting), std::move(leaving));
  } catch (const bora::http::HTTPClientError&) {
    has_left = true;
  }
  CHECK(has_left);
  while (changed.waiters() > 0) co_await bora::moment;
}

TEST_CASE("messages: the oldest make room", "[chat]") {
  chat::Messages messages;
  for (std::size_t i = 0; i < chat::Messages::kKept + 5; ++i) messages.add("Ada", "text");
  CHECK(messages.after(0).size() == chat::Messages::kKept);
  CHECK(messages.after(messages.last_id() - 1).size() == 1);
  CHECK(messages.after(messages.last_id()).empty());
}
