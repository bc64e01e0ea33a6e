#include "ci/report/html_finding.hpp"

#include <fmt/format.h>

#include "ci/report/console.hpp"
#include "ci/report/finding_words.hpp"
#include "ci/report/html_text.hpp"
#include "ci/report/process_picture.hpp"
#include "ci/report/reported_invariants.hpp"
#include "ci/report/source_place.hpp"
#include "ci/report/timeline.hpp"

namespace exitproof {
namespace {

std::string row(const char* name, const std::string& html) {
  return fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, html);
}

std::string facts_of(const ScenarioReport& scenario, const Finding& finding, bool sisters) {
  std::string html = "<dl>\n";
  if (sisters) html += row("scenario", html_text(scenario.name));
  html += row("plan", "<code>" + html_text(finding.plan.print()) + "</code>");
  if (finding.struck) html += row("struck", html_text(describe_place(finding)));
  if (!is_fault_free(finding.plan)) html += row("seen in", counted(finding.trials, "trial"));
  html += row("comes again", html_text(describe_rate(finding)));
  if (finding.violation.recovery != Recovery::not_asked) {
    html += row("the next run", html_text(recovery_name(finding.violation.recovery)));
  }
  html += row("what to do", html_text(invariant_help(finding.violation.invariant)));
  return html + "</dl>\n";
}

std::string html_stack(const ScenarioReport& scenario, const std::vector<Frame>& stack) {
  if (stack.empty()) return {};
  std::string html = "<h4>Stack of the struck call</h4>\n<ol start=\"0\">\n";
  for (const Frame& frame : stack) {
    const std::string where = frame.file.empty()
                                  ? fmt::format("{}+{:#x}", frame.module, frame.offset)
                                  : fmt::format("{}:{}", seen_from_scenario(scenario, frame.file), frame.line);
    html += fmt::format("<li><code>{}</code> <span class=\"soft\">{}</span></li>\n",
                        frame.function.empty() ? "?" : html_text(frame.function), html_text(where));
  }
  return html + "</ol>\n";
}

std::string html_evidence(const Evidence& evidence, const std::string& id) {
  return fmt::format(
      "<figure><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Picture of the process tree\">\n{}"
      "</div><figcaption>Time runs to the right, not to scale.</figcaption></figure>\n"
      "<details><summary>Timeline</summary>\n<pre class=\"scroll\" tabindex=\"0\">{}</pre>\n</details>\n",
      process_picture(evidence, id + "-picture"), html_lines(describe_timeline(evidence, {})));
}

}  // namespace

std::string html_finding(const ScenarioReport& scenario, const Finding& finding, const FindingPlace& place) {
  const Violation& violation = finding.violation;
  std::string html = fmt::format(
      "<article id=\"{}\"{} aria-labelledby=\"{}-title\">\n<h3 id=\"{}-title\">{}: <code>{}</code></h3>\n<p>{}.</p>\n",
      place.id, finding.flaky() ? " class=\"flaky\"" : "", place.id, place.id, html_text(violation.invariant),
      html_text(describe_plan(finding.plan)), html_text(violation.detail));
  html += facts_of(scenario, finding, place.sisters);
  html += fmt::format("<h4>Replay it</h4>\n<pre class=\"replay\" tabindex=\"0\"><code>{}</code></pre>\n",
                      html_lines(replay_line(scenario.context, finding.plan)));
  const Evidence* evidence = evidence_of(scenario, finding);
  if (evidence != nullptr && place.in_full) {
    html += html_evidence(*evidence, place.id);
  } else {
    html += "<p class=\"soft\">No picture here: replay it to see what happened.</p>\n";
  }
  if (finding.struck) html += html_stack(scenario, finding.struck->stack);
  return html + "</article>\n";
}

}  // namespace exitproof
