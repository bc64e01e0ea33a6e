#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "exitproof/campaign.hpp"
#include "exitproof/finding.hpp"
#include "exitproof/invariant.hpp"

namespace exitproof {

/// Collects what trials show, and keeps one finding for each signature. Pure: it runs nothing.
///
/// A finding keeps a few plans that showed it, the earliest first, since one plan may show by
/// chance what another shows every time.
class FindingBook {
 public:
  struct Candidate {
    std::size_t plan_index = 0;
    Finding finding;
    Micros took{0};
    std::vector<std::string> drawn = {};  ///< what replays left under other names, which the subject draws at random
  };

  /// One signature, and the plans that show it; never empty, in the order of their indices.
  struct Entry {
    std::vector<Candidate> candidates;
    std::size_t best = 0;  ///< the candidate that the finding is reported by
    std::uint64_t trials = 0;
  };

  /// Enters the violations and notes of one trial; `plan_index` is its place in the order of trial.
  /// Returns the findings that are new.
  std::vector<Finding> add(const Judgement& judgement, const Evidence& evidence, std::size_t plan_index);

  /// The same of trials of one plan: what one of them shows of a file under a name that none before has shown, drawn
  /// like that of an earlier one, is the same finding.
  void add_of_one_plan(const Judgement& judgement, const Evidence& evidence, std::size_t trial);

  /// Enters one replay of a candidate: whether the finding was seen again, be it of a file under another name that
  /// was drawn alike. A replay that saw more (`rich`) replaces the words by which the finding is reported.
  void add_replay(const std::string& signature, std::size_t candidate, const Judgement& judgement,
                  const Evidence& evidence, bool rich);

  /// Enters the replay of a candidate in real time, where the others were in virtual time.
  void add_real_replay(const std::string& signature, std::size_t candidate, const Judgement& judgement);

  /// A plan that says less was found to show the finding: from now on it speaks for it. When that makes it a finding
  /// that is there already, they are one.
  void put_simpler(const std::string& signature, const Violation& violation, const Evidence& evidence);

  /// The finding was none. Returns how many of the trials showed nothing else.
  std::uint64_t take_back(const std::string& signature);

  /// Reports each finding by the candidate with the best rate, the earliest of equals.
  void choose_best(const std::string& signature);

  const std::map<std::string, Entry>& entries() const { return entries_; }
  const Entry& entry(const std::string& signature) const { return entries_.at(signature); }
  bool has(const std::string& signature) const { return entries_.contains(signature); }
  bool empty() const { return entries_.empty(); }

  /// How many trials showed only findings that do not replay every time.
  std::uint64_t flaky_trials() const;

  /// The findings, by the order of their plans; fault-free ones first. Those whose names the replays showed to be
  /// drawn at random are one when they have one shape.
  std::vector<Finding> findings() const;
  std::vector<CountedNote> notes() const;
  void add_skip(Skip skip) { skipped_.insert(std::move(skip)); }
  std::vector<Skip> skipped() const { return {skipped_.begin(), skipped_.end()}; }

 private:
  std::vector<Finding> add_but(const Judgement& judgement, const Evidence& evidence, std::size_t plan_index,
                               const std::set<const Violation*>& entered);
  bool enter(const Violation& violation, const Evidence& evidence, std::size_t plan_index, const std::string& name);

  std::map<std::string, Entry> entries_;
  std::set<std::string> names_shown_;  ///< of files, or subjects, by the trials that were entered
  std::vector<std::set<std::string>> violating_trials_;
  std::map<std::string, CountedNote> notes_;
  std::set<Skip> skipped_;
};

/// The kind of the last fault of a plan; `none` for a plan without faults.
FaultKind kind_of(const FaultPlan& plan);

/// The violation among those of another trial that is the same but for the fault, be it of a file under another name
/// that was drawn alike; null when there is none.
const Violation* shown_again(const Judgement& judgement, const Violation& violation);

}  // namespace exitproof
