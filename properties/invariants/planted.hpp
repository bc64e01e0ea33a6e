#pragma once

#include <string_view>

namespace exitproof {

/// Whether the checkers shall make this mistake. The test of the checkers compiles them a second time with
/// EXITPROOF_PLANTED, and shows of each mistake that the scenarios would tell of it; in the product there is none.
#ifdef EXITPROOF_PLANTED
bool is_planted(std::string_view mistake);
#else
constexpr bool is_planted(std::string_view /*mistake*/) {
  return false;
}
#endif

}  // namespace exitproof
