#include "exitproof/gtest/assertions.hpp"

#include <fmt/format.h>

#include <exception>
#include <iostream>

#include "exitproof/gtest/trial.hpp"
#include "properties/gtest/session.hpp"
#include "properties/gtest/test_place.hpp"
#include "properties/gtest/words.hpp"

namespace exitproof::gtest {
namespace {

using ::testing::AssertionFailure;
using ::testing::AssertionResult;
using ::testing::AssertionSuccess;

/// What GoogleTest's own reports keep of it, be it green or red.
void record(const CampaignResult& result, const TestPlace& place) {
  if (::testing::UnitTest::GetInstance()->current_test_info() == nullptr) return;
  const std::string number = place.number == 1 ? "" : std::to_string(place.number);
  const auto property = [&](const char* name, std::uint64_t value) {
    ::testing::Test::RecordProperty("exitproof" + number + name, std::to_string(value));
  };
  property("_trials", result.trials.total);
  property("_planned", result.trials.planned);
  property("_held", result.trials.held);
  property("_findings", result.findings.size());
  property("_seed", result.seed);
}

AssertionResult campaign(const Scenario& wanted, const TestPlace& place) {
  Session session(wanted);
  CampaignResult result;
  KeptEvidence kept;
  do {
    const std::unique_ptr<WorkerPool> workers = session.start_workers();
    result = run_campaign(*workers, session.scenario(), session.search(), kept);
  } while (session.settle_for_less(result.survey.refusal));
  const ReportContext context = context_of(wanted, session.scenario(), place.test, place.plan_prefix());
  write_document(place.file_name(), result, context);
  record(result, place);
  const std::string failure = failure_words(result, context, kept);
  if (!failure.empty()) return AssertionFailure() << failure;
  std::cout << fmt::format("[exitproof ] {}: {}\n", place.file_name(), count_words(result));
  return AssertionSuccess();
}

AssertionResult replay(const Scenario& wanted, const FaultPlan& plan, const char* file, int line) {
  Surveyed surveyed(wanted, file, line);
  if (!surveyed.cannot_try().empty()) return AssertionSuccess();
  const Trial shown = surveyed.trial(plan);
  if (shown.judgement.verdict == Verdict::held) {
    std::cout << fmt::format("[exitproof ] {}: held\n{}", plan.print(), story_of(shown));
    return AssertionSuccess();
  }
  return AssertionFailure() << fmt::format("{}: {}\n{}", plan.print(), verdict_name(shown.judgement.verdict),
                                           story_of(shown));
}

}  // namespace

AssertionResult is_exitproof(const Scenario& scenario, const char* file, int line) {
  const TestPlace place = next_place();
  try {
    const WantedReplay wanted = wanted_replay(place);
    if (wanted.other) return AssertionSuccess();
    return wanted.plan ? replay(scenario, *wanted.plan, file, line) : campaign(scenario, place);
  } catch (const CannotTry& error) {
    skip_test(file, line, error.what());
    return AssertionSuccess();
  } catch (const std::exception& error) {
    return AssertionFailure() << error.what();
  }
}

AssertionResult is_exitproof(const Subject& subject, const char* file, int line) {
  return is_exitproof(Scenario{.subject = subject}, file, line);
}

}  // namespace exitproof::gtest
