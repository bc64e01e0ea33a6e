#include "harness/trial/world/world_plan.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "harness/linux/mounts.hpp"

namespace exitproof {

namespace {

using sys::lies_within;
using sys::MountEntry;

// Each layered mount costs tens of microseconds in every trial.
constexpr std::size_t most_layered_mounts = 48;

constexpr std::array kernel_interfaces = {
    "proc",      "sysfs",    "cgroup",     "cgroup2",   "debugfs",  "tracefs",     "securityfs", "pstore",
    "bpf",       "efivarfs", "configfs",   "selinuxfs", "fusectl",  "binfmt_misc", "rpc_pipefs", "smackfs",
    "hugetlbfs", "devpts",   "functionfs", "mqueue",    "devtmpfs", "resctrl",
};

bool is_kernel_interface(const MountEntry& mount) {
  return std::find(kernel_interfaces.begin(), kernel_interfaces.end(), mount.filesystem) != kernel_interfaces.end();
}

bool has_place_of_its_own(std::string_view path) {
  return lies_within(path, "/proc") || lies_within(path, "/sys") || lies_within(path, "/dev");
}

bool works_in_shared_memory(std::string_view working_directory) {
  return lies_within(working_directory, "/dev/shm");
}

PlannedMount decide(const MountEntry& mount) {
  PlannedMount planned;
  planned.mount = mount;
  if (mount.filesystem == "autofs") {
    planned.treatment = Treatment::missing;
    planned.loss = "it is mounted on demand, by a server outside the world";
  } else if (mount.filesystem == "nsfs") {
    planned.treatment = Treatment::missing;
  } else if (is_kernel_interface(mount) || mount.is_read_only()) {
    planned.treatment = Treatment::read_only;
  }
  return planned;
}

// Mounts on the way to the working directory first, then those near the root.
void limit_layers(std::vector<PlannedMount>& plan, std::string_view working_directory) {
  std::vector<PlannedMount*> layered;
  for (auto& planned : plan) {
    if (planned.treatment == Treatment::layered) {
      layered.push_back(&planned);
    }
  }
  std::stable_sort(layered.begin(), layered.end(), [&](const PlannedMount* a, const PlannedMount* b) {
    const auto rank = [&](const PlannedMount& planned) {
      const auto& path = planned.mount.mount_point;
      return std::pair(!lies_within(working_directory, path), std::count(path.begin(), path.end(), '/'));
    };
    return rank(*a) < rank(*b);
  });
  for (std::size_t i = most_layered_mounts; i < layered.size(); ++i) {
    layered[i]->treatment = Treatment::read_only;
    layered[i]->loss = "the machine has more than " + std::to_string(most_layered_mounts) + " writable mounts";
  }
}

std::string below(const std::string& directory, std::string_view rest) {
  return (directory == "/" ? std::string() : directory) + std::string(rest);
}

// A bind mount of a part of an earlier mount, when that part can be seen in it and no other mount covers it.
void find_alias(PlannedMount& planned, const std::vector<PlannedMount>& earlier) {
  const auto& mount = planned.mount;
  for (const auto& other : earlier) {
    if (other.treatment != Treatment::layered || other.mount.device != mount.device ||
        !lies_within(mount.root, other.mount.root)) {
      continue;
    }
    const auto skipped = other.mount.root == "/" ? 0 : other.mount.root.size();
    const auto path = below(other.mount.mount_point, mount.root == "/" ? "" : mount.root.substr(skipped));
    const bool covered = std::any_of(earlier.begin(), earlier.end(), [&](const PlannedMount& cover) {
      return &cover != &other && cover.mount.mount_point.size() > other.mount.mount_point.size() &&
             lies_within(path, cover.mount.mount_point);
    });
    if (!covered && !has_place_of_its_own(path)) {
      planned.treatment = Treatment::alias;
      planned.alias_layer = other.mount.mount_point;
      planned.alias_path = path.empty() ? "/" : path;
      return;
    }
  }
}

}  // namespace

std::vector<PlannedMount> plan_mounts(const std::vector<MountEntry>& mounts, std::string_view working_directory) {
  std::vector<PlannedMount> plan;
  for (const auto& mount : sys::reachable_mounts(mounts)) {
    const bool wanted = mount.mount_point == "/dev/shm" && works_in_shared_memory(working_directory);
    if (has_place_of_its_own(mount.mount_point) && !wanted) {
      continue;
    }
    auto planned = decide(mount);
    if (planned.treatment == Treatment::layered) {
      find_alias(planned, plan);
    }
    plan.push_back(std::move(planned));
  }
  limit_layers(plan, working_directory);
  return plan;
}

std::uint64_t attributes_like(const MountEntry& mount) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 5> known = {{
      {"nosuid", MOUNT_ATTR_NOSUID},
      {"noexec", MOUNT_ATTR_NOEXEC},
      {"noatime", MOUNT_ATTR_NOATIME},
      {"nodiratime", MOUNT_ATTR_NODIRATIME},
      {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW},
  }};
  std::uint64_t attributes = MOUNT_ATTR_NODEV;
  for (const auto& [option, attribute] : known) {
    attributes |= mount.has_option(option) ? attribute : 0;
  }
  return attributes;
}

}  // namespace exitproof
