#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exitproof/evidence.hpp"

namespace exitproof {

/// A file or directory that every fault-free run leaves alike.
struct StableOutput {
  std::string path;
  FileType type = FileType::regular;
  std::uint64_t size = 0;
  std::string digest;
  std::uint32_t mode = 0;
  /// Of an entry of the machine, which every run changes: whether its type, content, target or mode is another then;
  /// nothing: nobody knows.
  std::optional<bool> differs_from_before = {};
  bool operator==(const StableOutput&) const = default;
};

/// What a second run in the world of a first one does, both without a fault.
struct NextBaseline {
  bool fails_by_nature = false;              ///< it ends otherwise than the first: `mkdir x`, `gzip f`
  bool differs_by_nature = false;            ///< what it leaves differs from what the first leaves
  std::optional<WaitStatus> root_end;        ///< when equal in all runs
  std::vector<StableOutput> stable_outputs;  ///< after it, sorted by path
  Micros longest{0};
  bool operator==(const NextBaseline&) const = default;
};

/// What is violated without the fault that is judged, and so no finding of it.
struct KnownViolation {
  std::string signature;  ///< known_signature()
  std::string way;        ///< ViolationCase::way
  unsigned most = 0;      ///< of so many processes, files or handlers in each run; 0: that differs from run to run
  bool operator==(const KnownViolation&) const = default;
};

/// What the fault-free runs leave and return: a trial is asked only for what they keep.
struct Baseline {
  unsigned runs = 0;
  bool ended = true;                           ///< false: the runs were cut, so outputs are unknown
  bool waits = false;                          ///< the subject waits until it is stopped
  std::optional<WaitStatus> root_end;          ///< when equal in all runs
  std::vector<std::string> outputs;            ///< paths that every run leaves and is there to make
  std::vector<std::string> varying_outputs;    ///< patterns of such paths whose names differ from run to run
  std::vector<StableOutput> stable_outputs;    ///< of `outputs`, those with equal content in all runs; sorted by path
  std::map<std::string, ProcessPath> makers;   ///< of outputs: the process that makes it in every run that tells
  std::optional<OutputStream> out;             ///< what every run writes to stdout; nothing: it differs
  std::vector<std::string> varying_leftovers;  ///< what they leave under names that differ: type, directory and shape
  std::vector<std::string> touched_files;      ///< of the machine, that a run changed or deleted; sorted
  std::vector<std::string> deleted_files;      ///< of `touched_files`, those that a run deleted; sorted
  std::vector<std::string> trespasses;  ///< what the runs do to files of each other: patterns of the paths; sorted
  std::optional<NextBaseline> next;     ///< nothing: no second run was made, or none came to its end
  /// What the fault-free runs already violate, by signature and way: reported once, with fault `none`.
  std::vector<KnownViolation> known_violations;
  bool handlers_told = false;  ///< a probe or an agent was active in the root of every run
  /// Of Contract::once, those that a line of some fault-free run matches: the others stand for nothing.
  std::vector<std::string> once_seen;
  /// Sites that every run passed when the subject could be used already, printed and sorted; only where
  /// Contract::once asks for them and the runs recorded sites.
  std::vector<std::string> sites_when_ready;
  std::vector<std::string> temporary_places;  ///< directories whose content is never an output
  Micros longest_run{0};
  bool operator==(const Baseline&) const = default;
};

}  // namespace exitproof
