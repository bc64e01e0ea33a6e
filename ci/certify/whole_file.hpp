#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace exitproof {

/// All that is in a file, or comes out of a pipe until its end. Nothing for one that cannot be read: a folder is one of
/// them.
std::optional<std::string> read_whole_file(const std::filesystem::path& path);

/// Writes the file under another name first, and renames it: a reader never sees half of it, and one that was there
/// stays when there is no room for another. What a symbolic link names is replaced, not the link; a pipe or a device is
/// written to. Throws std::system_error, and leaves nothing then.
void write_whole_file(const std::filesystem::path& path, const std::string& text);

/// The same where nothing is there yet; false when something is. Throws std::system_error.
bool write_new_file(const std::filesystem::path& path, const std::string& text);

/// Whether one of these is likely to succeed: asks for the rights, and makes nothing.
bool can_write_file(const std::filesystem::path& path);

}  // namespace exitproof
