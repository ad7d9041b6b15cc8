#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "templates-lang/diagnostic.h"
#include "templates-lang/messages.h"

namespace bora::compiler {

/// The messages of a project, collected for translators.
class MessageCatalog {
 public:
  /// Adds the messages in the tags of a template. An argument that is not literal is a warning.
  void add_template(const lang::SourcePtr& source, lang::DiagnosticSink& sink);

  /// Adds the messages in a C++ source.
  void add_source(const lang::SourcePtr& source, lang::DiagnosticSink& sink);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// Returns all messages as a gettext template (.pot), in the order in which they were added; the
  /// same messages give the same bytes.
  [[nodiscard]] std::string pot() const;

 private:
  struct Entry {
    lang::Message message;
    std::vector<std::string> places;  ///< "templates/home.html:12"
    lang::SourcePtr source;           ///< the source of the plural, or else of the first place
    lang::Span span;
  };

  void add(const lang::SourcePtr& source, lang::Span part, bool is_template,
           lang::DiagnosticSink& sink);
  void add(const lang::SourcePtr& source, lang::MessageCall call, lang::DiagnosticSink& sink);

  std::vector<Entry> entries_;
  std::map<std::pair<std::string, std::string>, std::size_t> known_;  // by context and singular;
                                                                      // the index of the message
};

}  // namespace bora::compiler
