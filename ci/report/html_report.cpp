#include "ci/report/html_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "ci/report/conclusion.hpp"
#include "ci/report/console.hpp"
#include "ci/report/finding_words.hpp"
#include "ci/report/html_finding.hpp"
#include "ci/report/html_matrix.hpp"
#include "ci/report/html_numbers.hpp"
#include "ci/report/html_style.hpp"
#include "ci/report/html_text.hpp"
#include "ci/report/plain_text.hpp"
#include "ci/report/process_picture.hpp"
#include "ci/report/reported_invariants.hpp"
#include "exitproof/shell_quote.hpp"

namespace exitproof {
namespace {

constexpr std::size_t most_listed = 12;    ///< findings on the first screen
constexpr std::size_t most_letters = 240;  ///< of each of these
constexpr std::size_t most_in_full = 50;   ///< with picture and timeline: more than that nobody opens
constexpr std::size_t most_notes = 50;

/// Findings are numbered over all scenarios.
using Numbers = std::map<const Finding*, std::size_t>;

Numbers number_findings(const Certification& certification) {
  Numbers numbers;
  for (const ScenarioReport& scenario : certification.scenarios) {
    for (const Finding& finding : scenario.result.findings) numbers.emplace(&finding, numbers.size() + 1);
  }
  return numbers;
}

std::string id_of(const Numbers& numbers, const Finding* finding) {
  return fmt::format("finding-{}", numbers.at(finding));
}

Tally sum_of(const Certification& certification) {
  Tally sum;
  for (const ScenarioReport& scenario : certification.scenarios) {
    const Tally& trials = scenario.result.trials;
    sum.planned += trials.planned;
    sum.total += trials.total;
    sum.held += trials.held;
    sum.violated += trials.violated;
    sum.not_exercised += trials.not_exercised;
    sum.flaky += trials.flaky;
    sum.harness_error += trials.harness_error;
  }
  return sum;
}

bool was_interrupted(const Certification& certification) {
  return std::ranges::any_of(certification.scenarios, [](const auto& scenario) { return scenario.result.interrupted; });
}

bool was_out_of_time(const Certification& certification) {
  return std::ranges::any_of(certification.scenarios, [](const auto& scenario) { return scenario.result.out_of_time; });
}

std::string title_of(const Certification& certification) {
  if (!certification.library.empty()) return certification.library + ' ' + certification.version;
  if (certification.scenarios.empty()) return "nothing";
  return shell_join(certification.scenarios.front().context.command);
}

struct VerdictWords {
  const char* style;
  std::string words;
};

VerdictWords verdict_of(const Certification& certification, const Tally& trials, std::size_t findings) {
  switch (conclusion_of(certification)) {
    case Conclusion::held:
      if (trials.total < trials.planned || was_out_of_time(certification)) {
        return {"warn", fmt::format("No finding in what was tried: {} of {} trials", trials.total, trials.planned)};
      }
      return {"good", "Held: no finding"};
    case Conclusion::refused:
      return {"bad", "Refused: there is no certificate"};
    case Conclusion::nothing_tried:
      return {"warn", "Nothing was tried"};
    case Conclusion::cannot_be_tried:
      return {"warn", "Could not be tried"};
    case Conclusion::harness_failed:
      return {"warn", "The harness failed"};
    case Conclusion::violated:
      return {"bad", fmt::format("{}: {}", certification.library.empty() ? "Violated" : "Refused",
                                 counted(findings, "finding"))};
  }
  return {"warn", "Nothing was tried"};
}

std::string html_counts(const Certification& certification, const Tally& trials, std::size_t findings) {
  const auto count = [](const char* name, const auto& value) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, value);
  };
  std::string html = "<dl class=\"counts\">\n";
  if (certification.scenarios.size() != 1) html += count("scenarios", certification.scenarios.size());
  html += count("findings", findings);
  html += count("trials", fmt::format("{} of {}", trials.total, trials.planned));
  html += count("held", trials.held) + count("violated", trials.violated);
  html += count("not exercised", trials.not_exercised);
  if (trials.flaky > 0) html += count("flaky", trials.flaky);
  if (trials.harness_error > 0) html += count("harness errors", trials.harness_error);
  return html + "</dl>\n";
}

