#include "bench/templates/hand_written.h"

#include <charconv>
#include <cstdlib>
#include <cstring>

#include "runtime/core/escape_kernel.h"

namespace bench {
namespace {

constexpr std::size_t kNumber = 16;

template <std::size_t size>
char* put(char* at, const char (&text)[size]) {
  std::memcpy(at, text, size - 1);
  return at + size - 1;
}
char* put_escaped(char* at, std::string_view text) {
  return bora::escape_html(at, text.data(), text.size());
}
char* put_number(char* at, int value) {
  return std::to_chars(at, at + kNumber, value).ptr;
}

std::size_t escaped_room(std::string_view text) {
  return text.size() * bora::kMaxEntitySize + bora::kEscapeSlack;
}

}  // namespace

HandBuffer::~HandBuffer() {
  std::free(begin_);
}

char* HandBuffer::grow(char* at, std::size_t size) {
  const auto used = static_cast<std::size_t>(at - begin_);
  const std::size_t wanted = 2 * (used + size) + 1024;
  begin_ = static_cast<char*>(std::realloc(begin_, wanted));
  if (begin_ == nullptr) std::abort();
  end_ = begin_ + wanted;
  return begin_ + used;
}

void write_users(HandBuffer& buffer, std::string_view title, const std::vector<User>& users) {
  char* at = buffer.room(buffer.begin(), 1200 + 3 * escaped_room(title));
  at = put(at, "\n<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>");
  at = put_escaped(at, title);
  at = put(
      at,
      "</title><link rel=\"stylesheet\" href=\"/static/site.css\"></head>\n<body>\n<nav><ul><li><a "
      "href=\"/\">Home</a></li><li><a href=\"/users\">Users</a></li><li><a "
      "href=\"/about\">About</a></li></ul></nav>\n<main>\n<h1>");
  at = put_escaped(at, title);
  at = put(at, "</h1>\n<ul class=\"users\">\n");
  if (users.empty()) at = put(at, "\n<li class=\"empty\">Nobody is here yet.</li>\n");
  for (const User& user : users) {
    at = buffer.room(at, 400 + 2 * escaped_room(user.name) + escaped_room(user.role));
    at = put(at, "\n<li class=\"user\"><a class=\"user-name\" href=\"/users/");
    at = put_escaped(at, user.name);
    at = put(at, "\">");
    at = put_escaped(at, user.name);
    at = put(at, "</a> <span class=\"role\">");
    at = put_escaped(at, user.role);
    at = put(at, "</span> ");
    at = put_number(at, user.posts);
    at = put(at, " posts</li>\n");
  }
  at = buffer.room(at, 200 + escaped_room(title));
  at = put(at, "\n</ul>\n</main>\n<footer>");
  at = put_escaped(at, title);
  at = put(at, ", all rights reserved.</footer>\n</body>\n</html>\n");
  buffer.finish(at);
}

void write_fortunes(HandBuffer& buffer, const std::vector<Fortune>& fortunes) {
  char* at = buffer.room(buffer.begin(), 400);
  at = put(
      at,
      "\n\n<!DOCTYPE html>\n<html><head><title>Fortunes</title></head><body><table>\n<tr><th>id</"
      "th><th>message</th></tr>\n");
  for (const Fortune& fortune : fortunes) {
    at = buffer.room(at, 100 + escaped_room(fortune.message));
    at = put(at, "<tr><td>");
    at = put_number(at, fortune.id);
    at = put(at, "</td><td>");
    at = put_escaped(at, fortune.message);
    at = put(at, "</td></tr>\n");
  }
  at = put(buffer.room(at, 100), "\n</table></body></html>\n");
  buffer.finish(at);
}

void write_table(HandBuffer& buffer, const std::vector<Row>& rows) {
  char* at = put(buffer.room(buffer.begin(), 100), "\n\n<table>\n");
  for (const Row& row : rows) {
    at = buffer.room(at, 100 + 10 * (20 + kNumber));
    at = put(at, "<tr>");
    for (const int cell : row.cells) {
      at = put(at, "<td>");
      at = put_number(at, cell);
      at = put(at, "</td>");
    }
    at = put(at, "</tr>\n");
  }
  at = put(buffer.room(at, 100), "\n</table>\n");
  buffer.finish(at);
}

}  // namespace bench
