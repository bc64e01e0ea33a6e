#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>

#include "harness/linux/call_filter.hpp"
#include "harness/linux/system_calls.hpp"
#include "harness/trial/births.hpp"
#include "harness/trial/call_places.hpp"
#include "harness/trial/tracer.hpp"

// The calls of the subject: how they are counted, written down and struck.
namespace exitproof {

namespace {

bool returns_never(const MetCall& call) {
  return call.call_class == CallClass::exit;
}

}  // namespace

void Tracer::handle_uncounted(Task& task, const sys::CallEntry& entry) {
  switch (static_cast<sys::TrapReason>(entry.filter_data)) {
    case sys::TrapReason::foreign:
      context_.made_ipc_objects = true;  // for all that is known
      if (!foreign_noted_) {
        foreign_noted_ = true;
        context_.evidence.skipped.push_back(fmt::format(
            "sites: {} makes 32-bit system calls, which are let through and not counted", task.process->command));
      }
      break;
    case sys::TrapReason::machine:
    case sys::TrapReason::tracing: {
      const std::string name = sys::system_call_name(entry.number);
      context_.evidence.denied.push_back(fmt::format("{} by {} ({})", name, task.process->command, task.path.print()));
      context_.log(EventKind::denied, task.path, name);
      sys::skip_call(task.tid, -EPERM);
      if (entry.number == SYS_ptrace && !context_.evidence.harness_error) {
        context_.evidence.harness_error =
            fmt::format("cannot be tried: {} ({}) uses ptrace itself, and a process has one tracer only",
                        task.process->command, task.path.print());
      }
      break;
    }
    case sys::TrapReason::timer:
      task.process->sets_timers = true;
      break;
    case sys::TrapReason::ipc:
    case sys::TrapReason::birth:
    case sys::TrapReason::counted:
      break;
  }
}

void Tracer::handle_call(Task& task) {
  const auto entry = sys::read_call_entry(task.tid);
  if (!entry) {
    go_on(task);
    return;
  }
  task.awaited.reset();
  task.fault_after_call.reset();
  task.taken_back.reset();
  if (entry->native) {
    strip_untraced_flag(task.tid, *entry);
    context_.made_ipc_objects = context_.made_ipc_objects || sys::may_make_ipc_object(static_cast<long>(entry->number));
  }
  const bool counted = entry->filter_data == static_cast<std::uint32_t>(sys::TrapReason::counted);
  if (!counted || !started_) {
    handle_uncounted(task, *entry);
    stops_.resume(task, sys::ResumeMode::run);
    return;
  }
  const bool again = comes_again(task, place_of(*entry));
  MetCall call = count_call(task, *entry, again);
  if (!call.call_class) {
    stops_.resume(task, sys::ResumeMode::run);
    return;
  }
  record_call(task, call, again);
  if (refused_by_ledger(task, call)) {
    return;
  }
  bool await_end = (context_.request.events && is_recorded(call) && !returns_never(call)) || is_booked(call);
  if (strike_at_call(task, call, *entry, await_end)) {
    return;
  }
  if (await_end) {
    task.awaited = std::move(call);
  }
  go_on(task);
}

// Whether the books of files need its result.
bool Tracer::is_booked(const MetCall& call) const {
  return context_.ledger != nullptr && FileLedger::classes().test(static_cast<std::size_t>(*call.call_class));
}

bool Tracer::refused_by_ledger(Task& task, const MetCall& call) {
  const int error = is_booked(call) ? context_.ledger->before_call(task, call) : 0;
  if (error == 0) {
    return false;
  }
  MetCall described = call;
  reader_.describe(task, described);
  context_.evidence.denied.push_back(
      fmt::format("{} {} by {} ({})", described.name, described.object, task.process->command, task.path.print()));
  context_.log(EventKind::denied, task.path, described.name, described.object);
  sys::skip_call(task.tid, -error);
  stops_.resume(task, sys::ResumeMode::run);
  return true;
}

MetCall Tracer::count_call(Task& task, const sys::CallEntry& entry, bool again) {
  MetCall call = reader_.read(task, entry);
  if (call.call_class) {
    std::uint64_t& count = task.counts[static_cast<std::size_t>(*call.call_class)];
    count += again ? 0 : 1;
    call.nth = count;
    if (!again) {
      plan_.count_text(reader_, task, call);
    }
    if (*call.call_class == CallClass::bind) {
      context_.evidence.bound_a_socket = true;
    }
  }
  return call;
}

Site Tracer::call_site(const Task& task, const MetCall& call) const {
  Site site;
  site.process = task.path;
  site.point = CallPoint{*call.call_class, std::nullopt, call.nth};
  return site;
}

// Calls of a class that nobody asked for are trapped only to tell another class from it.
bool Tracer::is_recorded(const MetCall& call) const {
  return (context_.request.events || context_.request.sites) &&
         context_.request.classes.test(static_cast<std::size_t>(*call.call_class));
}

void Tracer::record_call(Task& task, const MetCall& met, bool again) {
  if (!is_recorded(met)) {
    return;
  }
  MetCall call = met;
  reader_.describe(task, call);
  const Site site = call_site(task, call);
  context_.log(EventKind::call, task.path, call.name, call.object, 0, site);
  if (context_.request.sites && !again) {
    SiteRecord record;
    record.site = site;
    record.command = task.process->command;
    record.call = call.name;
    record.object = call.object;
    record.regular_file = call.regular_file;
    record.phase = context_.evidence.reached;
    record.alive = {task.process->path};
    if (context_.request.stacks) {
      record.stack_key =
          sys::stack_key(task.process->executable, stacks_.read(task.process->pid, task.tid), *call.call_class);
    }
    context_.evidence.sites.push_back(std::move(record));
  }
}

bool Tracer::strike_at_call(Task& task, MetCall& call, const sys::CallEntry& entry, bool& await_end) {
  while (const auto index = plan_.match(task, call)) {
    const Fault& fault = context_.request.plan.faults[*index];
    reader_.describe(task, call);
    if (fault.site.delay.count() > 0) {
      due_.push_back({TrialContext::Clock::now() + fault.site.delay, *index});
      plan_.reached(*index);
      return false;
    }
    if (fault.site.after) {
      task.fault_after_call = *index;
      await_end = true;
      return false;
    }
    const AfterStrike after = striker_.strike(*index, task.process, {&task, &call, true});
    plan_.fired(*index);
    if (after == AfterStrike::again) {
      remember_place(task, place_of(entry));
      stops_.resume(task, sys::ResumeMode::run);
      return true;
    }
    if (after == AfterStrike::hold) {
      if (await_end) {
        task.awaited = call;
      }
      hold(task, fault);
      return true;
    }
  }
  return false;
}

void Tracer::handle_call_end(Task& task) {
  if (!task.awaited) {
    stops_.resume(task, sys::ResumeMode::run);
    return;
  }
  const MetCall call = *task.awaited;
  const auto fault = task.fault_after_call;
  task.awaited.reset();
  task.fault_after_call.reset();
  const auto result = sys::read_call_result(task.tid);
  if (!result || is_restart_code(*result)) {
    stops_.resume(task, sys::ResumeMode::run);  // not over: it comes again
    return;
  }
  if (is_booked(call)) {
    context_.ledger->after_call(task, call, *result);
  }
  if (is_recorded(call) || fault) {
    context_.log(EventKind::call_end, task.path, call.name.empty() ? sys::system_call_name(call.number) : call.name,
                 call.object, *result);
  }
  record_reaping(task, call, *result);
  if (fault) {
    const AfterStrike after = striker_.strike(*fault, task.process, {&task, &call, false});
    plan_.fired(*fault);
    if (after == AfterStrike::hold) {
      hold(task, context_.request.plan.faults[*fault]);
      return;
    }
  }
  stops_.resume(task, sys::ResumeMode::run);
}

void Tracer::record_reaping(Task& task, const MetCall& call, std::int64_t result) {
  if (call.call_class != CallClass::wait || result < 0) {
    return;
  }
  auto pid = static_cast<pid_t>(result);
  if (call.number == SYS_waitid) {
    constexpr std::size_t pid_in_siginfo = 12;  // siginfo_t: si_signo, si_errno, si_code, then si_pid
    const bool left_waitable = (call.args[3] & WNOWAIT) != 0;
    const std::string bytes = call.args[2] == 0 || left_waitable
                                  ? std::string()
                                  : sys::read_memory(task.tid, call.args[2] + pid_in_siginfo, sizeof pid);
    pid = 0;
    if (bytes.size() == sizeof pid) {
      std::memcpy(&pid, bytes.data(), sizeof pid);
    }
  }
  Process* child = pid > 0 ? context_.tree.find_process(pid) : nullptr;
  if (child != nullptr && child->dead && child->maker == task.process) {
    zombies_.child_reaped(*child, task.process);
    context_.log(EventKind::reap, task.path, {}, child->path.print());
  }
}

}  // namespace exitproof
