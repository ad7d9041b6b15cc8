#include "compiler/driver/deploy_check.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "compiler/driver/codes.h"
#include "templates-lang/cpp_scanner.h"

namespace bora::compiler {
namespace {

using Kind = lang::CppToken::Kind;

bool is_source(std::string_view name) {
  return std::ranges::any_of(std::vector<std::string_view>{".cpp", ".cc", ".cxx", ".h", ".hpp"},
                             [name](std::string_view ending) { return name.ends_with(ending); });
}

bool is_test(std::string_view name) {
  return name.starts_with("tests/") || name.starts_with("test/") ||
         name.find("/tests/") != std::string_view::npos ||
         name.find("_test.") != std::string_view::npos;
}

/// A place in one of the sources.
struct Finding {
  lang::SourcePtr source;
  lang::Span span;
};

/// What was found in all sources together.
class Sources {
 public:
  Sources(FileSystem& files, lang::DiagnosticSink& sink) : files_(files), sink_(sink) {}

  void read_folder(const std::string& folder) {
    std::vector<std::string> names;
    if (files_.list(folder.empty() ? "." : folder, names)) return;
    const std::set<std::string> built = build_folders(names);
    for (const std::string& name : names) {
      const std::string top = name.substr(0, name.find('/'));
      if (!is_source(name) || is_test(name) || built.contains(top)) continue;
      std::string text;
      if (files_.read(join_path(folder, name), text)) continue;
      read(std::make_shared<const lang::SourceText>(join_path(folder, name), std::move(text)));
    }
  }

  std::optional<Finding> first_use_of_secret;  ///< a signed or sealed cookie, or a session
  std::optional<Finding> first_write;          ///< post() or a similar method
  std::optional<Finding> proxy_headers;
  bool has_secret = false;
  bool has_trusted_proxies = false;
  bool is_protected = false;  ///< whether forms of other sites are refused
  /// Whether a field that only scripts and programs set tells who asks, "Authorization: Bearer …".
  bool reads_tokens = false;
  /// Whether browsers tell it by themselves: by cookies, or by a password of their own.
  bool reads_credentials = false;
  bool has_policy = false;  ///< whether there is a Content-Security-Policy

 private:
  /// Returns the top folders in which CMake has built something.
  static std::set<std::string> build_folders(const std::vector<std::string>& names) {
    std::set<std::string> built;
    for (const std::string& name : names) {
      const std::size_t slash = name.find('/');
      if (slash == std::string::npos) continue;
      const std::string rest = name.substr(slash);
      if (rest.ends_with("/CMakeCache.txt") || name.substr(0, slash) == "node_modules")
        built.insert(name.substr(0, slash));
    }
    return built;
  }

  void read(lang::SourcePtr source) {
    source_ = std::move(source);
    const std::string_view text = source_->text();
    tokens_ = lang::scan_cpp(text, {0, static_cast<std::uint32_t>(text.size())});
    for (std::size_t i = 0; i < tokens_.size(); ++i) look_at(i);
  }

  [[nodiscard]] std::string_view text(std::size_t i) const {
    return i < tokens_.size() ? source_->text(tokens_[i].span) : std::string_view();
  }
  [[nodiscard]] bool is_string(std::size_t i) const {
    return i < tokens_.size() &&
           (tokens_[i].kind == Kind::string || tokens_[i].kind == Kind::raw_string);
  }

  void look_at(std::size_t i) {
    const std::string_view name = text(i);
    if (is_string(i) && name.find("Content-Security-Policy") != std::string_view::npos)
      has_policy = true;
    if (is_string(i) && name.find("Bearer") != std::string_view::npos) reads_tokens = true;
    if (is_string(i) && name.find("Basic") != std::string_view::npos) reads_credentials = true;
    if (tokens_[i].kind != Kind::identifier) return;
    look_at_name(i, name);
    const bool is_member = i > 0 && (text(i - 1) == "." || text(i - 1) == "->");
    if (is_member && text(i + 1) == "=") look_at_setting(i, name);
  }

