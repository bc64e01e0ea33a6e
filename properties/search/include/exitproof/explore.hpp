#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace exitproof {

/// How the plans of a campaign are found.
enum class Explore : std::uint8_t {
  exhaustive,  ///< every single fault at every stable site that no other stands for
  smoke,       ///< every single fault at the quiet moments, and each kind at the first and the last site it can strike
  random,      ///< plans of one fault or several, drawn by the seed
  both,        ///< exhaustive and random, each with half of the time
};

/// The names that explore_named() knows, for messages.
inline constexpr std::string_view explore_names = "exhaustive, smoke, random or both";

/// As in --explore and in a journal.
std::string_view explore_name(Explore explore);
/// Nothing for any other name.
std::optional<Explore> explore_named(std::string_view name);

}  // namespace exitproof
