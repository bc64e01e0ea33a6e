#pragma once

#include <string>

#include "ci/report/certification.hpp"

namespace exitproof {

/// One HTML page that stands by itself: no network, no script, light or dark as the reader's system is. The first
/// screen has the verdict, the counts and the findings; then come the matrix of scenario, kind of fault and invariant,
/// each finding with a picture of its process tree, what was skipped, the numbers with their bounds, and how to read
/// the page. All text of the subject's making is escaped. Nothing in it depends on the time or the place it is made at.
std::string certification_to_html(const Certification& certification);

}  // namespace exitproof
