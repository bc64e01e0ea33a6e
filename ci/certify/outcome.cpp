#include "ci/certify/outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "exitproof/fault_free_end.hpp"
#include "exitproof/merge.hpp"
#include "exitproof/parse_error.hpp"

namespace exitproof {
namespace {

using Json = nlohmann::ordered_json;

/// Keeps what a campaign tells, and tells it on.
class Recorder : public CampaignListener {
 public:
  Recorder(ScenarioOutcome& outcome, CampaignListener& next) : outcome_(outcome), next_(next) {}

  void surveyed(const CampaignResult& so_far) override { next_.surveyed(so_far); }
  void progress(const CampaignResult& so_far) override { next_.progress(so_far); }
  void shrinking(const FaultPlan& simplest, unsigned runs, unsigned most) override {
    next_.shrinking(simplest, runs, most);
  }
  void found(const Finding& finding) override {
    const auto covers = [&](const Allowance& allowance) { return allowance.covers(finding); };
    if (std::ranges::none_of(outcome_.asked.allowances, covers)) next_.found(finding);
  }
  void keep(const std::string& name, const Evidence& evidence) override {
    outcome_.evidence.insert_or_assign(name, evidence);
    next_.keep(name, evidence);
  }
  void tried(const TriedPlan& trial) override {
    TrialLine line{.scenario = outcome_.asked.name,
                   .plan = trial.plan.print(),
                   .verdict = std::string(verdict_name(trial.judgement.verdict)),
                   .violations = {},
                   .known = {}};
    for (const KnownViolation& known : trial.known) line.known.push_back(known.signature);
    for (const Violation& violation : trial.judgement.violations) {
      line.violations.push_back(known_signature(violation));
    }
    std::ranges::sort(line.violations);
    outcome_.trials.push_back(std::move(line));
    next_.tried(trial);
  }

