#include "ci/report/reported_invariants.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "exitproof/invariant.hpp"

namespace exitproof {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> helps{{
    {"handlers-once",
     "Let only the process that registered a handler run it: a forked child ends with _exit or takes it back. Let "
     "every way out, a signal's too, pass through the same end."},
    {"honest-exit-status",
     "Check every write, flush and close, and exit with another status than 0 when one of them failed or an output "
     "is not whole."},
    {"no-hang",
     "Wait for nothing that a process which is gone was to do: put a deadline to each wait, watch the peer, and close "
     "the ends of pipes that are another's."},
    {"no-leftovers",
     "Give a file its handler before it has its name, or make it without a name (O_TMPFILE) and link it when it is "
     "whole; let the next run remove what a SIGKILL left."},
    {"no-orphans",
     "End the children on every way out, signals included; against a SIGKILL let them ask for a signal at their "
     "parent's death (PR_SET_PDEATHSIG) or watch a pipe that it holds."},
    {"no-zombies", "Wait for every child while its parent lives, on the ways out too, or ignore SIGCHLD."},
    {"own-files-only",
     "Remove, rename over or truncate only what this process made: names with the pid or a random tail, opened with "
     "O_EXCL, and no clean-up by pattern."},
    {"restarts",
     "Let the next run take over what a killed one left: locks that the kernel drops (flock, fcntl) in place of files "
     "that stay, and SO_REUSEADDR, or an unlink of the stale socket, before the bind."},
    {"terminal-restored",
     "Restore the terminal on every way out: from the handlers of SIGINT, SIGTERM and SIGHUP too, and before a stop."},
    {"whole-outputs",
     "Write to a temporary file beside the output, sync and close it with every result checked, and rename it over "
     "the output when it is whole."},
}};

constexpr std::string_view own_help =
    "A claim of the program's own: see the test that declares it, and replay the plan to see what happened.";

}  // namespace

std::vector<ReportedInvariant> reported_invariants(std::span<const ScenarioReport> scenarios) {
  std::vector<ReportedInvariant> reported;
  for (const Invariant& invariant : all_invariants()) {
    reported.push_back({.name = std::string(invariant.name),
                        .claim = std::string(invariant.claim),
                        .help = std::string(invariant_help(invariant.name))});
  }
  for (const ScenarioReport& scenario : scenarios) {
    for (const Finding& finding : scenario.result.findings) {
      const std::string& name = finding.violation.invariant;
      if (std::ranges::find(reported, name, &ReportedInvariant::name) != reported.end()) continue;
      reported.push_back({.name = name, .claim = "a claim of the program's own", .help = std::string(own_help)});
    }
  }
  return reported;
}

std::string_view invariant_help(std::string_view invariant) {
  const auto found = std::ranges::find(helps, invariant, &std::pair<std::string_view, std::string_view>::first);
  return found == helps.end() ? own_help : found->second;
}

}  // namespace exitproof
