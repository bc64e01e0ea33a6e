#include "properties/search/trial_template.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace exitproof {
namespace {

std::string directory_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

std::vector<std::string> state_left(const Evidence& run) {
  std::vector<std::string> state;
  for (const FileChange& file : run.files) state.push_back(state_of(file));
  std::sort(state.begin(), state.end());
  return state;
}

std::vector<std::string> common_state(std::span<const Evidence> runs) {
  if (runs.empty()) return {};
  std::vector<std::string> state = state_left(runs.front());
  const bool equal =
      std::all_of(runs.begin(), runs.end(), [&](const Evidence& run) { return state_left(run) == state; });
  return equal ? std::move(state) : std::vector<std::string>{};
}

bool lies_on_disk(const std::string& path) {
  return path.starts_with('/') && !path.starts_with("/dev/") && !path.starts_with("/proc/");
}

bool may_make_file(const SiteRecord& site) {
  const auto* point = std::get_if<CallPoint>(&site.site.point);
  if (point == nullptr) return false;
  const CallClass kind = point->call_class;
  // Whether a socket is bound to a path or to a port is not on record.
  if (kind == CallClass::bind) return site.call == "bind";
  return (kind == CallClass::open || kind == CallClass::mkdir || kind == CallClass::link) && lies_on_disk(site.object);
}

std::set<ProcessPath> writers_of(const Evidence& run) {
  std::set<ProcessPath> writers;
  for (const SiteRecord& site : run.sites) {
    const ProcessRecord* process = may_make_file(site) && !site.alive.empty() ? run.find(site.alive.front()) : nullptr;
    if (process != nullptr) writers.insert(process->path);
  }
  return writers;
}

// Whether a process makes files that another of the same executable, which did not make it, could take away.
bool have_files_for_peers(const Evidence& run) {
  return std::ranges::any_of(writers_of(run), [&](const ProcessPath& maker) {
    const ProcessRecord* record = run.find(maker);
    return std::ranges::any_of(run.processes, [&](const ProcessRecord& other) {
      return other.path != maker && other.executable == record->executable && !maker.descends_from(other.path);
    });
  });
}

// A busy machine must not make a next run late.
constexpr Millis shortest_limit{5'000};

}  // namespace

std::vector<std::string> to_be_copied_up(std::span<const Evidence> runs) {
  std::set<std::string> paths;
  for (const Evidence& run : runs) {
    std::set<std::string> created;  // sorted by path, a directory comes before what lies in it
    for (const FileChange& file : run.files) {
      if (!file.path.starts_with('/')) continue;
      if (file.kind == ChangeKind::created) {
        created.insert(file.path);
      } else if (file.type == FileType::regular) {
        paths.insert(file.path);
      }
      if (std::string directory = directory_of(file.path); !created.contains(directory)) {
        paths.insert(std::move(directory));
      }
    }
  }
  return {paths.begin(), paths.end()};
}

bool several_make_files(std::span<const Evidence> runs) {
  return std::ranges::any_of(runs, [](const Evidence& run) { return writers_of(run).size() > 1; });
}

bool strikes_a_descendant(const FaultPlan& plan) {
  return std::ranges::any_of(plan.faults, [](const Fault& fault) {
    const auto* path = fault.site.process ? std::get_if<ProcessPath>(&*fault.site.process) : nullptr;
    return path == nullptr || !path->process().is_root();
  });
}

TrialRequest trial_template(std::span<const Evidence> runs, const Baseline& baseline) {
  TrialRequest request;
  request.copy_up = to_be_copied_up(runs);
  if (std::any_of(runs.begin(), runs.end(), have_files_for_peers)) request.classes = trespass_classes();
  if (baseline.next) {
    request.next_run = NextRunWhen::when_left;
    const auto longest = std::chrono::duration_cast<Millis>(std::max(baseline.longest_run, baseline.next->longest));
    request.next_run_limit = std::max(shortest_limit, longest * 5);
    request.clean_state = common_state(runs);
  }
  return request;
}

}  // namespace exitproof
