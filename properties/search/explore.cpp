#include "exitproof/explore.hpp"

#include <algorithm>
#include <utility>

namespace exitproof {
namespace {

constexpr std::pair<Explore, std::string_view> names[] = {{Explore::exhaustive, "exhaustive"},
                                                          {Explore::smoke, "smoke"},
                                                          {Explore::random, "random"},
                                                          {Explore::both, "both"}};

}  // namespace

std::string_view explore_name(Explore explore) {
  return std::ranges::find(names, explore, &std::pair<Explore, std::string_view>::first)->second;
}

std::optional<Explore> explore_named(std::string_view name) {
  const auto* const found = std::ranges::find(names, name, &std::pair<Explore, std::string_view>::second);
  return found == std::ranges::end(names) ? std::nullopt : std::optional(found->first);
}

}  // namespace exitproof
