#include <algorithm>
#include <array>
#include <iterator>
#include <tuple>

#include "exitproof/invariant.hpp"
#include "properties/invariants/registry.hpp"

namespace exitproof {
namespace {

// An invariant that is not listed comes after these, by name.
constexpr std::array<std::string_view, 10> order = {
    "no-zombies", "no-orphans",    "no-leftovers",   "handlers-once",     "honest-exit-status",
    "no-hang",    "whole-outputs", "own-files-only", "terminal-restored", "restarts",
};

auto rank(const Invariant& invariant) {
  return std::tuple(std::ranges::find(order, invariant.name) - order.begin(), invariant.name);
}

std::vector<Invariant> ordered() {
  std::vector<Invariant> all;
  std::ranges::transform(found_invariants(), std::back_inserter(all), [](const Invariant* one) { return *one; });
  std::ranges::sort(all, {}, rank);
  return all;
}

}  // namespace

std::span<const Invariant> all_invariants() {
  static const std::vector<Invariant> all = ordered();
  return all;
}

}  // namespace exitproof
