#pragma once

// The one header that a generated template unit includes besides the template's own imports. It is
// small because every page of a program includes it.

// The version of the contract between generated code and the runtime: 3. It changes when code made
// by an older `bora` would no longer compile or would behave differently.
#if !defined(BORA_GENERATED_CONTRACT)
#error "<bora/generated.h> is for code made by `bora compile` only; include <bora/web.h> instead"
#elif BORA_GENERATED_CONTRACT != 3
#error \
    "this code was made by another version of bora: run the `bora` of this installation again (delete the generated files or rebuild from scratch)"
#endif

#include <bora/render/loop.h>
#include <bora/render/output.h>
#include <bora/render/param.h>
#include <bora/render/sink.h>

// Whether generated code may tell, by GNU line markers, which file includes which, so that errors
// in a base or included template begin with "In file included from page.html:1". clang obeys the
// pragma in the unit and reports nothing; g++ calls the markers an extension under -Wpedantic, so
// with g++ a build that is not pedantic (bora_add_templates() ensures that) asks for them.
#if !defined(BORA_LINE_MARKERS)
#if defined(__clang__)
#define BORA_LINE_MARKERS 1
#else
#define BORA_LINE_MARKERS 0
#endif
#endif
