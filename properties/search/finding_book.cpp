#include "properties/search/finding_book.hpp"

#include <algorithm>

#include "properties/search/drawn_names.hpp"

namespace exitproof {
namespace {

constexpr std::size_t candidates_kept = 3;

Finding finding_of(const Violation& violation, const Evidence& evidence, const std::string& name) {
  Finding finding;
  finding.signature = name;
  finding.violation = violation;
  finding.kind = kind_of(evidence.plan);
  finding.plan = evidence.plan;
  if (!evidence.faults.empty()) {
    finding.struck = evidence.faults.back();
    // A moment belongs to nobody: then it is told whom the fault was done to.
    std::optional<ProcessPath> process = finding.struck->at_thread;
    if (!process && !finding.struck->struck.empty()) process = finding.struck->struck.front();
    if (process) {
      finding.struck_process = evidence.describe(process->process());
      if (const ProcessRecord* record = evidence.find(process->process()))
        finding.struck_executable = record->executable;
    }
  }
  return finding;
}

const Violation* violation_named(const Judgement& judgement, FaultKind kind, const std::string& name) {
  const auto found = std::find_if(judgement.violations.begin(), judgement.violations.end(),
                                  [&](const Violation& violation) { return signature(violation, kind) == name; });
  return found == judgement.violations.end() ? nullptr : &*found;
}

const std::string& name_of(const Violation& violation) {
  return violation.file.empty() ? violation.subject : violation.file;
}

// Where the patterns of two drawn names differ, since one of them looks chosen, the names themselves tell.
bool is_drawn_like(const Violation& now, const Violation& first) {
  return now.invariant == first.invariant && now.command == first.command && now.manner == first.manner &&
         (drawn_alike(now.subject, first.subject) || drawn_alike(name_of(now), name_of(first)));
}

// The same of a file whose name, drawn at random, is not known as such by its looks. A name that another trial has
// shown was not drawn.
const Violation* violation_drawn_like(const Judgement& judgement, const Violation& first,
                                      const std::set<std::string>& shown = {}) {
  const Violation* likest = nullptr;
  std::size_t longest = 0;
  for (const Violation& now : judgement.violations) {
    const bool alike = is_drawn_like(now, first) && !shown.contains(name_of(now));
    const std::size_t common = common_prefix(name_of(now), name_of(first));
    if (alike && common > longest) {
      likest = &now;
      longest = common;
    }
  }
  return likest;
}

// The finding as it is reported: a name that replays showed to be drawn is given by its shape.
Finding reported(const FindingBook::Candidate& candidate) {
  Finding finding = candidate.finding;
  if (candidate.drawn.empty()) return finding;
  std::vector<std::string> names = candidate.drawn;
  names.push_back(name_of(finding.violation));
  finding.violation.subject = shape_of_drawn(names);
  finding.signature = signature(finding.violation, finding.kind);
  return finding;
}

Skip skip_of(const std::string& text) {
  const std::size_t colon = text.find(": ");
  if (colon == std::string::npos) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 2)};
}

std::string note_key(const Note& note, FaultKind kind) {
  return note.invariant + '\n' + note.command + '\n' + note.subject + '\n' + std::string(fault_kind_name(kind));
}

bool better_rate(const Finding& left, const Finding& right) {
  return left.same * std::max(right.replayed, 1U) > right.same * std::max(left.replayed, 1U);
}

}  // namespace

FaultKind kind_of(const FaultPlan& plan) {
  return plan.faults.empty() ? FaultKind::none : fault_kind(plan.faults.back());
}

const Violation* shown_again(const Judgement& judgement, const Violation& violation) {
  const auto same = [&](const Violation& now) {
    return signature(now, FaultKind::none) == signature(violation, FaultKind::none);
  };
  const auto found = std::ranges::find_if(judgement.violations, same);
  return found != judgement.violations.end() ? &*found : violation_drawn_like(judgement, violation);
}

std::vector<Finding> FindingBook::add(const Judgement& judgement, const Evidence& evidence, std::size_t plan_index) {
  return add_but(judgement, evidence, plan_index, {});
}

