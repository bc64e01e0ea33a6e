#include "ci/report/html_numbers.hpp"

#include <fmt/format.h>

#include "ci/report/html_text.hpp"
#include "ci/report/statistics_report.hpp"
#include "exitproof/shell_quote.hpp"

namespace exitproof {
namespace {

std::string row(const char* name, const std::string& text) {
  return fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, html_text(text));
}

std::string sites_in_words(const CampaignResult& result) {
  return fmt::format("{} surveyed: {} unstable, {} folded into others that run the same code, {} struck",
                     result.catalog.surveyed(), result.catalog.unstable.size(), result.catalog.folded(),
                     result.sites_tried);
}

std::string html_settings(const ScenarioReport& scenario) {
  const CampaignResult& result = scenario.result;
  std::string html =
      "<dl>\n<dt>command</dt><dd><code>" + html_lines(shell_join(scenario.context.command)) + "</code></dd>\n";
  if (!scenario.level.empty()) html += row("level", scenario.level);
  html += row("tool", scenario.context.tool);
  html += row("kernel", scenario.context.kernel);
  html += row("world", std::string(world_kind_name(result.survey.scenario.world)));
  html += row("seed", std::to_string(result.seed));
  html += row("schedule", scenario.context.seeded ? "seeded" : "free");
  html += row("sites", sites_in_words(result));
  html += row("trials", fmt::format("{} of {} planned", result.trials.total, result.trials.planned));
  if (result.second) {
    html += row("second faults",
                fmt::format("{} plans after {} of {} first faults that it reacts to ({} looked at), {} tried",
                            result.second->plans, result.second->followed, result.second->reactions,
                            result.second->looked_at, result.second->tried));
  }
  return html + "</dl>\n";
}

/// What the trials bound: with a fault by fault search the plans that were made, with random ones a rate too.
std::string html_bounds(const CampaignResult& result) {
  std::string html = fmt::format(
      "<p>Nothing is claimed beyond the {} trials that were made: of faults at other sites, of other kinds or in other "
      "orders this page says nothing.",
      result.trials.total);
  const Statistics& statistics = result.statistics;
  if (statistics.drawn > 0) html += " Random plans: " + html_text(describe_drawn(statistics)) + '.';
  return html + "</p>\n";
}

std::string html_counts(const char* what, const std::map<std::string, StruckCount>& counts) {
  if (counts.empty()) return {};
  std::string html = fmt::format(
      "<table><caption>Faults by {}</caption>\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\">faults</th>"
      "<th scope=\"col\">fired</th><th scope=\"col\">held</th><th scope=\"col\">violated</th></tr></thead>\n<tbody>\n",
      what, what);
  for (const auto& [name, count] : counts) {
    html += fmt::format(
        "<tr><th scope=\"row\">{}</th><td class=\"number\">{}</td><td class=\"number\">{}</td>"
        "<td class=\"number\">{}</td><td class=\"number\">{}</td></tr>\n",
        html_text(name), count.faults, count.fired, count.held, count.violated);
  }
  return html + "</tbody></table>\n";
}

std::string html_not_fired(const Statistics& statistics) {
  if (statistics.not_fired.empty()) return {};
  std::string html = "<p>Faults that did not fire:</p>\n<ul>\n";
  for (const auto& [why, count] : statistics.not_fired) {
    html += fmt::format("<li>{}: {}</li>\n", count, why.empty() ? "its end could not be judged" : html_text(why));
  }
  return html + "</ul>\n";
}

}  // namespace

std::string html_numbers(const ScenarioReport& scenario) {
  const CampaignResult& result = scenario.result;
  const Statistics& statistics = result.statistics;
  std::string html = html_settings(scenario) + html_bounds(result);
  const std::string tables = html_counts("kind", statistics.by_kind) + html_counts("process", statistics.by_target) +
                             html_counts("phase", statistics.by_phase);
  if (!tables.empty()) {
    html += "<div class=\"scroll tables\" tabindex=\"0\" role=\"region\" aria-label=\"What was struck\">\n" + tables +
            "</div>\n";
  }
  html += html_not_fired(statistics);
  const std::string regressions = describe_regressions(result.regressions);
  if (!regressions.empty()) html += "<pre class=\"scroll\" tabindex=\"0\">" + html_lines(regressions) + "</pre>\n";
  return html;
}

}  // namespace exitproof
