#pragma once

#include <string_view>

namespace bora::web {

/// The Content-Type of a file by the ending of its name; "application/octet-stream" if it is not
/// known. The table is Bora's own, so that a program answers alike on every machine. Text is
/// declared as UTF-8.
[[nodiscard]] std::string_view content_type_of(std::string_view file_name);

}  // namespace bora::web
