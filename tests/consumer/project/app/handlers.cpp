#include "handlers.h"

#include "views/first.h"

void consumer::First::get() {
  render(views::first{.name = "handler"});
}
