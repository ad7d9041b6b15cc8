#pragma once

#include <cstddef>

// Every name of the runtime that generated code uses: the compiler knows nothing else of the
// runtime. <bora/generated.h> and <bora/generated_routes.h> refuse code of another contract.

namespace bora::compiler::runtime {

/// The number grows when generated code of an older compiler no longer fits the runtime.
inline constexpr int kContract = 3;
inline constexpr char kContractMacro[] = "BORA_GENERATED_CONTRACT";

inline constexpr char kGeneratedHeader[] = "<bora/generated.h>";
/// The macro that tells whether the compiler accepts line markers about inclusion.
inline constexpr char kLineMarkersMacro[] = "BORA_LINE_MARKERS";

inline constexpr char kOutput[] = "::bora::render::Output";
inline constexpr char kLiteral[] = "::bora::render::Literal";
/// The header of exchangeable texts, for development builds.
inline constexpr char kLiveTextHeader[] = "<bora/render/live_text.h>";
inline constexpr char kLiveText[] = "::bora::render::LiveText";
/// The header of exchangeable code.
inline constexpr char kLiveCodeHeader[] = "<bora/render/live_code.h>";
inline constexpr char kLiveCode[] = "::bora::render::LiveCode";
inline constexpr char kEscaped[] = "::bora::render::Escaped";
inline constexpr char kRaw[] = "::bora::render::Raw";
inline constexpr char kEscapedText[] = "::bora::render::EscapedText";
inline constexpr char kEscapedBy[] = "::bora::render::EscapedBy";

/// The header of the names below; only units that need them include it.
inline constexpr char kContextSinkHeader[] = "<bora/render/context_sink.h>";
inline constexpr char kScriptSinkHeader[] = "<bora/render/script_sink.h>";
inline constexpr char kURLSink[] = "::bora::render::URLSink";
inline constexpr char kResourceURLSink[] = "::bora::render::ResourceURLSink";
inline constexpr char kOwnSchemesURLSink[] = "::bora::render::OwnSchemesURLSink";
inline constexpr char kResourceMoreSink[] = "::bora::render::ResourceMoreSink";
inline constexpr char kResourceFirstPartSink[] = "::bora::render::ResourceFirstPartSink";
inline constexpr char kModuleURLSink[] = "::bora::render::ModuleURLSink";
inline constexpr char kURLMoreSink[] = "::bora::render::URLMoreSink";
inline constexpr char kURLFirstPartSink[] = "::bora::render::URLFirstPartSink";
inline constexpr char kURLPartSink[] = "::bora::render::URLPartSink";
inline constexpr char kURLComponentSink[] = "::bora::render::URLComponentSink";
inline constexpr char kURLEncodedSink[] = "::bora::render::URLEncodedSink";
inline constexpr char kSrcsetSink[] = "::bora::render::SrcsetSink";
inline constexpr char kJSValueSink[] = "::bora::render::JSValueSink";
inline constexpr char kJSAttributeSink[] = "::bora::render::JSAttributeSink";
inline constexpr char kJSStringSink[] = "::bora::render::JSStringSink";
inline constexpr char kJSAttributeStringSink[] = "::bora::render::JSAttributeStringSink";
inline constexpr char kCSSAttributeValueSink[] = "::bora::render::CSSAttributeValueSink";
inline constexpr char kEscapedFirst[] = "::bora::render::EscapedFirst";
inline constexpr char kEscapedTextFirst[] = "::bora::render::EscapedTextFirst";
inline constexpr char kNotJSSink[] = "::bora::render::NotJSSink";
inline constexpr char kWordSink[] = "::bora::render::WordSink";
inline constexpr char kCSSValueSink[] = "::bora::render::CSSValueSink";
inline constexpr char kCSSStringSink[] = "::bora::render::CSSStringSink";
inline constexpr char kCSSURLSink[] = "::bora::render::CSSURLSink";
inline constexpr char kCSSURLPartSink[] = "::bora::render::CSSURLPartSink";
inline constexpr char kCSSURLComponentSink[] = "::bora::render::CSSURLComponentSink";
inline constexpr char kSrcdocSink[] = "::bora::render::SrcdocSink";

inline constexpr char kRequired[] = "::bora::render::Required";
inline constexpr char kDefaulted[] = "::bora::render::Defaulted";
inline constexpr char kKept[] = "::bora::render::Kept";
inline constexpr char kList[] = "::bora::render::list";
inline constexpr char kHeldBy[] = "::bora::render::HeldBy";
inline constexpr char kFits[] = "::bora::render::fits";
/// The header of the next three names; only units that need them include it.
inline constexpr char kKeptHeader[] = "<bora/render/kept.h>";
inline constexpr char kKeep[] = "::bora::render::kept";
inline constexpr char kDefaultedBy[] = "::bora::render::DefaultedBy";
inline constexpr char kGiven[] = "::bora::render::given";
inline constexpr char kPageGuard[] = "::bora::render::PageGuard";
inline constexpr char kLoop[] = "::bora::render::Loop";
inline constexpr char kLoopLength[] = "::bora::render::loop_length";
inline constexpr char kLoopStep[] = "bora_step";
inline constexpr char kPageWriter[] = "::bora::render::PageWriter";
inline constexpr char kAppend[] = "append";
inline constexpr char kAppendUnchecked[] = "append_unchecked";
/// The number of bytes that append_unchecked() may add after an append(), on every path.
inline constexpr std::size_t kMaxUnchecked = 192;
inline constexpr char kFinish[] = "finish";
inline constexpr char kReleased[] = "::bora::render::PageWriter::Released";

// Pages that are rendered by a handler.
inline constexpr char kGeneratedWebHeader[] = "<bora/generated_web.h>";
inline constexpr char kRequestHandlerHeader[] = "<bora/web/request_handler.h>";
inline constexpr char kUIModuleHeader[] = "<bora/web/ui_module.h>";
inline constexpr char kTaskHeader[] = "<bora/core/task.h>";
inline constexpr char kTask[] = "::bora::Task<void>";
inline constexpr char kHandlerNamespace[] = "bora::web";
inline constexpr char kHandlerClass[] = "RequestHandler";
/// The member of a page's struct that tells which handler class it needs.
inline constexpr char kHandlerType[] = "bora_handler_type";
/// Members of a page's struct: the hashes of its literal inline scripts and styles.
inline constexpr char kScriptHashes[] = "bora_script_hashes";
inline constexpr char kStyleHashes[] = "bora_style_hashes";
inline constexpr char kModuleScope[] = "::bora::web::ModuleScope";
/// The object of that class in generated code.
inline constexpr char kModules[] = "bora_modules";
inline constexpr char kSetResources[] = "::bora::web::SetResources";

/// A function that templates call by its bare name, and the class in bora::web of the callable
/// object.
struct HandlerCallable {
  const char* name;
  const char* type;
};
inline constexpr HandlerCallable kHandlerCallables[] = {{"_", "Translate"},
                                                        {"csp_nonce", "CSPNonce"},
                                                        {"pgettext", "TranslateInContext"},
                                                        {"reverse_url", "ReverseURL"},
                                                        {"static_url", "StaticURL"},
                                                        {"xsrf_form_html", "XSRFFormHTML"}};
/// Names in a template whose values the handler's function of that name returns.
inline constexpr const char* kHandlerValues[] = {"current_user", "locale", "request"};

/// Functions that templates call by their bare names, as in Tornado.
struct EscapeFunction {
  const char* name;
  const char* scope;
  const char* header;
};
inline constexpr EscapeFunction kEscapeFunctions[] = {
    {"escape", "::bora", "<bora/core/escape.h>"},
    {"json_encode", "::bora::render", "<bora/render/json.h>"},
    {"linkify", "::bora::render", "<bora/render/linkify.h>"},
    {"squeeze", "::bora", "<bora/core/escape.h>"},
    {"url_escape", "::bora", "<bora/core/escape.h>"},
    {"url_unescape", "::bora", "<bora/core/escape.h>"},
    {"xhtml_escape", "::bora", "<bora/core/escape.h>"},
    {"xhtml_unescape", "::bora", "<bora/core/escape.h>"}};

/// `datetime::format(…)` and similar calls.
inline constexpr char kDatetime[] = "datetime";
inline constexpr char kDatetimeNamespace[] = "::bora::datetime";
inline constexpr char kDatetimeHeader[] = "<bora/core/datetime.h>";
/// The header of the members of `locale`.
inline constexpr char kLocaleHeader[] = "<bora/core/locale.h>";

// Routes. Names in a program's own namespace are reached through a namespace alias.
inline constexpr char kGeneratedRoutesHeader[] = "<bora/generated_routes.h>";
/// The header of error pages; only units that have some include it.
inline constexpr char kErrorTemplateHeader[] = "<bora/web/error_template.h>";
/// The header of bora::filters; only units that need it include it.
inline constexpr char kFiltersHeader[] = "<bora/filters.h>";
inline constexpr char kWeb[] = "::bora::web";
inline constexpr char kWebAlias[] = "bora_web";
inline constexpr char kRouteTable[] = "::bora::web::RouteTable";

// Names in routes.h and route_urls.cpp.
inline constexpr char kRouteURLsHeader[] = "<bora/web/route_urls.h>";
inline constexpr char kFixedURL[] = "::bora::web::FixedURL";
inline constexpr char kURLTo[] = "::bora::web::URLTo";
inline constexpr char kURLToOptional[] = "::bora::web::URLToOptional";

// The tables and their parts.
inline constexpr char kEndpoint[] = "bora_web::Endpoint";
inline constexpr char kRoute[] = "bora_web::Route";
inline constexpr char kRedirect[] = "bora_web::Redirect";
inline constexpr char kStaticMount[] = "bora_web::StaticMount";
inline constexpr char kRouteRules[] = "bora_web::RouteRules";
inline constexpr char kFilter[] = "bora_web::Filter";
inline constexpr char kHostRoutes[] = "bora_web::HostRoutes";
inline constexpr char kRouteRecords[] = "bora_web::detail::RouteRecords";
inline constexpr char kRouteTables[] = "bora_web::detail::RouteTables";
inline constexpr char kConverterTest[] = "bora_web::detail::ConverterTest";
inline constexpr char kIsPathValue[] = "bora_web::detail::is_path_value";

// The functions that make a handler an Endpoint. The checks are constants of this namespace.
inline constexpr char kChecks[] = "bora_web::build::";
inline constexpr char kPath[] = "bora_web::build::Path";
inline constexpr char kMakeEndpoint[] = "bora_web::build::endpoint";
inline constexpr char kMethod[] = "bora_web::Method::";
inline constexpr char kAnyHandler[] = "bora_web::RequestHandler";
inline constexpr char kAnything[] = "bora_web::build::Anything";
inline constexpr char kInitOf[] = "bora_web::build::InitOf";
inline constexpr char kInitialize[] = "bora_web::build::initialize";
inline constexpr char kInitText[] = "bora_web::build::InitText";
inline constexpr char kSetObject[] = "bora_web::build::set_object";
inline constexpr char kCallFilter[] = "bora_web::build::filter";
inline constexpr char kMakeFilter[] = "bora_web::build::own_filter";
inline constexpr char kOptionsOf[] = "bora_web::build::OptionsOf";
inline constexpr char kErrorPage[] = "bora_web::build::error_page";
inline constexpr char kErrorTemplate[] = "bora_web::ErrorTemplate";
inline constexpr char kHasUser[] = "bora_web::build::has_user";

}  // namespace bora::compiler::runtime
