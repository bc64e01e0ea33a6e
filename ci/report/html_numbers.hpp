#pragma once

#include <string>

#include "ci/report/certification.hpp"

namespace exitproof {

/// The numbers of a scenario with their bounds: what it was tried with, how often it was struck by kind, process and
/// phase, and what these numbers can show at most.
std::string html_numbers(const ScenarioReport& scenario);

}  // namespace exitproof
