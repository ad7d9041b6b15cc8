#include <bora/render/output.h>

namespace bora::render {}
