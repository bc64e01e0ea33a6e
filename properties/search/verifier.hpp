#pragma once

#include <optional>

#include "exitproof/invariant.hpp"
#include "exitproof/verification.hpp"

namespace exitproof {

/// Compares trials of one plan, each looked at as closely, with the first of them. Pure: it runs nothing.
class Verifier {
 public:
  /// In the order of their numbers, from 1. A trial in which the harness failed says nothing and is passed over.
  void add(unsigned number, const Judgement& judgement, const Evidence& evidence);

  Verification take() { return std::move(verification_); }

 private:
  void enter_outcome(const Judgement& judgement);
  void compare(unsigned number, const Evidence& evidence);

  Verification verification_;
  std::optional<Evidence> first_;
};

}  // namespace exitproof
