#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

namespace exitproof {

/// No file that we read has that much: who names one means another, or a device that never ends.
inline constexpr std::size_t longest_whole_file = std::size_t{256} << 20U;

class FileTooLong : public std::runtime_error {
 public:
  explicit FileTooLong(const std::filesystem::path& path)
      : std::runtime_error(path.string() + " has more than 256 MiB: no file of exitproof's is that long") {}
};

/// All that is in a file, or comes out of a pipe until its end. Nothing for one that cannot be read: a folder is one of
/// them. Throws FileTooLong.
std::optional<std::string> read_whole_file(const std::filesystem::path& path);

/// The file that writing to the path makes or replaces: what a symbolic link names, also where nothing is there yet.
std::filesystem::path end_of_links(const std::filesystem::path& path);

/// Writes the file under another name first, and renames it: a reader never sees half of it, and one that was there
/// stays when there is no room for another, and its mode in any case. What a symbolic link names is replaced, not the link; a pipe or a device is
/// written to. Throws std::system_error, and leaves nothing then.
void write_whole_file(const std::filesystem::path& path, const std::string& text);

/// The same where nothing is there yet; false when something is. Throws std::system_error.
bool write_new_file(const std::filesystem::path& path, const std::string& text);

/// Whether one of these is likely to succeed: asks for the rights, and makes nothing.
bool can_write_file(const std::filesystem::path& path);

}  // namespace exitproof
