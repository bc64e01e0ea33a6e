#include "exitproof/replay.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "exitproof/invariant.hpp"
#include "properties/search/finding_book.hpp"
#include "properties/search/trial_template.hpp"
#include "properties/search/verifier.hpp"

namespace exitproof {
namespace {

/// Ticket of the trial that is shown.
constexpr TrialService::Ticket shown = 0;

TrialRequest request_for(const ReplayOptions& options, TrialService::Ticket ticket, TrialRequest request) {
  request.plan = options.plan;
  if (ticket == shown || options.verify) {
    request.classes = default_survey_classes();
    request.events = true;
    request.stacks = true;
  }
  return request;
}

/// The findings of trials of one plan: each was replayed by all of them.
std::vector<Finding> with_rates(std::vector<Finding> findings, const Tally& tally) {
  for (Finding& finding : findings) {
    finding.replayed = static_cast<unsigned>(tally.total);
    finding.same = static_cast<unsigned>(finding.trials);
  }
  return findings;
}

/// Answers by their tickets, from 0: what is told of several trials must not depend on which worker was faster.
class AnswersInOrder {
 public:
  explicit AnswersInOrder(TrialService& service) : service_(service) {}

  std::optional<TrialService::Answer> next() {
    while (early_.empty() || early_.begin()->first != due_) {
      std::optional<TrialService::Answer> answer = service_.next();
      if (!answer) return std::nullopt;
      early_.emplace(answer->ticket, std::move(*answer));
    }
    ++due_;
    return std::move(early_.extract(early_.begin()).mapped());
  }

 private:
  TrialService& service_;
  std::map<TrialService::Ticket, TrialService::Answer> early_;
  TrialService::Ticket due_ = 0;
};

void run_trials(TrialService& service, const ReplayOptions& options, ReplayResult& replay) {
  CampaignResult& result = replay.result;
  FindingBook book;
  std::set<std::string> errors;
  for (const Evidence& run : result.survey.runs) book.add({}, run, 0);  // what could not be looked at
  TrialRequest common = trial_template(result.survey.runs, result.baseline);
  common.classes |= trespass_classes();  // surveys without sites do not say whether anybody could trespass
  for (TrialService::Ticket i = 0; i < options.times; ++i) service.submit(i, request_for(options, i, common));
  Verifier verifier;
  AnswersInOrder answers(service);
  while (result.trials.total < options.times && !result.interrupted) {
    std::optional<TrialService::Answer> answer = answers.next();
    if (!answer) {
      result.interrupted = true;
      continue;
    }
    const Evidence& evidence = answer->evidence;
    const Judgement judgement =
        judge(evidence, result.survey.scenario.contract, result.baseline, options.own_invariants);
    result.trials.count(judgement.verdict, evidence.all_faults_fired());
    book.add_of_one_plan(judgement, evidence, answer->ticket);
    if (evidence.harness_error) errors.insert(*evidence.harness_error);
    if (evidence.all_faults_fired()) result.sites_tried = options.plan.faults.size();
    if (options.verify) verifier.add(static_cast<unsigned>(answer->ticket + 1), judgement, evidence);
    if (answer->ticket != shown) continue;
    replay.verdict = judgement.verdict;
    replay.notes = judgement.notes;
    replay.shown = std::move(answer->evidence);
  }
  if (options.verify) replay.verification = verifier.take();
  result.findings = with_rates(book.findings(), result.trials);
  result.notes = book.notes();
  result.skipped = book.skipped();
  result.harness_errors.assign(errors.begin(), errors.end());
}

}  // namespace

ReplayResult run_replay(TrialService& service, const Scenario& scenario, const ReplayOptions& options) {
  ReplayResult replay;
  CampaignResult& result = replay.result;
  result.trials.planned = options.times;
  result.survey = take_survey(service, scenario,
                              {.runs = 3,
                               .sites = !scenario.contract.once.empty(),  // when it is ready is told by its sites
                               .next_runs = true,
                               .two_runs_from = options.two_runs_from,
                               .in_another_second = options.in_another_second});
  result.interrupted = result.survey.interrupted;
  if (result.survey.refusal || result.survey.runs.empty() || result.interrupted) return replay;
  result.baseline = make_baseline(result.survey.runs, result.survey.scenario, options.own_invariants);
  run_trials(service, options, replay);
  return replay;
}

}  // namespace exitproof
