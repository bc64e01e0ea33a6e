#include "harness/trial/phases.hpp"

#include <fmt/format.h>
#include <glob.h>
#include <sys/wait.h>

#include <csignal>

#include "exitproof/names.hpp"
#include "exitproof/regex.hpp"
#include "harness/linux/proc_files.hpp"
#include "harness/linux/sockets.hpp"

namespace exitproof {

namespace {

// A fault-free subject that stays quiet so long, with nothing to wake it, waits for somebody.
constexpr std::chrono::milliseconds waits_after{300};
// The same for a server whose own clock wakes it again and again, always into the same waits.
constexpr std::chrono::milliseconds waits_with_clock_after{2'000};
// What the subject does for the driver's last request may outlast the driver.
constexpr std::chrono::milliseconds work_may_linger{1'000};

bool file_exists(pid_t leader, const std::string& pattern, const std::string& working_directory) {
  const std::string absolute = pattern.starts_with('/') ? pattern : working_directory + "/" + pattern;
  glob_t found{};
  const bool exists = ::glob(fmt::format("/proc/{}/root{}", leader, absolute).c_str(), 0, nullptr, &found) == 0;
  ::globfree(&found);
  return exists;
}

bool has_listener(const Tree& tree, const std::string& port_or_path) {
  const bool path = port_or_path.starts_with('/');
  for (const auto& process : tree.processes()) {
    if (process->dead) {
      continue;
    }
    std::vector<std::string> files;
    for (const int fd : sys::list_descriptors(process->pid)) {
      files.push_back(sys::read_descriptor(process->pid, fd));
    }
    for (const std::string& listener : sys::listening_sockets(process->pid, files)) {
      if (port_or_path.empty() || (path && listener == "socket " + port_or_path) ||
          (!path && listener.ends_with(":" + port_or_path))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

Phases::Phases(TrialContext& context, Leader& leader, Streams& streams, sys::Terminal& terminal)
    : context_(context), leader_(leader), streams_(streams), terminal_(terminal), mark_(context.clock.now()) {}

bool Phases::staged() const {
  return context_.scenario.ready || !context_.scenario.drive.empty() || context_.scenario.stop;
}

bool Phases::only_end_is_left() const {
  if (driver_runs()) {
    return false;
  }
  return context_.evidence.reached == Phase::stop ||
         (context_.evidence.reached == Phase::work && !context_.scenario.stop);
}

void Phases::enter(Phase phase) {
  context_.evidence.reached = phase;
  mark_ = context_.clock.now();
  context_.log(EventKind::phase, ProcessPath::root(), {}, std::string(phase_name(phase)));
}

bool Phases::ready_now() {
  const ReadyWhen when = context_.scenario.ready.value_or(ReadyWhen{});
  switch (when.kind) {
    case ReadyWhen::Kind::quiet:
      return context_.quiet.quiet();
    case ReadyWhen::Kind::file:
      return file_exists(context_.leader, when.what, context_.scenario.working_directory);
    case ReadyWhen::Kind::output:
      return has_said(when.what);
    case ReadyWhen::Kind::listen:
      return has_listener(context_.tree, when.what);
  }
  return false;
}

bool Phases::has_said(const std::string& expression) {
  const std::size_t size = streams_.text_size();
  if (size == searched_) {
    return false;  // asked at every stop of the subject, most of which bring nothing new
  }
  searched_ = size;
  return Regex(expression).found_in(streams_.text(), Regex::Lines::many);
}

bool Phases::waits_for_ever() {
  const auto now = context_.clock.now();
  if (context_.quiet.quiet() && now - context_.quiet.since() >= waits_after) {
    const Stillness still = judge_stillness(context_.tree, context_.quiet, now);
    if (!still.timed) {
      context_.evidence.waits_on = still.outside ? "somebody outside" : "nothing that a timer ends";
      return true;
    }
  }
  if (context_.quiet.same_waits_for(now) >= waits_with_clock_after && has_listener(context_.tree, "")) {
    context_.evidence.waits_on = "somebody outside, looking at its clock now and then";
    return true;
  }
  return false;
}

void Phases::advance() {
  switch (context_.evidence.reached) {
    case Phase::start:
      if (!staged()) {
        enter(Phase::work);
      } else if (ready_now()) {
        enter(Phase::ready);
        after_ready();
      }
      break;
    case Phase::ready:
      break;
    case Phase::work: {
      const bool lingering = driven_ && !context_.quiet.quiet() && context_.clock.now() - mark_ < work_may_linger;
      if (driver_runs() || lingering) {
        break;
      }
      if (context_.scenario.stop || (context_.request.decide_waiting && waits_for_ever())) {
        stop();
      }
      break;
    }
    case Phase::stop:
    case Phase::gone:
      break;
  }
}

void Phases::after_ready() {
  enter(Phase::work);
  if (!context_.scenario.drive.empty()) {
    run(context_.scenario.drive);
    driven_ = true;
  }
}

void Phases::run(const std::string& command) {
  leader_.start_command(command);
  ++commands_running_;
  context_.log(EventKind::driver, ProcessPath::root(), "starts", command);
}

void Phases::command_ended(int status) {
  commands_running_ -= commands_running_ > 0 ? 1 : 0;
  const WaitStatus end = WaitStatus::from_raw(status);
  context_.log(EventKind::driver, ProcessPath::root(), "ends", end.print());
  const bool fault_free = context_.request.plan.faults.empty();
  if (context_.evidence.reached == Phase::work) {
    mark_ = context_.clock.now();
    context_.quiet.disturb();
    if (fault_free && !end.success()) {
      context_.evidence.harness_error =
          fmt::format("the driver failed in a fault-free run ({}): {}", end.print(), context_.scenario.drive);
    }
  }
}

bool Phases::give_up_waiting() {
  if (!context_.scenario.stop || context_.evidence.reached == Phase::stop) {
    return false;
  }
  context_.log(EventKind::note, ProcessPath::root(), {},
               fmt::format("phase {} took longer than {}", phase_name(context_.evidence.reached),
                           print_duration(context_.scenario.timeout)));
  commands_running_ = 0;
  stop();
  return true;
}

void Phases::stop() {
  enter(Phase::stop);
  context_.evidence.stopped_by_harness = true;
  context_.evidence.end_was_asked = true;
  const StopBy by = context_.scenario.stop.value_or(StopBy{});
  switch (by.kind) {
    case StopBy::Kind::signal:
      ::kill(leader_.root(), by.signal);
      break;
    case StopBy::Kind::ctrl_c:
      terminal_.type('\x03');
      break;
    case StopBy::Kind::eof:
      if (context_.scenario.tty) {
        terminal_.type('\x04');
      } else {
        streams_.end_input();
      }
      break;
    case StopBy::Kind::command:
      run(by.command);
      break;
  }
  context_.quiet.disturb();
}

}  // namespace exitproof
