#include "harness/trial/world/devices.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "harness/linux/directory.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/world/stage.hpp"

namespace exitproof {

namespace {

constexpr std::size_t named = 3;

// Asked for most often, first.
constexpr std::array<std::string_view, 7> well_known = {"kvm", "fuse", "net/tun", "dri", "snd", "input", "loop*"};

constexpr std::array<std::string_view, 6> of_no_program = {"console", "core", "initctl", "log", "char", "block"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_console(std::string_view name) {
  return name.starts_with("vcs") || (name.starts_with("tty") && name.size() > 3 && is_digit(name[3]));
}

bool matters(std::string_view name) {
  return !is_in_every_world(name) && !is_console(name) &&
         std::find(of_no_program.begin(), of_no_program.end(), name) == of_no_program.end();
}

std::string family_of(std::string_view name) {
  const auto last = name.find_last_not_of("0123456789");
  return last + 1 == name.size() ? std::string(name) : std::string(name.substr(0, last + 1)) + '*';
}

std::size_t rank(std::string_view name) {
  return static_cast<std::size_t>(std::find(well_known.begin(), well_known.end(), name) - well_known.begin());
}

bool may_open(const std::string& path) {
  return ::access(path.c_str(), R_OK) == 0 || ::access(path.c_str(), W_OK) == 0;
}

std::set<std::string> names_below(const std::string& directory) {
  const sys::UniqueFd opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.is_open() ? sys::names_in(opened.get(), ".") : std::set<std::string>();
}

}  // namespace

std::vector<std::string> machine_devices() {
  std::vector<std::string> devices;
  for (const std::string& name : names_below("/dev")) {
    if (name == "net") {
      continue;
    }
    if (may_open("/dev/" + name)) {
      devices.push_back(name);
    }
  }
  for (const std::string& name : names_below("/dev/net")) {
    if (may_open("/dev/net/" + name)) {
      devices.push_back("net/" + name);
    }
  }
  return devices;
}

std::string describe_missing_devices(const std::vector<std::string>& names) {
  std::vector<std::string> families;
  for (const std::string& name : names) {
    if (matters(name)) {
      families.push_back(family_of(name));
    }
  }
  std::sort(families.begin(), families.end());
  families.erase(std::unique(families.begin(), families.end()), families.end());
  std::stable_sort(families.begin(), families.end(),
                   [](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
  if (families.empty()) {
    return {};
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(families.size(), named); ++i) {
    const bool last_of_few = i > 0 && i + 1 == families.size();
    text += (i == 0 ? "" : last_of_few ? " and " : ", ") + ("/dev/" + families[i]);
  }
  if (families.size() > named) {
    text += fmt::format(" and {} more", families.size() - named);
  }
  return text + fmt::format(" of the machine {} not there", families.size() == 1 ? "is" : "are");
}

}  // namespace exitproof
