#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace exitproof::testing {

/// The folder of the running test's own executable. The command and the subjects lie beside it, so
/// that ci/test can run a copy of the whole folder as a user who cannot enter the build tree.
inline std::filesystem::path bin_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

/// The path of a subject: scenarios/FOLDER/name.cpp becomes bin/subjects/name.
inline std::string subject(std::string_view name) {
  return (bin_folder() / "subjects" / name).string();
}

/// The path of the exitproof command.
inline std::string exitproof_binary() {
  return (bin_folder() / "exitproof").string();
}

}  // namespace exitproof::testing
