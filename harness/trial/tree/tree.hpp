#pragma once

#include <sys/types.h>
#include <sys/user.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exitproof/call_class.hpp"
#include "exitproof/duration.hpp"
#include "exitproof/process_path.hpp"
#include "exitproof/site.hpp"
#include "exitproof/wait_status.hpp"
#include "harness/linux/ptrace.hpp"
#include "harness/linux/timed_calls.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/tree/timers.hpp"

namespace exitproof {

/// A call as the tracer met it, decoded as far as the trial asks.
struct MetCall {
  std::uint64_t number = 0;
  std::uint64_t args[6] = {};
  std::optional<CallClass> call_class;  ///< nothing: trapped for another reason
  std::string name;
  std::string object;
  bool regular_file = false;  ///< it is about a file of a disk: see CallReader::describe
  std::uint64_t nth = 0;      ///< of its class in its thread; 0 when not counted
};

/// Where in its code a task made a call that may come again without being another call.
struct CallPlace {
  std::uint64_t number = 0;
  std::uint64_t instruction = 0;
  std::uint64_t stack = 0;
  bool operator==(const CallPlace&) const = default;
};

/// What a fault changed of a call at its entry, to be put right at its end.
struct ChangedCall {
  std::optional<std::int64_t> result;   ///< returned instead of the kernel's own
  std::optional<std::uint64_t> former;  ///< of the argument that says how much is to be written
  std::size_t argument = 0;             ///< its position
  std::uint64_t patched_at = 0;         ///< address of a length in the task's memory; 0: none
  std::uint64_t patched_was = 0;
};

/// An exit handler's run that has started and not ended.
struct OpenRun {
  std::uint64_t number = 0;  ///< of the handler, as the subject calls it
  std::size_t handler = 0;   ///< its position in the evidence
  std::size_t run = 0;       ///< position among its runs
  bool foreign = false;      ///< in a process that did not register it
};

/// What is to be done with a queued task when its turn comes.
struct KeptStop {
  std::optional<int> report;  ///< a stop that is yet to be handled, as waitpid(2) gave it; nothing: it is resumed
  sys::ResumeMode mode = sys::ResumeMode::run;
  int signal = 0;
  Timers::Clock::time_point since{};
  std::optional<std::uint64_t> late;  ///< it woke because its time was over: by order of such wakings
  std::uint64_t turns_before = 0;     ///< how many turns had been given when it was queued
};

/// What a schedule knows of a task that it has let go on.
struct Progress {
  sys::UniqueFd call_file;                                ///< /proc/PID/task/TID/syscall
  std::string waits_in;                                   ///< what that said when it was last found waiting
  std::optional<Timers::Clock::time_point> seen_running;  ///< without a stop or a wait since then
  std::optional<std::uint64_t> cpu_then_us;               ///< its CPU time at a later look
  bool too_long = false;                                  ///< it has run for so long that others run beside it
  bool drained = false;                                   ///< what it writes to was read empty since it waits
  bool end_wanted = false;  ///< it waits in a call whose end is not awaited: it is made to make it again
};

/// A wait for a limited time whose end is ours to bring, in a trial whose clocks are its own (harness/trial/clock).
struct LimitedWait {
  enum class State : std::uint8_t {
    planned,      ///< it is about to begin
    waits,        ///< in the call, which knows no limit now
    ends,         ///< it has been interrupted, since its time is over
    interrupted,  ///< by something else: it goes on when the call comes again
  };
  State state = State::planned;
  sys::TimedWait wait;
  std::optional<Timers::Clock::time_point> ends;  ///< by the subject's clock; nothing: not begun yet
  Timers::Clock::time_point order;                ///< SubjectClock::End
  CallPlace place;
  std::uint64_t args[6] = {};
};

/// The moment until which a thread last waited, which it has taken from its clock once: who wakes before it and waits
/// for it again has the same place in the order, however long it has computed meanwhile.
struct AwaitedMoment {
  clockid_t clock = CLOCK_MONOTONIC;
  std::chrono::nanoseconds moment{0};
  Timers::Clock::time_point order;  ///< SubjectClock::End
};

/// What a thread has told of points of the probe. A kind is an index of the alternatives of Point.
struct PointCounts {
  using OfKind = std::array<std::uint64_t, std::variant_size_v<Point>>;
  std::map<std::pair<int, std::string>, std::uint64_t> passed;  ///< by the message's kind and the point's name
  OfKind told{};
  OfKind sites{};                                   ///< how many of them were written down
  std::map<std::uint64_t, std::uint64_t> of_place;  ///< by SiteRecord::stack_key
};

/// What the agents of a process look at before they speak; processes with one memory have it in common.
struct AgentVoices {
  std::vector<std::uint64_t> silencers;  ///< addresses that EXITPROOF_SILENCER has told
  bool silent = false;                   ///< something other than 0 stands there
};

struct Process;

/// One thread of the subject.
struct Task {
  enum class State : std::uint8_t {
    unborn,  ///< its maker has reported it, itself not yet
    running,
    stopped,    ///< at a ptrace stop: ours to resume
    listening,  ///< in a group stop
    held,       ///< kept at a stop by a pause
    queued,     ///< kept at a stop by a schedule, until its turn
  };

