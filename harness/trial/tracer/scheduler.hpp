#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "exitproof/process_path.hpp"
#include "exitproof/random_stream.hpp"

namespace exitproof {

/// Decides who goes on next, by a seed: another seed is another interleaving, the same seed the same, as long as the
/// same tasks are held each time.
///
/// Each pick is even among those that are held, so that nobody waits for ever: with fixed priorities one who polls
/// is always first, and whom it polls for never runs. An even pick leaves a task behind for k picks with a likelihood
/// of 2^-k only; so at up to three points of the run, drawn from the seed, the one who was picked is put off for a
/// while instead: it goes on only when nobody else could (after Burckhardt and others, "A Randomized Scheduler with
/// Probabilistic Guarantees of Finding Bugs", 2010, with an end to each such time).
class Scheduler {
 public:
  /// A point of the run, in picks, at which whoever is picked is put off for so many of the next picks.
  struct ChangePoint {
    std::uint64_t at = 0;
    std::uint64_t lasts = 0;
    bool operator==(const ChangePoint&) const = default;
  };

  explicit Scheduler(std::uint64_t seed);

  /// Who goes on: an index into `held`, which is not empty and in ascending order. A number is drawn, and a pick
  /// counted, only where there is a choice: what comes before the second task moves nothing.
  std::size_t pick(std::span<const ProcessPath* const> held);

  /// By their place in the run.
  const std::vector<ChangePoint>& change_points() const { return changes_; }
  /// How many picks had a choice.
  std::uint64_t picks() const { return picks_; }

 private:
  std::size_t draw(std::span<const ProcessPath* const> held);
  bool is_put_off(const ProcessPath& task) const;

  RandomStream stream_;
  std::vector<ChangePoint> changes_;
  std::map<ProcessPath, std::uint64_t> put_off_;  ///< until which pick
  std::uint64_t picks_ = 0;
};

}  // namespace exitproof
