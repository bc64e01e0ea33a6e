#include "ci/cli/merge_certification.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ci/certify/sha256.hpp"
#include "ci/cli/certification_end.hpp"
#include "ci/cli/certify_progress.hpp"
#include "ci/cli/session.hpp"
#include "ci/cli/shard_folder.hpp"
#include "exitproof/merge.hpp"

namespace exitproof::cli {
namespace {

/// In the order of the shards, whatever order they are given in.
std::vector<PlacedShard> read_shards(const std::vector<std::string>& folders) {
  std::vector<PlacedShard> shards;
  for (const std::string& folder : folders) shards.push_back(ShardFolder(folder).read());
  std::ranges::sort(shards, {}, [](const PlacedShard& one) { return one.release.shard.index; });
  return shards;
}

/// Another exitproof may judge otherwise, and one certificate is of one.
void check_own_tool(const PlacedShard& shard, const std::string& tool) {
  const Provenance& provenance = shard.release.provenance;
  if (provenance.tool_digest == sha256_of_file("/proc/self/exe")) return;
  throw ShardsError(fmt::format("the shards were tried by {}, and this is another build{}: merge them by that one",
                                provenance.tool, provenance.tool == tool ? "" : ", " + tool));
}

ScenarioOutcome merge_one(const std::vector<PlacedShard>& shards, const ManifestScenario& scenario,
                          CertifyListener& listener) {
  std::vector<JournalRecords> journals;
  for (const PlacedShard& shard : shards) journals.emplace_back(ShardFolder(shard.folder).journal(scenario.name));
  check_shards(journals);
  return merge_scenario(journals, scenario, listener);
}

/// From when the first began until when the last ended; nothing where one of them does not say.
std::optional<CertificateTimes> times_of(const std::vector<PlacedShard>& shards) {
  std::optional<CertificateTimes> whole;
  for (const PlacedShard& shard : shards) {
    const std::optional<CertificateTimes>& times = shard.release.times;
    if (!times) return std::nullopt;
    if (!whole) whole = times;
    whole->began = std::min(whole->began, times->began);
    whole->ended = std::max(whole->ended, times->ended);
  }
  return whole;
}

}  // namespace

int merge_certification(const CertificationMerge& merge, const ReportContext& context) {
  const std::vector<PlacedShard> shards = read_shards(merge.folders);
  check_own_tool(shards.front(), context.tool);
  check_release_shards(shards);
  const ReleaseShard& first = shards.front().release;
  const ReleaseManifest manifest = manifest_of(first);
  const CertificationFiles files(merge.out);
  ReportContext own = context;
  own.kernel = first.provenance.kernel;
  Interrupts interrupts;
  Output output(interrupts);
  output.print(fmt::format("{}: {} {}, {}, seed {}, {}\n", own.tool, manifest.library, manifest.version,
                           counted(manifest.scenarios.size(), "scenario"), manifest.seed,
                           counted(shards.size(), "shard")));
  CertifyProgress progress(output, own, manifest.scenarios.size(), {});
  std::vector<ScenarioOutcome> outcomes;
  for (const ManifestScenario& scenario : manifest.scenarios) {
    outcomes.push_back(merge_one(shards, scenario, progress));
  }
  output.clear_progress();
  const ExitStatus status = end_certification({.manifest = manifest,
                                               .outcomes = outcomes,
                                               .provenance = first.provenance,
                                               .context = own,
                                               .chosen = first.chosen,
                                               .changed = {},
                                               .annotates = merge.annotates,
                                               .times = times_of(shards)},
                                              files, output);
  return finish(interrupts, status);
}

}  // namespace exitproof::cli
