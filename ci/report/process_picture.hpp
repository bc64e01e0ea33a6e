#pragma once

#include <string>
#include <string_view>

#include "exitproof/evidence.hpp"

namespace exitproof {

/// The process tree of a trial over time as an SVG element for an HTML page: a lane for each process, its birth, signals,
/// end and reaping, the faults, and what was left: survivors, zombies, files. Its text alternative says the same in
/// words. `id` is distinct in the page and made of letters, digits and hyphens. Of very large trees the processes that
/// matter are drawn, and how many are not is said.
std::string process_picture(const Evidence& evidence, const std::string& id);

/// What its elements look like: rules for the style sheet of the page, which defines the colours --ink, --soft, --line,
/// --bad, --warn and --page.
std::string_view process_picture_style();

}  // namespace exitproof
