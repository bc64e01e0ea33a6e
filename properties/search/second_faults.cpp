#include "properties/search/second_faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "exitproof/pattern.hpp"
#include "properties/search/place.hpp"

namespace exitproof {
namespace {

std::string action_of(const Fault& fault) {
  const std::string text = fault.print();
  return text.substr(0, text.find('@')) + (fault.site.after ? " after" : "");
}

std::string code_of(const SiteRecord& record) {
  return fmt::format("{} {} {:x}", record.call, name_pattern(record.object), record.stack_key);
}

std::string identity(const SiteRecord& record) {
  return record.site.print() + ' ' + code_of(record);
}

/// A pause of a length lets the others run: what they do meanwhile is due to it, though they do it in any run.
bool is_held(const Evidence& trial) {
  const FaultRecord& fault = trial.faults.front();
  return fault.landing == Landing::held && fault.hold && fault.fault.pause;
}

std::set<std::string> places_after_fault(const Evidence& trial) {
  std::set<std::string> places;
  const bool held = is_held(trial);
  const auto fired = std::ranges::find(trial.events, EventKind::fault, &Event::kind);
  for (auto event = fired; event != trial.events.end(); ++event) {
    if (held && event->at > fired->at + trial.faults.front().hold->lasted) break;
    if (event->site) places.insert(place_of(*event->site));
  }
  // The struck call itself may go on, or be made again.
  places.erase(place_of(trial.faults.front().fault.site));
  return places;
}

}  // namespace

FaultKinds second_fault_kinds() {
  FaultKinds kinds;
  for (const FaultKind kind : {FaultKind::kill, FaultKind::ctrl_c, FaultKind::enospc}) {
    kinds.set(static_cast<std::size_t>(kind));
  }
  return kinds;
}

bool goes_on_after_fault(const Evidence& trial) {
  if (trial.harness_error || trial.hang || !trial.root_end) return false;
  if (trial.faults.size() != 1 || !trial.all_faults_fired()) return false;
  switch (trial.faults.front().landing) {
    case Landing::caught:
    case Landing::pending:
    case Landing::call:
    case Landing::world:
    case Landing::thrown:
      return true;
    case Landing::held:
      return is_held(trial);
    case Landing::none:
    case Landing::death:
    case Landing::ignored:
    case Landing::input:
      return false;
  }
  return false;
}

std::string reaction_of(const Evidence& trial) {
  const FaultRecord& fault = trial.faults.front();
  ProcessPath process = fault.at_thread.value_or(ProcessPath::root());
  if (!fault.struck.empty()) process = fault.struck.front();
  const ProcessRecord* record = trial.find(process);
  std::string reaction = fmt::format("{} {} by {}", action_of(fault.fault), landing_name(fault.landing),
                                     record != nullptr ? record->command : std::string());
  // The others do something else before each call that one of them is held at.
  if (is_held(trial)) reaction += fmt::format(" at {} {}", fault.call, name_pattern(fault.object));
  return reaction;
}

std::vector<SiteRecord> sites_after_fault(const Evidence& trial, std::span<const Evidence> runs) {
  std::set<std::string> usual;
  for (const Evidence& run : runs) {
    for (const SiteRecord& record : run.sites) usual.insert(identity(record));
  }
  const std::set<std::string> places = places_after_fault(trial);
  const bool held = is_held(trial);
  std::vector<SiteRecord> fresh;
  std::ranges::copy_if(trial.sites, std::back_inserter(fresh), [&](const SiteRecord& record) {
    return places.contains(place_of(record.site)) && (held || !usual.contains(identity(record)));
  });
  return fresh;
}

std::vector<SecondPlan> second_plans(const Evidence& trial, std::span<const Evidence> runs,
                                     const EnumerateOptions& options, std::uint64_t seed) {
  Evidence reaction;
  reaction.processes = trial.processes;
  reaction.sites = sites_after_fault(trial, runs);
  std::map<std::string, std::string> code;
  for (const SiteRecord& record : reaction.sites) code.emplace(place_of(record.site), code_of(record));
  const Catalog catalog = make_catalog(std::span(&reaction, 1), seed);
  std::vector<SecondPlan> plans;
  for (const FaultPlan& second : enumerate_plans(catalog, options)) {
    const Fault& fault = second.faults.front();
    SecondPlan& plan = plans.emplace_back();
    plan.plan = trial.plan;
    plan.plan.faults.push_back(fault);
    plan.reaction = reaction_of(trial);
    plan.way = fmt::format("{}, {} at {}", plan.reaction, action_of(fault), code.at(place_of(fault.site)));
  }
  return plans;
}

std::vector<SecondPlan> choose_second_plans(std::vector<SecondPlan> plans, std::size_t bound) {
  std::set<std::string> ways;
  std::map<std::pair<bool, std::string>, std::size_t> turns;
  std::vector<std::tuple<bool, std::size_t, std::size_t>> order;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const bool again = !ways.insert(plans[i].way).second;
    order.emplace_back(again, turns[{again, plans[i].reaction}]++, i);
  }
  std::ranges::sort(order);
  std::vector<SecondPlan> chosen;
  for (const auto& [again, turn, i] : order) {
    if (chosen.size() < bound) chosen.push_back(std::move(plans[i]));
  }
  return chosen;
}

}  // namespace exitproof
