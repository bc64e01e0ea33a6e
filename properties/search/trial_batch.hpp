#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "exitproof/trial_service.hpp"

namespace exitproof {

/// Trials that are asked for one after the other, as many at one time as the service can.
struct TrialBatch {
  std::function<bool(std::size_t)> goes_on;  ///< whether the index-th is to be begun
  /// Whether the index-th is left to others: it is begun, and nothing is heard of it. Empty: none is.
  std::function<bool(std::size_t)> left_out = {};
  std::function<std::string(std::size_t)> name;  ///< TrialService::announce()
  std::function<TrialRequest(std::size_t)> request;
  /// Whether what a copy showed (Evidence::from_snapshot) is to be seen in a trial from the start, by the name of "NAME
  /// from the start": only that one is heard of then. Empty: it never is.
  std::function<bool(std::size_t, const Evidence&)> doubts = {};
  /// Hears of the results by their indices, whatever order they come in: what a search makes of them does not depend
  /// on how many workers there are.
  std::function<void(std::size_t, const Evidence&)> enter;
};

/// Runs a batch to its end. A trial that fails in the harness is tried once more, by the name of "NAME again"; one that
/// is not made here is as if left out. False when the service ended the
/// search: what had come until then has been entered.
bool run_batch(TrialService& service, const TrialBatch& batch);

}  // namespace exitproof
