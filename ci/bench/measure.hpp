#pragma once

#include <functional>
#include <vector>

namespace exitproof::bench {

/// Does the measured thing once. Throws when what happened is not what was to be measured.
using Trial = std::function<void()>;

/// Makes what a series of trials needs, in the process that runs them.
using MakeTrial = std::function<Trial()>;

/// How much is measured.
struct Effort {
  int rounds = 5;        ///< how often each is measured, in turns
  double seconds = 1.0;  ///< of one measurement
};

/// The processors this process may run on.
std::vector<int> allowed_cpus();

/// Runs `make()` once in a process of its own for each of `cpus`, pinned there, all at the same time; each
/// repeats its trial for `seconds` after a few that do not count, of which a slow one is enough. Returns the
/// sum of their trials per second. Blocks; throws std::runtime_error when one fails or takes a minute longer than it should.
double trials_per_second(const MakeTrial& make, const std::vector<int>& cpus, double seconds);

/// Of a series that is not empty.
double median(std::vector<double> series);
double minimum(const std::vector<double>& series);

}  // namespace exitproof::bench