std::string html_errors(const Certification& certification) {
  std::string html;
  for (const ScenarioReport& scenario : certification.scenarios) {
    std::vector<std::string> errors = scenario.result.harness_errors;
    if (scenario.result.survey.refusal) errors.insert(errors.begin(), *scenario.result.survey.refusal);
    for (const std::string& lack : scenario.lacks) {
      if (std::ranges::find(errors, lack) == errors.end()) errors.push_back(lack);
    }
    for (const std::string& error : errors) {
      html += fmt::format("<p class=\"warn\">{}: {}</p>\n", html_text(scenario.name), html_text(error));
    }
  }
  for (const std::string& lack : certification.lacks) {
    html += fmt::format("<p class=\"warn\">{}</p>\n", html_text(lack));
  }
  return html;
}

std::string html_finding_list(const Certification& certification, const Numbers& numbers) {
  if (numbers.empty()) return {};
  std::string html = "<ol class=\"findings\" aria-label=\"Findings\">\n";
  for (const ScenarioReport& scenario : certification.scenarios) {
    for (const Finding& finding : scenario.result.findings) {
      if (numbers.at(&finding) > most_listed) continue;
      const std::string of = certification.scenarios.size() > 1 ? html_text(scenario.name) + ": " : "";
      html += fmt::format("<li>{}<a href=\"#{}\">{}: <code>{}</code></a><br>{}</li>\n", of, id_of(numbers, &finding),
                          html_text(finding.violation.invariant), html_text(finding.plan.print()),
                          html_text(first_letters(finding.violation.detail, most_letters)));
    }
  }
  html += "</ol>\n";
  if (numbers.size() > most_listed) {
    html += fmt::format("<p><a href=\"#findings\">and {} more</a></p>\n", numbers.size() - most_listed);
  }
  return html;
}

std::string html_first_screen(const Certification& certification, const Numbers& numbers) {
  const Tally trials = sum_of(certification);
  const VerdictWords verdict = verdict_of(certification, trials, numbers.size());
  return fmt::format(
      "<header>\n<p class=\"kicker\">exitproof: is it safe to kill?</p>\n<h1>{}</h1>\n"
      "<p class=\"verdict {}\" role=\"status\">{}{}</p>\n{}{}{}</header>\n",
      html_lines(title_of(certification)), verdict.style, verdict.words,
      was_interrupted(certification) ? " (interrupted)" : "", html_counts(certification, trials, numbers.size()),
      html_errors(certification), html_finding_list(certification, numbers));
}

/// The scenario's name over its part of a section; that of `exitproof run`, the only one, is the title already.
std::string html_heading(const Certification& certification, const ScenarioReport& scenario) {
  if (certification.library.empty() && certification.scenarios.size() == 1) return {};
  return fmt::format("<h3>{}</h3>\n", html_text(scenario.name));
}

std::string html_matrices(const Certification& certification, const Numbers& numbers) {
  std::string html = "<section aria-labelledby=\"matrix\">\n<h2 id=\"matrix\">What held, and what did not</h2>\n";
  for (const ScenarioReport& scenario : certification.scenarios) {
    html += html_heading(certification, scenario);
    html += html_matrix(scenario, [&](const Finding* finding) { return id_of(numbers, finding); });
  }
  return html + "</section>\n";
}

std::string html_findings(const Certification& certification, const Numbers& numbers) {
  if (numbers.empty()) return {};
  std::string html = "<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n";
  for (const ScenarioReport& scenario : certification.scenarios) {
    for (const Finding& finding : scenario.result.findings) {
      html += html_finding(scenario, finding,
                           {.id = id_of(numbers, &finding),
                            .in_full = numbers.at(&finding) <= most_in_full,
                            .sisters = certification.scenarios.size() > 1});
    }
  }
  return html + "</section>\n";
}

