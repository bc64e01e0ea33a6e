#pragma once

#include <filesystem>
#include <string>

namespace exitproof::cli {

/// Writes the file under another name first, and renames it: a reader never sees half of it. Throws std::system_error.
void write_whole_file(const std::filesystem::path& path, const std::string& text);

}  // namespace exitproof::cli
