#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exitproof/duration.hpp"
#include "exitproof/fault.hpp"
#include "exitproof/handler.hpp"
#include "exitproof/process_path.hpp"
#include "exitproof/site.hpp"
#include "exitproof/wait_status.hpp"

namespace exitproof {

/// The way of a trial, in order.
enum class Phase : std::uint8_t { start, ready, work, stop, gone };

std::string_view phase_name(Phase phase);

/// One frame of a call stack, innermost first.
struct Frame {
  std::string module;        ///< path of the mapped file; "[vdso]" and the like for others
  std::uint64_t offset = 0;  ///< in the module, independent of where it was loaded
  std::string function;      ///< demangled; empty when unknown
  std::string file;          ///< source file; empty without debug information
  int line = 0;              ///< 0 without debug information
  bool operator==(const Frame&) const = default;
};

/// How a process came to be no zombie any more.
enum class Reaping : std::uint8_t {
  unreaped,   ///< still a zombie at the end of the trial, or unknown in a lean trial
  by_parent,  ///< a wait call of its parent collected it
  ignored,    ///< its parent ignores SIGCHLD: the kernel collected it
  by_init,    ///< its parent ended first: process 1 collected it
};

/// One process of the subject. Times count from the start of the trial.
struct ProcessRecord {
  ProcessPath path;
  std::optional<ProcessPath> maker;  ///< who made it; nothing for the root
  int pid = 0;                       ///< in the world's pid namespace
  std::string command;               ///< base name of the executable it last ran
  std::string executable;            ///< full path of that executable
  std::vector<std::string> argv;     ///< of its last exec; the root's is the subject's command
  Micros born{0};
  std::optional<Micros> died;     ///< nothing: still alive when the trial was emptied
  std::optional<WaitStatus> end;  ///< as its parent sees it; nothing while alive
  Reaping reaping = Reaping::unreaped;
  std::optional<Micros> reaped;
  std::optional<ProcessPath> reaper;  ///< for by_parent
  bool struck = false;                ///< a fault named or hit this process
  std::string way_out;                ///< how it ended without its handlers, by an agent: "_exit", "abort"; else empty
  /// When it put a filter upon its own system calls (seccomp(2)), or began with one: from then on no agent in it may
  /// speak, and of its exit handlers nothing is known. Nothing: it did not.
  std::optional<Micros> sandboxed;
  bool operator==(const ProcessRecord&) const = default;
};

enum class EventKind : std::uint8_t {
  birth,     ///< `who` came to be; `object` is its maker's path
  exec,      ///< `who` runs another executable now; `object` is its path
  call,      ///< `who` is about to make a system call
  call_end,  ///< the call of `who` has returned `result`
  signal,    ///< a signal is delivered to `who`; `object` says from whom
  stop,      ///< `who` is stopped by job control
  resume,    ///< `who` continues after such a stop
  death,     ///< `who` has ended; `object` is its wait status
  reap,      ///< `who` collected the process named in `object`; or `call`, no part of the subject, collected `who`
  handler,   ///< `who` "registers", "takes back", "starts", "finishes", ... as `call` says, the handler `object`
  point,     ///< `who` passes a point of the probe, a line or an allocation at which an exception can be thrown
  quiet,     ///< every task of the subject is blocked: the `result`-th such moment
  phase,     ///< the trial enters the phase named in `object`
  fault,     ///< the fault printed in `object` has fired
  driver,    ///< the driver or stop command started or ended; `object` says which
  denied,    ///< the call of `who` was refused, since it would change the machine
  note,      ///< anything else a reader should know
};

std::string_view event_kind_name(EventKind kind);

struct Event {
  Micros at{0};
  EventKind kind = EventKind::note;
  ProcessPath who;
  std::string call;          ///< the system call's name, or the signal's
  std::string object;        ///< the path, pid, descriptor or text it is about
  std::int64_t result = 0;   ///< for call_end: the value returned, -errno on failure
  std::optional<Site> site;  ///< the address of a counted call or quiet moment

