#include "properties/search/count_faults.hpp"

namespace exitproof {
namespace {

std::string target_of(const FaultRecord& record, const Evidence& trial, const SiteRecord* site) {
  switch (record.fault.action) {
    case Action::kill_tree:
      return "the tree";
    case Action::ctrl_c:
    case Action::hangup:
      return "the terminal";
    case Action::full:
      return "the disk";
    default:
      break;
  }
  const ProcessRecord* process = record.struck.empty() ? nullptr : trial.find(record.struck.front().process());
  if (process == nullptr && record.at_thread) process = trial.find(record.at_thread->process());
  if (process != nullptr) return process->command;
  return site != nullptr && !site->command.empty() ? site->command : "nothing";
}

}  // namespace

void count_faults(Statistics& statistics, const Evidence& trial, Verdict verdict, const SurveyedPlaces& places) {
  for (const FaultRecord& record : trial.faults) {
    const SiteRecord* site = places.find(record.fault.site);
    const auto enter = [&](StruckCount& count) {
      ++count.faults;
      if (record.fired) ++count.fired;
      if (record.fired && verdict == Verdict::violated) ++count.violated;
      if (record.fired && verdict == Verdict::held) ++count.held;
    };
    enter(statistics.by_kind[std::string(fault_kind_name(fault_kind(record.fault)))]);
    enter(statistics.by_target[target_of(record, trial, site)]);
    enter(statistics.by_phase[site != nullptr ? std::string(phase_name(site->phase)) : "after a fault"]);
    if (!record.fired) ++statistics.not_fired[record.why_not];
  }
}

}  // namespace exitproof
