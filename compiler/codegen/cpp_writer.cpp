#include "compiler/codegen/cpp_writer.h"

namespace bora::compiler {}
