#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "exitproof/invariant.hpp"
#include "exitproof/pattern.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/handler_fate.hpp"
#include "properties/invariants/next_baseline.hpp"
#include "properties/invariants/once_lines.hpp"
#include "properties/invariants/outputs.hpp"
#include "properties/invariants/varying_leftovers.hpp"
#include "properties/invariants/wholeness.hpp"

namespace exitproof {
namespace {

std::vector<Evidence> without_errors(std::span<const Evidence> surveys) {
  std::vector<Evidence> good;
  std::ranges::copy_if(surveys, std::back_inserter(good), [](const Evidence& one) { return !one.harness_error; });
  return good;
}

Micros length(const Evidence& survey) {
  return survey.root_end ? survey.root_ended_at : survey.took;
}

std::optional<WaitStatus> common_end(const std::vector<Evidence>& runs) {
  const bool equal =
      std::ranges::all_of(runs, [&](const Evidence& one) { return one.root_end == runs.front().root_end; });
  return equal && !runs.empty() ? runs.front().root_end : std::nullopt;
}

std::optional<OutputStream> common_out(const std::vector<Evidence>& runs) {
  const auto equal = [&](const Evidence& one) {
    return one.out.bytes == runs.front().out.bytes && one.out.digest == runs.front().out.digest;
  };
  return runs.size() > 1 && std::ranges::all_of(runs, equal) ? std::optional(runs.front().out) : std::nullopt;
}

template <typename Chosen>
std::vector<std::string> files_of_machine(const std::vector<Evidence>& runs, Chosen chosen) {
  std::set<std::string> paths;
  for (const Evidence& run : runs) {
    for (const FileChange& file : run.files) {
      if (chosen(file.kind)) paths.insert(file.path);
    }
  }
  return {paths.begin(), paths.end()};
}

std::vector<std::string> trespasses(const std::vector<Evidence>& runs) {
  std::set<std::string> patterns;
  for (const Evidence& run : runs) {
    for (const Trespass& trespass : run.trespasses) patterns.insert(name_pattern(trespass.path));
  }
  return {patterns.begin(), patterns.end()};
}

std::map<std::string, ProcessPath> makers_of(const std::vector<std::string>& outputs,
                                             const std::vector<Evidence>& runs) {
  std::map<std::string, ProcessPath> makers;
  std::set<std::string> varying;
  for (const Evidence& run : runs) {
    for (const FileChange& file : run.files) {
      if (!file.maker || !std::ranges::binary_search(outputs, file.path)) continue;
      const auto [known, is_new] = makers.emplace(file.path, file.maker->process());
      if (known->second != file.maker->process()) varying.insert(file.path);
    }
  }
  std::erase_if(makers, [&](const auto& one) { return varying.contains(one.first); });
  return makers;
}

void add_outputs(Baseline& baseline, const std::vector<Evidence>& runs, const Scenario& scenario) {
  Outputs outputs = outputs_of(runs, scenario);
  baseline.outputs = std::move(outputs.stable);
  baseline.varying_outputs = std::move(outputs.varying);
  std::vector<std::span<const FileChange>> files;
  for (const Evidence& run : runs) files.emplace_back(run.files);
  baseline.stable_outputs = stable_outputs_of(baseline.outputs, files);
  baseline.makers = makers_of(baseline.outputs, runs);
  baseline.out = common_out(runs);
}

// How many there are is known only where all runs show as many.
std::vector<KnownViolation> known_violations(const std::vector<Evidence>& runs, const Contract& contract,
                                             const Baseline& baseline, const OwnInvariants& own) {
  std::map<std::pair<std::string, std::string>, std::vector<unsigned>> counts;
  for (const Evidence& run : runs) {
    const Judgement judgement = judge(run, contract, baseline, own);
    for (const KnownViolation& one : known_by(judgement.violations)) {
      counts[{one.signature, one.way}].push_back(one.most);
    }
  }
  std::vector<KnownViolation> known;
  for (const auto& [name, of_runs] : counts) {
    const bool equal = of_runs.size() == runs.size() &&
                       std::ranges::count(of_runs, of_runs.front()) == static_cast<std::ptrdiff_t>(of_runs.size());
    known.push_back({name.first, name.second, equal ? of_runs.front() : 0});
  }
  return known;
}

}  // namespace

Baseline make_baseline(std::span<const Evidence> surveys, const Scenario& scenario, const OwnInvariants& own) {
  const std::vector<Evidence> runs = without_errors(surveys);
  Baseline baseline;
  baseline.runs = static_cast<unsigned>(runs.size());
  baseline.ended =
      !runs.empty() && std::ranges::none_of(runs, [](const Evidence& one) { return why_no_end(one).has_value(); });
  baseline.waits = std::ranges::any_of(runs, [](const Evidence& one) { return one.stopped_by_harness; });
  baseline.root_end = common_end(runs);
  baseline.temporary_places = temporary_places(scenario);
  for (const Evidence& run : runs) baseline.longest_run = std::max(baseline.longest_run, length(run));
  baseline.touched_files = files_of_machine(runs, [](ChangeKind kind) { return kind != ChangeKind::created; });
  baseline.deleted_files = files_of_machine(runs, [](ChangeKind kind) { return kind == ChangeKind::deleted; });
  baseline.trespasses = trespasses(runs);
  baseline.handlers_told = !runs.empty() && std::ranges::all_of(runs, handlers_are_told);
  baseline.once_seen = once_seen(runs, scenario.contract);
  baseline.sites_when_ready = sites_when_ready(runs, scenario);
  if (baseline.ended) {
    add_outputs(baseline, runs, scenario);
    baseline.varying_leftovers = varying_leftovers_of(runs, scenario, baseline);
    baseline.next = next_baseline_of(runs, baseline);
  }
  baseline.known_violations = known_violations(runs, scenario.contract, baseline, own);
  return baseline;
}

}  // namespace exitproof
