#include "properties/gtest/words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ci/report/console.hpp"
#include "ci/report/plain_text.hpp"
#include "ci/report/timeline.hpp"

namespace exitproof::gtest {
namespace {

/// More nobody reads in a test's log; the document has all.
constexpr std::size_t findings_shown = 10;

std::string timeline_of(const Evidence& evidence) {
  return describe_timeline(evidence, {.calls_around_fault = 12, .paint = {}});
}

std::string finding_words(const CampaignResult& result, const ReportContext& context, const KeptEvidence& kept) {
  const std::size_t count = result.findings.size();
  std::string text = fmt::format("{} finding{} in {}\n\n", count, count == 1 ? "" : "s", count_words(result));
  for (std::size_t i = 0; i < std::min(count, findings_shown); ++i) {
    text += describe_finding(result.findings[i], context, {}) + '\n';
  }
  if (count > findings_shown) text += fmt::format("and {} more\n\n", count - findings_shown);
  if (const Evidence* evidence = kept.find(result.findings.front())) {
    text += count == 1 ? "how it came\n" : "how the first of them came\n";
    text += timeline_of(*evidence);
  }
  return text;
}

}  // namespace

std::string count_words(const CampaignResult& result) {
  const Tally& tally = result.trials;
  std::string text = fmt::format("{} of {} trials at {} sites: {} held, {} violated, {} not exercised", tally.total,
                                 tally.planned, result.sites_tried, tally.held, tally.violated, tally.not_exercised);
  if (tally.flaky > 0) text += fmt::format(", {} flaky", tally.flaky);
  if (tally.harness_error > 0) text += fmt::format(", {} failed in the harness", tally.harness_error);
  return text + fmt::format(" (seed {})", result.seed);
}

std::string failure_words(const CampaignResult& result, const ReportContext& context, const KeptEvidence& kept) {
  if (!result.findings.empty()) return finding_words(result, context, kept) + describe_skips(result.skipped);
  if (result.trials.harness_error > 0) {
    std::string text = fmt::format("the harness failed; {}\n", count_words(result));
    for (const std::string& error : result.harness_errors) text += fmt::format("  {}\n", plain_line(error));
    return text;
  }
  if (result.trials.held == 0) {
    return fmt::format("nothing was tried; {}\n", count_words(result)) + describe_skips(result.skipped);
  }
  if (!result.baseline.ended) {
    std::string text = describe_unasked(result);
    for (const std::string& message : result.survey.messages) text += plain_line(message) + '\n';
    return text + "give the scenario a .stop, or a longer .timeout\n";
  }
  if (result.gave_up) {
    return "it was ended early, since a fault changed the machine for good\n" + describe_skips(result.skipped);
  }
  return {};
}

std::string story_of(const Trial& trial) {
  std::string text;
  for (const Violation& violation : trial.judgement.violations) {
    text += fmt::format("  {}: {}\n", violation.invariant, plain_line(violation.detail));
  }
  for (const Note& note : trial.judgement.notes) text += fmt::format("  {}\n", describe_note(note));
  if (!trial.replay.empty()) text += fmt::format("  {}\n", trial.replay);
  return trial.brief ? text : text + timeline_of(trial.evidence);
}

}  // namespace exitproof::gtest
