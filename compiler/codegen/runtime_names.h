#pragma once

// Every name of the runtime that generated template code spells: all that the compiler knows of the
// runtime. <bora/generated.h> refuses code of another contract.

namespace bora::compiler::runtime {

/// Counts up when generated code of an older compiler would no longer fit the runtime.
inline constexpr int kContract = 1;
inline constexpr char kContractMacro[] = "BORA_GENERATED_CONTRACT";

inline constexpr char kGeneratedHeader[] = "<bora/generated.h>";
inline constexpr char kEscapeHeader[] = "<bora/core/escape.h>";
/// Whether line markers that tell who includes whom are welcome.
inline constexpr char kLineMarkersMacro[] = "BORA_LINE_MARKERS";

inline constexpr char kOutput[] = "::bora::render::Output";
inline constexpr char kLiteral[] = "::bora::render::Literal";
inline constexpr char kEscaped[] = "::bora::render::Escaped";
inline constexpr char kRaw[] = "::bora::render::Raw";
inline constexpr char kRequired[] = "::bora::render::Required";
inline constexpr char kDefaulted[] = "::bora::render::Defaulted";
inline constexpr char kPageGuard[] = "::bora::render::PageGuard";
inline constexpr char kLoop[] = "::bora::render::Loop";
inline constexpr char kLoopLength[] = "::bora::render::loop_length";
inline constexpr char kLoopStep[] = "bora_step";
inline constexpr char kAppend[] = "append";
inline constexpr char kReserve[] = "reserve";

/// Functions that templates call by their bare names, as in Tornado; all are in namespace bora.
inline constexpr const char* kEscapeFunctions[] = {"url_escape", "url_unescape", "xhtml_escape"};

}  // namespace bora::compiler::runtime
