#pragma once

/// The GoogleTest face: programs and C++ functions that are struck at every point of their run, as tests.
///
///     #include <exitproof/gtest.hpp>
///     using namespace exitproof::gtest;
///
///     TEST(Writer, LeavesNothing) {
///       EXPECT_EXITPROOF(Scenario{.command = {"./writer", "--out", "r.json"}, .outputs = {"r.json"}});
///     }
///
///     EXITPROOF_SUBJECT(save_report) { return Report("r.json").save() ? 0 : 1; }
///     TEST(Report, IsSavedOrNotThere) {
///       EXPECT_EXITPROOF(Scenario{.subject = save_report, .outputs = {"r.json"}, .faults = "kill,enospc"});
///     }
///
/// Link exitproof_gtest_main, or call exitproof::gtest::init() first in a main of your own. Properties (RapidCheck) have a
/// header of their own, gtest/property.hpp. The variables of the environment that such a program heeds:
///
///     EXITPROOF_REPLAY=PLAN    run this plan, and no other, where a scenario is tried; with --gtest_filter
///     EXITPROOF_JSON_DIR=DIR   write a result document for each scenario there; also --exitproof_json=DIR
///     EXITPROOF_TIME=TIME      how long each scenario is tried (5m), whatever the scenario says
///     EXITPROOF_SEED=N         what choices are drawn from, where the scenario does not say

#include "exitproof/gtest/assertions.hpp"
#include "exitproof/gtest/init.hpp"
#include "exitproof/gtest/matchers.hpp"
#include "exitproof/gtest/scenario.hpp"
#include "exitproof/gtest/subject.hpp"
#include "exitproof/gtest/trial.hpp"
#include "exitproof/own_invariant.hpp"
