// Any bytes as a route manifest. The result is a manifest or errors, never both, and every place
// exists.

#include <memory>

#include "compiler/routes/manifest.h"
#include "tests/fuzz/invariants.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bora;
  const auto source = std::make_shared<const lang::SourceText>(
      "routes.toml", std::string(fuzz::as_text(data, size)));
  lang::DiagnosticSink sink;
  const auto manifest = compiler::read_manifest(source, sink);
  fuzz::require(manifest.has_value() != sink.has_errors(), "a manifest, or errors");
  fuzz::require_sound(sink);
  return 0;
}
