#include "exitproof/enumerate.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

#include "exitproof/pattern.hpp"
#include "properties/search/ways.hpp"

namespace exitproof {
namespace {

/// With more quiet moments than this, the rest of them wait until every class of calls had its turn.
constexpr std::size_t quiet_moments_first = 32;

/// A site before its call, or just after it.
struct Side {
  std::size_t site;
  bool after;
};

using Faults = std::vector<PlacedFault>;

/// Allocations, lines and calls of Python lie so close to each other that only an exception is worth its trial.
bool is_for_exceptions_only(const SiteRecord& record) {
  const Point& point = record.site.point;
  return std::holds_alternative<NewPoint>(point) || std::holds_alternative<LinePoint>(point) ||
         std::holds_alternative<CallEventPoint>(point);
}

/// What a fault does, and to which sort of calls of whom, in words. Each file that comes to be is of a sort of its own.
std::string sort_of(const PlacedFault& placed, const SiteRecord& record) {
  const std::string text = placed.fault.print();
  const CallPoint* call = call_point(record);
  std::string sort = text.substr(0, text.find('@')) + (placed.fault.site.after ? " after " : " ");
  if (call != nullptr) sort += call_class_name(call->call_class);
  if (call != nullptr && is_birth(call->call_class)) sort += ' ' + name_pattern(record.object);
  const auto& process = placed.fault.site.process;
  const auto* path = process ? std::get_if<ProcessPath>(&*process) : nullptr;
  return sort + ' ' + (path != nullptr ? path->print() : std::string());
}

/// Puts one fault of every sort before the second of any, but those at telling sites before the others.
void spread(Faults& faults, const Catalog& catalog) {
  std::map<std::string, std::size_t> seen;
  std::vector<std::tuple<bool, std::size_t, std::size_t>> order;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const SiteRecord& record = catalog.stable[faults[i].site];
    order.emplace_back(!is_telling(record), seen[sort_of(faults[i], record)]++, i);
  }
  std::ranges::sort(order);
  Faults sorted;
  for (const auto& [others, nth, i] : order) sorted.push_back(std::move(faults[i]));
  faults = std::move(sorted);
}

class Enumeration {
 public:
  Enumeration(const Catalog& catalog, const EnumerateOptions& options) : catalog_(catalog), options_(options) {
    for (const TargetProcess& process : catalog.processes) known_.emplace(process.path, &process);
  }

  /// Appends every action at each of the quiet moments and of the sites: the chief actions first. Families take turns,
  /// and so do the moments with them; each goes first where it tells most, just after a call has changed something.
  void round(const std::vector<std::size_t>& moments, const std::vector<std::size_t>& sites) {
    const std::vector<Side> sides = sides_of(sites);
    for (const std::span<const Family> families : {chief_families(), lesser_families()}) {
      std::vector<Faults> turns(1);
      for (const Family& family : families) {
        for (const std::size_t moment : moments) gather({moment, false}, family, turns.front());
        Faults& faults = turns.emplace_back();
        for (const Side& side : sides) gather(side, family, faults);
      }
      take_turns(std::move(turns));
    }
  }

  /// Appends pauses that are longer than what the others do meanwhile: all of the longest first.
  void pauses(const std::vector<std::size_t>& sites) {
    if (!options_.kinds.test(static_cast<std::size_t>(FaultKind::pause))) return;
    const std::vector<Side> sides = sides_of(sites);
    for (std::size_t nth = 0; nth < 2; ++nth) {
      Faults faults;
      for (const Side& side : sides) {
        if (side.site >= catalog_.company.size() || nth >= catalog_.company[side.site].pauses.size()) continue;
        const std::size_t begin = faults.size();
        gather(side, {&timed_pause(), 1}, faults);
        for (std::size_t i = begin; i < faults.size(); ++i)
          faults[i].fault.pause = catalog_.company[side.site].pauses[nth];
      }
      append(std::move(faults));
    }
  }

  /// Appends what people do to a program at rest, moment by moment, to its root.
  void at_rest(std::span<const std::size_t> moments, const Family& family) {
    for (const std::size_t moment : moments) {
      for (const Way& way : family) {
        Faults faults;
        if (options_.kinds.test(static_cast<std::size_t>(way.kind)))
          strike_root({way, moment, catalog_.stable[moment], faults});
        append(std::move(faults));
      }
    }
  }

  Faults take() { return std::move(faults_); }

 private:
  struct Occasion {
    const Way& way;
    std::size_t site;          ///< in the catalog
    const SiteRecord& record;  ///< the same, perhaps after its call
    Faults& faults;            ///< to be added to
  };

