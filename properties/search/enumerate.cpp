#include "exitproof/enumerate.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <variant>

#include "exitproof/errnos.hpp"

namespace exitproof {
namespace {

/// How an action chooses whom it strikes at a moment at which several processes live.
enum class Aim : std::uint8_t {
  process,  ///< one trial for each process alive
  moment,   ///< one trial for the moment: it strikes the terminal or the whole tree
  call,     ///< one trial for a call that it can happen to; none for a moment without a call
  thrown,   ///< one trial for a point at which such an exception can be thrown
};

struct Way {
  FaultKind kind;
  Action action;
  int signal;
  Aim aim;
  bool persistent = false;
  std::string_view exception = {};
  bool first_error_only = false;  ///< of those with which the call can fail
};

/// In the order of trial: what happens most often to a program comes first, and no kind comes a second time before all
/// others were there that a program can be expected to mind.
constexpr std::array ways{
    Way{FaultKind::kill, Action::kill, 0, Aim::process},
    Way{FaultKind::ctrl_c, Action::ctrl_c, 0, Aim::moment},
    Way{FaultKind::signals, Action::signal, SIGTERM, Aim::process},
    Way{FaultKind::full, Action::full, 0, Aim::call},
    Way{FaultKind::enospc, Action::full, 0, Aim::call},
    Way{FaultKind::enospc, Action::fail, 0, Aim::call},
    Way{FaultKind::exception, Action::throw_, 0, Aim::thrown},
    Way{FaultKind::exception, Action::bad_alloc, 0, Aim::thrown},
    Way{FaultKind::exception, Action::raise, 0, Aim::thrown, false, "KeyboardInterrupt"},
    Way{FaultKind::exception, Action::raise, 0, Aim::thrown, false, "MemoryError"},
    Way{FaultKind::errno_, Action::fail, 0, Aim::call, false, {}, true},
    Way{FaultKind::kill_tree, Action::kill_tree, 0, Aim::moment},
    Way{FaultKind::hangup, Action::hangup, 0, Aim::moment},
    Way{FaultKind::signals, Action::signal, SIGINT, Aim::process},
    Way{FaultKind::signals, Action::signal, SIGHUP, Aim::process},
    Way{FaultKind::signals, Action::signal, SIGQUIT, Aim::process},
    Way{FaultKind::signals, Action::signal, SIGPIPE, Aim::process},
    Way{FaultKind::enospc, Action::fail, 0, Aim::call, true},
    Way{FaultKind::epipe, Action::epipe, 0, Aim::call},
    Way{FaultKind::errno_, Action::fail, 0, Aim::call},
    Way{FaultKind::errno_, Action::fail, 0, Aim::call, true},
    Way{FaultKind::short_, Action::short_write, 0, Aim::call},
    Way{FaultKind::pause, Action::pause, 0, Aim::process},
};

/// Of these, those that any program meets one day.
constexpr std::size_t ways_at_rest = 3;
static_assert(ways[ways_at_rest - 1].signal == SIGTERM);

/// These are tried at every site of a round before any of the others is tried anywhere.
constexpr std::size_t chief_ways = 11;
static_assert(ways[chief_ways - 1].first_error_only && ways[chief_ways].kind == FaultKind::kill_tree);

/// With more quiet moments than this, the rest of them wait until every class of calls had its turn.
constexpr std::size_t quiet_moments_first = 32;

/// Calls that change what is there in one step: just after them the program does not know it yet.
/// After any other call the world is as before the next one.
bool after_matters(CallClass call_class) {
  static constexpr std::array classes{CallClass::open, CallClass::rename,   CallClass::unlink, CallClass::mkdir,
                                      CallClass::link, CallClass::truncate, CallClass::lock,   CallClass::shm,
                                      CallClass::fork, CallClass::exec,     CallClass::wait,   CallClass::bind};
  return std::find(classes.begin(), classes.end(), call_class) != classes.end();
}

const CallPoint* call_point(const SiteRecord& record) {
  return std::get_if<CallPoint>(&record.site.point);
}

bool is_quiet(const SiteRecord& record) {
  return std::holds_alternative<QuietPoint>(record.site.point);
}

/// Allocations, lines and calls of Python lie so close to each other that only an exception is worth its trial.
bool is_for_exceptions_only(const SiteRecord& record) {
  const Point& point = record.site.point;
  return std::holds_alternative<NewPoint>(point) || std::holds_alternative<LinePoint>(point) ||
         std::holds_alternative<CallEventPoint>(point);
}

bool can_throw(Action action, const Point& point) {
  if (std::holds_alternative<ProbePoint>(point)) return action == Action::throw_;
  if (std::holds_alternative<NewPoint>(point)) return action == Action::bad_alloc;
  const bool of_python = std::holds_alternative<LinePoint>(point) || std::holds_alternative<CallEventPoint>(point);
  return of_python && action == Action::raise;
}

bool is_stdout(const SiteRecord& record) {
  return record.object == "stdout";
}

/// By such a call a process or a file comes or goes, or a process learns of it: what lies open for a few calls only
/// begins or ends there.
bool is_telling(const SiteRecord& record) {
  static constexpr std::array classes{CallClass::write, CallClass::kill, CallClass::sigaction, CallClass::out};
  const CallPoint* point = call_point(record);
  return point != nullptr && (after_matters(point->call_class) ||
                              std::find(classes.begin(), classes.end(), point->call_class) != classes.end());
}

/// Whether the call may write to a file of the disk; what it makes without writing needs room too.
bool needs_room(const SiteRecord& record) {
  switch (call_point(record)->call_class) {
    case CallClass::write:
    case CallClass::open:
      return record.regular_file;
    case CallClass::mkdir:
    case CallClass::link:
    case CallClass::truncate:
    case CallClass::rename:
      return true;
    default:
      return false;
  }
}

/// Whether the call may do a part of its work. A pipe or a terminal is not told from a device here: the trial does.
bool can_be_short(const SiteRecord& record) {
  const CallClass call_class = call_point(record)->call_class;
  return call_class == CallClass::out || (call_class == CallClass::write && !record.object.starts_with("anon_inode:") &&
                                          !record.object.starts_with("/memfd:"));
}

/// The errnos of this kind with which the call can fail.
std::vector<int> errors_of(FaultKind kind, const SiteRecord& record) {
  std::vector<int> errors;
  const CallClass call_class = call_point(record)->call_class;
  const bool needs_file = call_class == CallClass::write || call_class == CallClass::open ||
                          call_class == CallClass::close || call_class == CallClass::sync;
  const bool to_a_file = needs_file ? record.regular_file : call_class != CallClass::out || is_stdout(record);
  for (const int error : legal_errnos(record.call)) {
    const bool of_the_disk = error == ENOSPC || error == EIO || error == EFBIG;
    if ((error == ENOSPC) == (kind == FaultKind::enospc) && (to_a_file || !of_the_disk)) errors.push_back(error);
  }
  return errors;
}

Fault fault_of(const Way& way, Site site) {
  Fault fault;
  fault.action = way.action;
  fault.signal = way.signal;
  fault.persistent = way.persistent;
  fault.bytes = way.action == Action::short_write ? 1 : 0;
  fault.exception = way.exception;
  fault.site = std::move(site);
  return fault;
}

class Enumeration {
 public:
  Enumeration(const Catalog& catalog, const EnumerateOptions& options) : catalog_(catalog), options_(options) {
    for (const TargetProcess& process : catalog.processes) known_.emplace(process.path, &process);
  }

