#pragma once

// The header that a generated routes.cpp includes, besides the headers of the handlers.

// The version of the contract between generated code and the runtime: 3. It changes when code made
// by an older `bora` would no longer compile or would behave differently.
#if !defined(BORA_GENERATED_CONTRACT)
#error \
    "<bora/generated_routes.h> is for code made by `bora compile` only; include <bora/web.h> instead"
#elif BORA_GENERATED_CONTRACT != 3
#error \
    "this code was made by another version of bora: run the `bora` of this installation again (delete the generated files or rebuild from scratch)"
#endif

#include <bora/web/detail/route_calls.h>
#include <bora/web/request_handler.h>
#include <bora/web/route_table.h>
