#pragma once

#include <string>

#include "ci/report/console.hpp"
#include "exitproof/verification.hpp"

namespace exitproof {

/// Whether the replays were the same, in words for the program's author: the verdict and digest of all, or where they
/// part, with what each did there. Whole lines.
std::string describe_verification(const Verification& verification, const Paint& paint);

}  // namespace exitproof
