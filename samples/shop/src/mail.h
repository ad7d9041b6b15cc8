#pragma once

#include <string>

#include <bora/core/task.h>

namespace shop {

using bora::Task;

struct MailServer {
  std::string host = "127.0.0.1";
  int port = 2525;
};

struct Mail {
  std::string from;
  std::string to;
  std::string subject;
  std::string text;
};

/// Whether the text can be an address in a mail's head: it has an '@', and nothing that ends a line
/// or an address.
bool is_address(const std::string& text);

/// Sends a mail to a server (SMTP, RFC 5321), on the loop. It supports neither TLS nor AUTH, so the
/// server has to be on this machine or in this network.
/// @throws std::runtime_error  The server refuses it.
Task<void> send_mail(MailServer server, Mail mail);

}  // namespace shop
