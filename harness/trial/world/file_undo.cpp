#include "harness/trial/world/file_undo.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "harness/linux/directory.hpp"

namespace exitproof {

namespace {

using sys::inode_at;

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// Never over another file. Where the file system cannot promise that, after a look.
bool rename_to_nothing(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
    return true;
  }
  return errno == EINVAL && !inode_at(to) && ::rename(from.c_str(), to.c_str()) == 0;
}

std::string free_name_beside(const std::string& path) {
  std::string name;
  int number = 0;
  do {
    name = fmt::format("{}.exitproof-{}", path, ++number);
  } while (inode_at(name));
  return name;
}

void change_mode(const std::string& path, mode_t mode) {
  const sys::UniqueFd file(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  ::chmod(fmt::format("/proc/self/fd/{}", file.get()).c_str(), mode & ~mode_t{S_IFMT});
}

// What lies on another file system, mounted in the directory, is none of it.
std::set<std::string> names_below(const std::string& directory) {
  const sys::UniqueFd open(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  return open.is_open() ? sys::names_in(open.get(), ".") : std::set<std::string>();
}

}  // namespace

// By the trial, so that it may go. Never a file of before the trial.
bool FileUndo::is_made(const std::string& path, const sys::Inode& now) const {
  if (machines_.contains(now)) {
    return false;
  }
  if (const auto remade = remade_.find(now); remade != remade_.end()) {
    return remade->second != path;
  }
  const auto booked = files_.paths.find(path);
  const bool assumed = booked != files_.paths.end() && booked->second.assumed;
  return files_.made.contains(now) || (assumed && (now.born == 0 || files_.is_young(now)));
}

bool FileUndo::can_come_back(const std::string& path, const BookedFile& booked) const {
  const mode_t type = booked.before->status.st_mode & S_IFMT;
  return booked.other_names || (type == S_IFREG ? kept_.has(path) : type != S_IFSOCK);
}

bool FileUndo::is_home_of(const std::string& path, const sys::Inode& file) const {
  const auto booked = files_.paths.find(path);
  return booked != files_.paths.end() && booked->second.before && booked->second.before->identity == file;
}

bool FileUndo::is_shown_at_home(const sys::Inode& file) const {
  return std::all_of(files_.paths.begin(), files_.paths.end(), [&](const auto& each) {
    return !each.second.before || each.second.before->identity != file || inode_at(each.first) == file;
  });
}

void FileUndo::add_below(const std::string& directory, std::map<std::string, bool>& paths) const {
  for (const std::string& name : names_below(directory)) {
    const std::string path = directory + "/" + name;
    paths[path] = true;
    // What a file of the machine was moved into; what a directory of the machine holds is its own.
    if (const auto now = inode_at(path);
        now && is_directory(path) && (is_made(path, *now) || (files_.is_young(*now) && !machines_.contains(*now)))) {
      add_below(path, paths);
    }
  }
}

// Every path of the books, and all in the directories that the trial made, marked as such.
std::map<std::string, bool> FileUndo::paths_to_look_at() const {
  std::map<std::string, bool> paths;
  for (const auto& [path, booked] : files_.paths) {
    paths.try_emplace(path, false);
    if (const auto now = inode_at(path); now && is_made(path, *now) && is_directory(path)) {
      add_below(path, paths);
    }
  }
  return paths;
}

FileUndo::Places FileUndo::find_places() const {
  Places places;
  for (const auto& [path, below] : paths_to_look_at()) {
    if (const auto now = inode_at(path); now && machines_.contains(*now) && !is_home_of(path, *now)) {
      places[*now].push_back(path);
    }
  }
  return places;
}

// A directory without rights hides what was moved into it.
void FileUndo::open_directories() {
  for (const auto& [path, booked] : files_.paths) {
    struct stat status {};
    const auto now = booked.touched ? inode_at(path) : std::nullopt;
    if (now && ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
        (status.st_mode & S_IRWXU) != S_IRWXU && files_.is_left_by_trial(booked, *now)) {
      change_mode(path, status.st_mode | S_IRWXU);
    }
  }
}

void FileUndo::change_places(const std::string& from, const std::string& home) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, home.c_str(), RENAME_EXCHANGE) == 0) {
    files_.paths[from].assumed = files_.paths[from].assumed || files_.paths[home].assumed;
    return;
  }
  // One is below the other, or the file system cannot.
  const std::string aside = free_name_beside(home);
  files_.paths[aside].assumed = files_.paths[home].assumed;
  if (rename_to_nothing(from, aside)) {
    const std::string second = free_name_beside(home);
    files_.paths[second].assumed = files_.paths[home].assumed;
    static_cast<void>(rename_to_nothing(home, second) && rename_to_nothing(aside, home));
  }
}

