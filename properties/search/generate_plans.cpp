#include "properties/search/generate_plans.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <utility>

#include "exitproof/check.hpp"

namespace exitproof {
namespace {

/// Calls by which a process or a file comes to be or ends: between two of them a program's clean-up has its gaps.
bool is_birth_or_death(CallClass call_class) {
  static constexpr std::array classes{CallClass::fork,  CallClass::exec,   CallClass::wait,   CallClass::exit,
                                      CallClass::open,  CallClass::rename, CallClass::unlink, CallClass::mkdir,
                                      CallClass::close, CallClass::link,   CallClass::kill,   CallClass::bind};
  return std::ranges::find(classes, call_class) != classes.end();
}

constexpr std::size_t weight_of_birth_or_death = 4;
constexpr std::size_t weight_of_an_end = 3;  ///< the first and the last site of a process

ProcessPath process_of(const SiteRecord& record) {
  const auto* path = record.site.process ? std::get_if<ProcessPath>(&*record.site.process) : nullptr;
  return path != nullptr ? path->process() : ProcessPath::root();
}

std::vector<std::size_t> weights_of_sites(const std::vector<SiteRecord>& sites) {
  std::vector<std::size_t> weights(sites.size(), 1);
  std::map<ProcessPath, std::size_t> last;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const auto* call = std::get_if<CallPoint>(&sites[i].site.point);
    const bool quiet = std::holds_alternative<QuietPoint>(sites[i].site.point);
    if (quiet || (call != nullptr && is_birth_or_death(call->call_class))) weights[i] = weight_of_birth_or_death;
    if (quiet) continue;
    const auto [at, first] = last.insert_or_assign(process_of(sites[i]), i);
    if (first) weights[i] *= weight_of_an_end;
  }
  for (const auto& [process, site] : last) weights[site] *= weight_of_an_end;
  return weights;
}

/// Whom the fault is done to: of a moment, the process that it names.
ProcessPath struck_by(const PlacedFault& placed) {
  const auto& process = placed.fault.site.process;
  const auto* path = process ? std::get_if<ProcessPath>(&*process) : nullptr;
  return path != nullptr ? path->process() : ProcessPath::root();
}

/// Faults after which hardly anything of what they strike goes on as in the survey: one in so many plans strikes it
/// once more all the same, for it may have a handler.
bool mostly_ends_it(const Fault& fault) {
  return fault.action == Action::signal || fault.action == Action::ctrl_c || fault.action == Action::hangup;
}
constexpr std::size_t plans_for_one_that_goes_on = 4;

bool strikes_all(const Fault& fault) {
  return fault.action == Action::kill_tree || fault.action == Action::ctrl_c || fault.action == Action::hangup;
}

std::size_t drawn_index(std::size_t bound) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, bound));
}

std::size_t drawn_by_weight(const std::vector<std::size_t>& among, const std::vector<std::size_t>& weights) {
  const auto add = [&](std::size_t sum, std::size_t index) { return sum + weights[index]; };
  const std::size_t total = std::accumulate(among.begin(), among.end(), std::size_t{0}, add);
  std::size_t left = drawn_index(total);
  for (const std::size_t index : among) {
    if (left < weights[index]) return index;
    left -= weights[index];
  }
  return among.back();
}

}  // namespace

PlanGenerator::PlanGenerator(const Catalog& catalog, GenerateOptions options)
    : catalog_(catalog), most_faults_(options.most_faults), faults_(all_faults(catalog, options.faults)) {
  check(most_faults_ > 0, "a plan has at least one fault");
  const std::vector<std::size_t> weights = weights_of_sites(catalog.stable);
  std::set<FaultKind> kinds;
  std::set<ProcessPath> struck;
  for (const PlacedFault& placed : faults_) {
    weights_.push_back(weights[placed.site]);
    kinds.insert(placed.kind);
    struck.insert(struck_by(placed));
  }
  kinds_.assign(kinds.begin(), kinds.end());
  std::set<std::string> commands;
  std::vector<Target> wanted{
      {.role = Target::Role::root}, {.role = Target::Role::others}, {.role = Target::Role::leaf}};
  for (const TargetProcess& process : catalog.processes) {
    if (struck.contains(process.path) && commands.insert(process.command).second) {
      wanted.push_back({.role = Target::Role::command, .command = process.command});
    }
  }
  for (const Target& target : wanted) {
    const auto covered = [&](const TargetProcess& process) {
      return struck.contains(process.path) && target.covers(process);
    };
    if (std::ranges::any_of(catalog.processes, covered)) targets_.push_back(target);
  }
}

FaultPlan PlanGenerator::draw(std::uint64_t seed) const {
  check(!empty(), "plans are drawn from faults");
  return plans()(rc::Random(seed), rc::kNominalSize).value();
}

rc::Gen<FaultPlan> PlanGenerator::plans() const {
  return rc::gen::exec([this] { return drawn(); });
}

Target PlanGenerator::drawn_target() const {
  const std::size_t drawn = drawn_index(2 * targets_.size() + 1);  // as often any process as a part of the tree
  return drawn < targets_.size() ? targets_[drawn] : Target{};
}

std::set<FaultKind> PlanGenerator::drawn_kinds() const {
  std::set<FaultKind> kinds;
  for (const FaultKind kind : kinds_) {
    if (drawn_index(2) == 0) kinds.insert(kind);
  }
  if (kinds.empty()) kinds.insert(kinds_[drawn_index(kinds_.size())]);
  return kinds;
}

std::vector<std::size_t> PlanGenerator::drawn_faults(const Target& target, const std::set<FaultKind>& kinds) const {
  std::map<ProcessPath, bool> covered;
  for (const TargetProcess& process : catalog_.processes) covered[process.path] = target.covers(process);
  std::vector<std::size_t> among;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const auto process = covered.find(struck_by(faults_[i]));
    const bool aimed_at = target.role == Target::Role::any || (process != covered.end() && process->second);
    if (aimed_at && kinds.contains(faults_[i].kind)) among.push_back(i);
  }
  return among;
}

FaultPlan PlanGenerator::drawn() const {
  const std::set<FaultKind> kinds = drawn_kinds();
  std::vector<std::size_t> among = drawn_faults(drawn_target(), kinds);
  if (among.empty()) among = drawn_faults({}, kinds);
  const std::size_t count = 1 + drawn_index(most_faults_);
  std::set<std::size_t> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.insert(drawn_by_weight(among, weights_));
  FaultPlan plan;
  std::set<ProcessPath> ended;
  const bool goes_on = drawn_index(plans_for_one_that_goes_on) == 0;
  for (const std::size_t index : chosen) {
    const PlacedFault& placed = faults_[index];
    if (ended.contains(struck_by(placed))) continue;
    plan.faults.push_back(placed.fault);
    const bool ends = placed.fault.action == Action::kill || placed.fault.action == Action::kill_tree ||
                      (mostly_ends_it(placed.fault) && !goes_on);
    if (ends && strikes_all(placed.fault)) break;
    if (ends) ended.insert(struck_by(placed));
  }
  return plan;
}

}  // namespace exitproof