std::string html_skips(const ScenarioReport& scenario) {
  std::string html;
  for (const Skip& skip : scenario.result.skipped) {
    html += fmt::format("<li><b>{}</b>: {}</li>\n", html_text(skip.check), html_text(skip.why));
  }
  return html.empty() ? "<p>Nothing.</p>\n" : "<ul>\n" + html + "</ul>\n";
}

std::string html_notes(const ScenarioReport& scenario) {
  const std::vector<CountedNote>& notes = scenario.result.notes;
  if (notes.empty()) return {};
  std::string html =
      fmt::format("<details><summary>{} that are no findings</summary>\n<ul>\n", counted(notes.size(), "note"));
  for (std::size_t i = 0; i < std::min(notes.size(), most_notes); ++i) {
    const CountedNote& note = notes[i];
    html += fmt::format("<li>{} ({} in {})</li>\n", html_text(describe_note(note.note)), kind_title(note.kind),
                        counted(note.trials, "trial"));
  }
  html += "</ul>\n";
  if (notes.size() > most_notes) html += fmt::format("<p>and {} more</p>\n", notes.size() - most_notes);
  return html + "</details>\n";
}

std::string html_skipped(const Certification& certification) {
  std::string html = "<section aria-labelledby=\"skipped\">\n<h2 id=\"skipped\">What was skipped</h2>\n";
  for (const ScenarioReport& scenario : certification.scenarios) {
    html += html_heading(certification, scenario) + html_skips(scenario) + html_notes(scenario);
  }
  return html + "</section>\n";
}

std::string html_all_numbers(const Certification& certification) {
  std::string html = "<section aria-labelledby=\"numbers\">\n<h2 id=\"numbers\">Numbers and bounds</h2>\n";
  for (const ScenarioReport& scenario : certification.scenarios) {
    html += html_heading(certification, scenario) + html_numbers(scenario);
  }
  return html + "</section>\n";
}

std::string html_help(const Certification& certification) {
  std::string html =
      "<section aria-labelledby=\"help\">\n<h2 id=\"help\">How to read this page</h2>\n"
      "<p>The program was run again and again, each time in a world of its own, and each time one thing was done to "
      "it: a fault, at a site. A site names a point by order: <code>0.2:write:5</code> is the 5th write of the 2nd "
      "child of the root, <code>:after</code> when the call has taken effect, and <code>quiet:2</code> the 2nd moment "
      "at which every task waits. A fault that did not fire proves nothing and is never a pass.</p>\n"
      "<p>The line below a finding replays it: paste it into a shell. How often it came again is said with it; a "
      "finding that does not come again every time is called flaky.</p>\n"
      "<h3>Signs in the matrix</h3>\n" +
      html_matrix_legend() +
      "<h3>Signs in the pictures</h3>\n<p>A lane is a process, from its birth to its end; a thin line ties it to the "
      "process that made it. A cross is a death by a signal, a bar an exit, a dashed line a zombie, a ring its "
      "reaping, a small triangle a signal, a bolt the fault, and an arrow a process that was still alive when the "
      "trial was over.</p>\n<h3>Invariants</h3>\n<dl>\n";
  for (const ReportedInvariant& invariant : reported_invariants(certification.scenarios)) {
    html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", html_text(invariant.name), html_text(invariant.claim));
  }
  return html + "</dl>\n</section>\n";
}

}  // namespace

std::string certification_to_html(const Certification& certification) {
  const Numbers numbers = number_findings(certification);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}: exitproof</title>\n"
      "<style>\n{}{}</style>\n</head>\n<body>\n{}<main>\n{}{}{}{}{}</main>\n</body>\n</html>\n",
      html_text(title_of(certification)), html_style(), process_picture_style(),
      html_first_screen(certification, numbers), html_matrices(certification, numbers),
      html_findings(certification, numbers), html_skipped(certification), html_all_numbers(certification),
      html_help(certification));
}

}  // namespace exitproof
