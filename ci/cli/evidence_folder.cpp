#include "ci/cli/evidence_folder.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "ci/certify/whole_file.hpp"
#include "ci/cli/usage_error.hpp"
#include "exitproof/evidence_json.hpp"

namespace exitproof::cli {
namespace {

/// File systems take names of 255 bytes.
constexpr std::size_t longest_name = 200;

}  // namespace

EvidenceFolder::EvidenceFolder(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (error) {
    throw UsageError(fmt::format("--evidence expects a folder, and \"{}\" cannot be made: {}", path_, error.message()));
  }
}

void EvidenceFolder::keep(const std::string& name, const Evidence& evidence) const {
  if (path_.empty()) return;
  const std::string file_path = fmt::format("{}/{}.json", path_, name.substr(0, longest_name));
  write_whole_file(file_path, evidence_to_json(evidence) + '\n');
}

}  // namespace exitproof::cli
