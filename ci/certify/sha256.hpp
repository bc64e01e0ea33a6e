#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace exitproof {

/// SHA-256 (FIPS 180-4) as 64 hexadecimal digits: what certificates name files by.
std::string sha256_of(std::string_view text);

/// The same of a regular file's content. Throws std::system_error.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace exitproof
