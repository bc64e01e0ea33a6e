#include "ci/report/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "ci/report/finding_words.hpp"
#include "ci/report/plain_text.hpp"
#include "ci/report/statistics_report.hpp"
#include "exitproof/invariant.hpp"

namespace exitproof {
namespace {

std::string painted(bool on, int code, std::string_view text) {
  return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string describe_notes(const std::vector<CountedNote>& notes) {
  constexpr std::size_t shown = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(notes.size(), shown); ++i) {
    const CountedNote& note = notes[i];
    text += fmt::format("{} ({} in {})\n", describe_note(note.note), fault_kind_name(note.kind),
                        counted(note.trials, "trial"));
  }
  if (notes.size() > shown) text += fmt::format("note: and {} more in the JSON report\n", notes.size() - shown);
  return text;
}

std::string describe_counts(const CampaignResult& result) {
  const Tally& tally = result.trials;
  std::string text =
      fmt::format("done {} of {} trials at {}", tally.total, tally.planned, counted(result.sites_tried, "site"));
  text += fmt::format(": {} held, {} violated, {} not exercised", tally.held, tally.violated, tally.not_exercised);
  if (tally.not_ended > 0) text += fmt::format(" ({} of them had not ended when the trial was over)", tally.not_ended);
  if (tally.flaky > 0) text += fmt::format(", {} flaky", tally.flaky);
  if (tally.harness_error > 0) text += fmt::format(", {}", counted(tally.harness_error, "harness error"));
  return text + '\n';
}

std::string describe_second(const SecondFaults& second) {
  std::string text =
      fmt::format("second faults: {} after {} of {} first faults that it reacts to, {} of {} tried",
                  counted(second.plans, "plan"), second.followed, second.reactions, second.tried, second.plans);
  if (second.looked_at < second.reactions) {
    text += fmt::format("; {} not looked at", counted(second.reactions - second.looked_at, "first fault"));
  }
  return text + '\n';
}

}  // namespace

std::string describe_note(const Note& note) {
  const std::string about = note.invariant.empty() ? std::string() : note.invariant + ": ";
  return "note: " + about + plain_line(note.detail);
}

std::string Paint::bold(std::string_view text) const {
  return painted(on, 1, text);
}
std::string Paint::red(std::string_view text) const {
  return painted(on, 31, text);
}
std::string Paint::green(std::string_view text) const {
  return painted(on, 32, text);
}
std::string Paint::yellow(std::string_view text) const {
  return painted(on, 33, text);
}

/// Empty in real time.
std::string describe_time(const Survey& survey) {
  if (survey.scenario.time_mode == TimeMode::real) return {};
  Micros took{0};
  Micros skipped{0};
  for (const Evidence& run : survey.runs) {
    took += run.took;
    skipped += run.skipped_time;
  }
  return fmt::format("time: virtual; the fault-free runs took {} by the subject's clock, {} of them skipped\n",
                     describe_duration(took), describe_duration(skipped));
}

std::string describe_survey(const CampaignResult& result) {
  std::string text;
  for (const std::string& message : result.survey.messages) text += plain_line(message) + '\n';
  const auto& stable = result.catalog.stable;
  const auto quiet = std::count_if(stable.begin(), stable.end(), [](const SiteRecord& record) {
    return std::holds_alternative<QuietPoint>(record.site.point);
  });
  const std::size_t processes = result.survey.runs.empty() ? 0 : result.survey.runs.front().processes.size();
  text += fmt::format("survey: {}, {}, {} ({} unstable, {} folded), {}\n",
                      counted(result.survey.runs.size(), "fault-free run"),
                      processes == 1 ? "1 process" : fmt::format("{} processes", processes),
                      counted(result.catalog.surveyed(), "site"), result.catalog.unstable.size(),
                      result.catalog.folded(), counted(static_cast<std::size_t>(quiet), "quiet moment"));
  return text + describe_time(result.survey);
}

std::string describe_finding(const Finding& finding, const ReportContext& context, const Paint& paint) {
  const Violation& violation = finding.violation;
  std::string text = fmt::format("{}: {}\n", paint.red(violation.invariant), paint.bold(describe_plan(finding.plan)));
  text += fmt::format("  {}\n", plain_line(violation.detail));
  if (finding.struck) text += fmt::format("  struck: {}\n", plain_line(describe_place(finding)));
  if (violation.recovery != Recovery::not_asked) {
    text += fmt::format("  recovery: {}\n", recovery_name(violation.recovery));
  }
  if (is_fault_free(finding.plan)) {
    text += fmt::format("  {}\n", describe_rate(finding));
  } else if (finding.replayed > 0) {
    text += fmt::format("  seen in {}, {}\n", counted(finding.trials, "trial"), describe_rate(finding));
  }
  text += fmt::format("  {}\n", replay_line(context, finding.plan));
  return text;
}

std::string describe_result(const CampaignResult& result, const ReportContext& context, const Paint& paint) {
  std::string text;
  for (const Finding& finding : result.findings) text += describe_finding(finding, context, paint) + '\n';
  text += describe_notes(result.notes);
  text += describe_skips(result.skipped);
  for (const std::string& error : result.harness_errors) text += fmt::format("harness error: {}\n", plain_line(error));
  text += describe_counts(result);
  if (result.second) text += describe_second(*result.second);
  text += describe_statistics(result);
  text += describe_regressions(result.regressions);
  text += describe_unasked(result);
  if (result.gave_up) {
    text += fmt::format("{} not made: a fault changed the machine for good\n",
                        counted(result.trials.planned - result.trials.total, "trial"));
  }
  const std::string findings = counted(result.findings.size(), "finding");
  if (!result.findings.empty()) {
    text += paint.red(findings);
  } else if (result.trials.held == 0) {
    text += paint.yellow("nothing was tried");
  } else if (!result.baseline.ended || result.gave_up) {
    text += paint.yellow("no finding in what could be asked");
  } else {
    text += paint.green("no finding");
  }
  return text + (result.interrupted ? " (interrupted)\n" : "\n");
}

std::string describe_unasked(const CampaignResult& result) {
  if (result.baseline.ended) return {};
  std::vector<std::string_view> unasked;
  for (const Invariant& invariant : all_invariants()) {
    const bool for_want_of_them = std::ranges::any_of(result.skipped, [&](const Skip& skip) {
      return skip.check == invariant.name && skip.why.find("fault-free run") != std::string::npos;
    });
    if (for_want_of_them) unasked.push_back(invariant.name);
  }
  std::string text = "no fault-free run to compare with came to its end";
  if (!unasked.empty()) text += fmt::format(": not asked were {}", fmt::join(unasked, ", "));
  return text + '\n';
}

std::string describe_skips(const std::vector<Skip>& skips) {
  std::map<std::string, std::vector<std::string>> by_check;
  for (const Skip& skip : skips) by_check[skip.check].push_back(skip.why);
  std::string text;
  for (const auto& [check, reasons] : by_check) {
    text += fmt::format("skipped: {}", check);
    if (!reasons.front().empty()) text += ": " + plain_line(reasons.front());
    if (reasons.size() > 1) text += fmt::format(" (and {} more)", reasons.size() - 1);
    text += '\n';
  }
  return text;
}

std::string describe_progress(const CampaignResult& so_far) {
  return fmt::format("{} of {} trials, {}", so_far.trials.total, so_far.trials.planned,
                     counted(so_far.findings.size(), "finding"));
}

}  // namespace exitproof
