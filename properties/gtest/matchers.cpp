#include "exitproof/gtest/matchers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <stdexcept>
#include <utility>

#include "exitproof/invariant.hpp"
#include "properties/gtest/words.hpp"

namespace exitproof::gtest {
namespace {

/// Why a trial is not as it should be; empty: it is.
using Complaint = std::function<std::string(const Trial&)>;

struct Claim {
  std::string holds;  ///< "leaves nothing behind", for the matcher's description
  std::string fails;  ///< "leaves something behind"
  Complaint complaint;
  bool of_fired_only = true;
};

class ClaimMatcher : public ::testing::MatcherInterface<const Trial&> {
 public:
  explicit ClaimMatcher(Claim claim) : claim_(std::move(claim)) {}

  bool MatchAndExplain(const Trial& trial, ::testing::MatchResultListener* listener) const override {
    if (!trial.cannot_try.empty()) return true;
    if (claim_.of_fired_only && !trial.exercised()) {
      throw std::runtime_error(
          fmt::format("it is not known whether the subject {}, since the plan was not carried "
                      "out\n{}",
                      claim_.holds, story_of(trial)));
    }
    const std::string complaint = claim_.complaint(trial);
    if (!complaint.empty()) *listener << "where " << complaint << '\n' << story_of(trial);
    return complaint.empty();
  }
  void DescribeTo(std::ostream* os) const override { *os << claim_.holds; }
  void DescribeNegationTo(std::ostream* os) const override { *os << claim_.fails; }

