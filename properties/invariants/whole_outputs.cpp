#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "exitproof/invariant.hpp"
#include "exitproof/pattern.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/next_run.hpp"
#include "properties/invariants/wholeness.hpp"

namespace exitproof {
namespace {

constexpr std::string_view name = "whole-outputs";

/// What is said of an output that is not whole.
enum class Saying : std::uint8_t { violation, note, skipped, nothing };

struct Judged {
  Saying saying = Saying::violation;
  Recovery recovery = Recovery::not_asked;
  std::string prefix = {};  ///< of the detail
  std::string suffix = {};
  ProcessPath process = ProcessPath::root();  ///< who answers for it
};

// The struck call tells too who was at work on the file, in a trial that keeps no other.
std::optional<ProcessPath> maker_at_struck_call(const Evidence& evidence, const std::string& path) {
  for (const FaultRecord& fault : evidence.faults) {
    const bool at_file = fault.fired && fault.landing == Landing::call && fault.object == path;
    if (at_file && fault.at_thread) return fault.at_thread->process();
  }
  return std::nullopt;
}

std::optional<ProcessPath> maker_of(const std::string& path, const Evidence& evidence, const Baseline& baseline) {
  if (const auto at_work = maker_at_struck_call(evidence, path)) return at_work;
  const auto file = std::ranges::find(evidence.files, path, &FileChange::path);
  if (file != evidence.files.end() && file->maker) return file->maker->process();
  const auto usual = baseline.makers.find(path);
  return usual != baseline.makers.end() ? std::optional(usual->second) : std::nullopt;
}

/// Decides by the manner in which the struck process ended whose output it is, and of the outputs of the others by
/// the root's status.
class OutputJudge {
 public:
  OutputJudge(const Evidence& evidence, const Contract& contract, const Baseline& baseline)
      : evidence_(evidence),
        contract_(contract),
        baseline_(baseline),
        next_(opinion_of_next_run(evidence, contract, baseline)),
        only_others_(only_others_struck(evidence) && !machine_was_struck(evidence)),
        succeeded_(evidence.root_end && evidence.root_end->success()) {}

  Judged judge(const OutputFate& fate) const {
    switch (asked(Duty::outputs_whole, manner_of(evidence_, ProcessPath::root()))) {
      case Asked::no:
        return {.saying = Saying::nothing};
      case Asked::or_reclaimed:
        return judge_by_next_run(fate, false);
      case Asked::yes:
      case Asked::at_most_once:
        break;
    }
    const std::optional<ProcessPath> maker = maker_of(fate.path, evidence_, baseline_);
    if (maker && !maker->is_root() && was_struck(evidence_, *maker)) return judge_of_struck(fate, *maker);
    if (!only_others_ || succeeded_) return {};
    if (!struck_by_sigkill(evidence_).empty()) return judge_by_next_run(fate, true);
    Judged owned_up = judge_by_next_run(fate, true);
    owned_up.saying = Saying::note;
    owned_up.prefix = "the status tells of it: ";
    owned_up.suffix.clear();
    return owned_up;
  }

 private:
  Judged judge_of_struck(const OutputFate& fate, const ProcessPath& maker) const {
    const bool reclaimable = asked(Duty::outputs_whole, manner_of(evidence_, maker)) == Asked::or_reclaimed;
    Judged judged = reclaimable && !(only_others_ && succeeded_) ? judge_by_next_run(fate, false) : Judged{};
    judged.process = maker;
    return judged;
  }

  // `excused`: it was not struck itself, and the root says by its status that something went wrong.
  Judged judge_by_next_run(const OutputFate& fate, bool excused) const {
    const Wholeness after = evidence_.next_run
                                ? fate_after_next_run(*evidence_.next_run, fate.path, contract_, baseline_).wholeness
                                : Wholeness::broken;
    const bool good_now = after != Wholeness::broken && after != Wholeness::unknown;
    const Recovery recovery = recovery_of(next_, good_now);
    if (contract_.after_kill == AfterKill::forbid && !excused) return {.recovery = recovery};
    if (contract_.after_kill == AfterKill::allow) {
      return {.saying = Saying::note, .recovery = recovery, .prefix = "allowed after SIGKILL: "};
    }
    return judge_recovery(recovery, after, excused);
  }

