#include "ci/report/json_report.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "ci/report/statistics_report.hpp"
#include "exitproof/rate.hpp"

namespace exitproof {
namespace {

using Json = nlohmann::ordered_json;

/// Four digits: more would say more than so few trials can.
double rounded(double rate) {
  return std::round(rate * 10'000) / 10'000;
}

Json rate_json(std::uint64_t times, std::uint64_t same) {
  const RateInterval interval = wilson_interval(same, times);
  return {{"times", times}, {"same", same}, {"low", rounded(interval.low)}, {"high", rounded(interval.high)}};
}

Json json_of(const Finding& finding) {
  const Violation& violation = finding.violation;
  Json site = {{"function", ""}, {"file", ""}, {"line", 0}};
  if (finding.struck) {
    if (const Frame* frame = telling_frame(finding.struck->stack, finding.struck_executable)) {
      site = {{"function", frame->function}, {"file", frame->file}, {"line", frame->line}};
    }
  }
  return {{"invariant", violation.invariant},
          {"process", violation.process ? violation.process->print() : ""},
          {"command", violation.command},
          {"subject", violation.subject},
          {"fault", fault_kind_name(finding.kind)},
          {"plan", finding.plan.print()},
          {"schedule", finding.plan.schedule ? std::to_string(*finding.plan.schedule) : "free"},
          {"trials", finding.trials},
          {"replay", rate_json(finding.replayed, finding.same)},
          {"in_real_time", finding.in_real_time ? Json(*finding.in_real_time) : Json(nullptr)},
          {"recovery", recovery_name(violation.recovery)},
          {"site", std::move(site)},
          {"detail", violation.detail}};
}

Json json_of(const CountedNote& counted) {
  Finding same_shape;
  same_shape.violation.invariant = counted.note.invariant;
  same_shape.violation.process = counted.note.process;
  same_shape.violation.command = counted.note.command;
  same_shape.violation.subject = counted.note.subject;
  same_shape.violation.detail = counted.note.detail;
  same_shape.violation.recovery = counted.note.recovery;
  same_shape.kind = counted.kind;
  same_shape.plan = counted.plan;
  same_shape.trials = counted.trials;
  return json_of(same_shape);
}

Json json_of(const SecondFaults& second) {
  return {{"reactions", second.reactions},
          {"looked_at", second.looked_at},
          {"followed", second.followed},
          {"plans", second.plans},
          {"planned", second.planned},
          {"tried", second.tried}};
}

Json json_of(const Skip& skip) {
  return {{"check", skip.check}, {"why", skip.why}};
}

Json json_of(const Tally& tally) {
  return {{"planned", tally.planned},
          {"total", tally.total},
          {"held", tally.held},
          {"violated", tally.violated},
          {"not_exercised", tally.not_exercised},
          {"flaky", tally.flaky},
          {"harness_error", tally.harness_error}};
}

Json json_of(const ProcessRecord& process) {
  return {{"path", process.path.print()},
          {"command", process.command},
          {"argv", process.argv},
          {"end", process.end ? process.end->print() : ""}};
}

Json json_of(const FileChange& change) {
  return {{"path", change.path},
          {"change", change_kind_name(change.kind)},
          {"type", file_type_name(change.type)},
          {"maker", change.maker ? change.maker->print() : ""}};
}

Json json_of(const SiteRecord& record) {
  Json alive = Json::array();
  for (const ProcessPath& process : record.alive) alive.push_back(process.print());
  return {{"site", record.site.print()}, {"command", record.command},         {"call", record.call},
          {"object", record.object},     {"phase", phase_name(record.phase)}, {"alive", std::move(alive)}};
}

Json json_of(const Event& event) {
  return {{"who", event.who.print()},
          {"kind", event_kind_name(event.kind)},
          {"call", event.call},
          {"object", event.object},
          {"result", event.result}};
}

Json json_of(const Outcome& outcome) {
  Json violations = Json::array();
  for (const Violation& violation : outcome.violations) {
    violations.push_back({{"invariant", violation.invariant}, {"subject", violation.subject}});
  }
  return {{"verdict", verdict_name(outcome.verdict)}, {"trials", outcome.trials}, {"violations", violations}};
}

Json json_of(const EventDigest& digest) {
  return {{"whole", digest.whole},
          {"by_thread", digest.by_thread},
          {"events", digest.events},
          {"threads", digest.threads.size()}};
}

/// After every json_of, for it must see them all.
template <typename Items>
Json json_list(const Items& items) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(json_of(item));
  return list;
}

Json parting_json(const Verification& verification) {
  if (!verification.parting) return nullptr;
  const Parting& parting = *verification.parting;
  Json later = Json::array();
  for (const ProcessPath& thread : parting.later) later.push_back(thread.print());
  return {{"interleaved", parting.interleaved},
          {"process", parting.who.print()},
          {"after", parting.after},
          {"trials", {verification.first_trial, verification.parted_trial}},
          {"before", json_list(parting.before)},
          {"one", json_list(parting.one)},
          {"other", json_list(parting.other)},
          {"later", std::move(later)}};
}

Json verification_json(const Verification& verification) {
  return {{"times", verification.times},
          {"same", verification.same},
          {"same_by_thread", verification.same_by_thread},
          {"names_drawn", verification.names_drawn},
          {"outcomes", json_list(verification.outcomes)},
          {"digest", json_of(verification.digest)},
          {"parting", parting_json(verification)}};
}

/// Of the fault-free runs, in seconds: by the subject's clock, what of that was skipped, and, in real time, for how long
/// nothing but a clock would have gone on.
Json time_json(const Survey& survey) {
  const auto seconds = [&survey](Micros Evidence::*time) {
    Micros sum{0};
    for (const Evidence& run : survey.runs) sum += run.*time;
    return rounded(static_cast<double>(sum.count()) / 1e6);
  };
  return {{"took", seconds(&Evidence::took)},
          {"skipped", seconds(&Evidence::skipped_time)},
          {"on_timers", seconds(&Evidence::blocked_on_timers)}};
}

Json head(std::string_view schema, const CampaignResult& result, const ReportContext& context) {
  return {{"schema", schema},
          {"tool", context.tool},
          {"kernel", context.kernel},
          {"command", context.command},
          {"seed", std::to_string(result.seed)},
          {"schedule", context.seeded ? "seeded" : "free"},
          {"world", world_kind_name(result.survey.scenario.world)},
          {"time_mode", time_mode_name(result.survey.scenario.time_mode)},
          {"time", time_json(result.survey)}};
}

Json stable_sites(const Catalog& catalog) {
  Json sites = Json::array();
  for (const SiteRecord& record : catalog.stable) sites.push_back(json_of(record));
  for (std::size_t i = 0; i < catalog.classes.size(); ++i) {
    for (const std::size_t member : catalog.classes[i].members) sites[member]["class"] = i;
  }
  return sites;
}

Json result_document(const CampaignResult& result, const ReportContext& context) {
  Json document = head("exitproof/result/1", result, context);
  document["sites"] = {{"surveyed", result.catalog.surveyed()},
                       {"unstable", result.catalog.unstable.size()},
                       {"folded", result.catalog.folded()},
                       {"tried", result.sites_tried}};
  document["trials"] = json_of(result.trials);
  document["findings"] = json_list(result.findings);
  document["notes"] = json_list(result.notes);
  document["skipped"] = json_list(result.skipped);
  document["statistics"] = statistics_json(result.statistics);
  document["regressions"] = regressions_json(result.regressions);
  if (result.second) document["second"] = json_of(*result.second);
  return document;
}

std::string print(const Json& document) {
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace

std::string result_to_json(const CampaignResult& result, const ReportContext& context) {
  return print(result_document(result, context));
}

std::string replay_to_json(const ReplayResult& replay, const ReportContext& context) {
  Json document = result_document(replay.result, context);
  document["digest"] = json_of(replay.shown ? replay.shown->digest : EventDigest{});
  if (replay.verification) document["verify"] = verification_json(*replay.verification);
  return print(document);
}

std::string survey_to_json(const CampaignResult& result, const ReportContext& context) {
  Json document = head("exitproof/survey/1", result, context);
  document["messages"] = result.survey.messages;
  document["runs"] = result.survey.runs.size();
  document["waits"] = result.baseline.waits;
  document["processes"] = result.survey.runs.empty() ? Json::array() : json_list(result.survey.runs.front().processes);
  document["sites"] = stable_sites(result.catalog);
  document["unstable"] = json_list(result.catalog.unstable);
  document["folded"] = result.catalog.folded();
  document["outputs"] = result.baseline.outputs;
  document["varying_outputs"] = result.baseline.varying_outputs;
  document["files"] = result.survey.runs.empty() ? Json::array() : json_list(result.survey.runs.front().files);
  document["findings"] = json_list(result.findings);
  document["notes"] = json_list(result.notes);
  document["skipped"] = json_list(result.skipped);
  return print(document);
}

}  // namespace exitproof
