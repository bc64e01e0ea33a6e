#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "exitproof/scenario.hpp"
#include "harness/linux/call_filter.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/world.hpp"

namespace exitproof {

/// What the leader tells the trial.
struct LeaderReport {
  enum class Kind : std::uint8_t {
    ready,          ///< the world is entered and the root waits to be seized; `value` is its pid
    root_reaped,    ///< `value` is its wait status
    command_ended,  ///< the driver or stop command; `value` is its wait status
    failed,         ///< `text` says what the machine refused; the leader is gone
  };
  Kind kind = Kind::failed;
  int value = 0;
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

  /// Lets the root execute its program. To be called when it is seized.
  void release_root();
  /// What execve(2) said, when the root could not execute its program; 0 as long as nothing was said.
  int exec_error() const;

  /// Starts `command` by sh(1) in the world, in a session of its own, with EXITPROOF_PID set to the root's pid and
  /// `argument`, if not empty, as $1.
  void start_command(const std::string& command, const std::string& argument = {});

  /// The next report; nothing when there is none yet. Does not block.
  std::optional<LeaderReport> next_report();
  /// Readable when there is a report.
  int socket() const { return socket_.get(); }
  /// What the driver wrote to its stdout and stderr; never blocks.
  int command_output() const { return command_output_.get(); }

 private:
  pid_t pid_ = -1;
  pid_t root_ = -1;
  sys::UniqueFd socket_;
  sys::UniqueFd terminal_;
  sys::UniqueFd go_;
  sys::UniqueFd exec_error_;
  sys::UniqueFd command_output_;
};

}  // namespace exitproof
