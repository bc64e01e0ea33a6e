#include "ci/cli/certification_end.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "ci/report/console.hpp"
#include "ci/report/github_annotations.hpp"
#include "ci/report/plain_text.hpp"

namespace exitproof::cli {
namespace {

/// What could not be asked, once for all scenarios that share it.
std::string describe_all_skips(const std::vector<ScenarioOutcome>& outcomes) {
  std::vector<Skip> all;
  for (const ScenarioOutcome& outcome : outcomes) {
    for (const Skip& skip : outcome.result.skipped) {
      if (std::ranges::find(all, skip) == all.end()) all.push_back(skip);
    }
  }
  return describe_skips(all);
}

/// A file that may be left is seen in no finding, so that only rules for findings can be seen to be unused.
std::string describe_unused(const ScenarioOutcome& outcome) {
  std::string text;
  for (std::size_t i = 0; i < outcome.asked.allowances.size(); ++i) {
    const Allowance& allowance = outcome.asked.allowances[i];
    if (!allowance.file.empty() || std::ranges::find(outcome.by, i) != outcome.by.end()) continue;
    text += fmt::format("{}: nothing needed the allowance of {} ({})\n", outcome.asked.name, allowance.invariant,
                        allowance.reason);
  }
  return text;
}

std::string why_unused(const std::vector<std::string>& unused) {
  return fmt::format("no fault-free run executed or read {}", fmt::join(unused, ", "));
}

/// In every scenario's: it is said of all of them.
void say_what_is_unused(const std::vector<std::string>& unused, std::vector<ScenarioOutcome>& outcomes) {
  for (ScenarioOutcome& outcome : outcomes) {
    outcome.result.skipped.push_back({.check = "artefacts", .why = why_unused(unused)});
  }
}

/// Of the trials themselves; nothing: as far as they went, all held.
std::optional<ExitStatus> status_of_trouble(const CampaignResult& result) {
  if (result.survey.refusal) return status_of_refusal(*result.survey.refusal);
  if (!result.findings.empty()) return exit_violated;
  if (result.trials.harness_error > 0) return exit_harness_failed;
  if (!result.baseline.ended || result.gave_up) return exit_cannot_try;
  return std::nullopt;
}

/// The status that one scenario's part of a whole certification calls for.
ExitStatus status_of(const ScenarioOutcome& outcome) {
  return status_of_trouble(outcome.result).value_or(outcome.lacks.empty() ? exit_held : exit_nothing_tried);
}

}  // namespace

std::string describe_refusal(const ReleaseManifest& manifest, const std::vector<ScenarioOutcome>& outcomes,
                             const ReportContext& context, const Paint& paint) {
  std::string text;
  const Certification certification = certification_of(manifest, outcomes, context);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const ScenarioOutcome& outcome = outcomes[i];
    if (outcome.may_be_certified()) continue;
    text += paint.bold(outcome.asked.name) + '\n';
    for (const Finding& finding : outcome.result.findings) {
      text += describe_finding(finding, certification.scenarios[i].context, paint) + '\n';
    }
    for (const std::string& lack : outcome.lacks) text += fmt::format("  {}\n", plain_line(lack));
  }
  return text;
}

ExitStatus status_of_shard(const ScenarioOutcome& outcome) {
  return status_of_trouble(outcome.result).value_or(outcome.result.out_of_time ? exit_nothing_tried : exit_held);
}

ExitStatus loudest(const std::vector<ScenarioOutcome>& outcomes, ExitStatus (*status_of)(const ScenarioOutcome&)) {
  for (const ExitStatus status :
       {exit_violated, exit_harness_failed, exit_usage, exit_cannot_try, exit_nothing_tried}) {
    if (std::ranges::any_of(outcomes, [&](const ScenarioOutcome& one) { return status_of(one) == status; })) {
      return status;
    }
  }
  return exit_held;
}

ExitStatus end_certification(const CertificationEnd& end, const CertificationFiles& files, Output& output) {
  // Of some of the scenarios nobody knows what the others use.
  const std::vector<std::string> unused = end.chosen ? std::vector<std::string>() : unused_artefacts(end.provenance);
  const bool uses_none = !unused.empty() && unused.size() == end.provenance.artefacts.size();
  if (!unused.empty()) say_what_is_unused(unused, end.outcomes);
  const std::string trials = print_trials(end.outcomes);
  files.remove_certificate();
  Certification certification = certification_of(end.manifest, end.outcomes, end.context);
  if (end.changed) certification.lacks.push_back(*end.changed + " was changed while it was tried");
  if (uses_none) certification.lacks.push_back("what was tried is none of the artefacts: " + why_unused(unused));
  files.write_results(certification, trials);
  output.print(describe_all_skips(end.outcomes));
  for (const ScenarioOutcome& outcome : end.outcomes) output.print(describe_unused(outcome));
  std::string refusal = describe_refusal(end.manifest, end.outcomes, end.context, output.paint());
  for (const std::string& lack : certification.lacks) refusal += plain_line(lack) + '\n';
  const std::string folder = std::filesystem::relative(files.folder()).string();
  if (!refusal.empty()) {
    output.print(
        fmt::format("{}\n{}results in {}\n", output.paint().red("REFUSED: there is no certificate"), refusal, folder));
  } else if (end.chosen) {
    output.print(fmt::format("these scenarios would be certified; with --only there is no certificate, results in {}\n",
                             folder));
  } else {
    files.write_certificate(print_certificate({.manifest = end.manifest,
                                               .outcomes = end.outcomes,
                                               .provenance = end.provenance,
                                               .trials = trials,
                                               .times = end.times}));
    output.print(fmt::format("{}: {}/certificate.json\n", output.paint().green("certified"), folder));
  }
  if (end.annotates) output.print(certification_to_github_annotations(certification));
  const ExitStatus status = loudest(end.outcomes, status_of);
  return status == exit_held && (end.changed || uses_none) ? exit_nothing_tried : status;
}

}  // namespace exitproof::cli
