#include "exitproof/fault.hpp"

#include "ci/fuzz/fuzz.hpp"
#include "exitproof/shell_quote.hpp"

using namespace exitproof;

// A plan prints as a text that means the same, is the same when printed again and needs no quotes in a shell.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  FaultPlan plan;
  if (!fuzz::accepts(text, [&] { plan = FaultPlan::parse(text); })) return 0;
  const std::string printed = plan.print();
  fuzz::require(FaultPlan::parse(printed) == plan, "a plan's text means that plan");
  fuzz::require(FaultPlan::parse(printed).print() == printed, "a plan has one text");
  fuzz::require(shell_quote(printed) == printed, "a plan is safe unquoted");
  for (const Fault& fault : plan.faults) {
    fuzz::require(Fault::parse(fault.print()) == fault, "a fault's text means that fault");
    fuzz::require(!fault_kind_name(fault_kind(fault)).empty(), "a fault is of a kind");
  }
  return 0;
}
