#include "properties/search/control_run.hpp"

#include <fmt/format.h>

#include <algorithm>


namespace exitproof {
namespace {

bool has_candidate_for_control(const FindingBook& book) {
  return std::ranges::any_of(book.entries(), [](const auto& each) {
    const Finding& finding = each.second.candidates.front().finding;
    return rests_on_outputs(finding) && !is_fault_free(finding.plan);
  });
}

bool is_left_by(const Evidence& run, const StableOutput& output) {
  return std::ranges::any_of(run.files, [&](const FileChange& file) {
    return file.path == output.path && file.type == output.type && file.size == output.size &&
           file.digest == output.digest;
  });
}

std::optional<Evidence> make_control_run(CampaignState& state) {
  FaultPlan plan;
  if (state.options.seeded) plan.schedule = 1;
  TrialRequest request = state.close_look_at(plan);
  request.next_run = NextRunWhen::never;
  if (!state.service.announce("control run")) return std::nullopt;
  state.service.submit(0, request);
  std::optional<TrialService::Answer> answer = state.service.next();
  if (!answer) state.result.interrupted = true;
  if (!answer || answer->evidence.harness_error || answer->evidence.cut_by_harness) return std::nullopt;
  return std::move(answer->evidence);
}

}  // namespace

bool rests_on_outputs(const Finding& finding) {
  return finding.violation.invariant == "whole-outputs" || finding.violation.invariant == "honest-exit-status";
}

bool look_at_outputs_again(CampaignState& state) {
  if (!has_candidate_for_control(state.book) || state.elapsed() >= state.options.time) return false;
  const std::optional<Evidence> run = make_control_run(state);
  Baseline& baseline = state.result.baseline;
  if (!run || !run->root_end || run->root_end != baseline.root_end) return false;
  bool any = false;
  std::erase_if(baseline.stable_outputs, [&](const StableOutput& output) {
    if (is_left_by(*run, output)) return false;
    any = true;
    if (baseline.next)
      std::erase_if(baseline.next->stable_outputs, [&](const auto& o) { return o.path == output.path; });
    state.book.add_skip({"whole-outputs", fmt::format("{} is another after one more fault-free run, made after the "
                                                      "trials: it varies from run to run",
                                                      output.path)});
    return true;
  });
  if (baseline.out && run->out.digest != baseline.out->digest) {
    any = true;
    baseline.out.reset();
    state.book.add_skip({"honest-exit-status",
                         "stdout is another in one more fault-free run, made after the trials: whether it was cut is "
                         "not judged"});
  }
  return any;
}

}  // namespace exitproof
