#include "ci/certify/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "harness/linux/unique_fd.hpp"

namespace exitproof {

std::optional<std::string> read_whole_file(const std::filesystem::path& path) {
  const sys::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return std::nullopt;
  std::string text;
  std::array<char, 65536> chunk{};
  while (true) {
    const ssize_t count = ::read(file.get(), chunk.data(), chunk.size());
    if (count == 0) return text;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > longest_whole_file) throw FileTooLong(path);
  }
}

void write_whole_file(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path draft = path.string() + ".new";
  std::ofstream file(draft, std::ios::binary);
  file << text << std::flush;
  if (!file) throw std::system_error(errno, std::generic_category(), "writing " + draft.string());
  file.close();
  std::filesystem::rename(draft, path);
}

}  // namespace exitproof