 private:
  Claim claim_;
};

TrialMatcher matcher_of(Claim claim) {
  return ::testing::MakeMatcher(new ClaimMatcher(std::move(claim)));
}

// A check that could not be made is no pass.
std::string complaint_of(const Trial& trial, const std::string& name) {
  for (const Invariant& invariant : all_invariants()) {
    if (invariant.name != name) continue;
    const Opinion opinion = invariant.judge(trial.evidence, trial.contract, trial.baseline);
    if (!opinion.violations.empty()) return opinion.violations.front().detail;
    return opinion.skipped.empty() ? "" : fmt::format("{} could not be judged: {}", name, opinion.skipped.front());
  }
  for (const Violation& violation : trial.judgement.violations) {
    if (violation.invariant == name) return violation.detail;
  }
  for (const std::string& skipped : trial.judgement.skipped) {
    if (skipped.starts_with(name + ": ")) return "it could not be judged: " + skipped;
  }
  return std::ranges::find(trial.own_invariants, name) != trial.own_invariants.end()
             ? ""
             : fmt::format("there is no invariant \"{}\"", name);
}

std::string first_complaint(const Trial& trial, const std::vector<std::string>& invariants) {
  for (const std::string& name : invariants) {
    std::string complaint = complaint_of(trial, name);
    if (!complaint.empty()) return complaint;
  }
  return {};
}

std::string why_not_fired(const Trial& trial) {
  for (const FaultRecord& record : trial.evidence.faults) {
    if (!record.fired) return fmt::format("{} did not fire: {}", record.fault.print(), record.why_not);
  }
  return {};
}

std::string why_not_reaped(const Trial& trial, const ProcessPath& path) {
  const Evidence& evidence = trial.evidence;
  const ProcessRecord* process = evidence.find(path);
  if (process == nullptr) return fmt::format("there is no process {}", path.print());
  const std::string name = evidence.describe(path);
  if (!process->end) return fmt::format("{} is still alive", name);
  switch (process->reaping) {
    case Reaping::by_parent:
      return {};
    case Reaping::unreaped:
      return fmt::format("{} is a zombie", name);
    case Reaping::ignored:
      return fmt::format("the parent of {} ignores SIGCHLD: the kernel collected it", name);
    case Reaping::by_init:
      return fmt::format("the parent of {} ended before it collected it", name);
  }
  return {};
}

bool is_called(const Handler& handler, const std::string& name) {
  return handler.name == name || handler.name.starts_with(name + "(");
}

std::string why_not_once(const Evidence& evidence, const Handler& handler) {
  const std::string who = fmt::format("{} of {}", handler.name, evidence.describe(handler.registrar));
  if (handler.runs.empty()) return fmt::format("{} was not run", who);
  if (handler.runs.size() > 1) return fmt::format("{} was run {} times", who, handler.runs.size());
  const HandlerRun& run = handler.runs.front();
  if (!run.raised.empty()) return fmt::format("{} raised {}", who, run.raised);
  if (!run.finished) return fmt::format("{} was not run to its end", who);
  if (run.thread.process() == handler.registrar) return {};
  return fmt::format("{} was run by {}", who, evidence.describe(run.thread.process()));
}

std::string why_not_once(const Evidence& evidence, const std::string& name) {
  bool seen = false;
  for (const Handler& handler : evidence.handlers) {
    if (!is_called(handler, name) || handler.unregistered) continue;
    seen = true;
    std::string why = why_not_once(evidence, handler);
    if (!why.empty()) return why;
  }
  if (seen) return {};
  std::string others;
  for (const Handler& handler : evidence.handlers) others += (others.empty() ? "" : ", ") + handler.name;
  if (!others.empty()) return fmt::format("no handler \"{}\" was registered, but {}", name, others);
  return fmt::format("no handler was registered, or none told of: {} agents were active", evidence.agents.size());
}

std::string why_too_late(const Evidence& evidence, Micros limit) {
  Micros since{0};
  for (const FaultRecord& record : evidence.faults) since = std::max(since, record.at);
  if (!evidence.root_end) return "the root did not end";
  const Micros took = evidence.root_ended_at - since;
  return took <= limit ? "" : fmt::format("the root ended after {}", describe_duration(took));
}

}  // namespace

TrialMatcher Fires() {
  return matcher_of({.holds = "carries out its plan",
                     .fails = "does not carry out its plan",
                     .complaint = why_not_fired,
                     .of_fired_only = false});
}

TrialMatcher Holds() {
  return matcher_of({.holds = "violates nothing", .fails = "violates something", .complaint = [](const Trial& trial) {
                       const Judgement& judgement = trial.judgement;
                       if (!judgement.violations.empty()) return judgement.violations.front().detail;
                       if (judgement.verdict == Verdict::held) return std::string();
                       return "it is " + std::string(verdict_name(judgement.verdict));
                     }});
}

TrialMatcher Keeps(const std::string& invariant) {
  return matcher_of({.holds = "keeps " + invariant,
                     .fails = "violates " + invariant,
                     .complaint = [invariant](const Trial& trial) { return complaint_of(trial, invariant); }});
}

TrialMatcher LeavesNothingBehind() {
  return matcher_of(
      {.holds = "leaves nothing behind", .fails = "leaves something behind", .complaint = [](const Trial& trial) {
         return first_complaint(trial, {"no-zombies", "no-orphans", "no-leftovers"});
       }});
}

TrialMatcher KeepsOutputsWhole() {
  return matcher_of({.holds = "leaves each output whole or absent",
                     .fails = "leaves an output in part",
                     .complaint = [](const Trial& trial) { return complaint_of(trial, "whole-outputs"); }});
}

TrialMatcher Reaps(const std::string& process) {
  const ProcessPath path = ProcessPath::parse(process);
  return matcher_of({.holds = "reaps " + process,
                     .fails = "does not reap " + process,
                     .complaint = [path](const Trial& trial) { return why_not_reaped(trial, path); }});
}

TrialMatcher RunsHandlerOnce(const std::string& name) {
  return matcher_of({.holds = "runs the handler " + name + " exactly once",
                     .fails = "runs the handler " + name + " not at all, in part or twice",
                     .complaint = [name](const Trial& trial) { return why_not_once(trial.evidence, name); }});
}

TrialMatcher EndsWithin(Micros limit) {
  return matcher_of({.holds = "ends within " + describe_duration(limit),
                     .fails = "takes longer than " + describe_duration(limit),
                     .complaint = [limit](const Trial& trial) { return why_too_late(trial.evidence, limit); }});
}

TrialMatcher Ends(std::string_view how) {
  const WaitStatus end = WaitStatus::parse(how);
  return matcher_of({.holds = "ends by " + end.print(),
                     .fails = "ends otherwise than by " + end.print(),
                     .complaint = [end](const Trial& trial) -> std::string {
                       if (!trial.evidence.root_end) return "the root did not end";
                       if (*trial.evidence.root_end == end) return {};
                       return "the root ended by " + trial.evidence.root_end->print();
                     }});
}

}  // namespace exitproof::gtest
