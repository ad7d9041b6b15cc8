#include "modules.h"

#include "views/modules/teaser.h"

namespace blog {

std::string Teaser::render(const Entry& entry) {
  return render_string(views::modules::teaser{.entry = entry});
}

}  // namespace blog
