#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "exitproof/company.hpp"
#include "exitproof/evidence.hpp"
#include "exitproof/target.hpp"

namespace exitproof {

/// Sites that run the same code on the same kind of object: what one of them shows, the others
/// most likely show too.
struct SiteClass {
  std::vector<std::size_t> members;  ///< indices into Catalog::stable, in its order
  std::vector<std::size_t> chosen;   ///< the first, the last and one drawn by the seed, without repetition
};

/// The points at which a fault can strike, as the fault-free runs saw them.
struct Catalog {
  /// Exact sites that every run passed with the same system call: quiet moments first, then the calls, those of a child
  /// after its fork; which of several processes was faster does not show in their order. A quiet moment lists the
  /// processes that were alive at it in every run.
  std::vector<SiteRecord> stable;
  std::vector<Company> company;  ///< of each of these, in the first run
  /// Sites that only some of the runs passed, or that are not exact.
  std::vector<SiteRecord> unstable;
  /// Quiet moments are a class each; so are calls whose stack was not taken.
  std::vector<SiteClass> classes;
  /// Those of the first run, by order of birth.
  std::vector<TargetProcess> processes;

  std::size_t surveyed() const { return stable.size() + unstable.size(); }
  /// Stable sites that are left out because others of their class stand for them.
  std::size_t folded() const;
};

/// Compares the sites of fault-free runs of one scenario. The seed chooses the third member of
/// each class; adding or removing a class does not move the choice in another.
Catalog make_catalog(std::span<const Evidence> runs, std::uint64_t seed);

}  // namespace exitproof
