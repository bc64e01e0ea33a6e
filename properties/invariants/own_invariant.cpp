#include "exitproof/own_invariant.hpp"

#include <utility>

namespace exitproof {

Violation own_violation(std::string subject, std::string detail) {
  Violation violation;
  violation.subject = std::move(subject);
  violation.detail = std::move(detail);
  return violation;
}

}  // namespace exitproof