bool FileUndo::move_to(const std::string& from, const std::string& home, const BookedFile& booked) {
  const auto there = inode_at(home);
  if (!there) {
    rename_to_nothing(from, home);
  } else if (machines_.contains(*there) || is_made(home, *there) || remade_.contains(*there)) {
    change_places(from, home);
  }
  return inode_at(home) == booked.before->identity;
}

// What is moved into another directory that only has the name now would be lost with it.
bool FileUndo::has_its_directory(const std::string& home) const {
  for (std::size_t slash = home.rfind('/'); slash != 0 && slash != std::string::npos;
       slash = home.rfind('/', slash - 1)) {
    const std::string directory = home.substr(0, slash);
    const auto booked = files_.paths.find(directory);
    const auto now = inode_at(directory);
    if (booked != files_.paths.end() && booked->second.before && booked->second.before->is_directory() &&
        !(now && (*now == booked->second.before->identity || is_remade(directory, *now) || is_made(directory, *now)))) {
      return false;
    }
  }
  return true;
}

// Each may stand in the way of another, or lie in a directory that is itself to be moved.
bool FileUndo::move_back_once() {
  bool moved = false;
  const Places places = find_places();
  if (places.empty()) {
    return false;
  }
  const std::map<std::string, BookedFile> homes = files_.paths;  // names to move aside are added to the books
  for (const auto& [home, booked] : homes) {
    if (!booked.before || inode_at(home) == booked.before->identity || !has_its_directory(home)) {
      continue;
    }
    const auto found = places.find(booked.before->identity);
    for (const std::string& place : found == places.end() ? std::vector<std::string>() : found->second) {
      if (inode_at(place) == booked.before->identity && move_to(place, home, booked)) {
        moved = true;
        break;
      }
    }
  }
  return moved;
}

// Those that are nowhere any more.
bool FileUndo::make_directories() {
  bool made = false;
  const Places places = find_places();
  const std::map<std::string, BookedFile> homes = files_.paths;
  for (const auto& [path, booked] : homes) {
    if (!booked.before || !booked.before->is_directory() || !booked.touched || !has_its_directory(path) ||
        places.contains(booked.before->identity)) {
      continue;
    }
    if (const auto there = inode_at(path); there && !is_directory(path) && is_made(path, *there)) {
      ::unlink(path.c_str());
    } else if (there && machines_.contains(*there) && *there != booked.before->identity) {
      // Its own home may be in the directory that is to be made.
      const std::string aside = free_name_beside(path);
      files_.paths[aside];
      rename_to_nothing(path, aside);
    }
    if (::mkdir(path.c_str(), S_IRWXU) == 0) {
      made = true;
      note_again(path);
    }
  }
  return made;
}

void FileUndo::note_again(const std::string& path) {
  if (const auto now = inode_at(path)) {
    remade_.emplace(*now, path);
  }
}

bool FileUndo::is_remade(const std::string& path, const sys::Inode& now) const {
  const auto remade = remade_.find(now);
  return remade != remade_.end() && remade->second == path;
}

void FileUndo::remove_if_made(const std::string& path, bool below) {
  const auto now = inode_at(path);
  const auto booked = files_.paths.find(path);
  const bool listed = booked != files_.paths.end();
  if (!now || is_home_of(path, *now) || is_remade(path, *now)) {
    return;
  }
  if (machines_.contains(*now)) {
    // Another name of a file of the machine may go; one that it needs may not.
    if (!is_directory(path) && is_shown_at_home(*now)) {
      ::unlink(path.c_str());
    }
    return;
  }
  if (listed && booked->second.before && !can_come_back(path, booked->second)) {
    return;  // better than nothing at all
  }
  const bool new_below = below && files_.is_young(*now) && !(listed && booked->second.before);
  if (is_made(path, *now) || new_below) {
    ::unlinkat(AT_FDCWD, path.c_str(), is_directory(path) ? AT_REMOVEDIR : 0);
  }
}

void FileUndo::remove_made() {
  const auto paths = paths_to_look_at();
  std::for_each(paths.rbegin(), paths.rend(), [this](const auto& each) { remove_if_made(each.first, each.second); });
}

// As another name of a file that was put back under one of its names.
bool FileUndo::link_to_twin(const std::string& path, const BookedFile& booked) {
  return std::any_of(files_.paths.begin(), files_.paths.end(), [&](const auto& each) {
    const auto& [twin, other] = each;
    const auto now = other.before && other.before->identity == booked.before->identity ? inode_at(twin) : std::nullopt;
    return now && twin != path && is_remade(twin, *now) && ::link(twin.c_str(), path.c_str()) == 0;
  });
}