  /// Just after births, for which nobody answers yet, just after other calls that have changed something, before calls.
  std::vector<Side> sides_of(const std::vector<std::size_t>& sites) const {
    std::vector<Side> births;
    std::vector<Side> afterwards;
    std::vector<Side> before;
    for (const std::size_t site : sites) {
      const CallPoint* point = call_point(catalog_.stable[site]);
      before.push_back({site, false});
      if (point == nullptr || !after_matters(point->call_class)) continue;
      (is_birth(point->call_class) ? births : afterwards).push_back({site, true});
    }
    births.insert(births.end(), afterwards.begin(), afterwards.end());
    births.insert(births.end(), before.begin(), before.end());
    return births;
  }

  void gather(const Side& side, const Family& family, Faults& faults) const {
    SiteRecord record = catalog_.stable[side.site];
    record.site.after = side.after;
    for (const Way& way : family) {
      if (!options_.kinds.test(static_cast<std::size_t>(way.kind))) continue;
      strike({way, side.site, record, faults});
    }
  }

  void strike(const Occasion& occasion) const {
    const bool of_the_call = occasion.way.aim == Aim::call || occasion.way.aim == Aim::thrown;
    if (!of_the_call) return strike_whom(occasion);
    if (occasion.record.site.after || !aims_at(occasion, process_of(occasion))) return;
    for (Fault& fault : faults_of_call(occasion.way, occasion.record)) add(occasion, std::move(fault));
  }

  void strike_whom(const Occasion& occasion) const {
    const SiteRecord& record = occasion.record;
    if (is_for_exceptions_only(record)) return;
    if (occasion.way.action == Action::pause && !is_accompanied(occasion.site)) return;
    if (!is_quiet(record)) {
      if (aims_at(occasion, record.alive.empty() ? process_of(occasion) : record.alive.front())) {
        add(occasion, fault_at(occasion.way, record.site));
      }
      return;
    }
    if (occasion.way.aim == Aim::moment) return add(occasion, fault_at(occasion.way, record.site));
    for (const ProcessPath& process : record.alive) {
      Site site = record.site;
      site.process = process;
      if (aims_at(occasion, process)) add(occasion, fault_at(occasion.way, site));
    }
  }

  void strike_root(const Occasion& occasion) const {
    Site site = occasion.record.site;
    if (occasion.way.aim == Aim::moment) return add(occasion, fault_at(occasion.way, site));
    site.process = ProcessPath::root();
    const bool lives = std::ranges::find(occasion.record.alive, ProcessPath::root()) != occasion.record.alive.end();
    if (lives && aims_at(occasion, ProcessPath::root())) add(occasion, fault_at(occasion.way, site));
  }

  /// Whoever is alone is only late when it is held.
  bool is_accompanied(std::size_t site) const {
    return site >= catalog_.company.size() || catalog_.company[site].others;
  }

  static ProcessPath process_of(const Occasion& occasion) {
    const Site& site = occasion.record.site;
    const auto* path = site.process ? std::get_if<ProcessPath>(&*site.process) : nullptr;
    return path != nullptr ? path->process() : ProcessPath::root();
  }

  bool aims_at(const Occasion& occasion, const ProcessPath& path) const {
    if (occasion.way.aim == Aim::moment) return true;
    const auto known = known_.find(path);
    const TargetProcess process{.path = path, .command = occasion.record.command, .leaf = false};
    return options_.target.covers(known != known_.end() ? *known->second : process);
  }

  static void add(const Occasion& occasion, Fault fault) {
    occasion.faults.push_back({.fault = std::move(fault), .site = occasion.site, .kind = occasion.way.kind});
  }

  void take_turns(std::vector<Faults> turns) {
    std::size_t longest = 0;
    for (Faults& faults : turns) {
      spread(faults, catalog_);
      std::erase_if(faults, [&](const PlacedFault& placed) { return !seen_.insert(placed.fault.print()).second; });
      longest = std::max(longest, faults.size());
    }
    for (std::size_t i = 0; i < longest; ++i) {
      for (Faults& faults : turns) {
        if (i < faults.size()) faults_.push_back(std::move(faults[i]));
      }
    }
  }

  void append(Faults faults) {
    std::vector<Faults> turns;
    turns.push_back(std::move(faults));
    take_turns(std::move(turns));
  }

  const Catalog& catalog_;
  const EnumerateOptions& options_;
  std::map<ProcessPath, const TargetProcess*> known_;
  Faults faults_;
  std::set<std::string> seen_;
};

std::vector<std::size_t> quiet_sites(const Catalog& catalog) {
  std::vector<std::size_t> sites;
  for (std::size_t i = 0; i < catalog.stable.size(); ++i) {
    if (is_quiet(catalog.stable[i])) sites.push_back(i);
  }
  return sites;
}

/// Takes at most `count` of the sites, evenly spread and with both ends, and leaves the others.
std::vector<std::size_t> take_spread(std::vector<std::size_t>& sites, std::size_t count) {
  if (sites.size() <= count) return std::exchange(sites, {});
  std::vector<std::size_t> taken;
  std::vector<std::size_t> left;
  std::size_t next = 0;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (i == next * (sites.size() - 1) / (count - 1)) {
      taken.push_back(sites[i]);
      ++next;
    } else {
      left.push_back(sites[i]);
    }
  }
  sites = std::move(left);
  return taken;
}

