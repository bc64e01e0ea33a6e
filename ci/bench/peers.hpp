#pragma once

#include <string>
#include <vector>

#include "ci/bench/measure.hpp"
#include "exitproof/scenario.hpp"
#include "exitproof/wait_status.hpp"

namespace exitproof::bench {

/// What is run, and the fault that the engine and strace(1) both strike it with.
struct Subject {
  std::string name;
  std::vector<std::string> command;  ///< the first word is a full path
  std::string plan;                  ///< for the engine
  std::string struck_call;           ///< for strace: its name
  int when = 1;                      ///< for strace: which of these calls, counted in each process
  WaitStatus end_when_struck;        ///< of the root
};

/// The subject in this process's environment: no grace, and no agents, which no peer has either.
Scenario scenario_of(const Subject& subject, const std::string& folder);

/// Throws std::runtime_error when `what` did not end as expected.
void expect_end(const std::string& what, const WaitStatus& end, const WaitStatus& expected);

/// The subject alone, with nothing struck: posix_spawn(3) and waitpid(2), in `folder`.
MakeTrial bare(const Subject& subject, const std::string& folder);

/// Ways of striking with strace(1), all with `-f -e inject=CALL:signal=SIGKILL:when=N`.
enum class StraceForm {
  one_call,           ///< `-e trace=CALL`: every call stops, one is shown; the fastest that strikes
  filtered,           ///< `--seccomp-bpf`: with nothing named by -e trace it warns and stops at every call
  filtered_one_call,  ///< `--seccomp-bpf -e trace=CALL`: strace 6.1 loses the signal there, and strikes nothing
};

/// strace in `folder`, which is emptied after each trial. A trial in which nothing was struck is an
/// error, except for StraceForm::filtered_one_call.
MakeTrial strace(const Subject& subject, StraceForm form, const std::string& folder);

/// One trial of the engine: a world of its own, no events kept, no grace waited, no agents. `folder` must not be in
/// a place that the world makes afresh. It is an error when the plan does not fire or the root ends otherwise.
MakeTrial engine(const Subject& subject, const std::string& folder);

/// The same with another plan, whatever the end of the root; with `next_run`, the command is run again in the world.
MakeTrial engine(const Subject& subject, const std::string& plan, bool next_run, const std::string& folder);

}  // namespace exitproof::bench
