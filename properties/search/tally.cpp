#include "exitproof/tally.hpp"

namespace exitproof {

void Tally::count(Verdict verdict) {
  ++total;
  switch (verdict) {
    case Verdict::held:
      ++held;
      break;
    case Verdict::violated:
      ++violated;
      break;
    case Verdict::not_exercised:
      ++not_exercised;
      break;
    case Verdict::flaky:
      ++flaky;
      break;
    case Verdict::harness_error:
      ++harness_error;
      break;
  }
}

}  // namespace exitproof
