#include "ci/report/html_matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ci/report/html_text.hpp"
#include "ci/report/reported_invariants.hpp"

namespace exitproof {
namespace {

enum class Cell : std::uint8_t { held, in_part, not_exercised };

struct Sign {
  const char* sign;
  const char* style;
  const char* words;
};

/// By Cell.
constexpr std::array<Sign, 3> signs{{
    {"\u2713", "good", "held"},
    {"(\u2713)", "good", "held as far as it could be asked; see what was skipped"},
    {"\u2013", "soft", "not exercised"},
}};

Cell cell_of(const ScenarioReport& scenario, const ReportedInvariant& invariant, const KindOutcome& outcome) {
  if (outcome.verdict == Verdict::not_exercised) return Cell::not_exercised;
  // A kind with findings of other invariants alone, and no trial that held, says nothing of this one.
  if (outcome.kind != FaultKind::none && outcome.struck.held + outcome.struck.violated == 0) return Cell::not_exercised;
  const auto of_invariant = [&](const Skip& skip) { return skip.check == invariant.name; };
  return std::ranges::any_of(scenario.result.skipped, of_invariant) ? Cell::in_part : Cell::held;
}

std::string html_cell(const ScenarioReport& scenario, const ReportedInvariant& invariant, const KindOutcome& outcome,
                      const FindingId& id_of) {
  std::vector<const Finding*> findings;
  std::ranges::copy_if(outcome.findings, std::back_inserter(findings),
                       [&](const Finding* one) { return one->violation.invariant == invariant.name; });
  if (!findings.empty()) {
    const bool flaky = std::ranges::all_of(findings, [](const Finding* one) { return one->flaky(); });
    return fmt::format("<td class=\"{}\"><a href=\"#{}\">{} {}<span class=\"hidden\"> {}violated</span></a></td>",
                       flaky ? "warn" : "bad", id_of(findings.front()), flaky ? "~" : "\u2717", findings.size(),
                       flaky ? "sometimes " : "");
  }
  const Sign& sign = signs.at(static_cast<std::size_t>(cell_of(scenario, invariant, outcome)));
  return fmt::format("<td class=\"{}\"><span aria-hidden=\"true\">{}</span><span class=\"hidden\">{}</span></td>",
                     sign.style, sign.sign, sign.words);
}

}  // namespace

std::string html_matrix(const ScenarioReport& scenario, const FindingId& id_of) {
  const std::vector<KindOutcome> outcomes = kind_outcomes(scenario);
  std::string html = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Matrix of {}\">\n<table class=\"matrix\">\n"
      "<thead><tr><th scope=\"col\">invariant</th>",
      html_text(scenario.name));
  for (const KindOutcome& outcome : outcomes) {
    html += fmt::format("<th scope=\"col\">{}</th>", html_text(kind_title(outcome.kind)));
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const ReportedInvariant& invariant : reported_invariants({&scenario, 1})) {
    html += fmt::format("<tr><th scope=\"row\">{}</th>", html_text(invariant.name));
    for (const KindOutcome& outcome : outcomes) html += html_cell(scenario, invariant, outcome, id_of);
    html += "</tr>\n";
  }
  html += "</tbody></table></div>\n";
  for (const KindOutcome& outcome : outcomes) {
    if (outcome.why.empty()) continue;
    html += fmt::format("<p class=\"soft\">{}: not exercised: {}.</p>\n", html_text(kind_title(outcome.kind)),
                        html_text(outcome.why));
  }
  return html;
}

std::string html_matrix_legend() {
  std::string html =
      "<dl>\n<dt class=\"bad\">\u2717 2</dt><dd>violated, in two findings</dd>\n"
      "<dt class=\"warn\">~ 1</dt><dd>violated in a finding that does not come again every time</dd>\n";
  for (const Sign& sign : signs) {
    html += fmt::format("<dt class=\"{}\">{}</dt><dd>{}</dd>\n", sign.style, sign.sign, sign.words);
  }
  return html + "</dl>\n";
}

}  // namespace exitproof
