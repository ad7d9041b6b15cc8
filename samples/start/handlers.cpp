#include "handlers.h"

#include "views/home.h"

namespace start {

void Home::get() {
  render(views::home{.tour = application().state<Tour>()});
}

}  // namespace start
