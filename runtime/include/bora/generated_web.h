#pragma once

// What a generated template unit includes if its page can only be rendered by a handler.

#include <bora/generated.h>

#include <bora/web/template_names.h>
