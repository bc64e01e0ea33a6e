#include "ci/fuzz/fuzz.hpp"
#include "exitproof/evidence_json.hpp"
#include "exitproof/invariant.hpp"

using namespace exitproof;

// Evidence that is well-formed may say anything: that judges get an opinion of it, and the same one again. The first line
// is a fault-free run, the second a trial; without a second the first is both.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const std::string_view first = fuzz::take_field(text);
  const std::string_view second = text.empty() ? first : text;
  Evidence run;
  Evidence trial;
  if (!fuzz::accepts(first, [&] { run = evidence_from_json(first); })) return 0;
  if (!fuzz::accepts(second, [&] { trial = evidence_from_json(second); })) return 0;
  Scenario scenario;
  scenario.contract.once = {"^bye"};
  scenario.contract.logs = {"*.log"};
  scenario.contract.outputs = {"out/*"};
  const Baseline baseline = make_baseline(std::vector<Evidence>{run, run, run}, scenario);
  const Judgement judgement = judge(trial, scenario.contract, baseline);
  fuzz::require((judgement.verdict == Verdict::violated) == !judgement.violations.empty(), "a verdict has its reasons");
  fuzz::require(judge(trial, scenario.contract, baseline).violations == judgement.violations, "judging is a function");
  return 0;
}
