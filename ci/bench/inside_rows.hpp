#pragma once

#include "ci/bench/measure.hpp"
#include "ci/bench/peers.hpp"

namespace exitproof::bench {

/// Measures and prints what exitproof costs inside the subject, each beside its peer, in turns on `cpu`:
///
/// - a point of the probe where nobody listens, beside getppid(2);
/// - trials without a fault of a C++ program that ends at once, of Python's start, and of `tree`: with the agents,
///   without them, and bare;
/// - trials of a Python program whose every line is told of, as where a line is to raise, beside those in which its
///   module was not asked for.
///
/// Blocks. Throws std::runtime_error when something was not as it had to be measured: an agent kept silent, or a
/// line was not told of.
void print_inside_rows(const Subject& tree, int cpu, const Effort& effort);

}  // namespace exitproof::bench
