#include "ci/certify/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ci/certify/files_at_hand.hpp"
#include "ci/certify/sha256.hpp"

namespace exitproof {
namespace {

std::vector<DigestedFile> digested(const std::vector<NamedFile>& files) {
  std::vector<DigestedFile> all;
  for (const NamedFile& file : files) all.push_back({.name = file.name, .sha256 = sha256_of_file(file.path)});
  return all;
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

Provenance provenance_of(const ReleaseManifest& manifest, const std::string& tool) {
  Provenance provenance{.tool = tool,
                        .tool_digest = sha256_of_file("/proc/self/exe"),
                        .kernel = kernel_version(),
                        .architecture = machine_architecture(),
                        .libc = libc_version(),
                        .artefacts = digested(files_of(manifest, manifest.artefacts)),
                        .scenarios = {}};
  for (const ManifestScenario& one : manifest.scenarios) {
    provenance.scenarios.push_back(
        {.name = one.name, .files = digested(files_of(manifest, one.files)), .programs = {}});
  }
  return provenance;
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
