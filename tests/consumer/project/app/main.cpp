#include <cstdio>

#include <bora/render/output.h>
#include <bora/web/route_table.h>

#include "routes.h"
#include "views/first.h"
#include "views/second.h"
#include "views/third/third.h"

// Prints what the build made of templates and routes.
int main() {
  bora::render::Output out;
  views::first{.name = "<first>"}.bora_render(out);
  views::second{}.bora_render(out);
  views::third::third{}.bora_render(out);
  const std::string_view text = out.text();
  std::printf("%.*s%zu routes, %s\n", static_cast<int>(text.size()), text.data(),
              bora::web::routes(routes::table).size(), route::first().data());
}
