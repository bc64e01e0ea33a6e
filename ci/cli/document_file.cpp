#include "ci/cli/document_file.hpp"

#include <fmt/format.h>

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

void DocumentFile::write(const std::string& document, Output& output) const {
  if (path_.empty()) return;
  if (path_ == "-") return output.print_document(document);
  write_whole_file(path_, document);
}

}  // namespace exitproof::cli
