#pragma once

#include "exitproof/evidence.hpp"
#include "exitproof/statistics.hpp"
#include "exitproof/violation.hpp"
#include "properties/search/place.hpp"

namespace exitproof {

/// Enters the faults of one trial into the statistics.
void count_faults(Statistics& statistics, const Evidence& trial, Verdict verdict, const SurveyedPlaces& places);

}  // namespace exitproof
