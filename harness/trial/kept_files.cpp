#include "harness/trial/kept_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <system_error>

#include <fmt/format.h>

#include "harness/linux/digest.hpp"
#include "harness/linux/directory.hpp"
#include "harness/linux/file_copy.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/unique_fd.hpp"

// A copy of /a/b is FOLDER/HASH/b, and FOLDER/HASH/.of is a link to /a/b, made last: a copy without it is not whole.
namespace exitproof {

namespace {

using sys::checked;
using sys::UniqueFd;

constexpr const char* mark = ".of";

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

UniqueFd open_directory(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

std::string marked_path(const std::string& place) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length = ::readlink((place + "/" + mark).c_str(), target.data(), target.size());
  return length < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

bool same_attributes(const struct stat& a, const struct stat& b) {
  return a.st_mode == b.st_mode && a.st_uid == b.st_uid && a.st_gid == b.st_gid && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

bool is_as_kept(int copy, const std::string& path) {
  const UniqueFd now(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat kept {};
  struct stat present {};
  return now.is_open() && ::fstat(copy, &kept) == 0 && ::fstat(now.get(), &present) == 0 &&
         same_attributes(kept, present) && sys::digest_of_file(copy) == sys::digest_of_file(now.get());
}

// In place, so that the file's other names show it too, when it is still the only file of its kind there.
bool write_in_place(int copy, const std::string& path) {
  struct stat present {};
  if (::lstat(path.c_str(), &present) != 0 || !S_ISREG(present.st_mode) || present.st_nlink != 1) {
    return false;
  }
  ::chmod(path.c_str(), present.st_mode | S_IWUSR);
  const UniqueFd to(::open(path.c_str(), O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC));
  if (!to.is_open()) {
    return false;
  }
  ::lseek(copy, 0, SEEK_SET);
  sys::copy_content(copy, to.get());
  sys::give_attributes(to.get(), sys::read_attributes(copy));
  return true;
}

bool replace(int place, const std::string& path) {
  const UniqueFd directory = open_directory(directory_of(path));
  const std::string name = name_of(path);
  if (!directory.is_open() || (::unlinkat(directory.get(), name.c_str(), 0) != 0 && errno != ENOENT)) {
    return false;
  }
  return sys::copy_entry(place, directory.get(), name, KeptFiles::largest);
}

}  // namespace

KeptFiles::KeptFiles(std::string folder) : folder_(std::move(folder)) {
  if (::mkdir(folder_.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    sys::throw_errno("mkdir " + folder_);
  }
}

std::string KeptFiles::place_of(const std::string& path) const {
  sys::Digest digest;
  digest.add(path);
  return folder_ + "/" + digest.print();
}

bool KeptFiles::has(const std::string& path) const {
  return marked_path(place_of(path)) == path;
}

void KeptFiles::keep(const std::string& path, const struct stat& status) {
  const std::string place = place_of(path);
  const UniqueFd from = open_directory(directory_of(path));
  if (!S_ISREG(status.st_mode) || status.st_size > largest || has(path) || !from.is_open() ||
      ::mkdir(place.c_str(), S_IRWXU) != 0) {
    return;
  }
  const UniqueFd to = open_directory(place);
  if (sys::copy_entry(from.get(), to.get(), name_of(path), largest)) {
    checked(::symlinkat(path.c_str(), to.get(), mark), "keep a copy of " + path);
  }
}

bool KeptFiles::put_back(const std::string& path) const {
  const UniqueFd place = open_directory(place_of(path));
  const UniqueFd copy(::openat(place.get(), name_of(path).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  try {
    return copy.is_open() &&
           (is_as_kept(copy.get(), path) || write_in_place(copy.get(), path) || replace(place.get(), path));
  } catch (const std::system_error&) {
    return false;
  }
}

bool KeptFiles::put_all_back() const {
  bool all = true;
  const UniqueFd folder = open_directory(folder_);
  for (const auto& name : sys::names_in(folder.get(), ".")) {
    const std::string path = marked_path(folder_ + "/" + name);
    all = (path.empty() || put_back(path)) && all;
  }
  return all;
}

bool KeptFiles::empty() const {
  const UniqueFd folder = open_directory(folder_);
  return sys::names_in(folder.get(), ".").empty();
}

}  // namespace exitproof
