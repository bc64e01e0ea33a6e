#include "ci/certify/detection_matrix.hpp"

namespace exitproof {

std::string_view detection_matrix_digest() {
#ifdef EXITPROOF_DETECTION_MATRIX
  return EXITPROOF_DETECTION_MATRIX;
#else
  return {};
#endif
}

}  // namespace exitproof
