#pragma once

// The codes of errors in a path's pattern, which `bora explain` knows. The manifest's other codes
// are in compiler/routes/codes.h.

namespace bora::paths::codes {

inline constexpr char kEmptyValue[] = "R014";

inline constexpr char kNoLeadingSlash[] = "R030";
inline constexpr char kEmptySegment[] = "R031";
inline constexpr char kBadPathCharacter[] = "R032";
inline constexpr char kBadEscape[] = "R033";
inline constexpr char kUnbalancedBrace[] = "R034";
inline constexpr char kTextAroundParameter[] = "R035";
inline constexpr char kBadParameterName[] = "R036";
inline constexpr char kParameterTwice[] = "R037";
inline constexpr char kUnknownConverter[] = "R038";
inline constexpr char kPathNotLast[] = "R039";
inline constexpr char kPathTooLarge[] = "R040";
inline constexpr char kDotSegment[] = "R041";
inline constexpr char kForeignSyntax[] = "R045";

inline constexpr char kMalformedRegex[] = "R070";
inline constexpr char kUnsupportedRegex[] = "R071";
inline constexpr char kRegexTooLarge[] = "R072";
inline constexpr char kRegexTakesNothing[] = "R073";
inline constexpr char kOptionalNotLast[] = "R074";

}  // namespace bora::paths::codes
