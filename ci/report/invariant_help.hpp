#pragma once

#include <string_view>

namespace exitproof {

/// What to do about a violation of the invariant, in one or two sentences for the author of the subject. Every
/// invariant of all_invariants() has its own; an unknown name is a mistake of ours.
std::string_view invariant_help(std::string_view invariant);

}  // namespace exitproof
