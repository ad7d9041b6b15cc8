#include "mail.h"

#include <chrono>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <bora/net/tcp_client.h>

namespace shop {
namespace {

/// Sends a command, if there is one, and reads the reply: "250 ok", or several "250-…" before it.
Task<void> talk(bora::net::IOStream& stream, std::string command, std::string wanted) {
  if (!command.empty()) {
    command += "\r\n";
    co_await stream.write(command);
  }
  for (;;) {
    const std::string line = co_await stream.read_until("\r\n", 4096);
    if (!line.starts_with(wanted)) throw std::runtime_error("the mail server says: " + line);
    if (line.size() < 4 || line[3] != '-') co_return;
  }
}

/// A line that is only a dot ends the mail, so a line that begins with a dot gets another one.
std::string dotted(std::string_view text) {
  std::string result;
  bool begins_line = true;
  for (const char c : text) {
    if (begins_line && c == '.') result += '.';
    if (c == '\n') result += '\r';
    if (c != '\r') result += c;
    begins_line = c == '\n';
  }
  return result;
}

}  // namespace

bool is_address(const std::string& text) {
  return text.size() <= 254 && text.find('@') != std::string::npos &&
         text.find_first_of(" <>\r\n\t,;:\"") == std::string::npos;
}

Task<void> send_mail(MailServer server, Mail mail) {
  bora::net::TCPClient client;
  bora::net::ConnectOptions options;
  options.timeout = std::chrono::seconds(10);
  bora::net::IOStream stream = co_await client.connect(server.host, server.port, options);
  co_await talk(stream, "", "220");
  co_await talk(stream, "EHLO shop", "250");
  co_await talk(stream, "MAIL FROM:<" + mail.from + ">", "250");
  co_await talk(stream, "RCPT TO:<" + mail.to + ">", "250");
  co_await talk(stream, "DATA", "354");
  const std::string letter = "From: " + mail.from + "\nTo: " + mail.to +
                             "\nSubject: " + mail.subject +
                             "\nContent-Type: text/plain; charset=utf-8\n\n" + mail.text + "\n";
  co_await talk(stream, dotted(letter) + ".", "250");
  co_await talk(stream, "QUIT", "221");
}

}  // namespace shop
