#include "compiler/codegen/template_codegen.h"

namespace bora::compiler {}
