#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "exitproof/invariant.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/planted.hpp"

namespace exitproof {
namespace {

constexpr std::string_view name = "no-orphans";

bool may_outlive(const Evidence& evidence, const Contract& contract, const ProcessPath& process) {
  return std::ranges::find(contract.outlives, command_of(evidence, process)) != contract.outlives.end();
}

// A process whose maker lives on by design is no orphan: it has somebody to answer for it.
bool lives_by_design(const Evidence& evidence, const Contract& contract, const Survivor& survivor) {
  if (may_outlive(evidence, contract, survivor.process)) return true;
  return std::ranges::any_of(evidence.survivors, [&](const Survivor& other) {
    return !other.ended_after && survivor.process.descends_from(other.process) &&
           may_outlive(evidence, contract, other.process);
  });
}

std::string state_of(const Survivor& survivor) {
  std::string text;
  if (!survivor.blocked.empty()) {
    text += "; it " + survivor.blocked.front().state();
  } else if (survivor.stopped) {
    text += fmt::format("; it is {}", BlockedTask::stopped);
  }
  if (!survivor.holds.empty()) text += "; it holds " + several(survivor.holds, 5);
  return text;
}

Violation orphan(const Evidence& evidence, const Contract& contract, const std::vector<const Survivor*>& survivors) {
  const Survivor& first = *survivors.front();
  std::string detail = fmt::format("{} is not gone within the grace of {} after {}", evidence.describe(first.process),
                                   print_duration(contract.grace), how_root_ended(evidence));
  detail += state_of(first);
  if (survivors.size() > 1) {
    std::vector<std::string> others(survivors.size() - 1);
    std::transform(survivors.begin() + 1, survivors.end(), others.begin(),
                   [](const Survivor* one) { return one->process.print(); });
    detail += fmt::format("; nor {} {}", others.size() == 1 ? "is" : "are", several(others));
  }
  const std::string command = command_of(evidence, first.process);
  return {.invariant = std::string(name),
          .process = first.process,
          .command = command,
          .subject = command,
          .detail = detail,
          .manner = manner_of_maker(evidence, first.process),
          .cases = {{{}, static_cast<unsigned>(survivors.size())}}};
}

Note transient(const Evidence& evidence, const std::vector<const Survivor*>& survivors) {
  const Survivor& slowest =
      **std::ranges::max_element(survivors, {}, [](const Survivor* one) { return *one->ended_after; });
  std::string detail = fmt::format("transient: {} ended {} after the root", evidence.describe(slowest.process),
                                   describe_duration(*slowest.ended_after));
  if (survivors.size() > 1) detail += fmt::format("; {} more sooner", survivors.size() - 1);
  const std::string command = command_of(evidence, slowest.process);
  return {std::string(name), slowest.process, command, command, detail};
}

bool is_excused(const Evidence& evidence, const Survivor& survivor) {
  return manner_of_maker(evidence, survivor.process) == Manner::sigkill &&
         is_planted("no-orphans: a killed parent answers for nobody");
}

Opinion opinion(const Evidence& evidence, const Contract& contract, const Baseline&) {
  Opinion result;
  if (const auto why = why_no_end(evidence)) {
    result.skipped.push_back(*why);
    return result;
  }
  std::map<std::string, std::vector<const Survivor*>> orphans;
  std::map<std::string, std::vector<const Survivor*>> transients;
  for (const Survivor& survivor : evidence.survivors) {
    if (asked(Duty::descendants_gone, manner_of_maker(evidence, survivor.process)) == Asked::no) continue;
    const std::string command = command_of(evidence, survivor.process);
    if (is_excused(evidence, survivor)) continue;
    if (survivor.ended_after && !is_planted("no-orphans: there is no grace")) {
      transients[command].push_back(&survivor);
    } else if (lives_by_design(evidence, contract, survivor)) {
      continue;
    } else if (held_beyond_root(evidence, survivor.process)) {
      result.skipped.push_back(evidence.describe(survivor.process) + " was held by the plan");
    } else {
      orphans[command].push_back(&survivor);
    }
  }
  const auto by_path = [](const Survivor* one) { return one->process; };
  for (auto& [command, survivors] : orphans) {
    std::ranges::sort(survivors, {}, by_path);
    result.violations.push_back(orphan(evidence, contract, survivors));
  }
  for (auto& [command, survivors] : transients) {
    std::ranges::sort(survivors, {}, by_path);
    result.notes.push_back(transient(evidence, survivors));
  }
  return result;
}

}  // namespace

extern const Invariant no_orphans;
const Invariant no_orphans{"no-orphans", "the root's descendants are gone within the grace after its end", opinion};

}  // namespace exitproof
