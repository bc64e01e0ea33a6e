#include "properties/invariants/next_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "properties/invariants/outputs.hpp"

namespace exitproof {
namespace {

bool any_output_is_there(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  return std::ranges::any_of(evidence.files, [&](const FileChange& file) {
    return file.kind != ChangeKind::deleted && is_output(file, contract, baseline);
  });
}

std::string how_it_ended(const WaitStatus& end) {
  return fmt::format("it {} {}", end.is_exit() ? "ended with" : "was ended by", end.print());
}

// By sh(1): found and not executable, or not found.
bool could_not_run(const WaitStatus& end) {
  return end == WaitStatus::exited(126) || end == WaitStatus::exited(127);
}

// A command that fails without any fault, or sometimes does, tells nothing of a trial.
std::optional<std::string> why_restart_is_no_judge(const NextBaseline& after_fault_free) {
  if (!after_fault_free.root_end) {
    return "the --restart command ends in different ways after fault-free runs, or does not end";
  }
  const WaitStatus& end = *after_fault_free.root_end;
  if (could_not_run(end)) {
    return fmt::format("the --restart command cannot be run: after fault-free runs too, sh gives {}", end.print());
  }
  if (end.success()) return std::nullopt;
  return fmt::format("the --restart command {} {} after a fault-free run too",
                     end.is_exit() ? "ends with" : "is ended by", end.print());
}

// How the next run ends otherwise than it should; empty: it does not.
std::string how_it_fails(const NextRun& next, const std::optional<WaitStatus>& expected,
                         const std::optional<bool>& waits) {
  if (!next.failure.empty()) return next.failure;
  if (!next.root_end) return "it did not end";
  if (waits && *waits != next.stopped_by_harness) {
    return *waits ? how_it_ended(*next.root_end) + " before it was asked to end" : "it waits, and had to be stopped";
  }
  if (!expected || *next.root_end == *expected) return {};
  return fmt::format("{} instead of {}", how_it_ended(*next.root_end), expected->print());
}

}  // namespace

NextRunOpinion opinion_of_next_run(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  if (!evidence.next_run) return {};
  if (!baseline.next) return {NextRunShows::unasked, "no second fault-free run says how the next run should end"};
  const bool another_command = !contract.restart.empty();
  if (another_command) {
    if (const auto why = why_restart_is_no_judge(*baseline.next)) return {NextRunShows::unasked, *why};
  }
  const bool by_nature = !another_command && (baseline.next->fails_by_nature || baseline.next->differs_by_nature);
  if (by_nature && (baseline.outputs.empty() || any_output_is_there(evidence, contract, baseline))) {
    return {NextRunShows::unasked,
            fmt::format("without any fault a second run {} the first, so the next run is judged only while no output "
                        "is there; --restart COMMAND names another command",
                        baseline.next->fails_by_nature ? "ends otherwise than" : "leaves something else than")};
  }
  const std::optional<WaitStatus>& expected = by_nature ? baseline.root_end : baseline.next->root_end;
  const NextRun& made = *evidence.next_run;
  if (!expected && !made.stopped_by_harness && made.root_end && !made.root_end->success()) {
    return {NextRunShows::unasked, "fault-free runs end in different ways, so that a next run may fail by itself"};
  }
  const std::string how = how_it_fails(made, expected, another_command ? std::nullopt : std::optional(baseline.waits));
  return {how.empty() ? NextRunShows::works : NextRunShows::fails, how};
}

bool removed_by_next_run(const NextRun& next, std::string_view path) {
  return std::ranges::none_of(next.files, [&](const FileChange& file) {
    return file.kind != ChangeKind::deleted && (file.path == path || lies_below(file.path, path));
  });
}

Recovery recovery_of(const NextRunOpinion& next, bool good_now) {
  if (next.shows == NextRunShows::nothing) return Recovery::not_asked;
  if (good_now) return Recovery::recovered;
  switch (next.shows) {
    case NextRunShows::nothing:
    case NextRunShows::unasked:
      return Recovery::not_asked;
    case NextRunShows::works:
      return Recovery::leaked;
    case NextRunShows::fails:
      return Recovery::blocked;
  }
  return Recovery::not_asked;
}

OutputFate fate_after_next_run(const NextRun& next, const std::string& path, const Contract& contract,
                               const Baseline& baseline) {
  const WhatIsThere there{next.files, next.validations};
  OutputFate as_first = fate_of(path, there, contract, baseline, baseline.stable_outputs);
  if (!baseline.next || as_first.wholeness == Wholeness::whole) return as_first;
  return fate_of(path, there, contract, baseline, baseline.next->stable_outputs);
}

}  // namespace exitproof
