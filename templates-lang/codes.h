#pragma once

// Every code that the template language reports, by name. Codes are stable: users write them into
// scripts and search for them. A code that is no longer reported is not used for something else.
// compiler/diagnostics/catalog has a summary of each.

namespace bora::lang::codes {

// The bytes.
inline constexpr char kNulByte[] = "T001";
inline constexpr char kInvalidUtf8[] = "T002";

// Tags and the C++ inside them.
inline constexpr char kTagNotClosed[] = "T003";
inline constexpr char kCommentNotClosed[] = "T004";
inline constexpr char kWrongCloser[] = "T005";
inline constexpr char kLiteralNotClosed[] = "T006";
inline constexpr char kBracketNotClosed[] = "T007";
inline constexpr char kBracketClosesNothing[] = "T008";
inline constexpr char kEmptyExpression[] = "T009";
inline constexpr char kEmptyTag[] = "T010";

// Directives and how they nest.
inline constexpr char kUnknownDirective[] = "T011";
inline constexpr char kEndClosesNothing[] = "T012";
inline constexpr char kBlockNotClosed[] = "T013";
inline constexpr char kEndOfAnother[] = "T014";
inline constexpr char kMisplacedBranch[] = "T015";
inline constexpr char kNestedTooDeep[] = "T016";
inline constexpr char kOutsideLoop[] = "T017";
inline constexpr char kMissingOperand[] = "T018";
inline constexpr char kUnexpectedOperand[] = "T019";
inline constexpr char kOnlyAtTopLevel[] = "T020";
inline constexpr char kSemicolon[] = "T021";

// Operands.
inline constexpr char kMalformedFor[] = "T022";
inline constexpr char kMalformedSet[] = "T023";
inline constexpr char kMalformedParam[] = "T024";
inline constexpr char kMalformedImport[] = "T025";
inline constexpr char kMalformedFile[] = "T026";
inline constexpr char kMalformedArguments[] = "T027";
inline constexpr char kUnknownWhitespaceMode[] = "T028";
inline constexpr char kMalformedAutoescape[] = "T029";

// Names.
inline constexpr char kNotAName[] = "T030";
inline constexpr char kKeywordAsName[] = "T031";
inline constexpr char kReservedName[] = "T032";
inline constexpr char kNameRepeated[] = "T033";
inline constexpr char kBlockRepeated[] = "T034";
inline constexpr char kParamRepeated[] = "T035";
inline constexpr char kParamTypesDiffer[] = "T036";
inline constexpr char kExtendsRepeated[] = "T037";
inline constexpr char kSuperOutsideBlock[] = "T038";
inline constexpr char kTryWithoutExcept[] = "T039";

// Files and their connections.
inline constexpr char kFileNotFound[] = "T040";
inline constexpr char kFileUnreadable[] = "T041";
inline constexpr char kOutsideRoot[] = "T042";
inline constexpr char kExtendsCycle[] = "T043";
inline constexpr char kIncludeCycle[] = "T044";
inline constexpr char kIncludedTooOften[] = "T045";
inline constexpr char kIncludedFileExtends[] = "T046";

// Warnings.
inline constexpr char kNeverRendered[] = "T050";
inline constexpr char kOverridesNothing[] = "T051";
inline constexpr char kLongCharacter[] = "T052";
inline constexpr char kOtherLanguage[] = "T053";

// Typed includes, components, modules, exceptions, streaming.
inline constexpr char kHandlerRepeated[] = "T080";
inline constexpr char kMissingArgument[] = "T081";
inline constexpr char kUnknownArgument[] = "T082";
inline constexpr char kUnknownSlot[] = "T083";
inline constexpr char kSlotFilledTwice[] = "T084";
inline constexpr char kSuperOfNothing[] = "T085";
inline constexpr char kMalformedModule[] = "T086";
inline constexpr char kMalformedCall[] = "T087";
inline constexpr char kExceptNeverReached[] = "T088";
inline constexpr char kCannotFlush[] = "T089";
inline constexpr char kMalformedExcept[] = "T090";
inline constexpr char kTooManyBases[] = "T091";

// Lints.
inline constexpr char kUnusedParam[] = "T100";
inline constexpr char kUnusedVariable[] = "T101";
inline constexpr char kUnusedImport[] = "T102";
inline constexpr char kHidesName[] = "T103";
inline constexpr char kConstantCondition[] = "T104";
inline constexpr char kRepeatedCondition[] = "T105";
inline constexpr char kNeverReached[] = "T106";
inline constexpr char kMissingAsset[] = "T107";
inline constexpr char kMessageNotLiteral[] = "T108";
inline constexpr char kTextPlusNumber[] = "T109";

// Places of values in HTML.
inline constexpr char kUnquotedValue[] = "T200";
inline constexpr char kInTagName[] = "T201";
inline constexpr char kInAttributeName[] = "T202";
inline constexpr char kInComment[] = "T203";
inline constexpr char kInRawElement[] = "T204";
inline constexpr char kInOtherScript[] = "T205";
inline constexpr char kInTemplateLiteral[] = "T206";
inline constexpr char kInRegex[] = "T207";
inline constexpr char kGluedToName[] = "T208";
inline constexpr char kInCodeURL[] = "T209";
inline constexpr char kInCSSImport[] = "T210";
inline constexpr char kInDecidingAttribute[] = "T211";
inline constexpr char kInAnimation[] = "T212";
inline constexpr char kInSrcdocMarkup[] = "T213";
inline constexpr char kSplitReference[] = "T214";
inline constexpr char kLostContext[] = "T215";
inline constexpr char kBranchesDiffer[] = "T216";
inline constexpr char kBodyMoves[] = "T217";
inline constexpr char kPageEndsInside[] = "T218";
inline constexpr char kTryMoves[] = "T219";
inline constexpr char kNotSeparated[] = "T220";
inline constexpr char kDynamicScheme[] = "T221";
inline constexpr char kDecidedLate[] = "T222";
inline constexpr char kForeignTag[] = "T223";
inline constexpr char kMarkupHere[] = "T224";
inline constexpr char kInModuleAddress[] = "T225";
inline constexpr char kInResourceHost[] = "T226";
inline constexpr char kInBoundMarkup[] = "T227";
inline constexpr char kInBoundAttribute[] = "T228";
inline constexpr char kInOtherLanguage[] = "T229";
inline constexpr char kUnknownEscape[] = "T230";

}  // namespace bora::lang::codes
