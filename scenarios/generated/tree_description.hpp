#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// A process tree and what each of its processes does, step by step: a pure value that one seed stands for, the same on
/// every machine. generated_tree plays it; the oracle says from it alone what is right under a fault.
///
/// The set-up is one conversation: a process makes a child and waits for its "ready", so that one process alone is at
/// work at any moment, and the state of all others is known. The root rests a little when all is set up; from then on
/// processes may end at the same time.
namespace generated {

enum class Birth : std::uint8_t { fork, exec, daemon, exec_daemon };  // a daemon is made by two forks
enum class Group : std::uint8_t { inherited, own, session };
enum class Reaction : std::uint8_t { by_default, ignored, orderly, cleanup_exit, cleanup_raise };

/// What a process waits for when it is set up.
enum class Wait : std::uint8_t {
  rest,            ///< the root: a short time
  word,            ///< its parent's word, or the end of the pipe that it would come through
  word_only,       ///< the word; it sleeps for ever when the pipe ends
  watchdog,        ///< the word, or that its parent is gone, looking again and again; the pipe's end says nothing
  timer,           ///< nobody: it ends after a while
  signal,          ///< a signal
  signal_or_kill,  ///< a signal; its parent's death kills it (PR_SET_PDEATHSIG)
  signal_or_term,  ///< a signal; its parent's death sends it SIGTERM
};

/// How a parent ends its child.
enum class Tell : std::uint8_t { nothing, word, close, term, kill };

enum class OpKind : std::uint8_t {
  arm,             ///< signals get their reactions
  handler,         ///< registers an exit handler
  open,            ///< makes a file
  write,           ///< writes one of its two halves
  publish,         ///< renames a whole ".part" to its name
  lock,            ///< takes a lock that the kernel frees with its last holder
  fork,            ///< makes a child
  await,           ///< waits until that says that it is ready
  ready,           ///< says so
  wait,            ///< see Wait
  tell,            ///< see Tell
  linger,          ///< rests
  reap,            ///< waits for a child's end
  remove,          ///< unlinks a file that it made
  remove_partial,  ///< the same, if it is not whole
  end,
};

struct Op {
  OpKind kind = OpKind::end;
  std::size_t index = 0;   ///< of the file, handler or child that it is about; of a `linger` milliseconds
  unsigned half = 0;       ///< of a `write`
  unsigned in_thread = 0;  ///< the n-th extra thread of the process does it; 0: the main thread
};

enum class FileKind : std::uint8_t { temporary, unnamed, output, exclusive, locked };

struct File {
  std::size_t owner = 0;
  FileKind kind = FileKind::temporary;
  std::string name;         ///< without a folder
  bool with_pid = false;    ///< its owner's pid goes before the name
  bool by_rename = false;   ///< an output that is written as NAME.part and renamed
  bool in_signals = false;  ///< the handlers of signals that clean up remove it too
};

struct Handler {
  std::size_t owner = 0;
  std::string name;
  int file = -1;         ///< that it removes; -1: none
  bool guarded = false;  ///< does nothing in a process that inherited it
};

struct Process {
  std::size_t parent = 0;  ///< of the root: itself
  std::string name;
  std::string path;  ///< as plans name it: "0.2"
  Birth birth = Birth::fork;
  Group group = Group::inherited;
  std::array<Reaction, 3> reactions{};  ///< to SIGTERM, SIGINT, SIGHUP
  Wait wait = Wait::word;
  Tell told = Tell::word;
  bool ignores_children = false;    ///< SIGCHLD is ignored
  bool forgets_handlers = true;     ///< those that it inherited
  bool runs_handlers = true;        ///< at its end
  bool keeps_ends = false;          ///< of the pipes that it inherited
  bool keeps_own_end = false;       ///< the writing end of the pipe that it waits at
  bool fails_on_error = true;       ///< a call that fails ends its work; else it goes on
  bool fails_with_child = true;     ///< so does a child that fails
  bool honest_when_stopped = true;  ///< an orderly end after a signal is status 143; else 0
  std::vector<Op> ops;
  std::size_t teardown = 0;  ///< where in `ops` it begins to end
};

struct Description {
  std::uint64_t seed = 0;
  unsigned zombie_ms = 0;  ///< the contract's
  std::vector<Process> processes;
  std::vector<File> files;
  std::vector<Handler> handlers;
};

inline constexpr int stopped_status = 143;
inline constexpr int locked_out_status = 3;  ///< another run holds the lock, or left it

inline constexpr int rest_ms = 40;
inline constexpr int watchdog_ms = 20;
inline constexpr int timer_ms = 90;
inline constexpr int linger_ms = 600;
inline constexpr int short_linger_ms = 50;
inline constexpr unsigned zombie_threshold_ms = 250;

/// SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  bool chance(unsigned percent) { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

inline bool is_daemon(const Process& process) {
  return process.birth == Birth::daemon || process.birth == Birth::exec_daemon;
}

inline bool is_executed(const Process& process) {
  return process.birth == Birth::exec || process.birth == Birth::exec_daemon;
}

inline constexpr const char* root_command = "generated_tree";
inline constexpr const char* worker_command = "generated_worker";

/// The base name of what it executes.
inline std::string command_of(const Description& tree, std::size_t process) {
  while (process != 0 && !is_executed(tree.processes[process])) process = tree.processes[process].parent;
  return process == 0 ? root_command : worker_command;
}

inline bool descends(const Description& tree, std::size_t process, std::size_t ancestor) {
  while (process != 0) {
    process = tree.processes[process].parent;
    if (process == ancestor) return true;
  }
  return false;
}

/// The probe's point before the step.
inline std::string point_name(std::size_t op) {
  return "s" + std::to_string(op);
}

/// What a half of a file is; unique within its process.
inline std::string half_text(const File& file, unsigned half) {
  return file.name + "." + std::to_string(half);
}

}  // namespace generated
