#include <nlohmann/json.hpp>

#include "ci/certify/certificate.hpp"
#include "ci/certify/certificate_shape.hpp"
#include "ci/certify/verify.hpp"
#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

// A certificate that somebody sends, and a line of its list of trials: refused with a ParseError, or it can be summed
// up, and the line is written and read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::accepts(text, [&] {
    const nlohmann::json statement = parse_certificate(text);
    fuzz::require(!certificate_sums(statement).empty(), "what is a certificate has sums");
  });
  fuzz::accepts(text, [&] {
    const TrialLine line = trial_line_from_json(text);
    fuzz::require(trial_line_from_json(trial_line_to_json(line)) == line, "a trial is read as it was written");
  });
  return 0;
}
