#include "exitproof/regressions.hpp"

#include <stdexcept>

#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

// A regressions file: it is refused with a std::runtime_error, or what is read is written and read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<Regression> regressions;
  try {
    regressions = parse_regressions(fuzz::text_of(data, size));
  } catch (const std::runtime_error&) {
    return 0;
  }
  std::string written;
  for (const Regression& regression : regressions) written += print_regression(regression) + '\n';
  fuzz::require(parse_regressions(written) == regressions, "what is written is read as the same");
  return 0;
}
