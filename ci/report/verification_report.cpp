#include "ci/report/verification_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ci/report/event_words.hpp"

namespace exitproof {
namespace {

constexpr std::size_t shown_later = 5;

/// "violated (no-leftovers: /tmp/tmp.*)".
std::string outcome_words(const Outcome& outcome) {
  std::string text(verdict_name(outcome.verdict));
  std::string violations;
  for (const Violation& violation : outcome.violations) {
    violations += (violations.empty() ? "" : ", ") + violation.invariant;
    if (!violation.subject.empty()) violations += ": " + shortened(violation.subject);
  }
  return violations.empty() ? text : fmt::format("{} ({})", text, violations);
}

std::string outcomes_words(const Verification& verification) {
  std::string text;
  for (const Outcome& outcome : verification.outcomes) {
    text += fmt::format("{}{} in {}", text.empty() ? "" : ", ", outcome_words(outcome), outcome.trials);
  }
  return text;
}

std::string event_lines(const Verification& verification, const std::string& label, const std::vector<Event>& events,
                        std::string_view nothing) {
  constexpr std::size_t label_width = 9;
  std::string text;
  std::string margin = label;
  const auto add = [&](const std::string& words) {
    text += fmt::format("    {:<{}} {}\n", margin, label_width, words);
    margin.clear();
  };
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::string words = process_name(verification.tree, events[i].who) + "  " + event_words(events[i]);
    if (i + 1 < events.size() && completes(events[i], events[i + 1])) words += " = " + result_words(events[++i].result);
    add(words);
  }
  if (events.empty() && !nothing.empty()) add(std::string(nothing));
  return text;
}

std::string later_words(const Verification& verification) {
  const std::vector<ProcessPath>& later = verification.parting->later;
  if (later.empty()) return {};
  std::string text;
  for (std::size_t i = 0; i < std::min(later.size(), shown_later); ++i) {
    text += (text.empty() ? "" : ", ") + process_name(verification.tree, later[i]);
  }
  if (later.size() > shown_later) text += fmt::format(" and {} more", later.size() - shown_later);
  return fmt::format("  further on, what these did differs too: {}\n", text);
}

std::string parting_words(const Verification& verification) {
  const Parting& parting = *verification.parting;
  const unsigned first = verification.first_trial;
  const unsigned other = verification.parted_trial;
  std::string text;
  if (parting.interleaved) {
    text = fmt::format("  they interleaved differently: first at event {}, in trials {} and {}\n", parting.after + 1,
                       first, other);
  } else {
    text = fmt::format("  trials {} and {} part at {}, after {} events of it that are the same\n", first, other,
                       process_name(verification.tree, parting.who), parting.after);
  }
  text += event_lines(verification, "both", parting.before, "");
  text += event_lines(verification, fmt::format("trial {}", first), parting.one, "nothing more");
  text += event_lines(verification, fmt::format("trial {}", other), parting.other, "nothing more");
  return text + later_words(verification);
}

std::string sameness_words(const Verification& verification) {
  const unsigned times = verification.times;
  const EventDigest& digest = verification.digest;
  const std::string_view but = verification.names_drawn ? ", but for names that it draws at random" : "";
  if (verification.same == times) {
    return fmt::format("every process did the same in the same order in all {}{}: {} event{}, digest {}", times, but,
                       digest.events, digest.events == 1 ? "" : "s", digest.whole);
  }
  if (verification.same_by_thread == times) {
    return fmt::format("every process did the same in all {}{}, digest {}; in the same order in {}", times, but,
                       digest.by_thread, verification.same);
  }
  return fmt::format("not every process did the same: what trial {} did in {} of {}, in the same order in {}",
                     verification.first_trial, verification.same_by_thread, times, verification.same);
}

}  // namespace

std::string describe_verification(const Verification& verification, const Paint& paint) {
  std::string text = paint.bold("the same again?") + '\n';
  if (verification.times < 2) {
    return text + fmt::format("  nothing to compare: {} of the trials can be used\n", verification.times);
  }
  const std::string outcomes = verification.same_outcome()
                                   ? fmt::format("the verdict is the same in all {}: {}", verification.times,
                                                 outcome_words(verification.outcomes.front()))
                                   : "the verdict differs: " + outcomes_words(verification);
  const bool all_same = verification.same == verification.times;
  text += fmt::format("  {}\n", verification.same_outcome() ? outcomes : paint.red(outcomes));
  const std::string sameness = sameness_words(verification);
  text += fmt::format("  {}\n", all_same ? sameness : paint.yellow(sameness));
  return verification.parting ? text + parting_words(verification) : text;
}

}  // namespace exitproof
