#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "exitproof/invariant.hpp"
#include "exitproof/pattern.hpp"
#include "exitproof/shell_quote.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/next_run.hpp"
#include "properties/invariants/outputs.hpp"
#include "properties/invariants/planted.hpp"
#include "properties/invariants/varying_leftovers.hpp"

namespace exitproof {
namespace {

constexpr std::string_view name = "no-leftovers";

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

struct Group {
  std::string pattern;
  bool refused = false;  ///< by the fault, whatever the subject does
  bool reclaimable = false;
  Recovery recovery = Recovery::not_asked;
  auto operator<=>(const Group&) const = default;
};

std::string recovery_words(Recovery recovery, const NextRunOpinion& next) {
  switch (recovery) {
    case Recovery::not_asked:
      return next.words.empty() ? "; recovery was not asked: whether the next run makes it good is unknown"
                                : "; recovery was not asked: " + next.words;
    case Recovery::leaked:
      return "; the next run works, and it is still there";
    case Recovery::blocked:
      return "; the next run fails: " + next.words;
    case Recovery::clean:
    case Recovery::recovered:
      return {};
  }
  return {};
}

std::string detail_of(const Evidence& evidence, const Contract& contract, const Baseline& baseline,
                      const NextRunOpinion& next, const Group& group, const std::vector<Leftover>& leftovers) {
  std::string detail = describe(evidence, leftovers.front());
  if (leftovers.size() > 1) detail += fmt::format(" and {} more of that name", leftovers.size() - 1);
  detail += fmt::format(" {} left after {}", leftovers.size() > 1 ? "are" : "is", how_root_ended(evidence));
  if (group.reclaimable && contract.after_kill == AfterKill::recover) detail += recovery_words(group.recovery, next);
  const FileChange& file = *leftovers.front().file;
  if (evidence.plan.faults.empty() && file.path.starts_with('/')) {
    detail += proposal(baseline, file.path, file.type);
  }
  return detail;
}

bool was_refused(const Evidence& evidence, const FileChange& file) {
  return std::ranges::any_of(evidence.faults, [&](const FaultRecord& fault) {
    return std::ranges::find(fault.refused_removals, file.path) != fault.refused_removals.end();
  });
}

// Whoever tried, was not let to, and says so by its status has done what can be done. Of a directory, for each file in
// it, and for each directory that is empty.
bool could_not_be_removed(const Evidence& evidence, const Leftover& leftover) {
  if (!evidence.root_end || evidence.root_end->success()) return false;
  std::vector<const FileChange*> all = leftover.inside;
  all.push_back(leftover.file);
  return std::ranges::all_of(all, [&](const FileChange* one) {
    const bool holds_another =
        std::ranges::any_of(all, [&](const FileChange* other) { return lies_below(other->path, one->path); });
    return holds_another || was_refused(evidence, *one);
  });
}

// What makes a note of what else would be a violation; empty: it is one.
std::string_view why_accepted(const Group& group, const Contract& contract) {
  if (group.refused) return "the fault refused each removal of it, and the status tells of it: ";
  if (!group.reclaimable) return {};
  switch (contract.after_kill) {
    case AfterKill::forbid:
      return {};
    case AfterKill::allow:
      return "allowed after SIGKILL: ";
    case AfterKill::recover:
      if (group.recovery == Recovery::recovered && !is_planted("no-leftovers: nothing is reclaimed"))
        return "recovered: ";
      return group.recovery == Recovery::blocked ? "blocked: " : "";
  }
  return {};
}

bool varies(const Baseline& baseline, const FileChange& file) {
  return std::ranges::binary_search(baseline.varying_leftovers, likeness(file));
}

Opinion opinion(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  Opinion result;
  if (const auto why = why_no_comparison(evidence, baseline)) {
    result.skipped.push_back(*why);
    return result;
  }
  const NextRunOpinion next = opinion_of_next_run(evidence, contract, baseline);
  std::map<Group, std::vector<Leftover>> groups;
  std::set<std::string> varying;
  for (const Leftover& leftover : leftovers_of(evidence, contract, baseline)) {
    const std::string& path = leftover.file->path;
    if (in_use_by_design(evidence, contract, *leftover.file)) continue;
    const bool plain = leftover.file->type == FileType::regular;
    if (!plain && is_planted("no-leftovers: only plain files are left")) continue;
    if (varies(baseline, *leftover.file)) {
      varying.insert(path.substr(0, path.rfind('/')));
      continue;
    }
    Group group{.pattern = name_pattern(path)};
    group.refused = could_not_be_removed(evidence, leftover);
    group.reclaimable = asked_for(evidence, leftover) == Asked::or_reclaimed;
    if (group.reclaimable && evidence.next_run) {
      group.recovery = recovery_of(next, removed_by_next_run(*evidence.next_run, path));
    }
    groups[group].push_back(leftover);
  }
  const ProcessPath root = ProcessPath::root();
  const std::string command = command_of(evidence, root);
  for (const std::string& directory : varying) {
    const std::string glob = pattern_glob(directory);
    const std::string either = fmt::format("--output {} would make them outputs", shell_quote(glob + "/**"));
    if (evidence.plan.faults.empty()) {
      result.notes.push_back(
          {std::string(name),
           root,
           command,
           name_pattern(directory) + "/*",
           fmt::format("fault-free runs leave names in {} that differ from run to run, and it cannot be told whether "
                       "they are there to be made: {}, --allow {} accepts them",
                       directory, either, shell_quote(glob + "/*")),
           {}});
    } else {
      result.skipped.push_back(fmt::format(
          "fault-free runs leave names in {} that differ from run to run, and so did this one: {}", directory, either));
    }
  }
  for (const auto& [group, leftovers] : groups) {
    const std::string detail = detail_of(evidence, contract, baseline, next, group, leftovers);
    if (const std::string_view accepted = why_accepted(group, contract); !accepted.empty()) {
      result.notes.push_back(
          {std::string(name), root, command, group.pattern, std::string(accepted) + detail, group.recovery});
    } else {
      result.violations.push_back({.invariant = std::string(name),
                                   .process = root,
                                   .command = command,
                                   .subject = group.pattern,
                                   .detail = detail,
                                   .manner = manner_of(evidence, root),
                                   .recovery = group.recovery,
                                   .file = leftovers.front().file->path,
                                   .cases = {{{}, static_cast<unsigned>(leftovers.size())}}});
    }
  }
  return result;
}

}  // namespace

extern const Invariant no_leftovers;
const Invariant no_leftovers{"no-leftovers", "nothing is left but the outputs and what the contract allows", opinion};

}  // namespace exitproof
