#include "bench/templates/hand_written.h"

#include <cstdlib>
#include <cstring>

#include "runtime/core/escape_kernel.h"
#include "runtime/render/decimal.h"

namespace bench {
namespace {

template <std::size_t size>
char* put(char* at, const char (&text)[size]) {
  std::memcpy(at, text, size - 1);
  return at + size - 1;
}
char* put_escaped(char* at, std::string_view text) {
  return bora::escape_html(at, text.data(), text.size());
}
char* put_number(char* at, int value) {
  return bora::render::write_integer(at, value);
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

void write_page(HandBuffer& buffer, std::string_view title, const std::vector<Link>& links,
                const std::vector<Item>& items) {
  char* at = buffer.room(buffer.begin(), 300 + escaped_room(title));
  at = put(at, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
  at = put_escaped(at, title);
  at = put(at,
           " - Corner Shop</title>\n<link rel=\"stylesheet\" href=\"/static/site.css\">\n"
           "</head>\n<body>\n<header><a class=\"logo\" href=\"/\">Corner Shop</a>\n<nav><ul>\n");
  for (const Link& link : links) {
    at = buffer.room(at, 100 + escaped_room(link.key) + escaped_room(link.text));
    at = put(at, "\n<li class=\"nav-item\" data-key=\"");
    at = put_escaped(at, link.key);
    at = put(at, "\"><a class=\"nav-link\">");
    at = put_escaped(at, link.text);
    at = put(at, "</a></li>\n");
  }
  at = buffer.room(at, 300 + escaped_room(title));
  at = put(at, "\n</ul></nav></header>\n<main class=\"container\">\n<h1>");
  at = put_escaped(at, title);
  at = put(at,
           "</h1>\n<table class=\"items\">\n<thead><tr><th>Number</th><th>Name</th><th>Maker</th>"
           "<th>Price</th><th>Remark</th></tr></thead>\n<tbody>\n");
  if (items.empty()) at = put(at, "\n<tr><td colspan=\"5\">Nothing is left.</td></tr>\n");
  for (const Item& item : items) {
    at = buffer.room(at, 400 + escaped_room(item.slug) + escaped_room(item.name) +
                             escaped_room(item.maker) + escaped_room(item.remark));
    at = put(at, "\n<tr class=\"item\"><td class=\"number\">");
    at = put_number(at, item.number);
    at = put(at, "</td><td class=\"name\"><a class=\"item-link\" data-item=\"");
    at = put_escaped(at, item.slug);
    at = put(at, "\" title=\"Show everything about this item\">");
    at = put_escaped(at, item.name);
    at = put(at, "</a></td><td class=\"maker\">");
    at = put_escaped(at, item.maker);
    at = put(at, "</td><td class=\"remark\"><span class=\"text-muted\">");
    at = put_escaped(at, item.remark);
    at = put(
        at,
        "</span></td><td class=\"tools\"><a href=\"/basket\">Put into the basket</a></td></tr>\n");
  }
  at = buffer.room(at, 200 + escaped_room(title));
  at = put(at, "\n</tbody>\n</table>\n</main>\n<footer><p>Open every day but Sunday. ");
  at = put_escaped(at, title);
  at = put(at, "</p></footer>\n</body>\n</html>\n");
  buffer.finish(at);
}

void write_values(HandBuffer& buffer, const std::vector<Item>& items) {
  char* at = buffer.room(buffer.begin(), 100);
  for (const Item& item : items) {
    at = buffer.room(at, 100 + escaped_room(item.slug) + escaped_room(item.name) +
                             escaped_room(item.maker) + escaped_room(item.remark));
    at = put(put_number(at, item.number), ",");
    at = put(put_escaped(at, item.slug), ",");
    at = put(put_escaped(at, item.name), ",");
    at = put(put_escaped(at, item.maker), ",");
    at = put(put_escaped(at, item.remark), "\n");
  }
  buffer.finish(put(buffer.room(at, 100), "\n"));
}

void write_teams(HandBuffer& buffer, int year, const std::vector<Team>& teams) {
  char* at = buffer.room(buffer.begin(), 200);
  at = put(at, "<html>\n<head><title>");
  at = put_number(at, year);
  at = put(at, "</title></head>\n<body><h1>CSL ");
  at = put_number(at, year);
  at = put(at, "</h1><ul>\n");
  bool is_first = true;
  for (const Team& team : teams) {
    at = buffer.room(at, 100 + escaped_room(team.name));
    at = put(at, "<li class=\"");
    if (is_first) at = put(at, "champion");
    is_first = false;
    at = put(at, "\"><b>");
    at = put_escaped(at, team.name);
    at = put(at, "</b>: ");
    at = put_number(at, team.score);
    at = put(at, "</li>");
  }
  at = put(buffer.room(at, 100), "\n</ul></body>\n</html>\n");
  buffer.finish(at);
}

void write_fortunes(HandBuffer& buffer, const std::vector<Fortune>& fortunes) {
  char* at = buffer.room(buffer.begin(), 400);
  at = put(at,
           "<!DOCTYPE html>\n<html><head><title>Fortunes</title></head><body><table>\n<tr><th>id</"
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
  char* at = put(buffer.room(buffer.begin(), 100), "<table>\n");
  for (const Row& row : rows) {
    at = buffer.room(at, 100 + 10 * (20 + bora::render::kMaxNumber));
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
