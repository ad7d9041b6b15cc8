#include <bora/core/escape.h>

namespace bora {}
