#include "harness/linux/file_access.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "harness/linux/proc_files.hpp"

namespace exitproof::sys {

namespace {

struct User {
  uid_t user = 0;
  std::vector<gid_t> groups;
};

// The fourth numbers are those that files are judged by.
User read_user(pid_t pid) {
  User user;
  std::istringstream lines(read_small_file(fmt::format("/proc/{}/status", pid)).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    std::vector<unsigned> numbers;
    for (unsigned number = 0; (name == "Uid:" || name == "Gid:" || name == "Groups:") && words >> number;) {
      numbers.push_back(number);
    }
    if (name == "Uid:" && numbers.size() == 4) {
      user.user = numbers[3];
    } else if (name == "Gid:" && numbers.size() == 4) {
      user.groups.push_back(numbers[3]);
    } else if (name == "Groups:") {
      user.groups.insert(user.groups.end(), numbers.begin(), numbers.end());
    }
  }
  return user;
}

bool has_bit(const User& user, const struct stat& file, mode_t bit_for_others) {
  if (user.user == file.st_uid) {
    return (file.st_mode & (bit_for_others << 6)) != 0;
  }
  const bool in_group = std::find(user.groups.begin(), user.groups.end(), file.st_gid) != user.groups.end();
  return (file.st_mode & (in_group ? bit_for_others << 3 : bit_for_others)) != 0;
}

}  // namespace

bool may_read(pid_t pid, const std::string& path) {
  const std::string root = fmt::format("/proc/{}/root", pid);
  struct stat file {};
  if (::stat((root + path).c_str(), &file) != 0 || !S_ISREG(file.st_mode)) {
    return false;
  }
  if (read_effective_user(pid) == ::geteuid()) {
    return ::access((root + path).c_str(), R_OK) == 0;
  }
  const User user = read_user(pid);
  if (user.user != 0 && !has_bit(user, file, S_IROTH)) {
    return false;
  }
  for (std::size_t end = path.find('/', 1); user.user != 0 && end != std::string::npos; end = path.find('/', end + 1)) {
    if (::stat((root + path.substr(0, end)).c_str(), &file) != 0 || !has_bit(user, file, S_IXOTH)) {
      return false;
    }
  }
  return true;
}

}  // namespace exitproof::sys