  /// Appends every action at each of the sites, action by action: the chief actions first, and each half first at the
  /// sites that tell most.
  void round(std::vector<std::size_t> sites) {
    const auto others = std::stable_partition(sites.begin(), sites.end(),
                                              [&](std::size_t site) { return is_telling(catalog_.stable[site]); });
    const std::span all_ways(ways);
    for (const std::span<const Way> half : {all_ways.first(chief_ways), all_ways.subspan(chief_ways)}) {
      strike_all(half, {sites.begin(), others});
      strike_all(half, {others, sites.end()});
    }
  }

  /// Appends what a person does to a program at rest, moment by moment: the root is killed, interrupted, terminated.
  void at_rest(const std::vector<std::size_t>& moments) {
    for (const std::size_t moment : moments) {
      for (const Way& way : std::span(ways).first(ways_at_rest)) {
        if (options_.kinds.test(static_cast<std::size_t>(way.kind)))
          strike_root({way, moment, catalog_.stable[moment]});
      }
    }
  }

  std::vector<PlacedFault> take() { return std::move(faults_); }

 private:
  struct Occasion {
    const Way& way;
    std::size_t site;          ///< in the catalog
    const SiteRecord& record;  ///< the same, perhaps after its call
  };

  void strike_all(std::span<const Way> some_ways, std::span<const std::size_t> sites) {
    for (const Way& way : some_ways) {
      if (!options_.kinds.test(static_cast<std::size_t>(way.kind))) continue;
      for (const std::size_t site : sites) strike({way, site, catalog_.stable[site]});
      for (const std::size_t site : sites) strike_after(way, site);
    }
  }

