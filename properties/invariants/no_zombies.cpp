#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "exitproof/invariant.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/no_hang.hpp"
#include "properties/invariants/planted.hpp"

namespace exitproof {
namespace {

constexpr std::string_view name = "no-zombies";

enum class Finding : std::uint8_t { nothing, transient, zombie };

bool reaped_by_its_parent(const Evidence& evidence, const Zombie& zombie) {
  const ProcessRecord* record = evidence.find(zombie.process);
  if (record == nullptr) return zombie.reaped_after && !zombie.at_parents_end;
  switch (record->reaping) {
    case Reaping::by_parent:
      return !zombie.at_parents_end;  // a parent that had ended left it to another
    case Reaping::ignored:
      return true;
    case Reaping::by_init:
      return is_planted("no-zombies: another may reap in its parent's place");
    case Reaping::unreaped:
      return zombie.reaped_after && !zombie.at_parents_end;
  }
  return false;
}

// A parent that waits until it is stopped had its whole life to reap, whatever the stop does to it.
bool stopped_only(const Evidence& evidence, const ProcessPath& parent) {
  if (!parent.is_root() || !evidence.stopped_by_harness) return false;
  return std::ranges::none_of(evidence.faults, [](const FaultRecord& fault) {
    return fault.fired && fault.landing == Landing::death &&
           std::ranges::any_of(fault.struck, [](const ProcessPath& one) { return one.process().is_root(); });
  });
}

// Beside a parent that lives on nobody knows whether it would still be reaped: it had most of the time that the trial
// waited for an end.
bool had_its_time(const Evidence& evidence, const Zombie& zombie) {
  const ProcessRecord* parent = evidence.find(zombie.parent);
  const bool lives_on = evidence.hang && parent != nullptr && !parent->died;
  return !lives_on || zombie.unreaped_for >= evidence.hang->blocked_for / 2;
}

bool is_asked(const Evidence& evidence, const Contract& contract, const Baseline& baseline, const ProcessPath& parent) {
  if (asked(Duty::children_reaped, manner_of(evidence, parent)) == Asked::no) {
    return contract.zombie > Millis{0} && stopped_only(evidence, parent);
  }
  // An orphan is a finding of its own, and so is one that hangs; what they did not do follows from that.
  const bool orphan = std::ranges::any_of(evidence.survivors, [&](const Survivor& survivor) {
    return survivor.process == parent && !survivor.ended_after &&
           std::ranges::find(contract.outlives, command_of(evidence, parent)) == contract.outlives.end();
  });
  const ProcessRecord* record = evidence.find(parent);
  const bool hangs = hang_is_late(evidence, baseline) && record != nullptr && !record->died;
  return !orphan && !hangs;
}

// Nothing is on record of when a child was handed on to another parent than its maker.
Span time_unreaped(const Evidence& evidence, const Zombie& zombie) {
  const ProcessRecord* child = evidence.find(zombie.process);
  if (child == nullptr || !child->died || child->maker != zombie.parent) return {};
  return {*child->died, *child->died + zombie.unreaped_for};
}

Finding judge_one(const Evidence& evidence, const Contract& contract, const Baseline& baseline, const Zombie& zombie) {
  const Micros held = held_by_plan(evidence, zombie.parent, time_unreaped(evidence, zombie));
  if (held == Micros::max()) return Finding::nothing;
  const bool long_enough = zombie.unreaped_for - held >= contract.zombie;
  if (reaped_by_its_parent(evidence, zombie)) {
    return contract.zombie > Millis{0} && long_enough ? Finding::transient : Finding::nothing;
  }
  if (zombie.at_parents_end && is_planted("no-zombies: the end of a parent pays its debts")) return Finding::nothing;
  const bool until_its_end = zombie.at_parents_end || contract.zombie > Millis{0};
  if (!long_enough || !until_its_end || !is_asked(evidence, contract, baseline, zombie.parent)) return Finding::nothing;
  return had_its_time(evidence, zombie) ? Finding::zombie : Finding::nothing;
}

using Zombies = std::vector<const Zombie*>;

const Zombie& longest(const Zombies& zombies) {
  return **std::ranges::max_element(zombies, {}, &Zombie::unreaped_for);
}

std::string children(const Evidence& evidence, const Zombies& zombies) {
  if (zombies.size() == 1) return "its child " + evidence.describe(zombies.front()->process);
  std::vector<std::string> paths;
  for (const Zombie* one : zombies) paths.push_back(one->process.print());
  return fmt::format("{} children {} ({})", zombies.size(), command_of(evidence, zombies.front()->process),
                     several(paths));
}

// They run one command; sorted by path, each stands once.
std::string parents(const Evidence& evidence, const Zombies& zombies) {
  std::vector<std::string> paths;
  for (const Zombie* one : zombies) {
    std::string path = one->parent.print();
    if (paths.empty() || paths.back() != path) paths.push_back(std::move(path));
  }
  if (paths.size() == 1) return evidence.describe(zombies.front()->parent);
  return fmt::format("{} processes {} ({})", paths.size(), command_of(evidence, zombies.front()->parent),
                     several(paths));
}

Violation violation(const Evidence& evidence, const Zombies& zombies) {
  const Zombie& worst = longest(zombies);
  const ProcessPath& parent = zombies.front()->parent;
  const char* until = worst.at_parents_end ? " and ended without doing so" : "";
  const std::string detail = fmt::format("{} had {} to reap for {}{}", parents(evidence, zombies),
                                         children(evidence, zombies), describe_duration(worst.unreaped_for), until);
  return {.invariant = std::string(name),
          .process = parent,
          .command = command_of(evidence, parent),
          .subject = command_of(evidence, worst.process),
          .detail = detail,
          .manner = manner_of(evidence, parent),
          .cases = {{{}, static_cast<unsigned>(zombies.size())}}};
}

Note note(const Evidence& evidence, const Zombies& zombies) {
  const ProcessPath& parent = zombies.front()->parent;
  const std::string detail = fmt::format("transient: {} reaped {} late, after up to {}", parents(evidence, zombies),
                                         children(evidence, zombies), describe_duration(longest(zombies).unreaped_for));
  return {std::string(name), parent, command_of(evidence, parent), command_of(evidence, zombies.front()->process),
          detail};
}

Opinion opinion(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  Opinion result;
  if (evidence.cut_by_harness) {
    result.skipped.push_back(*why_no_end(evidence));
    return result;
  }
  using Names = std::pair<std::string, std::string>;
  std::map<Names, Zombies> zombies;
  std::map<Names, Zombies> transients;
  for (const Zombie& zombie : evidence.zombies) {
    const Names names{command_of(evidence, zombie.parent), command_of(evidence, zombie.process)};
    const Finding finding = judge_one(evidence, contract, baseline, zombie);
    if (finding == Finding::zombie) zombies[names].push_back(&zombie);
    if (finding == Finding::transient) transients[names].push_back(&zombie);
  }
  const auto by_path = [](const Zombie* one) { return std::pair(one->parent, one->process); };
  for (auto& [names, group] : zombies) {
    std::ranges::sort(group, {}, by_path);
    result.violations.push_back(violation(evidence, group));
  }
  for (auto& [names, group] : transients) {
    std::ranges::sort(group, {}, by_path);
    result.notes.push_back(note(evidence, group));
  }
  return result;
}

}  // namespace

extern const Invariant no_zombies;
const Invariant no_zombies{"no-zombies", "every child is reaped while its parent lives", opinion};

}  // namespace exitproof
