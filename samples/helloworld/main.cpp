#include <cstdio>

#include <bora/web.h>

class MainHandler : public bora::web::RequestHandler {
 public:
  void get() { write("Hello, world"); }
};

int main(int argc, char** argv) try {
  const auto port = bora::define("port", 8888, "run on the given port");
  bora::parse_command_line(argc, argv);
  bora::web::Application app({bora::web::url<MainHandler>("/")});
  app.listen(*port);
  bora::IOLoop::current().start();
} catch (const std::exception& error) {
  std::fprintf(stderr, "helloworld: %s\n", error.what());
  return 1;
}
