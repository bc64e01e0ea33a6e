#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <variant>

#include "exitproof/invariant.hpp"
#include "exitproof/pattern.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/outputs.hpp"
#include "properties/invariants/planted.hpp"
#include "properties/invariants/wholeness.hpp"

namespace exitproof {
namespace {

constexpr std::string_view name = "honest-exit-status";

bool is_asked(const Evidence& evidence, const Baseline& baseline) {
  const bool success = evidence.root_end && evidence.root_end->success();
  const bool success_is_usual = baseline.root_end && baseline.root_end->success();
  const bool stopped = evidence.stopped_by_harness || (baseline.waits && root_was_asked_to_end(evidence));
  const Manner manner = manner_of(evidence, ProcessPath::root());
  return success && success_is_usual && !stopped && asked(Duty::honest_status, manner) == Asked::yes;
}

using Lines = std::map<std::string_view, std::size_t>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
    ++lines[text.substr(0, length)];
    text.remove_prefix(length);
  }
  return lines;
}

bool is_kept_whole(const OutputStream& stream) {
  return stream.head.size() >= stream.bytes;
}

// A line more is no cut, and lines of several processes come in any order. A line that lacks its end is cut,
// unless it lacks it without a fault too.
bool lacks_a_line(std::string_view now, std::string_view usual) {
  const Lines there = lines_of(now);
  return std::ranges::any_of(lines_of(usual), [&](const auto& wanted) {
    const auto found = there.find(wanted.first);
    if (found != there.end() && found->second >= wanted.second) return false;
    const std::string ended = std::string(wanted.first) + '\n';
    return wanted.first.ends_with('\n') || !there.contains(ended);
  });
}

std::optional<std::string> cut_of_stdout(const OutputStream& now, const Baseline& baseline) {
  if (!baseline.out || is_planted("honest-exit-status: stdout is not looked at")) return std::nullopt;
  const OutputStream& usual = *baseline.out;
  const bool fewer = now.bytes < usual.bytes;
  const bool cut = is_kept_whole(now) && is_kept_whole(usual) ? lacks_a_line(now.head, usual.head) : fewer;
  if (!cut) return std::nullopt;
  return fewer ? fmt::format("stdout has {} of {} bytes", now.bytes, usual.bytes)
               : std::string("stdout lacks lines that it has without a fault");
}

bool failed_to_delete(const FaultRecord& fault, const std::string& path) {
  const auto* point = std::get_if<CallPoint>(&fault.fault.site.point);
  const bool fails =
      fault.fired && fault.fault.action == Action::fail && point != nullptr && point->call_class == CallClass::unlink;
  return fails &&
         (fault.object == path || std::ranges::find(fault.refused_removals, path) != fault.refused_removals.end());
}

// Fault-free runs delete these files of the machine; here a fault has kept one, and nobody deleted it later.
std::vector<std::string> kept_by_fault(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  std::vector<std::string> kept;
  for (const std::string& path : baseline.deleted_files) {
    const bool failed =
        std::ranges::any_of(evidence.faults, [&](const FaultRecord& fault) { return failed_to_delete(fault, path); });
    const bool gone = std::ranges::any_of(
        evidence.files, [&](const FileChange& file) { return file.path == path && file.kind == ChangeKind::deleted; });
    if (failed && !gone && !is_allowed(path, contract)) kept.push_back(path);
  }
  return kept;
}

void add_case(std::vector<ViolationCase>& cases, const std::string& way) {
  const auto same = std::ranges::find(cases, way, &ViolationCase::way);
  if (same != cases.end()) {
    ++same->count;
  } else {
    cases.push_back({way});
  }
}

Opinion opinion(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  Opinion result;
  if (const auto why = why_no_comparison(evidence, baseline)) {
    result.skipped.push_back(*why);
    return result;
  }
  if (!is_asked(evidence, baseline)) return result;
  std::vector<std::string> lies;
  std::vector<ViolationCase> cases;
  std::string subject;
  const WhatIsThere there{evidence.files, evidence.validations};
  for (const OutputFate& fate : fates_of_outputs(there, contract, baseline, baseline.stable_outputs)) {
    if (!fate.missed || is_planted("honest-exit-status: files are not looked at")) continue;
    if (lies.empty()) subject = name_pattern(fate.path);
    lies.push_back(fate.words);
    add_case(cases, name_pattern(fate.path) + (fate.wholeness == Wholeness::absent ? " is missing" : " is not whole"));
  }
  for (const std::string& path : kept_by_fault(evidence, contract, baseline)) {
    if (lies.empty()) subject = name_pattern(path);
    lies.push_back(path + " is still there, which fault-free runs delete");
    add_case(cases, name_pattern(path) + " is still there");
  }
  if (!baseline.out && baseline.runs > 1) {
    result.skipped.emplace_back("stdout differs from one fault-free run to the next: whether it was cut is not judged");
  }
  if (const auto cut = cut_of_stdout(evidence.out, baseline)) {
    if (lies.empty()) subject = "stdout";
    lies.push_back(*cut);
    add_case(cases, "stdout is cut");
  }
  if (lies.empty()) return result;
  const ProcessPath root = ProcessPath::root();
  std::string detail = fmt::format("{} exited with 0 although {}", evidence.describe(root), several(lies));
  if (const std::string struck = struck_call(evidence); !struck.empty()) detail += "; " + struck;
  result.violations.push_back({.invariant = std::string(name),
                               .process = root,
                               .command = command_of(evidence, root),
                               .subject = subject,
                               .detail = detail,
                               .manner = manner_of(evidence, root),
                               .cases = std::move(cases)});
  return result;
}

}  // namespace

extern const Invariant honest_exit_status;
const Invariant honest_exit_status{"honest-exit-status", "status 0 means that every output and stdout are whole",
                                   opinion};

}  // namespace exitproof
