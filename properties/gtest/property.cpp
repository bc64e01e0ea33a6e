#include "exitproof/gtest/property.hpp"

#include <fmt/format.h>
#include <gtest/gtest-spi.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <unordered_map>

#include "exitproof/generators.hpp"
#include "properties/gtest/rc_parameters.hpp"
#include "properties/gtest/surveyed.hpp"
#include "properties/gtest/test_place.hpp"
#include "properties/gtest/to_model.hpp"
#include "properties/gtest/words.hpp"
#include "properties/search/generate_plans.hpp"
#include "properties/search/simpler_plans.hpp"

namespace exitproof::gtest {
namespace {

/// Every run of a shrinking is a process tree: after so many, what is left passes unseen.
constexpr unsigned shrink_runs_most = 60;

/// The body on plans, and what came of it.
class Property {
 public:
  Property(PropertyBody body, Surveyed::Impl& surveyed) : body_(body), surveyed_(surveyed) {}

  /// To be called by RapidCheck: its assertions leave by exceptions.
  void run(const FaultPlan& plan) {
    if (failing_ && ++shrink_runs_ > shrink_runs_most) return;
    if (!surveyed_.can_be_tried(plan)) RC_DISCARD("this world has no disk that can be made full");
    Trial trial = surveyed_.trial(plan, false);
    trial.brief = true;
    if (!trial.exercised()) {
      tally_.count(Verdict::not_exercised);
      RC_DISCARD(plan.print() + " did not fire");
    }
    sites_ += failing_ ? 0 : plan.faults.size();
    ::testing::TestPartResultArray parts;
    try {
      const ::testing::ScopedFakeTestPartResultReporter intercepted(
          ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &parts);
      body_(trial);
    } catch (const rc::detail::CaseResult& result) {
      note(trial, result.type == rc::detail::CaseResult::Type::Failure);
      throw;
    } catch (...) {
      note(trial, true);
      throw;
    }
    const std::string failures = failures_among(parts);
    note(trial, !failures.empty());
    if (!failures.empty()) throw rc::detail::CaseResult(rc::detail::CaseResult::Type::Failure, failures);
  }

  /// The trial of the simplest plan that failed.
  const std::optional<Trial>& failing() const { return failing_; }
  const Tally& tally() const { return tally_; }
  unsigned shrink_runs() const { return shrink_runs_; }
  std::uint64_t faults_fired() const { return sites_; }

 private:
  void note(const Trial& trial, bool failed) {
    if (!failing_) tally_.count(failed ? Verdict::violated : Verdict::held);
    if (failed) failing_ = trial;  // while it shrinks, RapidCheck goes on from each that fails
  }

  static std::string failures_among(const ::testing::TestPartResultArray& parts) {
    std::string text;
    for (int i = 0; i < parts.size(); ++i) {
      const ::testing::TestPartResult& part = parts.GetTestPartResult(i);
      if (!part.failed()) continue;
      const char* file = part.file_name() == nullptr ? "" : part.file_name();
      text += fmt::format("{}:{}:\n{}\n", file, part.line_number(), part.message());
    }
    return text;
  }

