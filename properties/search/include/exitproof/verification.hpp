#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exitproof/evidence.hpp"
#include "exitproof/violation.hpp"

namespace exitproof {

/// Where two trials of one request part.
struct Parting {
  /// Every thread did the same in both; the order between them differs, and the rest is told of the whole tree.
  bool interleaved = false;
  ProcessPath who;                 ///< the thread that did something else; when interleaved, that of the first trial
  std::uint64_t after = 0;         ///< so many of its events, or of the tree's when interleaved, are the same in both
  std::vector<Event> before;       ///< the last of these
  std::vector<Event> one;          ///< what the first trial did then, a few events, signals among them; empty: nothing
  std::vector<Event> other;        ///< what the other did instead
  std::vector<ProcessPath> later;  ///< other threads that did something else, further on
  bool operator==(const Parting&) const = default;
};

/// Of threads that did something else the one that did so first is told. Both trials kept their events. Nothing: they
/// are the same, but for names that the subject draws at random: such a name is met in one of them only, and another
/// that is alike in its place.
std::optional<Parting> first_parting(const Evidence& one, const Evidence& other);

/// A verdict with its violations, and how many trials came to it.
struct Outcome {
  Verdict verdict = Verdict::held;
  std::vector<Violation> violations;
  unsigned trials = 0;
};

/// Whether a plan, run several times, was the same each time.
struct Verification {
  unsigned times = 0;               ///< trials compared: all but those in which the harness failed
  unsigned same = 0;                ///< did the same in the same order as the first, which counts
  unsigned same_by_thread = 0;      ///< each thread did what it did in the first, whatever the order between them
  std::vector<Outcome> outcomes;    ///< by their first trials
  EventDigest digest;               ///< of the first trial
  bool names_drawn = false;         ///< some that are the same have another digest, for names drawn at random
  std::optional<Parting> parting;   ///< of the first trial that parted; one in which a thread did something else first
  unsigned parted_trial = 0;        ///< its number, from 1
  unsigned first_trial = 0;         ///< the number of the trial that it is compared with
  std::optional<Evidence> parted;   ///< what it did
  std::vector<ProcessRecord> tree;  ///< of the first trial, for the names of processes

  bool same_outcome() const { return outcomes.size() <= 1; }
  /// Whether the replays differ where they should not: in the outcome, and, with a seeded schedule, in what was done and
  /// in its order. With a free one what a process does depends on when it hears of others, which nobody decides.
  bool differs(bool seeded) const { return !same_outcome() || (seeded && same < times); }
};

}  // namespace exitproof
