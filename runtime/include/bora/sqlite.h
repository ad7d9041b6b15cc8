#pragma once

// SQLite: a file as a database, on threads of its own. Link Bora::sqlite, which find_package(Bora
// COMPONENTS sqlite) provides.

#include <bora/sqlite/database.h>
