#include "ci/cli/document_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <system_error>

#include "ci/certify/whole_file.hpp"
#include "ci/cli/usage_error.hpp"

namespace exitproof::cli {

DocumentFile::DocumentFile(const std::string& option, const std::string& path, Output& output) : path_(path) {
  if (path_ == "-") output.use_stderr();
  if (path_.empty() || path_ == "-") return;
  if (!can_write_file(path_)) {
    throw UsageError(fmt::format("{} expects a file that can be written, and \"{}\" cannot", option, path_));
  }
}

void require_distinct_files(const std::vector<std::pair<std::string, std::string>>& asked) {
  namespace fs = std::filesystem;
  std::map<fs::path, std::string> options;
  for (const auto& [option, path] : asked) {
    std::error_code unknown;
    const bool is_device = fs::exists(path, unknown) && !fs::is_regular_file(path, unknown);
    if (path.empty() || (path != "-" && is_device)) continue;
    const fs::path real =
        path == "-" ? fs::path(path) : fs::weakly_canonical(end_of_links(fs::absolute(path)), unknown);
    const auto [before, added] = options.emplace(real, option);
    if (!added) {
      throw UsageError(
          fmt::format("{} and {} expect a file each, and found \"{}\" for both", before->second, option, path));
    }
  }
}

void DocumentFile::write(const std::string& document, Output& output) const {
  if (path_.empty()) return;
  if (path_ == "-") return output.print_document(document);
  write_whole_file(path_, document);
}

}  // namespace exitproof::cli
