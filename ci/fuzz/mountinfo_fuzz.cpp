#include "harness/linux/mountinfo.hpp"

#include <algorithm>

#include "ci/fuzz/fuzz.hpp"

using namespace exitproof;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  std::vector<sys::MountEntry> mounts;
  if (!fuzz::accepts(text, [&] { mounts = sys::parse_mountinfo(text); })) return 0;
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  fuzz::require(mounts.size() <= lines + 1, "a line is one mount at most");
  constexpr std::size_t few = 32;  // the walk takes quadratic time
  if (mounts.size() > few) return 0;
  const std::vector<sys::MountEntry> reachable = sys::reachable_mounts(mounts);
  fuzz::require(reachable.size() <= mounts.size(), "no mount is reached twice");
  for (const sys::MountEntry& mount : reachable)
    fuzz::require(std::ranges::find(mounts, mount) != mounts.end(), "what is reached is there");
  return 0;
}
