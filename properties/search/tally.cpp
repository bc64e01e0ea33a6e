#include "exitproof/tally.hpp"

namespace exitproof {

void Tally::count(Verdict verdict, bool all_fired) {
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
      if (all_fired) ++not_ended;
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
