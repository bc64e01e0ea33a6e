#include "ci/cli/certify_progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ci/report/console.hpp"
#include "exitproof/duration.hpp"

namespace exitproof::cli {

using Clock = std::chrono::steady_clock;

std::string counted(std::size_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

CertifyProgress::CertifyProgress(Output& output, const ReportContext& context, std::size_t scenarios,
                                 const Shard& shard)
    : output_(output), context_(context), scenarios_(scenarios), shard_(shard) {}

void CertifyProgress::begins(const ManifestScenario& scenario) {
  scenario_ = &scenario;
  ++number_;
  found_one_ = false;
  output_.print(fmt::format("[{}/{}] {}: level {}\n", number_, scenarios_, scenario.name, scenario.level.print()));
  output_.show_progress("surveying");
}

void CertifyProgress::surveyed(const CampaignResult& so_far) {
  output_.print(describe_survey(so_far));
  began_ = Clock::now();
}

void CertifyProgress::progress(const CampaignResult& so_far) {
  output_.show_progress(fmt::format("[{}/{}] {}: {}{}", number_, scenarios_, scenario_->name, describe_progress(so_far),
                                    time_left(so_far.trials)));
}

void CertifyProgress::found(const Finding& finding) {
  if (std::exchange(found_one_, true)) return;
  ReportContext own = context_;
  own.scenario_options = scenario_->options();
  own.command = scenario_->scenario.command;
  output_.print("first finding:\n" + describe_finding(finding, own, output_.paint()));
}

void CertifyProgress::ended(const ScenarioOutcome& outcome) {
  const Tally& trials = outcome.result.trials;
  const std::string words =
      fmt::format("{}: {} at {}, {} held, {} not exercised", outcome.asked.name, counted(trials.total, "trial"),
                  counted(outcome.result.sites_tried, "site"), trials.held, trials.not_exercised);
  const std::string allowed =
      outcome.allowed.empty() ? "" : fmt::format(", {} allowed", counted(outcome.allowed.size(), "finding"));
  const std::string others =
      outcome.result.findings.empty() ? "" : fmt::format(", {}", counted(outcome.result.findings.size(), "finding"));
  output_.print(words + allowed + others + '\n');
}

/// By the rate so far, and no more than the budget leaves.
std::string CertifyProgress::time_left(const Tally& trials) const {
  if (trials.total == 0) return {};
  const auto past = std::chrono::duration_cast<Millis>(Clock::now() - began_);
  const std::uint64_t ours = trials.planned / shard_.of;
  const std::uint64_t to_come = ours - std::min(ours, trials.total);
  const Millis needed(static_cast<std::uint64_t>(past.count()) * to_come / trials.total);
  const Millis left = std::clamp(needed, Millis{0}, std::max(scenario_->time - past, Millis{0}));
  const std::size_t more = scenarios_ - number_;
  return fmt::format(", about {} s left{}", std::chrono::ceil<std::chrono::seconds>(left).count(),
                     more == 0 ? "" : fmt::format(", then {}", counted(more, "scenario")));
}

}  // namespace exitproof::cli
