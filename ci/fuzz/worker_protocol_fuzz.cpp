#include "ci/fuzz/fuzz.hpp"
#include "exitproof/evidence_json.hpp"
#include "harness/trial/trial.hpp"

using namespace exitproof;

namespace {

template <typename Value, typename Read, typename Write>
void check_document(std::string_view text, Read read, Write write) {
  Value value;
  if (!fuzz::accepts(text, [&] { value = read(text); })) return;
  const std::string written = write(value);
  fuzz::require(written.find('\n') == std::string::npos, "a message is one line");
  fuzz::require(read(written) == value, "what is written is read back");
}

}  // namespace

// What a worker is sent: a scenario, then requests.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  check_document<Scenario>(text, scenario_from_json, scenario_to_json);
  check_document<TrialRequest>(text, trial_request_from_json, trial_request_to_json);
  return 0;
}