  void look_at_name(std::size_t i, std::string_view name) {
    static const std::set<std::string_view> kSecrets = {
        "set_signed_cookie", "set_secure_cookie", "get_signed_cookie",   "get_secure_cookie",
        "set_sealed_cookie", "get_sealed_cookie", "create_signed_value", "flash"};
    static const std::set<std::string_view> kWrites = {"post", "put", "patch", "delete_"};
    if ((kSecrets.contains(name) && text(i + 1) == "(") ||
        (name == "Session" && text(i + 1) == "<"))
      note(first_use_of_secret, i);
    if (kWrites.contains(name) && text(i + 1) == "(" && i > 0 &&
        (text(i - 1) == "void" || text(i - 1) == ">"))
      note(first_write, i);
    static const std::set<std::string_view> kCredentials = {"get_cookie", "cookies", "Session",
                                                            "LoginSession", "ssl_options"};
    if (kSecrets.contains(name) || kCredentials.contains(name)) reads_credentials = true;
    if (name == "SecurityHeaders") has_policy = true;
  }

  void look_at_setting(std::size_t i, std::string_view name) {
    const std::string_view value = text(i + 2);
    if (name == "debug" && value == "true") {
      warn(codes::kDebugPages, i, "debug pages are on",
           "leave it to an option of the program, which production does not give");
    } else if (name == "cookie_secret") {
      has_secret = true;
      const bool is_literal = is_string(i + 2) || (value == "CookieSecret" && is_string(i + 4)) ||
                              (value == "CookieSecret" && is_string(i + 6));
      if (is_literal)
        warn(codes::kSecretInSource, i, "the cookie secret stands in the source",
             "give it by the environment's BORA_COOKIE_SECRET or BORA_COOKIE_SECRET_FILE");
    } else if ((name == "httponly" || name == "secure") && value == "false") {
      warn(codes::kOpenCookie, i,
           name == "secure" ? "a cookie is sent without https" : "scripts can read a cookie",
           "leave it out: the default is safe");
    } else if ((name == "xheaders" || name == "forwarded") && value == "true") {
      note(proxy_headers, i);
    } else if (name == "trusted_downstream") {
      has_trusted_proxies = true;
    } else if (name == "xsrf_cookies" || name == "cross_origin_protection") {
      is_protected = is_protected || value != "false";
    }
  }

  void note(std::optional<Finding>& first, std::size_t i) const {
    if (!first) first = Finding{source_, tokens_[i].span};
  }

  void warn(const char* code, std::size_t i, std::string message, std::string help) {
    lang::Diagnostic found =
        lang::error_at(code, source_, tokens_[i].span, std::move(message), std::move(help));
    found.severity = lang::Severity::warning;
    sink_.report(std::move(found));
  }

  FileSystem& files_;
  lang::DiagnosticSink& sink_;
  lang::SourcePtr source_;
  std::vector<lang::CppToken> tokens_;
};

bool names_security_headers(const RouteManifest& manifest) {
  return std::ranges::any_of(manifest.filters, [](const FilterUse& filter) {
    return filter.name.text.ends_with("SecurityHeaders");
  });
}

}  // namespace

void check_deploy(const DeployedProject& project, FileSystem& files, lang::DiagnosticSink& sink) {
  Sources sources(files, sink);
  sources.read_folder(project.folder);
  const auto warn = [&sink](const char* code, const Finding& place, std::string message,
                            std::string help) {
    lang::Diagnostic found =
        lang::error_at(code, place.source, place.span, std::move(message), std::move(help));
    found.severity = lang::Severity::warning;
    sink.report(std::move(found));
  };
  if (sources.first_use_of_secret && !sources.has_secret && !project.has_cookie_secret) {
    warn(codes::kNoSecret, *sources.first_use_of_secret,
         "this needs a cookie secret, and there is none",
         "`bora secret` makes one; give it by BORA_COOKIE_SECRET or BORA_COOKIE_SECRET_FILE");
  }
  // A page of another site can't send a token that it does not know.
  const bool has_tokens_only = sources.reads_tokens && !sources.reads_credentials;
  if (sources.first_write && !sources.is_protected && !has_tokens_only) {
    warn(codes::kNoProtection, *sources.first_write,
         "forms of other sites are not refused, and this changes something",
         "set cross_origin_protection or xsrf_cookies");
  }
  if (sources.proxy_headers && !sources.has_trusted_proxies) {
    warn(codes::kTrustsAllProxies, *sources.proxy_headers,
         "whoever connects can claim any address and https",
         "name the proxies in trusted_downstream");
  }
  const RouteManifest* const manifest = project.manifest;
  if (manifest != nullptr && project.has_pages && !sources.has_policy &&
      !names_security_headers(*manifest)) {
    warn(codes::kNoSecurityHeaders, {manifest->source, {0, 0}},
         "pages are sent without a Content-Security-Policy",
         "add to [app]: filters = [\"bora::filters::SecurityHeaders\"]");
  }
}

}  // namespace bora::compiler
