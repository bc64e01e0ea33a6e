#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "exitproof/scenario.hpp"
#include "harness/linux/call_filter.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/world/world.hpp"

namespace exitproof {

/// What the leader tells the trial.
struct LeaderReport {
  enum class Kind : std::uint8_t {
    ready,          ///< the world is entered and the root waits to be seized; `value` is its pid
    root_reaped,    ///< `value` is its wait status
    command_ended,  ///< the driver or stop command; `value` is its wait status
    listening,      ///< the next run's calls that change files are told at the descriptor that comes with it
    foreground,     ///< the terminal was given to a group; `value` is 0 or an errno
    failed,         ///< `text` says what the machine refused; the leader is gone
  };
  Kind kind = Kind::failed;
  int value = 0;
  int terminal = -1;  ///< when ready: the leader's descriptor of the subject's side of the terminal
  char text[240] = {};
};

/// What the subject is given. The descriptors are the caller's and stay so.
struct RootStreams {
  int in = -1;  ///< -1: /dev/null, or scenario.stdin_file
  int out = -1;
  int err = -1;
};

/// Whether the world is entered for the trial, or once more for its next run.
enum class Entrance : std::uint8_t { first, again };

/// The root's parent: session leader of the subject's terminal, neither process 1 nor a subreaper, deaf
/// to signals. It enters the world, starts the root, reaps it when it dies, and starts the driver.
class Leader {
 public:
  /// Forks the leader. Blocks until the root waits to be seized, at most 30 s. Throws std::system_error.
  Leader(World& world, const Scenario& scenario, const sys::FilterProgram& filter, const RootStreams& streams,
         Entrance entrance = Entrance::first);

  pid_t pid() const { return pid_; }
  pid_t root() const { return root_; }
  /// The master side of the terminal, once.
  sys::UniqueFd take_terminal() { return std::move(terminal_); }

  /// The flags of the open file description of the terminal that the root was given with scenario.tty, as they are
  /// now (F_GETFL of fcntl(2)); 0 when the leader is gone.
  int terminal_flags() const;

  /// Lets the root execute its program. To be called when it is seized.
  void release_root();
  /// What execve(2) said, when the root could not execute its program; 0 as long as nothing was said.
  int exec_error() const;

  /// Starts `command` by sh(1) in the world, in a session of its own, with EXITPROOF_PID set to the root's pid and
  /// `argument`, if not empty, as $1.
  void start_command(const std::string& command, const std::string& argument = {});

  /// Passes over all reports up to the one that the root was reaped. Blocks until it is. Throws std::runtime_error.
  void await_end_of_root() { await(LeaderReport::Kind::root_reaped); }

  /// Makes a process group of its session the one that the terminal's keys reach, and passes over all reports that
  /// were due before. Blocks until that is done. Throws std::system_error.
  void give_terminal_to(pid_t group);

  /// The next report; nothing when there is none yet. Does not block.
  std::optional<LeaderReport> next_report();
  /// Where the calls of a next run wait to be booked, once it was reported; -1: none do.
  int listener() const { return listener_.get(); }
  /// Readable when there is a report.
  int socket() const { return socket_.get(); }
  /// What the driver wrote to its stdout and stderr; never blocks.
  int command_output() const { return command_output_.get(); }

 private:
  LeaderReport await(LeaderReport::Kind kind);

  pid_t pid_ = -1;
  pid_t root_ = -1;
  int terminal_number_ = -1;
  sys::UniqueFd socket_;
  sys::UniqueFd terminal_;
  sys::UniqueFd go_;
  sys::UniqueFd exec_error_;
  sys::UniqueFd command_output_;
  sys::UniqueFd listener_;
};

}  // namespace exitproof
