#include "ci/certify/whole_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "harness/linux/unique_fd.hpp"

namespace exitproof {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string_view what, const fs::path& path) {
  throw std::system_error(errno, std::generic_category(), std::string(what) + ' ' + path.string());
}

sys::UniqueFd opened(const fs::path& path, int flags) {
  sys::UniqueFd file(::open(path.c_str(), flags, 0666));
  if (!file.is_open()) fail("writing", path);
  return file;
}

void write_into(int fd, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("writing", path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// Also /dev/stdout and the like: where that is a file, others write into it, and it must stay that one.
bool is_written_in_place(const fs::path& path) {
  const std::string name = fs::absolute(path).lexically_normal().string();
  if (name.starts_with("/dev/") || name.starts_with("/proc/")) return true;
  std::error_code unknown;
  const fs::file_status status = fs::status(path, unknown);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

/// The whole text in a file beside the one that it is to be; goes away with this, unless it was renamed.
class Draft {
 public:
  Draft(const fs::path& target, std::string_view text)
      : path_(target.string() + '.' + std::to_string(::getpid()) + ".new") {
    ::unlink(path_.c_str());  // of a process that was killed, and had our number
    const sys::UniqueFd file = opened(path_, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
    struct stat before {};
    const bool replaces = ::stat(target.c_str(), &before) == 0 && S_ISREG(before.st_mode);
    try {
      // Who closed it to others did not open it by asking for another report.
      if (replaces && ::fchmod(file.get(), before.st_mode & 07777U) != 0) fail("keeping the mode of", target);
      write_into(file.get(), text, target);
    } catch (...) {
      ::unlink(path_.c_str());
      throw;
    }
  }
  ~Draft() { ::unlink(path_.c_str()); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

// A link that names nothing stays where it is, and what it names is made.
std::filesystem::path end_of_links(const std::filesystem::path& path) {
  std::error_code unknown;
  const fs::path end = fs::weakly_canonical(path, unknown);
  if (unknown || !fs::is_symlink(fs::symlink_status(path, unknown))) return path;
  if (!fs::is_symlink(fs::symlink_status(end, unknown))) return end;
  const fs::path named = fs::read_symlink(path, unknown);
  return unknown ? path : path.parent_path() / named;
}

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
  if (is_written_in_place(path)) return write_into(opened(path, O_WRONLY | O_CLOEXEC).get(), text, path);
  const fs::path target = end_of_links(path);
  const Draft draft(target, text);
  if (::rename(draft.path().c_str(), target.c_str()) != 0) fail("writing", path);
}

bool write_new_file(const std::filesystem::path& path, const std::string& text) {
  const Draft draft(path, text);
  if (::link(draft.path().c_str(), path.c_str()) == 0) return true;
  if (errno == EEXIST) return false;
  // A file system without links.
  if (::access(path.c_str(), F_OK) == 0) return false;
  if (::rename(draft.path().c_str(), path.c_str()) != 0) fail("writing", path);
  return true;
}

bool can_write_file(const std::filesystem::path& path) {
  std::error_code unknown;
  if (path.empty() || !path.has_filename() || fs::is_directory(path, unknown)) return false;
  if (is_written_in_place(path)) return ::access(path.c_str(), W_OK) == 0;
  const fs::path target = end_of_links(path);
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, unknown) || ::access(folder.c_str(), W_OK | X_OK) != 0) return false;
  return ::access(target.c_str(), F_OK) != 0 || ::access(target.c_str(), W_OK) == 0;
}

}  // namespace exitproof
