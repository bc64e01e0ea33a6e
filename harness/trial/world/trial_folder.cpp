#include "harness/trial/world/trial_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "harness/linux/inode.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/mountinfo.hpp"
#include "harness/trial/world/kept_files.hpp"

namespace exitproof {

namespace {

namespace fs = std::filesystem;

constexpr int most_folders = 1'000;

std::string choose_place(const Scenario& scenario) {
  std::vector<std::string> places = {"/tmp", "/var/tmp", "/dev/shm"};
  for (const auto& [name, value] : scenario.environment) {
    if (name == "TMPDIR" && value.starts_with('/')) {
      places.insert(places.begin(), value);
    }
  }
  std::string chosen;
  for (const std::string& place : places) {
    std::error_code none;
    const std::string real = fs::canonical(place, none).string();
    if (real.empty() || ::access(real.c_str(), W_OK | X_OK) != 0) {
      continue;
    }
    if (!sys::lies_within(real, scenario.working_directory)) {
      return real;
    }
    chosen = chosen.empty() ? real : chosen;
  }
  if (chosen.empty()) {
    throw std::system_error(EACCES, std::generic_category(), "finding a place for temporary files");
  }
  return chosen;
}

bool has_old_file(const std::string& tree, const std::string& kept) {
  const auto since = sys::inode_at(kept);
  std::error_code failed;
  fs::recursive_directory_iterator each(tree, fs::directory_options::skip_permission_denied, failed);
  for (const fs::recursive_directory_iterator end; !failed && each != end; each.increment(failed)) {
    struct stat status {};
    const auto inode = sys::inode_at(each->path().string());
    if (since && inode && inode->born != 0 && inode->born < since->born &&
        ::lstat(each->path().c_str(), &status) == 0 && (S_ISDIR(status.st_mode) || status.st_nlink == 1)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool remove_tree(const std::string& path) {
  std::error_code failed;
  fs::remove_all(path, failed);
  if (!failed) {
    return true;
  }
  // A directory that its owner may not change: give the right back, from the top down, and try again.
  fs::permissions(path, fs::perms::owner_all, fs::perm_options::add | fs::perm_options::nofollow, failed);
  fs::recursive_directory_iterator each(path, fs::directory_options::skip_permission_denied, failed);
  for (const fs::recursive_directory_iterator end; !failed && each != end; each.increment(failed)) {
    if (each->is_directory() && !each->is_symlink()) {
      std::error_code ignored;
      fs::permissions(each->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
      each.disable_recursion_pending();
      remove_tree(each->path().string());
    }
  }
  failed.clear();
  fs::remove_all(path, failed);
  return !failed;
}

TrialFolder::TrialFolder(const Scenario& scenario) {
  const std::string place = choose_place(scenario);
  for (int number = 1; number <= most_folders; ++number) {
    if (take(fmt::format("{}/exitproof-{}", place == "/" ? "" : place, number))) {
      path_ = fmt::format("{}/exitproof-{}", place == "/" ? "" : place, number);
      return;
    }
  }
  throw std::system_error(EEXIST, std::generic_category(), "finding a free name for a directory in " + place);
}

bool TrialFolder::take(const std::string& path) {
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    sys::throw_errno("mkdir " + path);
  }
  sys::UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  struct stat named {};
  if (!folder.is_open() || ::fstat(folder.get(), &status) != 0 || status.st_uid != ::geteuid() ||
      (status.st_mode & (S_IRWXG | S_IRWXO)) != 0 || ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) {
    return false;
  }
  // Whoever had it may have removed it between our open and our lock.
  if (::lstat(path.c_str(), &named) != 0 || named.st_ino != status.st_ino || named.st_dev != status.st_dev) {
    return false;
  }
  const KeptFiles kept(path + "/kept");
  if (kept.may_be_outdated() || !kept.put_all_back() || has_old_file(path + "/tmp", path + "/kept") ||
      !remove_tree(path + "/tmp") || !remove_tree(path + "/kept")) {
    return false;  // for the user to look at
  }
  lock_ = std::move(folder);
  return true;
}

bool TrialFolder::holds_old_file() const {
  return has_old_file(temporary_files(), kept_files());
}

bool TrialFolder::remove() const {
  if (KeptFiles(kept_files()).put_all_back() && !holds_old_file()) {
    return remove_tree(path_);
  }
  return false;
}

}  // namespace exitproof
