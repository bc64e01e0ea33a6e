#include "properties/search/ways.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>
#include <variant>

#include "exitproof/errnos.hpp"

namespace exitproof {
namespace {

constexpr std::array death{Way{FaultKind::kill, Action::kill, 0, Aim::process}};
constexpr std::array request{
    Way{FaultKind::ctrl_c, Action::ctrl_c, 0, Aim::moment},
    Way{FaultKind::signals, Action::signal, SIGTERM, Aim::process},
};
constexpr std::array full_disk{
    Way{FaultKind::full, Action::full, 0, Aim::call},
    Way{FaultKind::enospc, Action::full, 0, Aim::call},
    Way{FaultKind::enospc, Action::fail, 0, Aim::call},
};
constexpr std::array exception{
    Way{FaultKind::exception, Action::throw_, 0, Aim::thrown},
    Way{FaultKind::exception, Action::bad_alloc, 0, Aim::thrown},
    Way{FaultKind::exception, Action::raise, 0, Aim::thrown, false, "KeyboardInterrupt"},
    Way{FaultKind::exception, Action::raise, 0, Aim::thrown, false, "MemoryError"},
};
constexpr std::array refusal{Way{FaultKind::errno_, Action::fail, 0, Aim::call, false, {}, true}};

constexpr std::array at_rest{request[1], death[0], request[0]};
constexpr std::array chief{Family(death), Family(request), Family(full_disk), Family(exception), Family(refusal)};

constexpr std::array whole_tree{
    Way{FaultKind::kill_tree, Action::kill_tree, 0, Aim::moment},
    Way{FaultKind::hangup, Action::hangup, 0, Aim::moment},
};
constexpr std::array other_signals{
    Way{FaultKind::signals, Action::signal, SIGINT, Aim::process},
    Way{FaultKind::signals, Action::signal, SIGHUP, Aim::process},
    Way{FaultKind::signals, Action::signal, SIGQUIT, Aim::process},
    Way{FaultKind::signals, Action::signal, SIGPIPE, Aim::process},
};
constexpr std::array lasting_or_partial{
    Way{FaultKind::enospc, Action::fail, 0, Aim::call, true},
    Way{FaultKind::epipe, Action::epipe, 0, Aim::call},
    Way{FaultKind::short_, Action::short_write, 0, Aim::call},
};
constexpr std::array other_refusals{Way{FaultKind::errno_, Action::fail, 0, Aim::call}};
constexpr std::array lasting_refusals{Way{FaultKind::errno_, Action::fail, 0, Aim::call, true}};
constexpr std::array pauses{Way{FaultKind::pause, Action::pause, 0, Aim::process}};

constexpr std::array lesser{Family(whole_tree),     Family(other_signals),    Family(lasting_or_partial),
                            Family(other_refusals), Family(lasting_refusals), Family(pauses)};

bool can_throw(Action action, const Point& point) {
  if (std::holds_alternative<ProbePoint>(point)) return action == Action::throw_;
  if (std::holds_alternative<NewPoint>(point)) return action == Action::bad_alloc;
  const bool of_python = std::holds_alternative<LinePoint>(point) || std::holds_alternative<CallEventPoint>(point);
  return of_python && action == Action::raise;
}

bool is_stdout(const SiteRecord& record) {
  return record.object == "stdout";
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

}  // namespace

Family ways_at_rest() {
  return at_rest;
}

Family other_ways_at_rest() {
  return other_signals;
}

std::span<const Family> chief_families() {
  return chief;
}

std::span<const Family> lesser_families() {
  return lesser;
}

const Way& timed_pause() {
  return pauses.front();
}

bool after_matters(CallClass call_class) {
  static constexpr std::array classes{CallClass::open, CallClass::rename,   CallClass::unlink, CallClass::mkdir,
                                      CallClass::link, CallClass::truncate, CallClass::lock,   CallClass::shm,
                                      CallClass::fork, CallClass::exec,     CallClass::wait,   CallClass::bind};
  return std::find(classes.begin(), classes.end(), call_class) != classes.end();
}

bool is_birth(CallClass call_class) {
  static constexpr std::array classes{CallClass::open, CallClass::mkdir, CallClass::link,
                                      CallClass::shm,  CallClass::fork,  CallClass::bind};
  return std::find(classes.begin(), classes.end(), call_class) != classes.end();
}

bool is_telling(const SiteRecord& record) {
  static constexpr std::array classes{CallClass::write, CallClass::kill, CallClass::sigaction, CallClass::out};
  const CallPoint* point = call_point(record);
  return point != nullptr && (after_matters(point->call_class) ||
                              std::find(classes.begin(), classes.end(), point->call_class) != classes.end());
}

bool is_quiet(const SiteRecord& record) {
  return std::holds_alternative<QuietPoint>(record.site.point);
}

const CallPoint* call_point(const SiteRecord& record) {
  return std::get_if<CallPoint>(&record.site.point);
}

std::vector<Fault> faults_of_call(const Way& way, const SiteRecord& record) {
  const Fault fault = fault_at(way, record.site);
  if (way.aim == Aim::thrown) {
    return can_throw(way.action, record.site.point) ? std::vector{fault} : std::vector<Fault>{};
  }
  const CallPoint* point = call_point(record);
  if (point == nullptr) return {};
  const bool to_stdout = point->call_class == CallClass::out && is_stdout(record);
  if (way.action == Action::full) return needs_room(record) ? std::vector{fault} : std::vector<Fault>{};
  if (way.action == Action::epipe) return to_stdout ? std::vector{fault} : std::vector<Fault>{};
  if (way.action == Action::short_write) return can_be_short(record) ? std::vector{fault} : std::vector<Fault>{};
  std::vector<Fault> failures;
  for (const int error : errors_of(way.kind, record)) {
    failures.push_back(fault);
    failures.back().error = error;
    if (way.first_error_only) break;
  }
  return failures;
}

Fault fault_at(const Way& way, Site site) {
  Fault fault;
  fault.action = way.action;
  fault.signal = way.signal;
  fault.persistent = way.persistent;
  fault.bytes = way.action == Action::short_write ? 1 : 0;
  fault.exception = way.exception;
  fault.site = std::move(site);
  return fault;
}

}  // namespace exitproof
