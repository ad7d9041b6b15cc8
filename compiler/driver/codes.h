#pragma once

// The codes that the driver reports itself. compiler/diagnostics/catalog has a summary of each.

namespace bora::compiler::codes {

inline constexpr char kPageNamesClash[] = "T070";
inline constexpr char kEmptyPage[] = "T071";
inline constexpr char kPluralsDiffer[] = "T072";
inline constexpr char kUnusableName[] = "T073";

inline constexpr char kManifestNotFound[] = "R008";
inline constexpr char kManifestUnreadable[] = "R009";
inline constexpr char kNotInSources[] = "R120";

// The findings of `bora check --deploy`.
inline constexpr char kDebugPages[] = "D001";
inline constexpr char kNoSecret[] = "D002";
inline constexpr char kSecretInSource[] = "D003";
inline constexpr char kNoProtection[] = "D004";
inline constexpr char kOpenCookie[] = "D005";
inline constexpr char kTrustsAllProxies[] = "D006";
inline constexpr char kNoSecurityHeaders[] = "D007";

inline constexpr char kFolderUnreadable[] = "E001";
inline constexpr char kCannotWrite[] = "E002";
inline constexpr char kListUnreadable[] = "E003";

}  // namespace bora::compiler::codes
