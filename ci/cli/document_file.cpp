#include "ci/cli/document_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "ci/cli/usage_error.hpp"

namespace exitproof::cli {

DocumentFile::DocumentFile(const std::string& option, const std::string& path, Output& output) : path_(path) {
  if (path_ == "-") output.use_stderr();
  if (path_.empty() || path_ == "-") return;
  if (!std::ofstream(path_, std::ios::app)) {
    throw UsageError(fmt::format("{} expects a file that can be written, and \"{}\" cannot", option, path_));
  }
}

void DocumentFile::write(const std::string& document, Output& output) const {
  if (path_.empty()) return;
  if (path_ == "-") return output.print_document(document);
  std::ofstream file(path_, std::ios::trunc | std::ios::binary);
  file << document << std::flush;
  if (!file) throw std::system_error(errno, std::generic_category(), "writing " + path_);
}

}  // namespace exitproof::cli