  static constexpr std::string_view caught = "caught";  ///< the object of a signal that a handler takes
  bool operator==(const Event&) const = default;
};

/// What one thread did, in its own order.
struct ThreadDigest {
  ProcessPath thread;
  std::uint64_t events = 0;
  std::string digest;
  bool operator==(const ThreadDigest&) const = default;
};

/// What the tracer saw of the subject, in order, as hashes that are equal when it did the same: without times, pids,
/// inode numbers and addresses, with file names as patterns. Only trials of one request can be compared, since a trial
/// sees what it was asked to look at. With a free schedule only what each thread does is stable; the whole tree's
/// order is so with a seeded one. Digests are no proof against an adversary.
struct EventDigest {
  std::string whole;                  ///< of the whole tree's order, 16 hexadecimal digits; empty: not taken
  std::string by_thread;              ///< of `threads`, for one comparison
  std::uint64_t events = 0;           ///< how many went into `whole`
  std::vector<ThreadDigest> threads;  ///< by their paths
  bool operator==(const EventDigest&) const = default;
};

/// A point at which a fault can strike, as a survey saw it.
struct SiteRecord {
  Site site;                    ///< exact, before the call
  std::string command;          ///< base name of the executable
  std::string call;             ///< the system call's name; for a quiet moment empty
  std::string object;           ///< path or descriptor text
  bool regular_file = false;    ///< the call is on a regular file; of a close: that is open for writing
  std::uint64_t stack_key = 0;  ///< hash of (executable, module + offset of each frame, class); 0 when not taken
  Phase phase = Phase::start;
  /// For a quiet moment: the processes alive then. For a call: the calling process alone.
  std::vector<ProcessPath> alive;
  bool operator==(const SiteRecord&) const = default;
};

/// Where a fault landed.
enum class Landing : std::uint8_t {
  none,     ///< nothing to land on: the process was gone
  death,    ///< SIGKILL, or a signal whose default action ends the process
  caught,   ///< a handler of the subject runs
  ignored,  ///< the disposition is SIG_IGN, or the default is to ignore
  pending,  ///< blocked by the mask, waits for sigwait or unblocking
  input,    ///< the terminal is in raw mode: the key is input
  call,     ///< a call failed or was cut as planned
  world,    ///< the disk, the terminal or the pipe changed
  held,     ///< the thread was held
  thrown,   ///< an exception was thrown
};

std::string_view landing_name(Landing landing);

/// How a pause of the plan held its thread.
struct Hold {
  Micros lasted{0};        ///< up to the trial's end at most
  bool cut_short = false;  ///< a pause without a time: the others were not all blocked within longest_open_pause
  bool operator==(const Hold&) const = default;
};

/// What became of one fault of the plan.
struct FaultRecord {
  Fault fault;
  bool fired = false;
  std::string why_not;  ///< when not fired: what was waited for in vain
  Micros at{0};
  std::optional<ProcessPath> at_thread;  ///< whose call or moment it was
  std::vector<ProcessPath> struck;       ///< the processes it was done to
  Landing landing = Landing::none;       ///< for the first struck process
  std::string call;                      ///< the struck call's name
  std::string object;                    ///< its path or descriptor text
  std::vector<Frame> stack;              ///< of the struck call, when stacks were asked for
  std::optional<Hold> hold;              ///< of a pause that has held its thread
  /// Of a failure of `unlink` from then on: the paths whose removal it refused, each once, in the order of the calls.
  std::vector<std::string> refused_removals = {};
  bool operator==(const FaultRecord&) const = default;
};

/// A task that waits, and for what.
struct BlockedTask {
  ProcessPath who;
  std::string command;
  std::string call;      ///< "wait4", "futex", "read", ...; or `stopped`, or `running`
  std::string object;    ///< the descriptor's file, the pid, the lock
  bool timed = false;    ///< a timer will end the wait
  bool outside = false;  ///< something outside the subject may end it: terminal, listening socket

