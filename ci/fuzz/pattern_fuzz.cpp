#include "exitproof/pattern.hpp"

#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view name = fuzz::text_of(data, size);
  const std::string pattern = name_pattern(name);
  fuzz::require(name_pattern(pattern) == pattern, "a pattern is its own pattern");
  fuzz::require(pattern.size() <= name.size(), "a pattern is no longer than its name");
  fuzz::require(glob_matches(pattern_glob(name), name), "the glob of a name's pattern matches the name");
  return 0;
}
