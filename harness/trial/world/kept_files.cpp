#include "harness/trial/world/kept_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <system_error>

#include <fmt/format.h>

#include "harness/linux/digest.hpp"
#include "harness/linux/directory.hpp"
#include "harness/linux/file_copy.hpp"
#include "harness/linux/inode.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/unique_fd.hpp"

// A copy of /a/b is FOLDER/HASH/copy/b. FOLDER/HASH/was is a link to the identity of the file, and FOLDER/HASH/of one to
// /a/b, made last: a copy without it is not whole.
namespace exitproof {

namespace {

using sys::checked;
using sys::UniqueFd;

constexpr time_t longest_trial_write = 60;  // s, after the last file that it began to write
constexpr const char* path_mark = "of";
constexpr const char* identity_mark = "was";
constexpr const char* copy_folder = "copy";

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

std::string read_mark(const std::string& place, const char* mark) {
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

// A file that may be gone for good when it loses this name.
bool may_be_lost(const sys::Inode& present, const std::string& path, const std::string& folder) {
  struct stat status {};
  const auto kept_since = sys::inode_at(folder);
  const bool young = kept_since && kept_since->born != 0 && present.born > kept_since->born;
  return !young && !(::lstat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode) && status.st_nlink > 1);
}

bool write_in_place(int copy, const std::string& path) {
  struct stat present {};
  if (::lstat(path.c_str(), &present) != 0 || !S_ISREG(present.st_mode)) {
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

bool replace(int copies, const std::string& path) {
  const UniqueFd directory = open_directory(directory_of(path));
  const std::string name = name_of(path);
  if (!directory.is_open() || (::unlinkat(directory.get(), name.c_str(), 0) != 0 && errno != ENOENT)) {
    return false;
  }
  return sys::copy_entry(copies, directory.get(), name, KeptFiles::largest);
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
  return read_mark(place_of(path), path_mark) == path;
}

void KeptFiles::keep(const std::string& path, const std::string& now_at) {
  const std::string place = place_of(path);
  const std::string copies = place + "/" + copy_folder;
  const UniqueFd from = open_directory(directory_of(now_at));
  const auto identity = sys::inode_at(now_at);
  struct stat status {};
  if (!from.is_open() || !identity || ::lstat(now_at.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_size > largest || has(path) || name_of(now_at) != name_of(path) ||
      ::mkdir(place.c_str(), S_IRWXU) != 0 || ::mkdir(copies.c_str(), S_IRWXU) != 0) {
    return;
  }
  const UniqueFd to = open_directory(copies);
  const std::string attempt = "keep a copy of " + path;
  if (sys::copy_entry(from.get(), to.get(), name_of(path), largest)) {
    checked(::symlink(sys::print(*identity).c_str(), (place + "/" + identity_mark).c_str()), attempt);
    checked(::symlink(path.c_str(), (place + "/" + path_mark).c_str()), attempt);
  }
}

bool KeptFiles::put_back(const std::string& path) const {
  const std::string place = place_of(path);
  const UniqueFd copies = open_directory(place + "/" + copy_folder);
  const UniqueFd copy(::openat(copies.get(), name_of(path).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  try {
    const auto present = sys::inode_at(path);
    if (!copy.is_open() || (present && is_as_kept(copy.get(), path))) {
      return copy.is_open();
    }
    if (present && present == sys::parse_inode(read_mark(place, identity_mark))) {
      return write_in_place(copy.get(), path);
    }
    return !(present && may_be_lost(*present, path, folder_)) && replace(copies.get(), path);
  } catch (const std::system_error&) {
    return false;
  }
}

bool KeptFiles::put_all_back() const {
  bool all = true;
  const UniqueFd folder = open_directory(folder_);
  for (const auto& name : sys::names_in(folder.get(), ".")) {
    const std::string path = read_mark(folder_ + "/" + name, path_mark);
    all = (path.empty() || put_back(path)) && all;
  }
  return all;
}

bool KeptFiles::may_be_outdated() const {
  struct stat last {};
  const UniqueFd folder = open_directory(folder_);
  const auto names = sys::names_in(folder.get(), ".");
  return ::fstat(folder.get(), &last) != 0 || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
           struct stat status {};
           const std::string path = read_mark(folder_ + "/" + name, path_mark);
           return !path.empty() && ::lstat(path.c_str(), &status) == 0 &&
                  status.st_mtim.tv_sec > last.st_mtim.tv_sec + longest_trial_write;
         });
}

bool KeptFiles::empty() const {
  const UniqueFd folder = open_directory(folder_);
  return sys::names_in(folder.get(), ".").empty();
}

void KeptFiles::forget(const std::string& path) {
  const std::string place = place_of(path);
  if (has(path)) {
    ::unlink((place + "/" + path_mark).c_str());
    ::unlink((place + "/" + identity_mark).c_str());
    ::unlink((place + "/" + copy_folder + "/" + name_of(path)).c_str());
    ::rmdir((place + "/" + copy_folder).c_str());
    ::rmdir(place.c_str());
  }
}

}  // namespace exitproof
