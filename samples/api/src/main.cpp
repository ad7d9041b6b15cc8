#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include <bora/web.h>

#include "api.h"

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "listen on this port");
  const auto address = bora::define("address", "127.0.0.1", "listen on this address");
  const auto tokens =
      bora::define("tokens", std::vector<std::string>{},
                   "who may use the service: NAME:TOKEN,NAME:TOKEN; better in a file, by --config");
  bora::define("config", "", "read options from this file",
               {.callback = [](const std::string& file) { bora::parse_config_file(file, false); }});
  bora::parse_command_line(argc, argv);

  std::map<std::string, std::string> owners;
  for (const std::string& entry : *tokens) {
    const std::size_t colon = entry.find(':');
    if (colon == std::string::npos) throw std::invalid_argument("--tokens: no NAME:TOKEN");
    owners[entry.substr(colon + 1)] = entry.substr(0, colon);
  }
  if (owners.empty()) std::fprintf(stderr, "api: without --tokens, every request is refused\n");

  api::Api app(owners);
  const auto& server = app.listen(*port, *address);
  std::printf("listening on http://%s:%d\n", address->c_str(), server.port());
  std::fflush(stdout);
  bora::IOLoop::current().start();
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "api: %s\n", error.what());
  return 1;
}
