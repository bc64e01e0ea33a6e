#include "exitproof/catalog.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>
#include <variant>

#include "exitproof/pattern.hpp"
#include "exitproof/seed.hpp"
#include "properties/search/tree_order.hpp"

namespace exitproof {
namespace {

/// The address of a site together with its call: a site is stable only when both are.
std::string identity(const SiteRecord& record) {
  return record.site.print() + ' ' + record.call;
}

bool is_quiet(const SiteRecord& record) {
  return std::holds_alternative<QuietPoint>(record.site.point);
}

using SitesByIdentity = std::unordered_map<std::string, const SiteRecord*>;

std::vector<SitesByIdentity> index_runs(std::span<const Evidence> runs) {
  std::vector<SitesByIdentity> indexed;
  for (const Evidence& run : runs) {
    SitesByIdentity& sites = indexed.emplace_back();
    for (const SiteRecord& record : run.sites) sites.emplace(identity(record), &record);
  }
  return indexed;
}

void keep_alive_in_both(SiteRecord& record, const SiteRecord& other) {
  std::erase_if(record.alive, [&](const ProcessPath& process) {
    return std::find(other.alive.begin(), other.alive.end(), process) == other.alive.end();
  });
}

void sort_into(Catalog& catalog, const SiteRecord& seen, const std::vector<SitesByIdentity>& runs) {
  SiteRecord record = seen;
  const std::string name = identity(record);
  bool stable = record.site.exact();
  for (const SitesByIdentity& run : runs) {
    const auto found = run.find(name);
    stable = stable && found != run.end();
    if (stable && is_quiet(record)) keep_alive_in_both(record, *found->second);
  }
  (stable ? catalog.stable : catalog.unstable).push_back(std::move(record));
}

void choose_members(SiteClass& fold, const Catalog& catalog, std::uint64_t seed) {
  const auto& members = fold.members;
  fold.chosen = {members.front()};
  if (members.size() > 1) fold.chosen.push_back(members.back());
  if (members.size() > 2) {
    const std::string stream = "member of " + catalog.stable[members.front()].site.print();
    const std::uint64_t inner = draw_below(split_seed(seed, stream), members.size() - 2);
    fold.chosen.push_back(members[1 + inner]);
  }
}

void fold(Catalog& catalog, std::uint64_t seed) {
  std::map<std::tuple<std::uint64_t, std::string>, std::size_t> class_of;
  for (std::size_t i = 0; i < catalog.stable.size(); ++i) {
    const SiteRecord& record = catalog.stable[i];
    std::size_t index = catalog.classes.size();
    if (!is_quiet(record) && record.stack_key != 0) {
      index = class_of.emplace(std::tuple(record.stack_key, name_pattern(record.object)), index).first->second;
    }
    if (index == catalog.classes.size()) catalog.classes.emplace_back();
    catalog.classes[index].members.push_back(i);
  }
  for (SiteClass& site_class : catalog.classes) choose_members(site_class, catalog, seed);
}

std::vector<TargetProcess> processes_of(const Evidence& run) {
  std::set<ProcessPath> makers;
  for (const ProcessRecord& process : run.processes) {
    if (process.maker) makers.insert(process.maker->process());
  }
  std::vector<TargetProcess> processes;
  for (const ProcessRecord& process : run.processes) {
    processes.push_back({process.path, process.command, !makers.contains(process.path)});
  }
  return processes;
}

}  // namespace

std::size_t Catalog::folded() const {
  std::size_t chosen = 0;
  for (const SiteClass& site_class : classes) chosen += site_class.chosen.size();
  return stable.size() - chosen;
}

Catalog make_catalog(std::span<const Evidence> runs, std::uint64_t seed) {
  Catalog catalog;
  if (!runs.empty()) catalog.processes = processes_of(runs.front());
  const std::vector<SitesByIdentity> indexed = index_runs(runs);
  std::set<std::string> seen;
  for (const Evidence& run : runs) {
    for (const SiteRecord& record : run.sites) {
      if (seen.insert(identity(record)).second) sort_into(catalog, record, indexed);
    }
  }
  catalog.stable = in_tree_order(std::move(catalog.stable));
  if (!runs.empty()) catalog.company = companies(runs.front(), catalog.stable);
  fold(catalog, seed);
  return catalog;
}

}  // namespace exitproof
