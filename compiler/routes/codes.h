#pragma once

// Every code that the manifest's checks report, by name. Codes are stable: users write them into
// scripts and search for them. A code that is no longer reported is not used for something else.
// compiler/diagnostics/catalog has a summary of each.

#include "runtime/paths/codes.h"

namespace bora::compiler::codes {

using namespace paths::codes;

// The file.
inline constexpr char kNulByte[] = "R001";
inline constexpr char kInvalidUtf8[] = "R002";
inline constexpr char kNotToml[] = "R003";
inline constexpr char kDefinedTwice[] = "R004";
inline constexpr char kNoRoutes[] = "R005";

// Sections, keys and their values.
inline constexpr char kUnknownKey[] = "R010";
inline constexpr char kUnknownSection[] = "R011";
inline constexpr char kMissingKey[] = "R012";
inline constexpr char kWrongType[] = "R013";
inline constexpr char kNotSupportedYet[] = "R015";

// Text that becomes C++.
inline constexpr char kBadName[] = "R020";
inline constexpr char kBadHandler[] = "R021";
inline constexpr char kBadNamespace[] = "R022";
inline constexpr char kBadHeader[] = "R023";
inline constexpr char kUnknownMethod[] = "R024";
inline constexpr char kRepeatedMethod[] = "R025";

// Paths: the codes of the path language, and
inline constexpr char kBadPrefix[] = "R042";
inline constexpr char kBadMount[] = "R043";
inline constexpr char kBadDirectory[] = "R044";

// Routes side by side.
inline constexpr char kSamePaths[] = "R050";
inline constexpr char kNameTwice[] = "R051";
inline constexpr char kTrailingSlashTwins[] = "R052";
inline constexpr char kAmbiguousPaths[] = "R075";
inline constexpr char kShadowedRoute[] = "R076";
inline constexpr char kLiteralInRegex[] = "R077";

// Redirects.
inline constexpr char kUnknownTarget[] = "R060";
inline constexpr char kBadTarget[] = "R061";
inline constexpr char kTargetCapture[] = "R062";
inline constexpr char kRedirectsToItself[] = "R063";

// Groups and what they contain.
inline constexpr char kCannotInclude[] = "R100";
inline constexpr char kIncludesInCircle[] = "R101";
inline constexpr char kFirstManifestOnly[] = "R102";
inline constexpr char kBadHost[] = "R103";
inline constexpr char kSecondHost[] = "R104";
inline constexpr char kUnknownSlashPolicy[] = "R105";
inline constexpr char kSlashAgainstPolicy[] = "R106";
inline constexpr char kBadFilter[] = "R107";
inline constexpr char kBadInitValue[] = "R108";
inline constexpr char kAuthenticatedFiles[] = "R109";
inline constexpr char kHandlerAndWebSocket[] = "R110";
inline constexpr char kBadConverter[] = "R111";
inline constexpr char kBadErrorPage[] = "R112";

// The project's section about escaping.
inline constexpr char kBadEscape[] = "R130";

}  // namespace bora::compiler::codes
