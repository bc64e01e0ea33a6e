#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "exitproof/invariant.hpp"
#include "exitproof/pattern.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/next_run.hpp"
#include "properties/invariants/outputs.hpp"
#include "properties/invariants/planted.hpp"

namespace exitproof {
namespace {

constexpr std::string_view name = "restarts";

/// What most likely stands in the way of the next run.
struct Reason {
  std::string subject;  ///< for the signature
  std::string words;    ///< empty: nothing is known to
};

std::optional<Reason> survivors_that_hold(const Evidence& evidence) {
  std::vector<std::string> holders;
  std::string first;
  for (const Survivor& survivor : evidence.survivors) {
    if (survivor.ended_after || survivor.holds.empty()) continue;
    if (holders.empty()) first = command_of(evidence, survivor.process);
    holders.push_back(
        fmt::format("{} is still alive and holds {}", evidence.describe(survivor.process), several(survivor.holds)));
  }
  if (holders.empty()) return std::nullopt;
  return Reason{first, several(holders)};
}

bool tells_of_a_running_program(const FileChange& file) {
  if (file.type == FileType::socket || file.type == FileType::fifo) return true;
  const std::string_view path = file.path;
  const std::string_view base = path.substr(path.rfind('/') + 1);
  return base.find("lock") != std::string_view::npos || base.find("pid") != std::string_view::npos;
}

// What may be left may be in the way all the same.
std::optional<Reason> files_in_the_way(const Evidence& evidence, Contract contract, const Baseline& baseline) {
  contract.allowed.clear();
  std::map<std::string, std::string> likely;  // by pattern: one of its files
  std::map<std::string, std::string> others;
  for (const Leftover& leftover : leftovers_of(evidence, contract, baseline)) {
    std::map<std::string, std::string>& heap = tells_of_a_running_program(*leftover.file) ? likely : others;
    heap.emplace(name_pattern(leftover.file->path), leftover.file->path);
  }
  for (const OutputFate& fate :
       fates_of_outputs({evidence.files, evidence.validations}, contract, baseline, baseline.stable_outputs)) {
    if (fate.wholeness == Wholeness::broken) others.emplace(name_pattern(fate.path), fate.path);
  }
  const std::map<std::string, std::string>& heap = likely.empty() ? others : likely;
  if (heap.empty()) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& [pattern, path] : heap) names.push_back(path);
  return Reason{heap.begin()->first,
                fmt::format("{} {} left and may be in its way", several(names), names.size() == 1 ? "is" : "are")};
}

// Of the machine, and fault-free runs leave them, changed or not.
std::optional<Reason> files_taken_away(const Evidence& evidence, const Baseline& baseline) {
  std::vector<std::string> gone;
  for (const FileChange& file : evidence.files) {
    if (file.kind == ChangeKind::deleted && !std::ranges::binary_search(baseline.deleted_files, file.path)) {
      gone.push_back(file.path);
    }
  }
  if (gone.empty()) return std::nullopt;
  return Reason{name_pattern(gone.front()),
                fmt::format("{} {} there before, and {} gone", several(gone), gone.size() == 1 ? "was" : "were",
                            gone.size() == 1 ? "is" : "are")};
}

// Another command than the first was seen to work only where the outputs of the first were there. For the same command
// they are no reason: it did without them the first time.
std::optional<Reason> outputs_that_lack(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  if (contract.restart.empty()) return std::nullopt;
  std::vector<std::string> missing;
  for (const OutputFate& fate :
       fates_of_outputs({evidence.files, evidence.validations}, contract, baseline, baseline.stable_outputs)) {
    if (fate.wholeness == Wholeness::absent) missing.push_back(fate.path);
  }
  if (missing.empty()) return std::nullopt;
  std::string words = fmt::format("{} {} missing, which {} there after fault-free runs", several(missing),
                                  missing.size() == 1 ? "is" : "are", missing.size() == 1 ? "is" : "are");
  const auto left = files_in_the_way(evidence, contract, baseline);
  return Reason{name_pattern(missing.front()), left ? fmt::format("{}, and {}", words, left->words) : words};
}

Reason reason_of(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  if (auto reason = survivors_that_hold(evidence)) return *reason;
  if (auto reason = outputs_that_lack(evidence, contract, baseline)) return *reason;
  if (auto reason = files_in_the_way(evidence, contract, baseline)) return *reason;
  if (auto reason = files_taken_away(evidence, baseline)) return *reason;
  return {command_of(evidence, ProcessPath::root()), {}};
}

std::string first_line(std::string_view text) {
  constexpr std::size_t longest = 200;
  const std::size_t start = text.find_first_not_of('\n');
  if (start == std::string_view::npos) return {};
  text.remove_prefix(start);
  return std::string(text.substr(0, std::min(text.find('\n'), longest)));
}

Opinion opinion(const Evidence& evidence, const Contract& contract, const Baseline& baseline) {
  Opinion result;
  if (const auto why = why_no_comparison(evidence, baseline)) {
    result.skipped.push_back(*why);
    return result;
  }
  const ProcessPath root = ProcessPath::root();
  const Manner manner = manner_of(evidence, root);
  if (asked(Duty::next_run_works, manner) == Asked::no) return result;
  const NextRunOpinion next = opinion_of_next_run(evidence, contract, baseline);
  if (next.shows == NextRunShows::unasked) result.skipped.push_back(next.words);
  if (next.shows != NextRunShows::fails) return result;
  const bool held = survivors_that_hold(evidence).has_value();
  if (is_planted(held ? "restarts: who still holds it will let go" : "restarts: what lies in the way is swept"))
    return result;
  const Reason reason = reason_of(evidence, contract, baseline);
  std::string detail = fmt::format("{}, and the next run fails: {}", how_root_ended(evidence), next.words);
  if (const std::string said = first_line(evidence.next_run->err.head); !said.empty()) {
    detail += fmt::format(", saying \"{}\"", said);
  }
  if (!reason.words.empty()) detail += "; " + reason.words;
  result.violations.push_back(
      {std::string(name), root, command_of(evidence, root), reason.subject, detail, manner, Recovery::blocked});
  return result;
}

}  // namespace

extern const Invariant restarts;
const Invariant restarts{"restarts", "the next run works", opinion};

}  // namespace exitproof