  PropertyBody body_;
  Surveyed::Impl& surveyed_;
  Tally tally_;
  std::optional<Trial> failing_;
  unsigned shrink_runs_ = 0;
  std::uint64_t sites_ = 0;
};

/// Plans of the generator, made simpler as those of a campaign are.
rc::Gen<FaultPlan> shrinking_plans(const PlanGenerator& generator, const Catalog& catalog) {
  const rc::Gen<FaultPlan> plans = generator.plans();
  return [plans, &catalog](const rc::Random& random, int) {
    return rc::shrinkable::shrinkRecur(plans(random, rc::kNominalSize).value(), [&catalog](const FaultPlan& plan) {
      return rc::seq::fromContainer(simpler_plans(plan, catalog));
    });
  };
}

/// What RapidCheck says of it; empty: it holds.
std::string describe_result(const rc::detail::TestResult& result) {
  if (result.is<rc::detail::SuccessResult>()) return {};
  if (result.is<rc::detail::FailureResult>()) {
    const auto& failure = result.get<rc::detail::FailureResult>();
    return fmt::format("falsified after {} trials that held\n{}", failure.numSuccess, failure.description);
  }
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  return text.str();
}

/// How the simplest plan that failed does it, looked at closely.
std::string describe_failing(Surveyed::Impl& surveyed, const Property& property, const ReportContext& context) {
  Trial shown = surveyed.trial(property.failing()->plan, true);
  if (!shown.exercised()) shown = *property.failing();
  shown.brief = false;
  shown.replay = replay_line(context, shown.plan);
  return fmt::format("\n{}: the simplest plan that fails, {} runs later\n{}", shown.plan.print(),
                     property.shrink_runs(), story_of(shown));
}

/// The document of a property: its failure is a finding of the test's name.
CampaignResult result_of(const Surveyed::Impl& surveyed, const Property& property, const std::string& test,
                         const std::string& detail, std::uint64_t seed) {
  CampaignResult result = surveyed.result();
  result.seed = seed;
  result.trials = property.tally();
  result.trials.planned = result.trials.total;
  result.sites_tried = property.faults_fired();
  if (detail.empty() || !property.failing()) return result;
  const Trial& trial = *property.failing();
  Finding finding;
  finding.violation.invariant = test;
  finding.violation.detail = detail;
  finding.plan = trial.plan;
  finding.kind = trial.plan.faults.empty() ? FaultKind::none : fault_kind(trial.plan.faults.back());
  if (!trial.evidence.faults.empty()) finding.struck = trial.evidence.faults.back();
  finding.trials = 1;
  result.findings.push_back(std::move(finding));
  return result;
}

rc::detail::TestResult replay(Property& property, const FaultPlan& plan) {
  RcParameters once;
  once.test.maxSuccess = 1;
  once.test.maxDiscardRatio = 0;
  return check_with(once, {}, rc::detail::toProperty([&] { property.run(plan); }));
}

rc::detail::TestResult search(Property& property, const Surveyed::Impl& surveyed, const std::string& test,
                              const RcParameters& parameters) {
  const PlanGenerator generator(surveyed.catalog(),
                                {.faults = surveyed.faults(), .most_faults = surveyed.search().most_faults});
  if (generator.empty()) {
    throw std::runtime_error("nothing can be tried: no such fault can strike what the fault-free runs do");
  }
  const rc::Gen<FaultPlan> plans = shrinking_plans(generator, surveyed.catalog());
  return check_with(parameters, test, rc::detail::toProperty([&] { property.run(*plans); }));
}

/// The failure's words; empty: it holds.
std::string check_surveyed(PropertyBody body, const Scenario& scenario, const TestPlace& place,
                           const std::optional<FaultPlan>& plan) {
  const RcParameters parameters = rc_parameters(search_of(scenario).seed);
  if (!parameters.reproduce.empty() && !parameters.reproduce.contains(place.test)) {
    throw CannotTry("RC_PARAMS reproduces another property");
  }
  Surveyed::Impl surveyed(scenario);
  Property property(body, surveyed);
  const auto result = plan ? replay(property, *plan) : search(property, surveyed, place.test, parameters);
  ReportContext context = context_of(scenario, surveyed.scenario(), place.test, place.plan_prefix());
  context.test_command = test_command(place.test);  // only the test knows what it asserts
  const std::uint64_t seed = parameters.test.seed;
  std::string failure = describe_result(result);
  if (!plan) write_document(place.file_name(), result_of(surveyed, property, place.test, failure, seed), context);
  if (failure.empty()) {
    const Tally& tally = property.tally();
    std::cout << fmt::format("[exitproof ] {}: {} trials: {} held, {} not exercised (seed {})\n", place.file_name(),
                             tally.total, tally.held, tally.not_exercised, seed);
    return failure;
  }
  if (property.failing()) failure += describe_failing(surveyed, property, context);
  return failure + fmt::format("the same plans again: RC_PARAMS=\"seed={}\"\n", seed);
}

}  // namespace

void check_property(PropertyBody body, const Scenario& scenario, const char* file, int line) {
  const TestPlace place = next_place();
  try {
    const WantedReplay wanted = wanted_replay(place);
    if (wanted.other) return;
    const std::string failure = check_surveyed(body, scenario, place, wanted.plan);
    if (!failure.empty()) ADD_FAILURE_AT(file, line) << failure;
  } catch (const CannotTry& error) {
    skip_test(file, line, error.what());
  } catch (const std::exception& error) {
    ADD_FAILURE_AT(file, line) << error.what();
  }
}

}  // namespace exitproof::gtest
