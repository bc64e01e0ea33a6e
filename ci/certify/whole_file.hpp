#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace exitproof {

/// All that is in a file, or comes out of a pipe until its end. Nothing for one that cannot be read: a folder is one of
/// them.
std::optional<std::string> read_whole_file(const std::filesystem::path& path);

/// Writes the file under another name first, and renames it: a reader never sees half of it. Throws std::system_error.
void write_whole_file(const std::filesystem::path& path, const std::string& text);

}  // namespace exitproof
