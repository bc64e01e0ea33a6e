#include "ci/certify/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "ci/certify/files_at_hand.hpp"
#include "ci/certify/sha256.hpp"

namespace exitproof {
namespace {

namespace fs = std::filesystem;

std::vector<DigestedFile> digested(const std::vector<NamedFile>& files, FileDigests& digests) {
  std::vector<DigestedFile> all;
  for (const NamedFile& file : files) all.push_back({.name = file.name, .sha256 = digests.of(file.path)});
  return all;
}

fs::path real_path(const fs::path& path) {
  std::error_code unknown;
  const fs::path real = fs::canonical(path, unknown);
  return unknown ? path.lexically_normal() : real;
}

/// Of a cached module of Python, "x/__pycache__/m.cpython-311.pyc", the source that stands beside it (PEP 3147): the
/// interpreter compares its time and reads no more of it.
fs::path source_of(const fs::path& path) {
  const bool is_cached = path.extension() == ".pyc" && path.parent_path().filename() == "__pycache__";
  if (!is_cached) return path;
  const std::string name = path.filename().string();
  return path.parent_path().parent_path() / (name.substr(0, name.find('.')) + ".py");
}

/// The name of the first entry of one list that the other has not, or has otherwise.
template <typename Entry, typename Name>
std::optional<std::string> first_other(const std::vector<Entry>& one, const std::vector<Entry>& other, Name name) {
  const auto [left, right] = std::ranges::mismatch(one, other);
  if (left != one.end()) return (*left).*name;
  if (right != other.end()) return (*right).*name;
  return std::nullopt;
}

/// Which programs run may be a matter of chance; which files they are is none.
std::optional<std::string> first_of_two_builds(const std::vector<RunProgram>& one,
                                               const std::vector<RunProgram>& other) {
  for (const RunProgram& program : one) {
    const auto same = std::ranges::find(other, program.path, &RunProgram::path);
    if (same != other.end() && *same != program) return program.path;
  }
  return std::nullopt;
}

}  // namespace

Provenance provenance_of(const ReleaseManifest& manifest, const std::string& tool, FileDigests& digests) {
  Provenance provenance{.tool = tool,
                        .tool_digest = sha256_of_file("/proc/self/exe"),
                        .kernel = kernel_version(),
                        .architecture = machine_architecture(),
                        .libc = libc_version(),
                        .artefacts = digested(files_of(manifest, manifest.artefacts), digests),
                        .scenarios = {}};
  for (const ManifestScenario& one : manifest.scenarios) {
    provenance.scenarios.push_back(
        {.name = one.name, .files = digested(files_of(manifest, one.files), digests), .programs = {}});
  }
  return provenance;
}

void add_what_runs_show(const Survey& survey, const ReleaseManifest& manifest,
                        const std::vector<DigestedFile>& artefacts, FileDigests& digests,
                        ScenarioProvenance& scenario) {
  scenario.programs = programs_of(survey.runs, digests);
  std::set<fs::path> paths;
  for (const std::string& path : survey.used_files) paths.insert({real_path(path), real_path(source_of(path))});
  std::set<std::string> contents;  // a copy that is installed elsewhere is the artefact too
  for (const RunProgram& program : scenario.programs) {
    paths.insert(program.path);
    if (!program.digest.empty()) contents.insert(program.digest);
  }
  for (RunProgram& program : scenario.programs) {
    const fs::path below = fs::path(program.path).lexically_relative(real_path(manifest.folder()));
    if (!below.empty() && *below.begin() != "..") program.path = below.string();
  }
  for (const DigestedFile& artefact : artefacts) {
    const bool used =
        paths.contains(real_path(manifest.folder() / artefact.name)) || contents.contains(artefact.sha256);
    if (used) scenario.used.push_back(artefact.name);
  }
}

std::vector<std::string> unused_artefacts(const Provenance& provenance) {
  std::vector<std::string> unused;
  for (const DigestedFile& artefact : provenance.artefacts) {
    const auto uses = [&](const ScenarioProvenance& one) {
      return std::ranges::find(one.used, artefact.name) != one.used.end();
    };
    if (std::ranges::none_of(provenance.scenarios, uses)) unused.push_back(artefact.name);
  }
  return unused;
}

std::optional<std::string> first_difference(const Provenance& one, const Provenance& other) {
  const auto differ = [](std::string_view what, const std::string& here, const std::string& there) {
    return fmt::format("{}: {} and {}", what, here, there);
  };
  if (one.tool != other.tool) return differ("tool", one.tool, other.tool);
  if (one.tool_digest != other.tool_digest) return fmt::format("tool: two builds of {}", one.tool);
  if (one.kernel != other.kernel) return differ("kernel", one.kernel, other.kernel);
  if (one.architecture != other.architecture) return differ("architecture", one.architecture, other.architecture);
  if (one.libc != other.libc) return differ("C library", one.libc, other.libc);
  if (const auto name = first_other(one.artefacts, other.artefacts, &DigestedFile::name)) return "artefact " + *name;
  for (std::size_t i = 0; i < std::max(one.scenarios.size(), other.scenarios.size()); ++i) {
    const ScenarioProvenance here = i < one.scenarios.size() ? one.scenarios[i] : ScenarioProvenance{};
    const ScenarioProvenance there = i < other.scenarios.size() ? other.scenarios[i] : ScenarioProvenance{};
    if (here.name != there.name) return fmt::format("scenarios: \"{}\" and \"{}\"", here.name, there.name);
    const auto of = [&](std::string_view what, const std::string& name) {
      return fmt::format("{} {} of scenario {}", what, name, here.name);
    };
    if (const auto name = first_other(here.files, there.files, &DigestedFile::name)) return of("file", *name);
    if (const auto path = first_of_two_builds(here.programs, there.programs)) return of("program", *path);
  }
  return std::nullopt;
}

}  // namespace exitproof
