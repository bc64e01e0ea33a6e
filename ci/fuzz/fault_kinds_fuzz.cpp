#include "ci/fuzz/fuzz.hpp"
#include "exitproof/enumerate.hpp"

using namespace exitproof;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  FaultKinds kinds;
  if (!fuzz::accepts(text, [&] { kinds = parse_fault_kinds(text); })) return 0;
  fuzz::require(kinds.any(), "a list of kinds names some");
  fuzz::require(parse_fault_kinds(print_fault_kinds(kinds)) == kinds, "a list's text means that list");
  return 0;
}
