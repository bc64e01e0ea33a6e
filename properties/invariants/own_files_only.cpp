#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "exitproof/invariant.hpp"
#include "exitproof/pattern.hpp"
#include "properties/invariants/contract_table.hpp"
#include "properties/invariants/messages.hpp"
#include "properties/invariants/outputs.hpp"

namespace exitproof {
namespace {

constexpr std::string_view name = "own-files-only";

// What the kernel shows there is no file of anybody's.
constexpr std::array<std::string_view, 3> no_files_below = {"/proc", "/sys", "/dev"};

// What was done to a file of the machine; empty: nothing that takes its content away.
std::string harm_done(const FileChange& file) {
  switch (file.kind) {
    case ChangeKind::created:
      return {};
    case ChangeKind::deleted:
      return "is deleted";
    case ChangeKind::changed:
      if (file.replaced) return "is replaced by another file";
      if (file.type != FileType::regular || file.size >= file.size_before) return {};
      return fmt::format("is cut to {} of {} bytes", file.size, file.size_before);
  }
  return {};
}

bool touched_without_fault(const std::set<std::string>& patterns, std::string_view path) {
  return patterns.contains(name_pattern(path));
}

std::string describe(const Evidence& evidence, const std::vector<const FileChange*>& files) {
  const FileChange& first = *files.front();
  std::string detail = fmt::format("{} was there before, and {}", first.path, harm_done(first));
  if (first.maker) detail += " by " + evidence.describe(first.maker->process());
  if (files.size() > 1) detail += fmt::format("; so it is with {} more of that name", files.size() - 1);
  detail +=
      fmt::format("; no fault-free run touches {}, and {}", files.size() > 1 ? "them" : "it", how_root_ended(evidence));
  return detail;
}

void judge_files(const Evidence& evidence, const Baseline& baseline, Opinion& result) {
  std::set<std::string> touched;
  for (const std::string& path : baseline.touched_files) touched.insert(name_pattern(path));
  std::map<std::string, std::vector<const FileChange*>> harmed;
  for (const FileChange& file : evidence.files) {
    const bool real =
        std::ranges::none_of(no_files_below, [&](std::string_view place) { return lies_below(file.path, place); });
    if (real && !harm_done(file).empty() && !touched_without_fault(touched, file.path)) {
      harmed[name_pattern(file.path)].push_back(&file);
    }
  }
  const ProcessPath root = ProcessPath::root();
  for (auto& [pattern, files] : harmed) {
    std::ranges::sort(files, {}, &FileChange::path);
    result.violations.push_back({std::string(name), root, command_of(evidence, root), pattern,
                                 describe(evidence, files), manner_of(evidence, root)});
  }
}

void judge_trespasses(const Evidence& evidence, const Baseline& baseline, Opinion& result) {
  std::map<std::string, const Trespass*> by_pattern;
  for (const Trespass& trespass : evidence.trespasses) {
    const std::string pattern = name_pattern(trespass.path);
    if (!std::ranges::binary_search(baseline.trespasses, pattern)) by_pattern.emplace(pattern, &trespass);
  }
  for (const auto& [pattern, trespass] : by_pattern) {
    const std::string detail =
        fmt::format("{} took {} away from {}, which was alive and had made it, by {}; no fault-free run does that",
                    evidence.describe(trespass->by.process()), trespass->path,
                    evidence.describe(trespass->maker.process()), trespass->call);
    result.violations.push_back({std::string(name), trespass->by.process(), command_of(evidence, trespass->by), pattern,
                                 detail, manner_of(evidence, ProcessPath::root())});
  }
}

Opinion opinion(const Evidence& evidence, const Contract&, const Baseline& baseline) {
  Opinion result;
  if (const auto why = why_no_comparison(evidence, baseline)) {
    result.skipped.push_back(*why);
    return result;
  }
  if (asked(Duty::own_files_only, manner_of(evidence, ProcessPath::root())) == Asked::no) return result;
  judge_files(evidence, baseline, result);
  judge_trespasses(evidence, baseline, result);
  return result;
}

}  // namespace

extern const Invariant own_files_only;
const Invariant own_files_only{"own-files-only", "no file of others is deleted, replaced or cut", opinion};

}  // namespace exitproof
