#include "ci/report/statistics_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "ci/report/console.hpp"
#include "ci/report/plain_text.hpp"
#include "exitproof/rate.hpp"

namespace exitproof {
namespace {

using Json = nlohmann::ordered_json;
using Counts = std::map<std::string, StruckCount>;

constexpr std::size_t shown_at_most = 8;

/// "kill 57 (3 violated), ctrl-c 20 of 21": the most often struck first.
std::string describe_counts(const Counts& counts) {
  std::vector<std::pair<std::string, StruckCount>> ordered(counts.begin(), counts.end());
  std::ranges::stable_sort(ordered, std::ranges::greater{}, [](const auto& one) { return one.second.faults; });
  std::string text;
  for (std::size_t i = 0; i < std::min(ordered.size(), shown_at_most); ++i) {
    const auto& [name, count] = ordered[i];
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", plain_line(name), count.fired);
    if (count.fired != count.faults) text += fmt::format(" of {}", count.faults);
    if (count.violated != 0) text += fmt::format(" ({} violated)", count.violated);
  }
  if (ordered.size() > shown_at_most) text += fmt::format(" and {} more", ordered.size() - shown_at_most);
  return text;
}

std::string describe_not_fired(const std::map<std::string, std::uint64_t>& reasons) {
  std::vector<std::pair<std::string, std::uint64_t>> ordered(reasons.begin(), reasons.end());
  std::ranges::stable_sort(ordered, std::ranges::greater{}, [](const auto& one) { return one.second; });
  std::uint64_t all = 0;
  for (const auto& [why, count] : ordered) all += count;
  std::string text = fmt::format("did not fire: {}:", all);
  for (std::size_t i = 0; i < std::min(ordered.size(), std::size_t{3}); ++i) {
    text += fmt::format("{} {} ({})", i == 0 ? "" : ",", plain_line(ordered[i].first), ordered[i].second);
  }
  if (ordered.size() > 3) text += fmt::format(", and {} more reasons", ordered.size() - 3);
  return text + '\n';
}

std::string describe_regression(const RegressionOutcome& outcome) {
  const std::string plan = outcome.regression.plan.print();
  switch (outcome.state) {
    case RegressionState::fails:
      return {};
    case RegressionState::fails_otherwise:
      return fmt::format("regression {}: it fails, but not by {} any more\n", plan, outcome.regression.invariant);
    case RegressionState::holds:
      return fmt::format("regression {}: it holds now\n", plan);
    case RegressionState::gone:
      return fmt::format("regression {}: it no longer applies: {}\n", plan,
                         outcome.why.empty() ? "its end could not be judged" : plain_line(outcome.why));
    case RegressionState::untried:
      return fmt::format("regression {}: it was not tried{}\n", plan,
                         outcome.why.empty() ? "" : ": " + plain_line(outcome.why));
  }
  return {};
}

Json counts_json(const Counts& counts) {
  Json document = Json::object();
  for (const auto& [name, count] : counts) {
    document[name] = {
        {"faults", count.faults}, {"fired", count.fired}, {"violated", count.violated}, {"held", count.held}};
  }
  return document;
}

}  // namespace

// Of plans each of which is tried but once, all that there are, nothing is to be estimated.
std::string describe_drawn(const Statistics& statistics) {
  const std::uint64_t drawn = statistics.drawn;
  const std::uint64_t violated = statistics.drawn_violated;
  if (statistics.drawn_out) {
    return fmt::format("{} of {} drawn plan{} that fired failed, and nothing was left to draw", violated, drawn,
                       drawn == 1 ? "" : "s");
  }
  return violated == 0 ? none_words(drawn)
                       : fmt::format("{} of drawn plans that fired failed", rate_words(violated, drawn));
}

std::string describe_statistics(const CampaignResult& result) {
  const Statistics& statistics = result.statistics;
  std::string text;
  if (!statistics.by_kind.empty()) {
    text += "struck: " + describe_counts(statistics.by_kind) + '\n';
    text += "  whom: " + describe_counts(statistics.by_target) + '\n';
    text += "  when: " + describe_counts(statistics.by_phase) + '\n';
  }
  if (!statistics.not_fired.empty()) text += "  " + describe_not_fired(statistics.not_fired);
  if (statistics.drawn != 0) text += "random: " + describe_drawn(statistics) + '\n';
  return text;
}

std::string describe_regressions(const std::vector<RegressionOutcome>& regressions) {
  if (regressions.empty()) return {};
  std::string text;
  std::map<RegressionState, int> counts;
  for (const RegressionOutcome& outcome : regressions) {
    text += describe_regression(outcome);
    ++counts[outcome.state];
  }
  return text + fmt::format("regressions: {} fail, {} hold, {} no longer apply, {} not tried\n",
                            counts[RegressionState::fails] + counts[RegressionState::fails_otherwise],
                            counts[RegressionState::holds], counts[RegressionState::gone],
                            counts[RegressionState::untried]);
}

Json statistics_json(const Statistics& statistics) {
  return {
      {"by_kind", counts_json(statistics.by_kind)},
      {"by_target", counts_json(statistics.by_target)},
      {"by_phase", counts_json(statistics.by_phase)},
      {"not_fired", statistics.not_fired},
      {"drawn", {{"fired", statistics.drawn}, {"violated", statistics.drawn_violated}, {"all", statistics.drawn_out}}},
      {"shrink_runs", statistics.shrink_runs}};
}

Json regressions_json(const std::vector<RegressionOutcome>& regressions) {
  Json list = Json::array();
  for (const RegressionOutcome& outcome : regressions) {
    const Regression& regression = outcome.regression;
    list.push_back({{"plan", regression.plan.print()},
                    {"invariant", regression.invariant},
                    {"command", regression.command},
                    {"subject", regression.subject},
                    {"state", regression_state_name(outcome.state)},
                    {"why", outcome.why}});
  }
  return list;
}

}  // namespace exitproof
