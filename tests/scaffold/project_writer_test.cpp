#include "scaffold/project_writer.h"

#include "tests/support/catch.h"
