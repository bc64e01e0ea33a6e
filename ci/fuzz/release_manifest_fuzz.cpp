#include "ci/certify/manifest.hpp"
#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

// An exitproof.toml: refused with a ManifestError, or each of its scenarios can be searched, and its options be told.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const ReleaseManifest manifest =
        parse_release_manifest(std::string(fuzz::text_of(data, size)), "/x/exitproof.toml");
    fuzz::require(!manifest.scenarios.empty() && !manifest.artefacts.empty(), "what is read is about something");
    for (const ManifestScenario& scenario : manifest.scenarios) {
      fuzz::require(scenario.search(1).time > Millis{0}, "there is time for each scenario");
      fuzz::require(scenario.options().size() >= scenario.scenario.contract.allowed.size(), "what is allowed is told");
    }
  } catch (const ManifestError&) {
  }
  return 0;
}
