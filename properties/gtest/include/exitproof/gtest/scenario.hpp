#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exitproof/contract.hpp"
#include "exitproof/duration.hpp"
#include "exitproof/gtest/subject.hpp"
#include "exitproof/own_invariant.hpp"

namespace exitproof::gtest {

/// Whom to try, what it promises, and how it is searched: the options of `exitproof run` as a value, with the same
/// meaning and the same texts. Give what differs, in this order:
///
///     Scenario{.command = {"./server", "--port", "8080"}, .ready = "listen:8080", .stop = "SIGTERM", .grace = 5s}
///
/// A text that cannot be read (a fault kind, a regular expression) fails the test that uses it, and says why.
struct Scenario {
  // Whom: a command or a function.
  std::vector<std::string> command = {};  ///< looked up in its PATH
  Subject subject = {};
  Arguments arguments = {};  ///< of the function

  // How it is started, driven and stopped.
  std::string directory = {};                 ///< it works in; empty: where this program does
  std::vector<std::string> environment = {};  ///< NAME=VALUE, beside our own
  std::string stdin_file = {};                ///< empty: /dev/null
  bool tty = false;                           ///< the terminal as its standard input, output and error
  std::string ready = {};                     ///< quiet, file:GLOB, out:REGEX, listen:PORT-or-PATH
  std::string drive = {};                     ///< what uses it then; run by sh(1) in its world
  std::string stop = {};                      ///< a signal, ctrl-c, eof, or a command
  Millis timeout{30'000};                     ///< a deadline for each wait of a trial
  unsigned cpus = 1;                          ///< that one trial may use
  std::string world = "auto";                 ///< overlay, private, none
  bool host_network = false;                  ///< the machine's network; else one of its own
  bool agents = true;                         ///< tell of exit handlers and throw exceptions inside it
  std::vector<std::string> inside = {};       ///< Python modules whose lines and calls may raise

  // What it promises.
  std::vector<std::string> outputs = {};                             ///< globs of files that it is there to make
  std::vector<std::string> allowed = {};                             ///< globs of files that may be left, or missing
  std::vector<std::pair<std::string, std::string>> validators = {};  ///< glob, and sh(1) command with the file as $1
  std::vector<std::string> logs = {};      ///< globs of outputs that are whole when they end at a line end
  std::vector<std::string> once = {};      ///< regular expressions: a line of output that stands for an exit handler
  std::vector<std::string> outlives = {};  ///< commands that may survive the root
  Millis grace{2'000};                     ///< how long descendants may outlive the root
  Millis zombie{300};                      ///< how long a child may stay unreaped; 0: until its parent ends
  AfterKill after_kill = AfterKill::recover;
  bool runtime_handlers = false;  ///< handlers of language runtimes are asked for as well
  std::string restart = {};       ///< the next run, by sh(1), where it is another command
  OwnInvariants invariants = {};  ///< claims of its own, beside those of exitproof

  // How it is searched.
  std::string faults = {};                 ///< kinds, joined by commas; empty: as `exitproof run` without --faults
  std::string target = "any";              ///< root, others, leaf, command=NAME
  std::string explore = "exhaustive";      ///< smoke, random, both
  std::size_t most_faults = 3;             ///< in a random plan
  std::uint64_t second = 0;                ///< at most so many plans of a second fault
  bool seeded_schedule = false;            ///< every trial under a schedule of its own
  Millis time{20'000};                     ///< for trials and replays; the survey comes on top
  std::uint64_t trials = 0;                ///< at most; 0: as many as the time allows
  std::optional<std::uint64_t> seed = {};  ///< nothing: EXITPROOF_SEED, or a fresh one
  unsigned jobs = 0;                       ///< workers; 0: as many as CPUs
};

}  // namespace exitproof::gtest
