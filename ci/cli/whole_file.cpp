#include "ci/cli/whole_file.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

namespace exitproof::cli {

void write_whole_file(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path draft = path.string() + ".new";
  std::ofstream file(draft, std::ios::binary);
  file << text << std::flush;
  if (!file) throw std::system_error(errno, std::generic_category(), "writing " + draft.string());
  file.close();
  std::filesystem::rename(draft, path);
}

}  // namespace exitproof::cli
