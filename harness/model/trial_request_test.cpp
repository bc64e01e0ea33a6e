#include "exitproof/trial_request.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "harness/model/parse_error_testing.hpp"
#include "harness/model/record_generators_testing.hpp"

namespace exitproof {
namespace {

RC_GTEST_PROP(TrialRequestJson, write_then_read_is_identity, ()) {
  TrialRequest request;
  request.plan = *generators::plan();
  request.classes = *generators::call_classes();
  request.events = *rc::gen::arbitrary<bool>();
  request.sites = *rc::gen::arbitrary<bool>();
  request.stacks = *rc::gen::arbitrary<bool>();
  request.decide_waiting = *rc::gen::arbitrary<bool>();
  request.copy_up = {*generators::nearly_text()};
  request.next_run = *rc::gen::element(NextRunWhen::never, NextRunWhen::when_left, NextRunWhen::always);
  request.next_run_limit = Millis{*rc::gen::inRange(0, 100'000)};
  request.clean_state = {*generators::text()};
  request.cut_after_sites = *generators::number_from(0);
  request.real_time = *rc::gen::arbitrary<bool>();
  request.snapshot = *rc::gen::arbitrary<bool>();
  RC_ASSERT(trial_request_from_json(trial_request_to_json(request)) == request);
}

TEST(TrialRequestJson, reads_well) {
  TrialRequest request;
  request.plan = FaultPlan::parse("kill@0:write:1");
  request.classes.set(static_cast<std::size_t>(CallClass::rename));
  request.classes.set(static_cast<std::size_t>(CallClass::out));
  EXPECT_EQ(
      trial_request_to_json(request),
      R"({"schema":"exitproof/trial-request/1","plan":"kill@0:write:1","classes":["rename","out"],"events":false,)"
      R"("sites":false,"stacks":false,"decide_waiting":false,"copy_up":[],"next_run":"never","next_run_limit_ms":0,"clean_state":[],"cut_after_sites":0,"real_time":false,"snapshot":false})");
}

TEST(TrialRequestJson, refuses_what_is_no_request) {
  testing::expect_parse_error(trial_request_from_json, "{}", 1, "the schema \"exitproof/trial-request/1\"");
  testing::expect_parse_error(trial_request_from_json,
                              R"({"schema":"exitproof/trial-request/1","plan":"none","classes":["clone"]})", 1,
                              "a call class in exitproof/trial-request/1.classes, found '\"clone\"'");
}

}  // namespace
}  // namespace exitproof
