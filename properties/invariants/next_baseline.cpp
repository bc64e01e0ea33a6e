#include "properties/invariants/next_baseline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "exitproof/pattern.hpp"
#include "properties/invariants/wholeness.hpp"

namespace exitproof {
namespace {

bool came_to_its_end(const Evidence& run) {
  return run.next_run && run.next_run->failure.empty() && run.next_run->root_end;
}

bool ends_otherwise(const Evidence& run) {
  return !came_to_its_end(run) || run.next_run->root_end != run.root_end ||
         run.next_run->stopped_by_harness != run.stopped_by_harness;
}

// Of what varies from run to run, only that something of its kind and name is there.
std::set<std::string> shape_of(std::span<const FileChange> files, const Baseline& baseline) {
  std::set<std::string> shape;
  for (const FileChange& file : files) {
    const bool stable =
        std::ranges::binary_search(baseline.stable_outputs, file.path, std::less<>{}, &StableOutput::path);
    shape.insert(stable ? state_of(file)
                        : fmt::format("{} {} {}", name_pattern(file.path), change_kind_name(file.kind),
                                      file_type_name(file.type)));
  }
  return shape;
}

bool leaves_something_else(const Evidence& run, const Baseline& baseline) {
  return shape_of(run.files, baseline) != shape_of(run.next_run->files, baseline);
}

}  // namespace

std::optional<NextBaseline> next_baseline_of(std::span<const Evidence> runs, const Baseline& baseline) {
  std::vector<const Evidence*> ended;
  NextBaseline next;
  for (const Evidence& run : runs) {
    if (!run.next_run) continue;
    if (came_to_its_end(run)) ended.push_back(&run);
    next.fails_by_nature = next.fails_by_nature || ends_otherwise(run);
    next.differs_by_nature = next.differs_by_nature || leaves_something_else(run, baseline);
    next.longest = std::max(next.longest, run.next_run->took);
  }
  if (ended.empty()) return std::nullopt;
  const std::optional<WaitStatus>& end = ended.front()->next_run->root_end;
  if (std::ranges::all_of(ended, [&](const Evidence* run) { return run->next_run->root_end == end; })) {
    next.root_end = end;
  }
  std::vector<std::span<const FileChange>> files;
  for (const Evidence* run : ended) files.emplace_back(run->next_run->files);
  next.stable_outputs = stable_outputs_of(baseline.outputs, files);
  return next;
}

}  // namespace exitproof