void FindingBook::add_of_one_plan(const Judgement& judgement, const Evidence& evidence, std::size_t trial) {
  const FaultKind kind = kind_of(evidence.plan);
  std::set<std::string> shows;  // of the entries
  for (const Violation& violation : judgement.violations) shows.insert(signature(violation, kind));
  std::set<const Violation*> drawn;
  for (const Violation& violation : judgement.violations) {
    if (entries_.contains(signature(violation, kind)) || names_shown_.contains(name_of(violation))) continue;
    const auto like = std::ranges::find_if(entries_, [&](const auto& each) {
      return !shows.contains(each.first) && is_drawn_like(violation, each.second.candidates.front().finding.violation);
    });
    if (like == entries_.end()) continue;
    shows.insert(like->first);
    ++like->second.trials;
    like->second.candidates.front().drawn.push_back(name_of(violation));
    drawn.insert(&violation);
  }
  add_but(judgement, evidence, trial, drawn);
}

std::vector<Finding> FindingBook::add_but(const Judgement& judgement, const Evidence& evidence, std::size_t plan_index,
                                          const std::set<const Violation*>& entered) {
  const FaultKind kind = kind_of(evidence.plan);
  std::vector<Finding> fresh;
  std::set<std::string> names;
  for (const Violation& violation : judgement.violations) {
    names_shown_.insert(name_of(violation));
    const std::string name = signature(violation, kind);
    if (entered.contains(&violation) || !names.insert(name).second) continue;
    if (enter(violation, evidence, plan_index, name)) fresh.push_back(entries_.at(name).candidates.front().finding);
  }
  if (!names.empty() && !is_fault_free(evidence.plan)) violating_trials_.push_back(std::move(names));
  for (const std::string& text : judgement.skipped) skipped_.insert(skip_of(text));
  for (const std::string& text : evidence.skipped) skipped_.insert(skip_of(text));
  for (const std::string& text : evidence.denied) skipped_.insert({"calls refused in the world", text});
  if (judgement.verdict != Verdict::harness_error) {
    for (const Note& note : judgement.notes) {
      if (note.invariant.empty()) continue;  // why it was not exercised
      const auto [at, added] = notes_.try_emplace(note_key(note, kind), CountedNote{note, kind, evidence.plan, 0});
      ++at->second.trials;
    }
  }
  return fresh;
}

bool FindingBook::enter(const Violation& violation, const Evidence& evidence, std::size_t plan_index,
                        const std::string& name) {
  const auto [at, added] = entries_.try_emplace(name);
  Entry& entry = at->second;
  ++entry.trials;
  const auto place = std::upper_bound(entry.candidates.begin(), entry.candidates.end(), plan_index,
                                      [](std::size_t index, const Candidate& c) { return index < c.plan_index; });
  entry.candidates.insert(place, {plan_index, finding_of(violation, evidence, name), evidence.took});
  if (entry.candidates.size() > candidates_kept) entry.candidates.pop_back();
  return added;
}

void FindingBook::add_replay(const std::string& name, std::size_t candidate, const Judgement& judgement,
                             const Evidence& evidence, bool rich) {
  Candidate& replayed = entries_.at(name).candidates.at(candidate);
  Finding& finding = replayed.finding;
  ++finding.replayed;
  const Violation* again = violation_named(judgement, finding.kind, name);
  if (again == nullptr) {
    again = violation_drawn_like(judgement, finding.violation, names_shown_);
    if (again != nullptr) replayed.drawn.push_back(name_of(*again));
  }
  if (again == nullptr) return;
  ++finding.same;
  if (!rich) return;
  const Finding seen = finding_of(*again, evidence, name);
  const std::string subject = finding.violation.subject;
  const std::string file = finding.violation.file;
  finding.violation = seen.violation;
  finding.violation.subject = subject;
  finding.violation.file = file;
  finding.struck = seen.struck;
  finding.struck_process = seen.struck_process;
  finding.struck_executable = seen.struck_executable;
}