  Judged judge_recovery(Recovery recovery, Wholeness after, bool excused) const {
    switch (recovery) {
      case Recovery::clean:
      case Recovery::recovered:
        return {.saying = Saying::note, .recovery = Recovery::recovered, .prefix = "recovered: "};
      case Recovery::blocked:
        return {.saying = Saying::note,
                .recovery = recovery,
                .prefix = "blocked: ",
                .suffix = "; the next run fails: " + next_.words};
      case Recovery::leaked:
        if (after == Wholeness::unknown) break;
        return {.recovery = recovery, .suffix = "; the next run works, and does not repair it"};
      case Recovery::not_asked:
        break;
    }
    if (excused) return {.saying = Saying::nothing};
    if (next_.shows == NextRunShows::nothing) {
      return {.suffix = "; recovery was not asked: whether the next run repairs it is unknown"};
    }
    return {.saying = Saying::skipped, .suffix = next_.words.empty() ? "its content varies then" : next_.words};
  }

  const Evidence& evidence_;
  const Contract& contract_;
  const Baseline& baseline_;
  NextRunOpinion next_;
  bool only_others_;
  bool succeeded_;
};

std::string detail_of(const Evidence& evidence, const Judged& judged, const std::vector<OutputFate>& fates) {
  std::string detail = judged.prefix + fates.front().words;
  if (fates.size() > 1) detail += fmt::format(", and {} more of that name are not whole,", fates.size() - 1);
  detail += " after " + how_root_ended(evidence);
  if (!judged.process.is_root())
    detail += fmt::format("; {}, which makes it, was struck", evidence.describe(judged.process));
  return detail + judged.suffix;
}

void add(Opinion& result, const std::string& why) {
  if (std::ranges::find(result.skipped, why) == result.skipped.end()) result.skipped.push_back(why);
}

void say(Opinion& result, const Evidence& evidence, const std::string& pattern, const Judged& judged,
         const std::vector<OutputFate>& fates) {
  const ProcessPath& process = judged.process;
  const std::string command = command_of(evidence, process);
  const std::string detail = detail_of(evidence, judged, fates);
  switch (judged.saying) {
    case Saying::violation:
      result.violations.push_back({.invariant = std::string(name),
                                   .process = process,
                                   .command = command,
                                   .subject = pattern,
                                   .detail = detail,
                                   .manner = manner_of(evidence, process),
                                   .recovery = judged.recovery,
                                   .file = fates.front().path,
                                   .cases = {{{}, static_cast<unsigned>(fates.size())}}});
      break;
    case Saying::note:
      result.notes.push_back({std::string(name), process, command, pattern, detail, judged.recovery});
      break;
    case Saying::skipped:
      add(result, fmt::format("whether the next run repairs {}: {}", pattern, judged.suffix));
      break;
    case Saying::nothing:
      break;
  }
}

// What is said of several outputs at once.
struct Group {
  std::string pattern;
  ProcessPath process;
  Saying saying;
  Recovery recovery;
  auto operator<=>(const Group&) const = default;
};

Opinion opinion(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  Opinion result;
  if (const auto why = why_no_comparison(evidence, baseline)) {
    result.skipped.push_back(*why);
    return result;
  }
  const OutputJudge judge(evidence, contract, baseline);
  std::map<Group, std::pair<Judged, std::vector<OutputFate>>> groups;
  const WhatIsThere there{evidence.files, evidence.validations};
  for (const OutputFate& fate : fates_of_outputs(there, contract, baseline, baseline.stable_outputs)) {
    if (fate.wholeness == Wholeness::unknown) add(result, fate.words);
    if (fate.wholeness != Wholeness::broken) continue;
    const Judged judged = judge.judge(fate);
    auto& [common, fates] = groups[{name_pattern(fate.path), judged.process, judged.saying, judged.recovery}];
    common = judged;
    fates.push_back(fate);
  }
  for (const auto& [key, group] : groups) say(result, evidence, key.pattern, group.first, group.second);
  return result;
}

}  // namespace

extern const Invariant whole_outputs;
const Invariant whole_outputs{"whole-outputs", "each output is whole or absent, or the next run repairs it", opinion};

}  // namespace exitproof
