#pragma once

#include <string>
#include <string_view>

#include "exitproof/evidence.hpp"
#include "exitproof/scenario.hpp"

namespace exitproof {

/// One JSON document on one line; what `--evidence DIR` keeps and a worker sends. Members have the
/// fields' names, with the unit of a time at their end; values with a text form are strings; an
/// empty optional is left out. Bytes that are not UTF-8 are written as characters of U+10FE80 to
/// U+10FEFF, of which reading makes the same bytes again.
std::string evidence_to_json(const Evidence& evidence);
/// Throws ParseError when the text is no such document: with the column where JSON is broken, else
/// with the name of the member that is missing or wrong. Unknown members are passed over.
Evidence evidence_from_json(std::string_view text);

std::string scenario_to_json(const Scenario& scenario);
Scenario scenario_from_json(std::string_view text);

}  // namespace exitproof