  void strike(const Occasion& occasion) {
    switch (occasion.way.aim) {
      case Aim::call:
        return strike_call(occasion);
      case Aim::thrown:
        if (can_throw(occasion.way.action, occasion.record.site.point) && aims_at(occasion, process_of(occasion))) {
          add(occasion, occasion.record.site);
        }
        return;
      case Aim::process:
      case Aim::moment:
        return strike_whom(occasion);
    }
  }

  void strike_whom(const Occasion& occasion) {
    const SiteRecord& record = occasion.record;
    if (is_for_exceptions_only(record)) return;
    if (!is_quiet(record)) {
      if (aims_at(occasion, record.alive.empty() ? process_of(occasion) : record.alive.front())) {
        add(occasion, record.site);
      }
      return;
    }
    if (occasion.way.aim == Aim::moment) return add(occasion, record.site);
    for (const ProcessPath& process : record.alive) {
      Site site = record.site;
      site.process = process;
      if (aims_at(occasion, process)) add(occasion, site);
    }
  }

  void strike_root(const Occasion& occasion) {
    if (occasion.way.aim == Aim::moment) return add(occasion, occasion.record.site);
    Site site = occasion.record.site;
    site.process = ProcessPath::root();
    const bool lives = std::ranges::find(occasion.record.alive, ProcessPath::root()) != occasion.record.alive.end();
    if (lives && aims_at(occasion, ProcessPath::root())) add(occasion, site);
  }

  void strike_call(const Occasion& occasion) {
    const SiteRecord& record = occasion.record;
    const CallPoint* point = call_point(record);
    if (point == nullptr || !aims_at(occasion, process_of(occasion))) return;
    const Fault fault = fault_of(occasion.way, record.site);
    switch (occasion.way.action) {
      case Action::full:
        if (needs_room(record)) add(occasion, fault);
        break;
      case Action::epipe:
        if (point->call_class == CallClass::out && is_stdout(record)) add(occasion, fault);
        break;
      case Action::short_write:
        if (can_be_short(record)) add(occasion, fault);
        break;
      default:
        for (const int error : errors_of(occasion.way.kind, record)) {
          Fault failing = fault;
          failing.error = error;
          add(occasion, failing);
          if (occasion.way.first_error_only) break;
        }
    }
  }

  void strike_after(const Way& way, std::size_t site) {
    const CallPoint* point = call_point(catalog_.stable[site]);
    if (point == nullptr || way.aim == Aim::call || !after_matters(point->call_class)) return;
    SiteRecord after = catalog_.stable[site];
    after.site.after = true;
    strike({way, site, after});
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

  void add(const Occasion& occasion, Site site) { add(occasion, fault_of(occasion.way, std::move(site))); }

  void add(const Occasion& occasion, Fault fault) {
    if (!seen_.insert(fault.print()).second) return;
    faults_.push_back({.fault = std::move(fault), .site = occasion.site, .kind = occasion.way.kind});
  }

  const Catalog& catalog_;
  const EnumerateOptions& options_;
  std::map<ProcessPath, const TargetProcess*> known_;
  std::vector<PlacedFault> faults_;
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

std::vector<std::size_t> first_middle_last(const std::vector<std::size_t>& sites) {
  std::vector<std::size_t> left = sites;
  return take_spread(left, 3);
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
  enumeration.at_rest(first_middle_last(first));
  enumeration.round(first);
  for (std::size_t round = 0; round < 3; ++round) enumeration.round(members_of_round(catalog, round));
  enumeration.round(quiet);
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
  for (std::size_t site = 0; site < catalog.stable.size(); ++site) enumeration.round({site});
  return enumeration.take();
}

FaultKinds kinds_without_a_place(const Catalog& catalog, const EnumerateOptions& options) {
  FaultKinds left = options.kinds;
  Enumeration enumeration(catalog, options);
  for (std::size_t site = 0; site < catalog.stable.size() && left.any(); ++site) {
    enumeration.round({site});
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
