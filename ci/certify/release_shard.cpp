#include "ci/certify/release_shard.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "ci/certify/files_at_hand.hpp"
#include "harness/model/json_codec.hpp"

namespace exitproof {

template <typename Visitor, MaybeConst<DigestedFile> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("name", record.name);
  visitor("sha256", record.sha256);
}

template <typename Visitor, MaybeConst<RunProgram> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("path", record.path);
  visitor("sha256", record.digest);
  visitor("version", record.version);
}

template <typename Visitor, MaybeConst<ScenarioProvenance> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("name", record.name);
  visitor("files", record.files);
  visitor("programs", record.programs);
  visitor("used", record.used);
}

template <typename Visitor, MaybeConst<Provenance> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("tool", record.tool);
  visitor("tool_sha256", record.tool_digest);
  visitor("kernel", record.kernel);
  visitor("architecture", record.architecture);
  visitor("libc", record.libc);
  visitor("artefacts", record.artefacts);
  visitor("scenarios", record.scenarios);
}

template <typename Visitor, MaybeConst<CertificateTimes> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("began", record.began);
  visitor("ended", record.ended);
}

template <typename Visitor, MaybeConst<ReleaseShard> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("shard", record.shard);
  visitor("manifest_path", record.manifest_path);
  visitor("manifest", record.manifest);
  visitor("seed", record.seed);
  visitor("level", record.level);
  visitor("chosen", record.chosen);
  visitor("provenance", record.provenance);
  visitor("refused", record.refused);
  visitor("complete", record.complete);
  visitor("times", record.times);
}

namespace {

constexpr std::string_view schema = "exitproof/shard/1";

std::string named(const PlacedShard& placed) {
  return fmt::format("shard {} in {}", placed.release.shard.print(), placed.folder);
}

[[noreturn]] void fail_pair(const PlacedShard& one, const PlacedShard& other, const std::string& what) {
  throw ShardsError(fmt::format("{} and {} are not of one certification, {}", named(one), named(other), what));
}

/// What two manifests ask for differently; that their bytes differ is enough.
std::string difference_of_manifests(const ReleaseShard& one, const ReleaseShard& other) {
  std::map<std::string, nlohmann::json> asked;
  for (const ManifestScenario& scenario : manifest_of(one).scenarios) asked.emplace(scenario.name, asked_of(scenario));
  for (const ManifestScenario& scenario : manifest_of(other).scenarios) {
    const auto same = asked.find(scenario.name);
    const std::string parts = same == asked.end() ? "" : parts_that_differ(same->second, asked_of(scenario));
    if (!parts.empty()) return fmt::format("contract of scenario {}: {}", scenario.name, parts);
  }
  return "manifest: two texts";
}

void check_one_certification(const PlacedShard& one, const PlacedShard& other) {
  const ReleaseShard& here = one.release;
  const ReleaseShard& there = other.release;
  if (here.shard.of != there.shard.of) {
    throw ShardsError(fmt::format("{} and {} are not of one certification", named(one), named(other)));
  }
  if (here.provenance.tool_digest == there.provenance.tool_digest && here.manifest != there.manifest) {
    fail_pair(one, other, difference_of_manifests(here, there));
  }
  if (here.seed != there.seed) fail_pair(one, other, fmt::format("seed: {} and {}", here.seed, there.seed));
  if (here.level != there.level) {
    const auto words = [](const std::string& level) { return level.empty() ? "the manifest's" : level; };
    fail_pair(one, other, fmt::format("level: {} and {}", words(here.level), words(there.level)));
  }
  if (const auto difference = first_difference(here.provenance, there.provenance)) fail_pair(one, other, *difference);
}

void check_each_once(std::span<const PlacedShard> shards) {
  std::map<unsigned, const PlacedShard*> by_index;
  for (const PlacedShard& placed : shards) {
    const auto [before, added] = by_index.emplace(placed.release.shard.index, &placed);
    if (added) continue;
    throw ShardsError(fmt::format("{} and {} are both of shard {}", before->second->folder, placed.folder,
                                  placed.release.shard.print()));
  }
  const unsigned of = shards.front().release.shard.of;
  std::vector<std::string> missing;
  for (unsigned index = 1; index <= of; ++index) {
    if (!by_index.contains(index)) missing.push_back(Shard{.index = index, .of = of}.print());
  }
  if (missing.empty()) return;
  throw ShardsError(fmt::format("expected the folders of {} shards, and found none of shard{} {}", of,
                                missing.size() == 1 ? "" : "s", fmt::join(missing, ", ")));
}

}  // namespace

std::string print_release_shard(const ReleaseShard& shard) {
  return json::to_text(schema, shard);
}

ReleaseShard parse_release_shard(std::string_view text) {
  return json::from_text<ReleaseShard>(schema, text);
}

ReleaseManifest manifest_of(const ReleaseShard& shard) {
  ReleaseManifest manifest = parse_release_manifest(shard.manifest, shard.manifest_path);
  manifest.seed = shard.seed;
  std::vector<std::string> names;
  for (const ScenarioProvenance& one : shard.provenance.scenarios) names.push_back(one.name);
  keep_scenarios(manifest, names);
  if (manifest.scenarios.size() != names.size()) {
    throw ManifestError(fmt::format("{}: expected the scenarios {}", shard.manifest_path, fmt::join(names, ", ")));
  }
  if (shard.level.empty()) return manifest;
  try {
    const Level level = Level::parse(shard.level);
    for (ManifestScenario& scenario : manifest.scenarios) scenario.level = level;
  } catch (const ParseError& error) {
    throw ManifestError(fmt::format("the shard's level: expected {}, found {}", error.expected(), error.found()));
  }
  return manifest;
}

void check_release_shards(std::span<const PlacedShard> shards) {
  if (shards.empty()) throw ShardsError("expected the folders of all shards, and found none");
  for (const PlacedShard& placed : shards.subspan(1)) check_one_certification(shards.front(), placed);
  check_each_once(shards);
  for (const PlacedShard& placed : shards) {
    for (const std::string& refused : placed.release.refused) {
      throw ShardsError(fmt::format("{} could not try scenario {}", named(placed), refused));
    }
    if (placed.release.complete) continue;
    throw ShardsError(named(placed) + " was ended before its end: the same command with --resume goes on");
  }
}

}  // namespace exitproof
