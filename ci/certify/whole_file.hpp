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

/// Writes the file under another name first, and renames it: a reader never sees half of it. Throws std::system_error.
void write_whole_file(const std::filesystem::path& path, const std::string& text);

}  // namespace exitproof
