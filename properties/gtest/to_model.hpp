#pragma once

#include <string>
#include <vector>

#include "exitproof/campaign.hpp"
#include "exitproof/gtest/scenario.hpp"
#include "exitproof/scenario.hpp"

namespace exitproof::gtest {

/// What a test says of a scenario, as the harness takes it; a function is this program with its name. All of these
/// throw std::invalid_argument with the member's name for what makes no sense.
exitproof::Scenario model_of(const Scenario& scenario);

/// How it is to be searched, with the budget and the seed of EXITPROOF_TIME and EXITPROOF_SEED.
SearchOptions search_of(const Scenario& scenario);

/// The same scenario for `exitproof replay`: what is not said by the command itself.
std::vector<std::string> option_words(const Scenario& scenario);

/// Whether that says it all: a function, own invariants and another directory are beyond it.
bool has_command_line(const Scenario& scenario);

}  // namespace exitproof::gtest
