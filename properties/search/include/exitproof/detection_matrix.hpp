#pragma once

#include <string_view>

namespace exitproof {

/// What the checks of this build are known to find: the digest of docs/reference/detection-matrix.json, "sha256:" and
/// 64 hexadecimal digits, taken when it was built.
std::string_view detection_matrix_digest();

}  // namespace exitproof
