#include <fmt/format.h>

#include <algorithm>
#include <map>
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
};

// Of a root that was not struck itself, less is asked when it says by its status that something went wrong.
bool root_owned_up(const Evidence& evidence) {
  return only_others_struck(evidence) && !(evidence.root_end && evidence.root_end->success());
}

class OutputJudge {
 public:
  OutputJudge(const Evidence& evidence, const Contract& contract, const Baseline& baseline)
      : evidence_(evidence),
        contract_(contract),
        baseline_(baseline),
        next_(opinion_of_next_run(evidence, contract, baseline)),
        owned_up_(root_owned_up(evidence)) {}

  Judged judge(const OutputFate& fate) const {
    const Asked asked_for = asked(Duty::outputs_whole, manner_of(evidence_, ProcessPath::root()));
    if (asked_for == Asked::no) return {.saying = Saying::nothing};
    if (asked_for == Asked::yes && !owned_up_) return {};
    const Wholeness after = evidence_.next_run
                                ? fate_after_next_run(*evidence_.next_run, fate.path, contract_, baseline_).wholeness
                                : Wholeness::broken;
    const bool good_now = after != Wholeness::broken && after != Wholeness::unknown;
    const Recovery recovery = recovery_of(next_, good_now);
    if (contract_.after_kill == AfterKill::forbid && !owned_up_) return {.recovery = recovery};
    if (contract_.after_kill == AfterKill::allow) {
      return {.saying = Saying::note, .recovery = recovery, .prefix = "allowed after SIGKILL: "};
    }
    return judge_recovery(recovery, after);
  }

 private:
  Judged judge_recovery(Recovery recovery, Wholeness after) const {
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
    if (owned_up_) return {.saying = Saying::nothing};
    if (next_.shows == NextRunShows::nothing) {
      return {.suffix = "; recovery was not asked: whether the next run repairs it is unknown"};
    }
    return {.saying = Saying::skipped, .suffix = next_.words.empty() ? "its content varies then" : next_.words};
  }

  const Evidence& evidence_;
  const Contract& contract_;
  const Baseline& baseline_;
  NextRunOpinion next_;
  bool owned_up_;
};

std::string detail_of(const Evidence& evidence, const Judged& judged, const std::vector<OutputFate>& fates) {
  std::string detail = judged.prefix + fates.front().words;
  if (fates.size() > 1) detail += fmt::format(", and {} more of that name are not whole,", fates.size() - 1);
  detail += " after " + how_root_ended(evidence);
  return detail + judged.suffix;
}

void add(Opinion& result, const std::string& why) {
  if (std::ranges::find(result.skipped, why) == result.skipped.end()) result.skipped.push_back(why);
}

void say(Opinion& result, const Evidence& evidence, const std::string& pattern, const Judged& judged,
         const std::vector<OutputFate>& fates) {
  const ProcessPath root = ProcessPath::root();
  const std::string command = command_of(evidence, root);
  const std::string detail = detail_of(evidence, judged, fates);
  switch (judged.saying) {
    case Saying::violation:
      result.violations.push_back(
          {std::string(name), root, command, pattern, detail, manner_of(evidence, root), judged.recovery});
      break;
    case Saying::note:
      result.notes.push_back({std::string(name), root, command, pattern, detail, judged.recovery});
      break;
    case Saying::skipped:
      add(result, fmt::format("whether the next run repairs {}: {}", pattern, judged.suffix));
      break;
    case Saying::nothing:
      break;
  }
}

Opinion opinion(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  Opinion result;
  if (const auto why = why_no_comparison(evidence, baseline)) {
    result.skipped.push_back(*why);
    return result;
  }
  const OutputJudge judge(evidence, contract, baseline);
  std::map<std::pair<std::string, Recovery>, std::pair<Judged, std::vector<OutputFate>>> groups;
  const WhatIsThere there{evidence.files, evidence.validations};
  for (const OutputFate& fate : fates_of_outputs(there, contract, baseline, baseline.stable_outputs)) {
    if (fate.wholeness == Wholeness::unknown) add(result, fate.words);
    if (fate.wholeness != Wholeness::broken) continue;
    const Judged judged = judge.judge(fate);
    auto& [common, fates] = groups[{name_pattern(fate.path), judged.recovery}];
    common = judged;
    fates.push_back(fate);
  }
  for (const auto& [key, group] : groups) say(result, evidence, key.first, group.first, group.second);
  return result;
}

}  // namespace

extern const Invariant whole_outputs;
const Invariant whole_outputs{"whole-outputs", "each output is whole or absent, or the next run repairs it", opinion};

}  // namespace exitproof
