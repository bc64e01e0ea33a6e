#pragma once

#include <string_view>

namespace exitproof {

/// SHA-256 of the detection matrix that this build of the tool passed: which deliberate mistakes are found by which
/// invariant. Empty: this build knows of none.
std::string_view detection_matrix_digest();

}  // namespace exitproof
