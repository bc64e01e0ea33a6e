#pragma once

#include <string>

#include "ci/report/certification.hpp"

namespace exitproof {

/// A JUnit XML document, valid against junit.xsd beside this file: a suite for each scenario; in it the case
/// "fault-free", one for each kind of fault that was asked for or tried, and "harness" when the harness failed.
///
/// A case with findings has one <failure>, for many readers show no second: its message is the first finding, its text
/// all of them with the lines that replay them. What could not be tried, or never fired, is <skipped> with the reason.
/// Nothing in it depends on the time or the place it is made at.
std::string certification_to_junit(const Certification& certification);

}  // namespace exitproof