void FileUndo::make_again(const std::string& path, const BookedFile& booked) {
  const FileState& before = *booked.before;
  if (booked.other_names && booked.other_names->is_open() &&
      ::linkat(AT_FDCWD, fmt::format("/proc/self/fd/{}", booked.other_names->get()).c_str(), AT_FDCWD, path.c_str(),
               AT_SYMLINK_FOLLOW) == 0) {
    kept_.put_back(path);  // it may have been written before it lost this name
    return;
  }
  if (booked.other_names && link_to_twin(path, booked)) {
    return;
  }
  switch (before.status.st_mode & S_IFMT) {
    case S_IFREG:
      kept_.put_back(path);
      break;
    case S_IFDIR:
      ::mkdir(path.c_str(), S_IRWXU);
      break;
    case S_IFLNK:
      if (::symlink(before.digest.c_str(), path.c_str()) == 0) {
        static_cast<void>(!::lchown(path.c_str(), before.status.st_uid, before.status.st_gid));
      }
      break;
    case S_IFIFO:
    case S_IFCHR:
    case S_IFBLK:
      ::mknod(path.c_str(), before.status.st_mode, before.status.st_rdev);
      break;
    default:
      break;
  }
}

void FileUndo::give_attributes(const std::string& path, const FileState& before) {
  const auto now = state_at(path);
  if (!now || S_ISLNK(now->status.st_mode) || (now->status.st_mode & S_IFMT) != (before.status.st_mode & S_IFMT)) {
    return;
  }
  if (now->status.st_uid != before.status.st_uid || now->status.st_gid != before.status.st_gid) {
    static_cast<void>(!::lchown(path.c_str(), before.status.st_uid, before.status.st_gid));
  }
  if (now->status.st_mode != before.status.st_mode) {
    change_mode(path, before.status.st_mode);
  }
  if (!same_state(before, *now) && same_content(before, *now)) {
    const std::array times = {before.status.st_atim, before.status.st_mtim};
    ::utimensat(AT_FDCWD, path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
  }
}

void FileUndo::put_back() {
  // Of two names of one file, the second may be the one that a copy is kept for.
  for (int round = 1; round <= 2; ++round) {
    for (const auto& [path, booked] : files_.paths) {
      const auto now = inode_at(path);
      if (!booked.before || !touched_.contains(booked.before->identity)) {
        continue;
      }
      if (now && *now == booked.before->identity && kept_.has(path)) {
        kept_.put_back(path);  // perhaps the copy of what was written by another of its names
      } else if (!now && booked.touched) {
        make_again(path, booked);
        note_again(path);
      }
    }
  }
  // The rights of a directory after what is in it.
  for (auto each = files_.paths.rbegin(); each != files_.paths.rend(); ++each) {
    const auto& [path, booked] = *each;
    const auto now = booked.before && booked.touched ? inode_at(path) : std::nullopt;
    if (now && (*now == booked.before->identity || is_remade(path, *now) ||
                (booked.before->is_directory() && is_made(path, *now)))) {
      give_attributes(path, *booked.before);
    }
  }
}

std::optional<std::string> FileUndo::why_not_back(const std::string& path, const BookedFile& booked,
                                                  const Places& places) const {
  const auto now = state_at(path);
  const bool same_file = now && now->identity == booked.before->identity;
  if (now && same_state(*booked.before, *now)) {
    return std::nullopt;
  }
  if (const auto place = places.find(booked.before->identity); place != places.end() && !same_file) {
    return fmt::format("{}: this file of the machine was moved to {}", path, place->second.front());
  }
  if (now && !same_file && !is_made(path, now->identity) && !is_remade(path, now->identity)) {
    return path + ": this file of the machine was replaced by somebody else meanwhile";
  }
  return path + ": this file of the machine was " + (now ? "changed" : "deleted");
}

std::vector<std::string> FileUndo::what_stays() {
  std::vector<std::string> stays;
  const Places places = find_places();
  for (const auto& [path, booked] : files_.paths) {
    if (!booked.before || !booked.touched) {
      kept_.forget(path);
      continue;
    }
    auto why = why_not_back(path, booked, places);
    const auto now = inode_at(path);
    if (!why || (now && *now != booked.before->identity && !is_remade(path, *now))) {
      kept_.forget(path);  // it is back, or somebody else's is to stay
    }
    if (why) {
      stays.push_back(std::move(*why));
    }
  }
  return stays;
}

std::vector<std::string> FileUndo::run() {
  machines_ = files_.machines();
  for (const auto& [path, booked] : files_.paths) {
    if (booked.before && booked.touched) {
      touched_.insert(booked.before->identity);
    }
  }
  open_directories();
  // Every round brings one home at least.
  for (std::size_t rounds = 0; rounds <= files_.paths.size(); ++rounds) {
    if (!move_back_once() && !make_directories()) {
      break;
    }
  }
  remove_made();
  put_back();
  return what_stays();
}

}  // namespace exitproof
