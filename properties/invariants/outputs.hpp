#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exitproof/baseline.hpp"
#include "exitproof/contract.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/scenario.hpp"

namespace exitproof {

/// Whether `path` lies below `directory`; a directory does not lie below itself. Both are absolute.
bool lies_below(std::string_view path, std::string_view directory);

/// Whether a glob matches, as glob_matches() does; one with a slash inside that is not absolute
/// matches the end of the path ("out/*.txt" in any directory).
bool any_matches(std::span<const std::string> globs, std::string_view path);

/// Whether a directory may hold what a glob matches, as "/tmp/run-7" for "/tmp/run-*/**".
bool any_reaches(std::span<const std::string> globs, std::string_view directory);

/// The directories whose content is not an output by itself: $TMPDIR and the machine's own.
std::vector<std::string> temporary_places(const Scenario& scenario);

/// Whether a path is there to stay when every fault-free run leaves it: it is not in a temporary
/// place, or it lies below the working directory, or the command line names it. Where a temporary
/// place and the working directory lie one within the other, the inner one decides.
bool is_output_place(const FileChange& file, const Scenario& scenario);

/// Whether a file is an output of fault-free runs or of the contract, or a directory that may hold such a one.
bool is_output(const FileChange& file, const Contract& contract, const Baseline& baseline);

/// Whether the contract lets a path stay: it, or a directory that it lies in, matches an --allow.
bool is_allowed(std::string_view path, const Contract& contract);

/// What fault-free runs leave and are there to make.
struct Outputs {
  std::vector<std::string> stable;   ///< paths that every run leaves, sorted
  std::vector<std::string> varying;  ///< patterns of paths the contract names that differ from run to run, sorted
};
Outputs outputs_of(std::span<const Evidence> surveys, const Scenario& scenario);

/// A file or directory that a run left and nobody said it may: with a directory goes what is in it.
struct Leftover {
  const FileChange* file = nullptr;       ///< of the evidence
  std::vector<const FileChange*> inside;  ///< what was left below it, by path
};

/// What the run created beyond its outputs and what the contract allows, by path. Files changed or
/// deleted are none, nor are directories that only hold outputs or what is allowed.
std::vector<Leftover> leftovers_of(const Evidence& evidence, const Contract& contract, const Baseline& baseline);

}  // namespace exitproof
