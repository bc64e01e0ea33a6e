#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <variant>

#include "exitproof/invariant.hpp"
#include "exitproof/pattern.hpp"
#include "exitproof/shell_quote.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/outputs.hpp"

namespace exitproof {
namespace {

constexpr std::string_view name = "no-leftovers";

std::optional<std::string> why_unknown(const Evidence& evidence, const Baseline& baseline) {
  if (auto why = why_no_end(evidence)) return why;
  if (baseline.runs == 0) return "no fault-free run says what the outputs are";
  if (!baseline.ended) return "the fault-free runs were cut, so the outputs are unknown";
  return std::nullopt;
}

// What a process keeps that may outlive the root is in use, not left.
bool in_use_by_design(const Evidence& evidence, const Contract& contract, const FileChange& file) {
  return std::ranges::any_of(evidence.survivors, [&](const Survivor& survivor) {
    const std::string command = command_of(evidence, survivor.process);
    if (survivor.ended_after || std::ranges::find(contract.outlives, command) == contract.outlives.end()) return false;
    return file.maker && file.maker->process() == survivor.process;
  });
}

// Who was killed decides: of a killed root, or a killed maker, the next run may still make it good.
Asked asked_for(const Evidence& evidence, const Leftover& leftover) {
  if (asked(Duty::nothing_left, manner_of(evidence, ProcessPath::root())) == Asked::or_reclaimed) {
    return Asked::or_reclaimed;
  }
  const std::vector<ProcessPath> killed = struck_by_sigkill(evidence);
  const auto& maker = leftover.file->maker;
  const bool by_killed = maker ? std::ranges::find(killed, maker->process()) != killed.end() : !killed.empty();
  return by_killed ? Asked::or_reclaimed : Asked::yes;
}

struct Made {
  ProcessPath who;
  std::string call;
};

bool makes_files(CallClass call_class) {
  return call_class == CallClass::open || call_class == CallClass::mkdir || call_class == CallClass::link ||
         call_class == CallClass::rename || call_class == CallClass::bind || call_class == CallClass::shm;
}

bool makes_files(const Site& site) {
  const auto* point = std::get_if<CallPoint>(&site.point);
  return point != nullptr && makes_files(point->call_class);
}

// A lean trial keeps no calls: then the struck one may be it.
std::optional<Made> making_of(const Evidence& evidence, const FileChange& file) {
  for (const Event& event : evidence.events) {
    const bool makes = event.kind == EventKind::call && event.site && makes_files(*event.site);
    if (makes && event.object == file.path) return Made{event.who.process(), event.call};
  }
  for (const FaultRecord& fault : evidence.faults) {
    const bool makes = fault.fired && fault.at_thread && fault.fault.site.after && makes_files(fault.fault.site);
    if (makes && fault.object == file.path) return Made{fault.at_thread->process(), fault.call};
  }
  if (file.maker) return Made{file.maker->process(), {}};
  return std::nullopt;
}

std::string describe(const Evidence& evidence, const Leftover& leftover) {
  const FileChange& file = *leftover.file;
  std::string what(file_type_name(file.type));
  if (file.type == FileType::regular) what += fmt::format(" file of {}", counted(file.size, "byte", "bytes"));
  if (!leftover.inside.empty()) what += " with " + counted(leftover.inside.size(), "entry", "entries");
  if (const std::optional<Made> made = making_of(evidence, file)) {
    what += ", made by " + evidence.describe(made->who);
    if (!made->call.empty()) what += " in " + made->call;
  }
  return fmt::format("{} ({})", file.path, what);
}

// A whole temporary place is never proposed: it would hide every other leftover in it.
std::string proposal(const Baseline& baseline, const std::string& path, FileType type) {
  const auto directory_of = [type](const std::string& text) {
    return type == FileType::directory ? text : text.substr(0, text.rfind('/'));
  };
  const std::string directory = directory_of(path);
  const bool whole =
      directory.empty() || std::ranges::find(baseline.temporary_places, directory) != baseline.temporary_places.end();
  const std::string glob = pattern_glob(path);
  return fmt::format("; if it is there to be made: --output {}, if it may stay: --allow {}",
                     shell_quote(whole ? glob : directory_of(glob) + "/**"), shell_quote(glob));
}

std::string detail_of(const Evidence& evidence, const Contract& contract, const Baseline& baseline,
                      const std::vector<Leftover>& group) {
  std::string detail = describe(evidence, group.front());
  if (group.size() > 1) detail += fmt::format(" and {} more of that name", group.size() - 1);
  detail += fmt::format(" {} left after {}", group.size() > 1 ? "are" : "is", how_root_ended(evidence));
  const bool reclaimable = asked_for(evidence, group.front()) == Asked::or_reclaimed;
  if (reclaimable && contract.after_kill == AfterKill::recover) {
    detail += "; recovery was not asked: whether the next run makes it good is unknown";
  }
  const FileChange& file = *group.front().file;
  if (evidence.plan.faults.empty() && file.path.starts_with('/')) {
    detail += proposal(baseline, file.path, file.type);
  }
  return detail;
}

Opinion opinion(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  Opinion result;
  if (const auto why = why_unknown(evidence, baseline)) {
    result.skipped.push_back(*why);
    return result;
  }
  std::map<std::string, std::vector<Leftover>> left;
  std::map<std::string, std::vector<Leftover>> allowed;
  for (const Leftover& leftover : leftovers_of(evidence, contract, baseline)) {
    if (in_use_by_design(evidence, contract, *leftover.file)) continue;
    const bool may_stay =
        contract.after_kill == AfterKill::allow && asked_for(evidence, leftover) == Asked::or_reclaimed;
    (may_stay ? allowed : left)[name_pattern(leftover.file->path)].push_back(leftover);
  }
  const ProcessPath root = ProcessPath::root();
  const std::string command = command_of(evidence, root);
  for (const auto& [pattern, group] : left) {
    result.violations.push_back({std::string(name), root, command, pattern,
                                 detail_of(evidence, contract, baseline, group), manner_of(evidence, root)});
  }
  for (const auto& [pattern, group] : allowed) {
    const std::string detail = "allowed after SIGKILL: " + detail_of(evidence, contract, baseline, group);
    result.notes.push_back({std::string(name), root, command, pattern, detail});
  }
  return result;
}

}  // namespace

extern const Invariant no_leftovers;
const Invariant no_leftovers{"no-leftovers", "nothing is left but the outputs and what the contract allows", opinion};

}  // namespace exitproof
