#pragma once

// The header that a generated template unit includes if only a handler can render its page.

#include <bora/generated.h>
#include <bora/web/template_names.h>
