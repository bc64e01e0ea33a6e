#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/linux/call_filter.hpp"
#include "harness/linux/signal_calls.hpp"
#include "harness/linux/system_calls.hpp"
#include "harness/linux/turn_calls.hpp"
#include "harness/trial/clock/timed_waits.hpp"
#include "harness/trial/tracer/births.hpp"
#include "harness/trial/tracer/call_faults.hpp"
#include "harness/trial/tracer/call_places.hpp"
#include "harness/trial/tracer/refused_calls.hpp"
#include "harness/trial/tracer/sandbox.hpp"
#include "harness/trial/tracer/tracer.hpp"
#include "harness/trial/tree/own_processes.hpp"

// The calls of the subject: how they are counted, written down and struck.
namespace exitproof {

namespace {

bool returns_never(const MetCall& call) {
  return call.call_class == CallClass::exit;
}

// Such a file cannot be taken away any more, whatever its owner does.
void note_refused_removal(FaultRecord& record, const MetCall& call) {
  std::vector<std::string>& refused = record.refused_removals;
  if (call.call_class == CallClass::unlink && std::find(refused.begin(), refused.end(), call.object) == refused.end()) {
    refused.push_back(call.object);
  }
}

}  // namespace

bool Tracer::handle_uncounted(Task& task, const sys::CallEntry& entry) {
  switch (static_cast<sys::TrapReason>(entry.filter_data)) {
    case sys::TrapReason::foreign:
      context_.made_ipc_objects = true;  // for all that is known
      task.process->timers.unknown = true;
      if (!foreign_noted_) {
        foreign_noted_ = true;
        context_.evidence.skipped.push_back(fmt::format(
            "sites: {} makes 32-bit system calls, which are let through and not counted", task.process->command));
      }
      break;
    case sys::TrapReason::machine:
    case sys::TrapReason::tracing: {
      note_refusal(task, entry.number, {});
      sys::skip_call(task.tid, -EPERM);
      if (entry.number == SYS_ptrace && !context_.evidence.harness_error) {
        context_.evidence.harness_error = fmt::format(
            "cannot be tried: {} ({}) uses ptrace itself, and a process has one tracer only (LeakSanitizer does so: "
            "--env ASAN_OPTIONS=detect_leaks=0 turns it off)",
            task.process->command, task.path.print());
      }
      break;
    }
    case sys::TrapReason::sandbox:
      if (sys::may_get_filter(entry.number, entry.args)) {
        silence_agents(context_, task);
      } else {
        context_.skip(fmt::format(
            "sandbox: {} asked for the strict mode of seccomp, which the kernel gives to no process that is traced "
            "with a filter: it was told EINVAL",
            task.process->command));
      }
      break;
    case sys::TrapReason::timer:
      return true;
    case sys::TrapReason::turn:
    case sys::TrapReason::time:
    case sys::TrapReason::probe:
    case sys::TrapReason::right:
    case sys::TrapReason::ipc:
    case sys::TrapReason::birth:
    case sys::TrapReason::counted:
    case sys::TrapReason::signal:
      break;
  }
  return false;
}

void Tracer::note_refusal(Task& task, std::uint64_t number, std::string why) {
  const std::string name = sys::system_call_name(number);
  std::string text = fmt::format("{} by {} ({})", name, task.process->command, task.path.print());
  auto& denied = context_.evidence.denied;
  if (std::find(denied.begin(), denied.end(), text) == denied.end()) {
    denied.push_back(std::move(text));
  }
  context_.log(EventKind::denied, task.path, name, std::move(why));
}

bool Tracer::may_be_refused(const Task& task, std::uint64_t number, std::span<const std::uint64_t, 6> args) const {
  return context_.world_takes_rights && takes_lost_right(task.tid, number, args);
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
  task.unmade = false;
  if (entry->filter_data == static_cast<std::uint32_t>(sys::TrapReason::probe)) {
    handle_message(task, *entry);
    return;
  }
  if (entry->native) {
    strip_untraced_flag(task.tid, *entry);
    context_.made_ipc_objects = context_.made_ipc_objects || sys::may_make_ipc_object(static_cast<long>(entry->number));
  }
  if (time_ && started_ && entry->native) {
    if (time_->answer(task, *entry)) {
      stops_.resume(task, sys::ResumeMode::run);
      return;
    }
    plan_wait(task, *entry);
  }
  const bool counted = entry->filter_data == static_cast<std::uint32_t>(sys::TrapReason::counted);
  if (!counted || !started_) {
    if (spared_by_call(task, *entry)) {
      return;
    }
    if (handle_uncounted(task, *entry) || (entry->native && (may_be_refused(task, entry->number, entry->args) ||
                                                             is_wait(task, entry->number, entry->args) ||
                                                             (time_ && time_->wants_end(task, entry->number))))) {
      task.awaited.emplace().number = entry->number;
      std::copy(std::begin(entry->args), std::end(entry->args), std::begin(task.awaited->args));
    }
    go_on(task);
    return;
  }
  const bool again = comes_again(task, place_of(*entry));
  MetCall call = count_call(task, *entry, again);
  if (!call.call_class) {
    stops_.resume(task, sys::ResumeMode::run);
    return;
  }
  record_call(task, call, again);
  if (spared_by_call(task, *entry) || refused_by_ledger(task, call)) {
    return;
  }
  const bool by_peers = trespasses_.cares_for(call);
  if (by_peers) {
    reader_.describe(task, call);
    trespasses_.before_call(task, call);
  }
  bool await_end = (context_.request.events && is_recorded(call) && !returns_never(call)) || is_booked(call) ||
                   by_peers || may_be_refused(task, call.number, call.args) || is_wait(task, call.number, call.args) ||
                   (time_ && time_->wants_end(task, call.number));
  if (fails_by_now(task, call)) {
    await_end = await_end || task.changed;
  } else if (strike_at_call(task, call, *entry, await_end)) {
    return;
  }
  if (context_.disk_is_full) {
    give_room_for_copies(task, call);
    await_end = await_end || !returns_never(call);
  }
  if (task.unmade) {
    drop_planned_wait(task);
  }
  if (await_end) {
    task.awaited = std::move(call);
  }
  go_on(task);
}

bool Tracer::is_wait(Task& task, std::uint64_t number, std::span<const std::uint64_t, 6> args) {
  if (!turns_) {
    return false;
  }
  if (task.progress.end_wanted) {
    return true;
  }
  if (!sys::may_wait(number, args)) {
    return false;
  }
  const auto descriptor = sys::waits_for_descriptor(number, args);
  const auto file = descriptor ? sys::identify_descriptor(task.process->pid, *descriptor) : std::nullopt;
  return !file || !S_ISREG(file->mode);
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
  note_refusal(task, call.number, "it reaches beyond the trial");
  sys::skip_call(task.tid, -error);
  stops_.resume(task, sys::ResumeMode::run);
  return true;
}

bool Tracer::spared_by_call(Task& task, const sys::CallEntry& entry) {
  const auto target =
      started_ ? sys::signal_target(task.process->pid, task.tid, entry.number, entry.args, entry.native) : std::nullopt;
  if (target && target->kind == sys::SignalTarget::Kind::everybody && !target->only_asks) {
    context_.signalled_everybody = true;
  }
  if (target && context_.frozen > 0 && target->id == context_.frozen) {
    sys::skip_call(task.tid, -ESRCH);
    stops_.resume(task, sys::ResumeMode::run);
    return true;
  }
  const auto answer =
      target ? OwnProcesses(context_.leader).answer(context_.tree, task, *target) : std::optional<std::int64_t>();
  if (!answer) {
    return false;
  }
  note_refusal(task, entry.native ? entry.number : SYS_kill, "it would reach the harness, or process 1");
  sys::skip_call(task.tid, *answer);
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

// A trial that writes no call down compares by the names of those that it stops at.
void Tracer::digest_unrecorded(const Task& task, const MetCall& call) {
  if (!context_.request.events && !context_.request.sites) {
    context_.digest.add({.kind = EventKind::call,
                         .who = task.path,
                         .call = sys::system_call_name(call.number),
                         .object = {},
                         .site = call_site(task, call)});
  }
}

void Tracer::record_call(Task& task, const MetCall& met, bool again) {
  if (!is_recorded(met)) {
    digest_unrecorded(task, met);
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

// Whether a persistent failure has struck before, and strikes this call too.
bool Tracer::fails_by_now(Task& task, MetCall& call) {
  for (const std::size_t index : failing_) {
    FaultRecord& record = context_.evidence.faults[index];
    const Fault& fault = record.fault;
    if (std::get<CallPoint>(fault.site.point).call_class != *call.call_class) {
      continue;
    }
    reader_.describe(task, call);
    if (why_cannot_fail(call, fault.error).empty()) {
      fail_call(task, call, fault.error);
      note_refused_removal(record, call);
      return true;
    }
  }
  return false;
}

void Tracer::give_room_for_copies(const Task& task, const MetCall& call) {
  const std::string path = task.unmade ? std::string() : reader_.existing_file_changed_by(task, call);
  if (path.starts_with('/') && stops_.freeze()) {
    context_.surroundings.make_own_copy(path, call.call_class == CallClass::unlink);
  }
}

// Where the layers are, only what is copied up or written needs room; on a disk without layers, nothing but writing
// does.
void Tracer::watch_for_false_failure(const Task& task, const MetCall& call, std::int64_t result) {
  const bool copies_up = call.call_class == CallClass::open || call.call_class == CallClass::chmod ||
                         call.call_class == CallClass::rename || call.call_class == CallClass::unlink ||
                         call.number == SYS_link || call.number == SYS_linkat || call.number == SYS_truncate;
  if (context_.disk_is_full && result == -ENOSPC && copies_up && !context_.evidence.harness_error) {
    MetCall described = call;
    reader_.describe(task, described);
    context_.evidence.harness_error = fmt::format(
        "the full disk had no room for the world's own copy of {}, which {} by {} ({}) needed: on the machine "
        "that call would have worked",
        described.object, described.name, task.process->command, task.path.print());
  }
}

// Between the layers of a world it cannot copy, where on the machine's one file system it can.
void Tracer::note_false_exdev(const Task& task, const MetCall& call, std::int64_t result) {
  if (call.number == SYS_copy_file_range && result == -EXDEV && context_.ledger == nullptr) {
    context_.skip(fmt::format(
        "files: copy_file_range of {} gave EXDEV in the world, whose files lie in layers: what it does instead was "
        "tried",
        task.process->command));
  }
}

bool Tracer::leaves_by_itself(Task& task, std::size_t fault) {
  const FaultRecord& record = context_.evidence.faults[fault];
  const bool killed = record.fired && task.process->struck &&
                      (record.fault.action == Action::kill || record.fault.action == Action::kill_tree);
  if (!turns_ || !killed) {
    return false;
  }
  task.state = Task::State::running;
  return true;
}

bool Tracer::strike_at_call(Task& task, MetCall& call, const sys::CallEntry& entry, bool& await_end) {
  while (const auto index = plan_.match(task, call)) {
    const Fault& fault = context_.request.plan.faults[*index];
    reader_.describe(task, call);
    if (put_off(*index)) {
      return false;
    }
    if (fault.site.after) {
      task.fault_after_call = *index;
      await_end = true;
      return false;
    }
    const AfterStrike after = striker_.strike(*index, task.process, {&task, &call, true});
    plan_.fired(*index);
    if (leaves_by_itself(task, *index)) {
      return true;
    }
    if (fault.persistent && context_.evidence.faults[*index].fired) {
      failing_.push_back(*index);
      note_refused_removal(context_.evidence.faults[*index], call);
    }
    await_end = await_end || after == AfterStrike::await;
    if (after == AfterStrike::again) {
      remember_place(task, place_of(entry));
      stops_.resume(task, sys::ResumeMode::run);
      return true;
    }
    if (after == AfterStrike::hold) {
      if (await_end) {
        task.awaited = call;
      }
      hold(task, *index);
      return true;
    }
  }
  return false;
}

void Tracer::handle_call_end(Task& task) {
  if (!task.awaited) {
    const auto call = task.each_call || task.progress.end_wanted ? sys::read_call_to_come(task.tid) : std::nullopt;
    if (call && watches_start_ != StartWatch::none && !goes_on_in_start(task, *call)) {
      return;
    }
    if (call && task.each_call) {
      handlers_.call_to_come(task, *call);
    }
    if (call && task.progress.end_wanted) {
      task.awaited.emplace().number = call->number;
      std::copy(std::begin(call->args), std::end(call->args), std::begin(task.awaited->args));
      go_on(task);
      return;
    }
    stops_.resume(task, sys::ResumeMode::run);
    return;
  }
  const MetCall call = *task.awaited;
  const auto fault = task.fault_after_call;
  task.awaited.reset();
  task.progress.end_wanted = false;
  task.fault_after_call.reset();
  auto result = sys::read_call_result(task.tid);
  if (time_ && result && task.limited) {
    result = finish_wait(task, *result, context_.clock);
  }
  const bool comes_again = !result || is_restart_code(*result);
  const bool by_plan = task.unmade || task.changed.has_value();
  if (task.changed) {
    if (comes_again) {
      task.changed->result.reset();
    } else if (task.changed->result) {
      result = task.changed->result;
    }
    put_right(task);
  }
  if (comes_again) {
    stops_.resume(task, sys::ResumeMode::run);  // not over: it comes again
    return;
  }
  if (*result == -EPERM && may_be_refused(task, call.number, call.args) && would_have_right(task.tid)) {
    note_refusal(task, call.number, "root has no such right in the world");
  }
  if (time_ && *result == 0) {
    time_->correct(task, call);
  }
  if (!call.call_class) {
    if (*result >= 0) {
      note_timer_call(task.process->timers, task.tid, call, context_.clock.now());
    }
    stops_.resume(task, sys::ResumeMode::run);
    return;
  }
  if (is_booked(call)) {
    context_.ledger->after_call(task, call, *result);
  }
  if (trespasses_.cares_for(call)) {
    trespasses_.after_call(task, call, *result);
  }
  if (is_recorded(call) || fault) {
    context_.log(EventKind::call_end, task.path, sys::system_call_name(call.number), call.object, *result);
  }
  record_reaping(task, call, *result);
  if (!by_plan) {
    watch_for_false_failure(task, call, *result);
    note_false_exdev(task, call, *result);
  }
  if (fault) {
    const AfterStrike after = striker_.strike(*fault, task.process, {&task, &call, false});
    plan_.fired(*fault);
    if (leaves_by_itself(task, *fault)) {
      return;
    }
    if (after == AfterStrike::hold) {
      hold(task, *fault);
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
  if (child != nullptr && child->dead && child->parent == task.process) {
    zombies_.child_reaped(*child, task.process);
    context_.log(EventKind::reap, task.path, {}, child->path.print());
  }
}

}  // namespace exitproof
