#include "exitproof/gtest/trial.hpp"

#include <fmt/format.h>

#include <ostream>
#include <stdexcept>

#include "exitproof/check.hpp"
#include "properties/gtest/surveyed.hpp"
#include "properties/gtest/test_place.hpp"
#include "properties/gtest/to_model.hpp"
#include "properties/search/trial_batch.hpp"

namespace exitproof::gtest {

Surveyed::Impl::Impl(const Scenario& wanted) : wanted_(wanted), session_(wanted) {
  do {
    state_.reset();
    workers_ = session_.start_workers();
    state_.emplace(*workers_, session_.search(), nobody_);
    state_->survey(session_.scenario());
  } while (session_.settle_for_less(state_->result.survey.refusal));
}

// Which scenario of its test a trial belongs to is the test's matter: only what the command can replay gets a line.
std::string Surveyed::Impl::replay_of(const FaultPlan& plan) const {
  return has_command_line(wanted_) ? replay_line(context_of(wanted_, session_.scenario(), {}, {}), plan) : "";
}

Trial Surveyed::Impl::trial(const FaultPlan& plan, bool stacks) {
  const CampaignResult& surveyed = state_->result;
  Trial trial{.plan = plan,
              .evidence = {},
              .contract = surveyed.survey.scenario.contract,
              .baseline = surveyed.baseline,
              .judgement = {},
              .own_invariants = {},
              .replay = replay_of(plan),
              .cannot_try = {},
              .brief = false};
  TrialRequest request = state_->close_look_at(plan);
  request.stacks = stacks;
  run_batch(*workers_, {.goes_on = [](std::size_t index) { return index == 0; },
                        .name = [&](std::size_t) { return plan.print(); },
                        .request = [&](std::size_t) { return request; },
                        .enter = [&](std::size_t, const Evidence& evidence) { trial.evidence = evidence; }});
  if (trial.evidence.harness_error) throw std::runtime_error("the harness failed: " + *trial.evidence.harness_error);
  for (const auto& own : wanted_.invariants) trial.own_invariants.push_back(own->name());
  trial.judgement = state_->judge_one(trial.evidence);
  return trial;
}

Surveyed::Surveyed(const Scenario& scenario, const char* file, int line) {
  try {
    impl_ = std::make_unique<Impl>(scenario);
  } catch (const CannotTry& error) {
    cannot_try_ = error.what();
    skip_test(file, line, cannot_try_);
  }
}

Surveyed::~Surveyed() = default;
Surveyed::Surveyed(Surveyed&&) noexcept = default;
Surveyed& Surveyed::operator=(Surveyed&&) noexcept = default;

const Catalog& Surveyed::catalog() const {
  check(impl_ != nullptr, "a scenario that cannot be tried has no catalog");
  return impl_->catalog();
}

Trial Surveyed::trial(const FaultPlan& plan) {
  if (impl_) return impl_->trial(plan, true);
  Trial none;
  none.plan = plan;
  none.cannot_try = cannot_try_;
  return none;
}

Trial Surveyed::trial(std::string_view plan) {
  return trial(FaultPlan::parse(plan));
}

Trial trial(const Scenario& scenario, std::string_view plan, const char* file, int line) {
  const FaultPlan wanted = FaultPlan::parse(plan);
  return Surveyed(scenario, file, line).trial(wanted);
}

void PrintTo(const Trial& trial, std::ostream* os) {
  if (!trial.cannot_try.empty()) {
    *os << "trial of " << trial.plan.print() << ", which cannot be made: " << trial.cannot_try;
  } else {
    *os << "trial of " << trial.plan.print() << ": " << verdict_name(trial.judgement.verdict);
  }
}

}  // namespace exitproof::gtest