 private:
  ScenarioOutcome& outcome_;
  CampaignListener& next_;
};

CountedNote note_of(const Finding& finding, const std::string& reason) {
  const Violation& violation = finding.violation;
  return {.note = {.invariant = violation.invariant,
                   .process = violation.process,
                   .command = violation.command,
                   .subject = violation.subject,
                   .detail = fmt::format("allowed, {}: {}", reason, violation.detail),
                   .recovery = violation.recovery},
          .kind = finding.kind,
          .plan = finding.plan,
          .trials = finding.trials};
}

void take_out_what_is_allowed(ScenarioOutcome& outcome) {
  const std::vector<Allowance>& allowances = outcome.asked.allowances;
  std::vector<Finding> others;
  for (Finding& finding : outcome.result.findings) {
    const auto covers = [&](const Allowance& allowance) { return allowance.covers(finding); };
    const auto allowance = std::ranges::find_if(allowances, covers);
    if (allowance == allowances.end()) {
      others.push_back(std::move(finding));
      continue;
    }
    outcome.result.notes.push_back(note_of(finding, allowance->reason));
    outcome.by.push_back(static_cast<std::size_t>(allowance - allowances.begin()));
    outcome.allowed.push_back(std::move(finding));
  }
  outcome.result.findings = std::move(others);
}

}  // namespace

std::string trial_line_to_json(const TrialLine& line) {
  Json document = {{"scenario", line.scenario}, {"plan", line.plan}, {"verdict", line.verdict}};
  if (!line.violations.empty()) document["violations"] = line.violations;
  if (!line.known.empty()) document["known"] = line.known;
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

TrialLine trial_line_from_json(std::string_view text) {
  try {
    const Json document = Json::parse(text);
    const auto texts = [&](const char* key) { return document.value(key, std::vector<std::string>()); };
    return {.scenario = document.at("scenario").get<std::string>(),
            .plan = document.at("plan").get<std::string>(),
            .verdict = document.at("verdict").get<std::string>(),
            .violations = texts("violations"),
            .known = texts("known")};
  } catch (const Json::exception&) {
    throw ParseError(1, "a trial in JSON", '"' + std::string(text.substr(0, 60)) + '"');
  }
}

namespace {

/// What fails before it does anything withstands every fault: a certificate of it must say that it is meant.
std::vector<std::string> unwanted_ends(const CampaignResult& result, const ManifestScenario& asked) {
  std::vector<std::string> unwanted;
  for (const FaultFreeEnd& end : fault_free_ends(result.survey.runs, result.survey.scenario)) {
    const bool declared = std::ranges::find(asked.ends, end.end) != asked.ends.end();
    if (asked.ends.empty() ? end.is_usual() : declared) continue;
    unwanted.push_back(fmt::format("{}: where that is meant, the manifest says ends = \"{}\"",
                                   describe_end(end, result.survey.runs.size()), end.end.print()));
  }
  return unwanted;
}

}  // namespace

std::vector<std::string> what_is_missing(const CampaignResult& result, const ManifestScenario& asked) {
  if (result.survey.refusal) return {*result.survey.refusal};
  if (result.interrupted) return {"it was interrupted"};
  std::vector<std::string> lacks = unwanted_ends(result, asked);
  if (const auto nobody = why_nobody_is_meant(result.catalog, asked.target)) {
    lacks.push_back(fmt::format("target {}: {}", asked.target.print(), *nobody));
  }
  const Tally& trials = result.trials;
  if (!result.baseline.ended) lacks.emplace_back("no fault-free run came to its end, so that most could not be asked");
  if (result.gave_up) {
    lacks.push_back(
        fmt::format("level {} is not complete: {} of {} trials were made before a fault changed the machine "
                    "for good",
                    asked.level.print(), trials.total, trials.planned));
  } else if (trials.total < trials.planned || result.out_of_time) {
    const bool by_time = result.out_of_time;
    const std::string by_trials = asked.trials == 0 ? "" : fmt::format(" within trials = {}", asked.trials);
    const std::string budget = by_time ? " within time = " + print_duration(asked.time) : by_trials;
    lacks.push_back(fmt::format("level {} is not complete: {} trials of {}{} were made{}", asked.level.print(),
                                trials.total,
                                asked.level.kind == Level::Kind::random ? asked.level.count : trials.planned,
                                by_time && asked.level.kind != Level::Kind::exhaustive ? " or more" : "", budget));
  } else if (asked.level.kind == Level::Kind::random && asked.trials != 0 && asked.trials < asked.level.count) {
    lacks.push_back(fmt::format("level {} is not complete: trials = {}", asked.level.print(), asked.trials));
  }
  if (trials.harness_error != 0) {
    lacks.push_back(fmt::format("{} trial{} failed in the harness: {}", trials.harness_error,
                                trials.harness_error == 1 ? "" : "s",
                                result.harness_errors.empty() ? "" : result.harness_errors.front()));
  }
  if (trials.held == 0 && lacks.empty()) lacks.emplace_back("no trial was judged to hold: nothing was tried");
  return lacks;
}

ScenarioOutcome try_scenario(TrialService& service, const ManifestScenario& scenario, const SearchOptions& search,
                             CertifyListener& listener) {
  ScenarioOutcome outcome;
  outcome.asked = scenario;
  listener.begins(outcome.asked);
  Recorder recorder(outcome, listener);
  outcome.result = run_campaign(service, scenario.scenario, search, recorder);
  outcome.lacks = what_is_missing(outcome.result, scenario);
  take_out_what_is_allowed(outcome);
  listener.ended(outcome);
  return outcome;
}

ScenarioOutcome merge_scenario(std::span<const JournalRecords> journals, const ManifestScenario& scenario,
                               CertifyListener& listener) {
  ScenarioOutcome outcome;
  outcome.asked = scenario;
  listener.begins(outcome.asked);
  Recorder recorder(outcome, listener);
  Merged merged = merge_shards(journals, recorder);
  outcome.result = std::move(merged.result);
  outcome.result.out_of_time = !merged.out_of_time.empty();
  outcome.lacks = what_is_missing(outcome.result, scenario);
  if (const std::size_t count = merged.missing.size(); count != 0) {
    outcome.lacks.push_back(fmt::format("{} trial{} that one run would have made {} in no shard, as {}", count,
                                        count == 1 ? "" : "s", count == 1 ? "is" : "are", merged.missing.front()));
  }
  take_out_what_is_allowed(outcome);
  listener.ended(outcome);
  return outcome;
}

}  // namespace exitproof
