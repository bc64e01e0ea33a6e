#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace exitproof {

/// Whether a program may have drawn both names at random for one purpose: paths of one directory and of one length
/// that differ only in a stretch of letters, digits and underscores as long as random tails are. One may be the
/// pattern of such a name, with a `*` for that stretch.
bool drawn_alike(std::string_view left, std::string_view right);

/// How many of their first characters are equal.
std::size_t common_prefix(std::string_view left, std::string_view right);

/// What names that are alike have in common, with a `*` for the stretch in which they differ. At least one.
std::string shape_of_drawn(std::span<const std::string> names);

}  // namespace exitproof
