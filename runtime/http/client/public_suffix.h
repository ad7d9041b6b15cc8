#pragma once

#include <string>

namespace bora::http {

/// Whether anybody can have a name under `domain`: a name without a dot, or one on the Public
/// Suffix List, if libpsl is installed.
/// @param domain  In lower case, as it is sent: international names in Punycode.
bool is_public_suffix(const std::string& domain);

/// Whether libpsl is there.
bool knows_public_suffixes();

}  // namespace bora::http
