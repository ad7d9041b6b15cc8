#pragma once

#include <string_view>

namespace bora::web {

/// Whether the sender of this Accept field wants JSON rather than HTML: it names a type of JSON,
/// and gives it a higher quality than HTML. (A client that accepts anything gets HTML.)
[[nodiscard]] bool prefers_json(std::string_view accept);

}  // namespace bora::web