/// In the middle of its life a program is what it mostly is.
std::vector<std::size_t> middle_first_last(const std::vector<std::size_t>& sites) {
  std::vector<std::size_t> left = sites;
  std::vector<std::size_t> three = take_spread(left, 3);
  if (three.size() == 3) std::swap(three[0], three[1]);
  return three;
}

std::vector<std::size_t> members_of_round(const Catalog& catalog, std::size_t round) {
  std::vector<std::size_t> sites;
  for (const SiteClass& site_class : catalog.classes) {
    if (is_quiet(catalog.stable[site_class.members.front()])) continue;
    if (round < site_class.chosen.size()) sites.push_back(site_class.chosen[round]);
  }
  return sites;
}

}  // namespace

std::vector<FaultPlan> enumerate_plans(const Catalog& catalog, const EnumerateOptions& options) {
  Enumeration enumeration(catalog, options);
  std::vector<std::size_t> quiet = quiet_sites(catalog);
  const std::vector<std::size_t> first = take_spread(quiet, quiet_moments_first);
  const std::vector<std::size_t> rests = middle_first_last(first);
  enumeration.at_rest(rests, ways_at_rest());
  enumeration.at_rest(std::span(rests).first(std::min<std::size_t>(rests.size(), 1)), other_ways_at_rest());
  enumeration.round(first, members_of_round(catalog, 0));
  for (std::size_t round = 1; round < 3; ++round) enumeration.round({}, members_of_round(catalog, round));
  enumeration.round(quiet, {});
  for (std::size_t round = 0; round < 3; ++round) enumeration.pauses(members_of_round(catalog, round));
  std::vector<FaultPlan> plans;
  for (PlacedFault& placed : enumeration.take()) {
    plans.push_back({.faults = {std::move(placed.fault)}, .schedule = std::nullopt});
  }
  return plans;
}

std::vector<FaultPlan> enumerate_smoke_plans(const Catalog& catalog, const EnumerateOptions& options) {
  struct Ends {
    std::size_t first;
    std::size_t last;
  };
  const std::vector<PlacedFault> all = all_faults(catalog, options);
  const auto at_quiet_moment = [&](const PlacedFault& placed) { return is_quiet(catalog.stable[placed.site]); };
  std::map<FaultKind, Ends> ends;
  for (const PlacedFault& placed : all) {
    if (at_quiet_moment(placed)) continue;
    ends.try_emplace(placed.kind, Ends{placed.site, placed.site}).first->second.last = placed.site;
  }
  std::vector<FaultPlan> plans;
  const auto add = [&](bool quiet) {
    for (const PlacedFault& placed : all) {
      if (at_quiet_moment(placed) != quiet) continue;
      const bool is_end =
          quiet || placed.site == ends.at(placed.kind).first || placed.site == ends.at(placed.kind).last;
      if (is_end) plans.push_back({.faults = {placed.fault}, .schedule = std::nullopt});
    }
  };
  add(true);
  add(false);
  return plans;
}

std::vector<PlacedFault> all_faults(const Catalog& catalog, const EnumerateOptions& options) {
  Enumeration enumeration(catalog, options);
  for (std::size_t site = 0; site < catalog.stable.size(); ++site) {
    enumeration.round({}, {site});
    enumeration.pauses({site});
  }
  return enumeration.take();
}

FaultKinds kinds_without_a_place(const Catalog& catalog, const EnumerateOptions& options) {
  FaultKinds left = options.kinds;
  Enumeration enumeration(catalog, options);
  for (std::size_t site = 0; site < catalog.stable.size() && left.any(); ++site) {
    enumeration.round({}, {site});
    enumeration.pauses({site});
    for (const PlacedFault& placed : enumeration.take()) left.reset(static_cast<std::size_t>(placed.kind));
  }
  return left;
}

std::optional<std::string> why_nobody_is_meant(const Catalog& catalog, const Target& target) {
  const auto is_meant = [&](const TargetProcess& process) { return target.covers(process); };
  if (target.role == Target::Role::any || std::ranges::any_of(catalog.processes, is_meant)) return std::nullopt;
  switch (target.role) {
    case Target::Role::command:
      return "no process of the fault-free runs is named " + target.command;
    case Target::Role::others:
      return "the fault-free runs have no process but the root";
    case Target::Role::any:
    case Target::Role::root:
    case Target::Role::leaf:
      return "the fault-free runs have no such process";
  }
  return std::nullopt;
}

}  // namespace exitproof
