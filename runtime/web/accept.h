#pragma once

#include <string_view>

namespace bora::web {

/// Whether whoever sent this Accept field wants JSON rather than HTML: it names a type of JSON, and
/// gives it a higher quality than HTML. (What takes anything gets HTML.)
[[nodiscard]] bool prefers_json(std::string_view accept);

}  // namespace bora::web
