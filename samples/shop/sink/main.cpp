#include <cstdio>
#include <exception>

#include <bora/core/io_loop.h>
#include <bora/core/options.h>

#include "smtp_sink.h"

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 2525, "listen on this port of 127.0.0.1");
  bora::parse_command_line(argc, argv);
  SMTPSink sink([](const std::string& mail) {
    std::printf("%s\n", mail.c_str());
    std::fflush(stdout);
  });
  sink.listen(*port, "127.0.0.1");
  std::printf("mails are taken at 127.0.0.1:%d\n", sink.port());
  std::fflush(stdout);
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "smtp_sink: %s\n", error.what());
  return 1;
}