  static constexpr std::string_view stopped = "stopped by job control";
  static constexpr std::string_view running = "runs";
  /// "waits in read of pipe:[4711]", "is stopped by job control", "runs on and on".
  std::string state() const;
  bool operator==(const BlockedTask&) const = default;
};

/// A process that was alive when the root ended.
struct Survivor {
  ProcessPath process;
  /// It ended by itself this long after the root's end; nothing: alive when the grace was over.
  std::optional<Micros> ended_after;
  bool stopped = false;              ///< stopped by job control when the grace was over
  std::vector<BlockedTask> blocked;  ///< what its tasks waited for when the grace was over
  std::vector<std::string> holds;    ///< "port 127.0.0.1:8080", "lock /run/a.lock", "file /tmp/x"
  bool operator==(const Survivor&) const = default;
};

/// A child that had ended and was not reaped.
struct Zombie {
  ProcessPath process;
  ProcessPath parent;
  Micros unreaped_for{0};              ///< of the parent's life; up to its end when it never reaped
  bool at_parents_end = false;         ///< the parent ended without reaping it
  std::optional<Micros> reaped_after;  ///< reaped later after all: transient
  bool operator==(const Zombie&) const = default;
};

enum class ChangeKind : std::uint8_t { created, changed, deleted };
enum class FileType : std::uint8_t {
  regular,
  directory,
  symlink,
  socket,
  fifo,
  device,
  shm_segment,  ///< System V, named by key and id, as the next two
  semaphore_set,
  message_queue,
  posix_queue,
};

std::string_view change_kind_name(ChangeKind kind);
std::string_view file_type_name(FileType type);

/// One file the trial created, changed or deleted, relative to what was there before.
struct FileChange {
  std::string path;  ///< absolute, as the subject sees it
  ChangeKind kind = ChangeKind::created;
  FileType type = FileType::regular;
  std::uint64_t size = 0;
  std::string digest;                     ///< of the content of a regular file, target of a symlink
  std::optional<ProcessPath> maker = {};  ///< who opened it for writing or made it, when traced
  std::uint64_t size_before = 0;          ///< of a regular file that was changed or deleted
  bool replaced = false;                  ///< changed: another entry took its name, by rename or after its deletion
  bool ends_line = false;                 ///< a regular file that is empty or ends with a newline
  std::uint32_t mode = 0;                 ///< permission bits (07777); 0 when deleted, and of what has none
  /// Changed: its type, content or target is another than before; nothing: nobody could compare them.
  std::optional<bool> content_changed = {};
  /// Changed: what else is not as before, in words: "mode (0600 instead of 0644), modification time"; empty: nothing.
  std::string attributes_changed = {};
  bool operator==(const FileChange&) const = default;
};

/// Path and content of a file in one line, to compare what two runs left.
std::string state_of(const FileChange& file);

/// What the contract's validator said of one output.
struct Validation {
  std::string path;
  bool whole = false;        ///< it exited with 0
  std::string failure = {};  ///< why it said nothing, in words: it was not found, or did not end; empty: it did
  bool operator==(const Validation&) const = default;
};

/// A process removed, renamed over or truncated a file of another process that was alive.
struct Trespass {
  ProcessPath by;
  ProcessPath maker;  ///< of the file
  std::string call;
  std::string path;
  bool operator==(const Trespass&) const = default;
};

/// One of the subject's output streams.
struct OutputStream {
  std::uint64_t bytes = 0;
  std::string digest;
  std::string head;  ///< at most 1 MiB
  bool operator==(const OutputStream&) const = default;
};

/// When the recovery run is made.
enum class NextRunWhen : std::uint8_t {
  never,
  when_left,  ///< when the trial left anything else than a clean run leaves
  always,
};

std::string_view next_run_when_name(NextRunWhen when);

/// The recovery run: the command, run again without a fault in the world of a trial that is over, with what
/// survived still alive.
struct NextRun {
  std::optional<WaitStatus> root_end;  ///< nothing: it did not end, or was stopped before it could be used
  std::string failure;                 ///< why it could not be run to its end, in words; empty: it was
  bool stopped_by_harness = false;     ///< it waits, and was asked to end
  std::vector<FileChange> files;       ///< of the world afterwards, against what was there before the trial
  std::vector<Validation> validations;
  OutputStream out;
  OutputStream err;
  Micros took{0};
  bool operator==(const NextRun&) const = default;
};

/// The subject could not go on.
struct Hang {
  bool at_once = false;  ///< judged because nothing can wake it; else by the deadline
  Micros blocked_for{0};
  Micros skipped{0};  ///< of that, in virtual time
  std::vector<BlockedTask> tasks;
  std::string asked_by;  ///< what had asked for an end: "kill of 0.1", "ctrl-c", "the stop", ...
  /// It waits for a timer, wakes and waits again: a longer deadline may see its end. Never with `at_once`.
  bool by_timer = false;
  std::uint64_t wakes = 0;  ///< how often that was seen
  bool operator==(const Hang&) const = default;
};

/// The ordered event log of a trial and its end state. Nothing in it is judged yet.
struct Evidence {
  FaultPlan plan;
  std::vector<ProcessRecord> processes;  ///< by order of birth; the first is the root
  std::vector<Event> events;             ///< empty in a lean trial
  EventDigest digest;                    ///< of what was traced, whether events are kept or not
  std::vector<SiteRecord> sites;         ///< filled by a survey
  std::vector<FaultRecord> faults;       ///< one for each fault of the plan, in its order