  pid_t tid = 0;
  Process* process = nullptr;
  ProcessPath path;
  State state = State::unborn;
  bool exiting = false;   ///< has passed PTRACE_EVENT_EXIT
  bool in_vfork = false;  ///< waits uninterruptibly for a vfork child
  std::array<std::uint64_t, call_class_count> counts{};
  std::optional<MetCall> awaited;               ///< a call whose end is awaited
  std::optional<std::size_t> fault_after_call;  ///< the plan's fault that strikes at that end
  std::optional<ChangedCall> changed;           ///< by a fault; the end of the call is awaited
  bool unmade = false;                          ///< a fault failed the call without making it
  std::vector<CallPlace> may_come_again;        ///< interrupted or rewound calls, innermost last
  std::optional<user_regs_struct> taken_back;   ///< a call that returned -EINTR to us and was rewound
  std::optional<LimitedWait> limited;           ///< the one that it is in, or was interrupted in
  std::optional<AwaitedMoment> awaited_moment;  ///< of its last wait for a moment
  std::vector<OpenRun> handler_runs;            ///< innermost last
  PointCounts points;
  bool each_call = false;               ///< stops at each of its calls, trapped or not
  KeptStop kept;                        ///< while queued
  Timers::Clock::time_point went_on{};  ///< when it was last resumed
  Progress progress;
};

/// One process of the subject.
struct Process {
  ProcessPath path;
  pid_t pid = 0;
  Process* maker = nullptr;
  Process* parent = nullptr;       ///< who may reap it now; nothing: the leader or process 1
  std::vector<Process*> children;  ///< whose parent it is, or was when they were reaped
  std::vector<Task*> tasks;        ///< alive ones
  std::uint32_t children_born = 0;
  std::uint32_t threads_born = 0;
  std::string command;
  std::string executable;
  std::vector<std::string> argv;
  Timers timers;
  std::uint64_t vdso = 0;                         ///< its address, when its clock functions have been replaced
  Timers::Clock::duration queued_for{0};          ///< for how long its tasks have waited for their turns
  std::map<std::uint64_t, std::size_t> handlers;  ///< by number: positions in the evidence
  std::vector<std::string> agents;                ///< who tells of it
  std::shared_ptr<AgentVoices> voices = std::make_shared<AgentVoices>();
  std::optional<Micros> sandboxed;  ///< ProcessRecord::sandboxed
  bool python_is_to_speak = false;  ///< it runs a Python that has been given its agent
  PointCounts::OfKind points_told{};
  std::array<bool, std::variant_size_v<Point>> points_left_out{};  ///< what is no site was said
  std::string way_out;                                             ///< ProcessRecord::way_out
  bool ending = false;                                             ///< its last thread has passed PTRACE_EVENT_EXIT
  bool dead = false;
  bool reaped = false;
  bool struck = false;
  Micros born{0};
  Micros died{0};
  WaitStatus end;
  std::optional<Process*> reaper;  ///< who reaped it, when that is known
  std::optional<Micros> reaped_at;
  bool reaped_by_init = false;
  bool reaped_by_kernel = false;  ///< its parent ignores SIGCHLD
};

/// The tree of processes and threads, by order of birth.
class Tree {
 public:
  Process& add_root(pid_t pid, Micros now);
  /// The same for a copy of the root of `other`, which is one process of one thread and was the only one ever.
  Process& add_root_like(const Tree& other, pid_t pid, Micros now);
  Process& add_child(Task& maker, pid_t pid, Micros now);
  Task& add_thread(Task& maker, pid_t tid);

  /// Nothing for a tid that is no living task of the subject.
  Task* find(pid_t tid);
  /// The latest process that had this pid, dead or alive.
  Process* find_process(pid_t pid);
  Process* root() { return processes_.empty() ? nullptr : processes_.front().get(); }

  /// The process a site names; nothing when it is not there (yet).
  Process* select(const ProcessSelector& selector);

  /// `child` is another's to reap now; nothing: the leader's or process 1's.
  static void give(Process& child, Process* parent);

  /// exec from a thread: it takes the leader's tid, and the others are gone (ptrace(2)).
  void take_over(Task& task, pid_t former_tid);
  void remove_task(pid_t tid);

  const std::vector<std::unique_ptr<Process>>& processes() const { return processes_; }
  std::vector<Process*> alive();
  const std::map<pid_t, std::unique_ptr<Task>>& tasks() const { return tasks_; }
  /// Notes that a process runs another executable now: the order decides what `cc1%2` means.
  void name(Process& process, std::string command);
  /// Whether any process has run an executable of that name so far.
  bool has_name(const std::string& command) const;

 private:
  Task& add_task(Process& process, pid_t tid, const ProcessPath& path);

  std::vector<std::unique_ptr<Process>> processes_;
  std::map<pid_t, std::unique_ptr<Task>> tasks_;
  std::map<pid_t, Process*> by_pid_;
  std::vector<std::pair<std::string, Process*>> names_;
};

}  // namespace exitproof
