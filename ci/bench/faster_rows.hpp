#pragma once

#include "ci/bench/measure.hpp"

namespace exitproof::bench {

/// Measures and prints what makes a campaign faster, each beside the same trials without it and beside the bare
/// subject, in turns on `cpu`:
///
/// - virtual time: multiprocessing's terminate, join(3) and kill of a worker that ignores SIGTERM, a shell's
///   `sleep 3 & wait`, and std::condition_variable::wait_for of 3 s. No fault, and no grace that is waited.
/// - snapshots: Python's Pool and a Python program of thirty modules, killed at their rename. The trials that decide
///   whether copies are trusted are made before and do not count; those that go on checking them do.
///
/// Says so where no trial begins with a copy: they are given up where they save no time.
/// Blocks. Throws std::runtime_error when something was not as it had to be measured: a trial ended otherwise, or took
/// less of the subject's time than it waits for.
void print_faster_rows(int cpu, const Effort& effort);

}  // namespace exitproof::bench