  std::optional<WaitStatus> root_end;  ///< nothing: it was still alive when the trial was emptied
  Micros root_ended_at{0};
  Phase reached = Phase::start;     ///< the last phase that was entered
  bool end_was_asked = false;       ///< a lethal fault, a terminating signal, the stop or the end of input
  bool stopped_by_harness = false;  ///< the stop was sent: the subject waits
  bool cut_by_harness = false;      ///< a survey ended before the subject did
  std::string waits_on;             ///< when it waited: "a timer", "nothing that a timer ends", ...

  std::vector<Survivor> survivors;
  std::vector<Zombie> zombies;
  std::vector<FileChange> files;
  std::optional<Hang> hang;
  std::string terminal_changes;  ///< how the terminal differs from its start; empty: restored
  OutputStream out;
  OutputStream err;
  /// For each of Contract::once: how many lines of both streams match, of all that was written. Nothing: nobody counted.
  std::optional<std::vector<std::pair<std::string, std::uint64_t>>> once_lines;
  std::vector<Validation> validations;  ///< of the outputs that the contract has a validator for
  std::vector<Trespass> trespasses;     ///< seen in trials that look at opens and unlinks
  std::vector<Handler> handlers;        ///< by order of registration; only what a probe or an agent told of
  std::vector<AgentRecord> agents;      ///< which processes had one
  std::optional<NextRun> next_run;      ///< nothing: it was not made, since nothing was left or nobody asked
  bool bound_a_socket = false;
  std::vector<std::string> denied;   ///< machine-wide calls that were refused
  std::vector<std::string> skipped;  ///< "check: why", for what could not be looked at
  /// "PATH: this file of the machine was deleted", for what is otherwise than before when all of the trial is over,
  /// its next run too: no later trial begins where this one did.
  std::vector<std::string> lasting_changes;
  std::optional<std::string> harness_error;  ///< the trial says nothing about the subject
  std::uint64_t stops = 0;                   ///< how often the tracer was entered: its cost
  Micros took{0};                            ///< by the subject's clocks, as all moments and durations here
  Micros skipped_time{0};                    ///< of that: nobody waited for it (TimeMode::virtual_)
  std::uint64_t skips = 0;                   ///< in so many steps
  bool from_snapshot = false;   ///< its root is a copy of one that was stopped before it had changed anything
  Micros blocked_on_timers{0};  ///< how long all its tasks were blocked and time would wake one; in real time only

  bool operator==(const Evidence&) const = default;

  const ProcessRecord* find(const ProcessPath& process) const;
  /// "python3 (0.2)": how findings name a process.
  std::string describe(const ProcessPath& process) const;
  bool all_faults_fired() const;
};

}  // namespace exitproof
