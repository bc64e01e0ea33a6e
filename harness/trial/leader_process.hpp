#pragma once

#include "harness/trial/leader.hpp"

namespace exitproof {

/// The leader's ends of what it shares with the trial.
struct LeaderChannels {
  int socket;          ///< reports out, commands in
  int go;              ///< the root reads one byte here before it goes on
  int exec_error;      ///< the root writes the errno of its execve(2) here
  int command_output;  ///< stdout and stderr of the driver
};

/// The whole life of the leader. The calling process is a fresh single-threaded child.
[[noreturn]] void run_leader(World& world, const Scenario& scenario, const sys::FilterProgram& filter,
                             const RootStreams& streams, Entrance entrance, const LeaderChannels& channels) noexcept;

}  // namespace exitproof
