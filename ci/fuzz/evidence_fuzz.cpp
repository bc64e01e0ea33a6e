#include "exitproof/evidence.hpp"

#include "ci/fuzz/fuzz.hpp"
#include "exitproof/evidence_json.hpp"

using namespace exitproof;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  Evidence evidence;
  if (!fuzz::accepts(text, [&] { evidence = evidence_from_json(text); })) return 0;
  const std::string written = evidence_to_json(evidence);
  fuzz::require(written.find('\n') == std::string::npos, "evidence is one line");
  fuzz::require(evidence_from_json(written) == evidence, "what is written is read back");
  fuzz::require(evidence_to_json(evidence_from_json(written)) == written, "evidence has one text");
  return 0;
}