void FindingBook::add_real_replay(const std::string& name, std::size_t candidate, const Judgement& judgement) {
  Finding& finding = entries_.at(name).candidates.at(candidate).finding;
  finding.in_real_time = violation_named(judgement, finding.kind, name) != nullptr ||
                         violation_drawn_like(judgement, finding.violation, names_shown_) != nullptr;
}

void FindingBook::put_simpler(const std::string& name, const Violation& violation, const Evidence& evidence) {
  const auto old = entries_.extract(name);
  const std::size_t plan_index = old.mapped().candidates.front().plan_index;
  const std::string simpler = signature(violation, kind_of(evidence.plan));
  for (std::set<std::string>& names : violating_trials_) {
    if (names.erase(name) != 0) names.insert(simpler);
  }
  const auto [at, added] = entries_.try_emplace(simpler);
  Entry& entry = at->second;
  entry.trials += old.mapped().trials;
  if (!added) return;
  entry.candidates = {{plan_index, finding_of(violation, evidence, simpler), evidence.took}};
  // The plan that was found first may replay where the simpler one does not.
  for (Candidate candidate : old.mapped().candidates) {
    candidate.finding.signature = simpler;
    if (kind_of(candidate.finding.plan) == kind_of(evidence.plan) && entry.candidates.size() < candidates_kept) {
      entry.candidates.push_back(std::move(candidate));
    }
  }
}

std::uint64_t FindingBook::take_back(const std::string& name) {
  entries_.erase(name);
  for (std::set<std::string>& names : violating_trials_) names.erase(name);
  return std::erase_if(violating_trials_, [](const std::set<std::string>& names) { return names.empty(); });
}

void FindingBook::choose_best(const std::string& name) {
  Entry& entry = entries_.at(name);
  for (std::size_t i = 0; i < entry.candidates.size(); ++i) {
    const bool tried = entry.candidates[i].finding.replayed > 0;
    if (tried && better_rate(entry.candidates[i].finding, entry.candidates[entry.best].finding)) entry.best = i;
  }
}

std::uint64_t FindingBook::flaky_trials() const {
  std::set<std::string> flaky;
  for (const Finding& finding : findings()) {
    if (finding.flaky()) flaky.insert(finding.signature);
  }
  // Several entries may be reported as one finding, which is as flaky as it says.
  const auto is_flaky = [&](const std::string& name) {
    const Entry& entry = entries_.at(name);
    return flaky.contains(reported(entry.candidates[entry.best]).signature);
  };
  const auto count = std::count_if(violating_trials_.begin(), violating_trials_.end(), [&](const auto& names) {
    return std::all_of(names.begin(), names.end(), is_flaky);
  });
  return static_cast<std::uint64_t>(count);
}

std::vector<Finding> FindingBook::findings() const {
  std::vector<const Entry*> ordered;
  for (const auto& [name, entry] : entries_) ordered.push_back(&entry);
  std::stable_sort(ordered.begin(), ordered.end(), [](const Entry* left, const Entry* right) {
    const Candidate& first = left->candidates[left->best];
    const Candidate& second = right->candidates[right->best];
    const bool first_faulty = !is_fault_free(first.finding.plan);
    const bool second_faulty = !is_fault_free(second.finding.plan);
    return std::pair(first_faulty, first.plan_index) < std::pair(second_faulty, second.plan_index);
  });
  std::vector<Finding> findings;
  for (const Entry* entry : ordered) {
    Finding finding = reported(entry->candidates[entry->best]);
    const auto same = std::find_if(findings.begin(), findings.end(),
                                   [&](const Finding& one) { return one.signature == finding.signature; });
    if (same == findings.end()) {
      findings.push_back(std::move(finding));
      findings.back().trials = entry->trials;
    } else {
      const std::uint64_t trials = same->trials + entry->trials;
      if (better_rate(finding, *same)) *same = std::move(finding);
      same->trials = trials;
    }
  }
  return findings;
}

std::vector<CountedNote> FindingBook::notes() const {
  std::vector<CountedNote> notes;
  for (const auto& [key, note] : notes_) notes.push_back(note);
  return notes;
}

}  // namespace exitproof
