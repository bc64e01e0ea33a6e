#include "exitproof/duration.hpp"

#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  Millis duration{-1};
  if (!fuzz::accepts(text, [&] { duration = parse_duration(text); })) return 0;
  fuzz::require(duration >= Millis{0}, "no duration is negative");
  fuzz::require(duration <= std::chrono::hours(24 * 366 * 32), "durations are bounded, so that sums do not overflow");
  fuzz::require(parse_duration(print_duration(duration)) == duration, "a duration's text means that duration");
  fuzz::require(!describe_duration(duration).empty(), "a duration can be told to a person");
  return 0;
}
