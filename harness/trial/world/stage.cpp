#include "harness/trial/world/stage.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "harness/linux/kernel_error.hpp"
#include "harness/linux/mounts.hpp"

namespace exitproof {

namespace {

using sys::checked;
using sys::Submounts;
using sys::UniqueFd;

struct DeviceNode {
  const char* name;
  unsigned major;
  unsigned minor;
};

constexpr std::array device_nodes = {DeviceNode{"null", 1, 3},   DeviceNode{"zero", 1, 5},    DeviceNode{"full", 1, 7},
                                     DeviceNode{"random", 1, 8}, DeviceNode{"urandom", 1, 9}, DeviceNode{"tty", 5, 0}};

struct Link {
  const char* name;
  const char* target;
};

constexpr std::array device_links = {Link{"ptmx", "pts/ptmx"}, Link{"fd", "/proc/self/fd"},
                                     Link{"stdin", "/proc/self/fd/0"}, Link{"stdout", "/proc/self/fd/1"},
                                     Link{"stderr", "/proc/self/fd/2"}};

struct DeviceDirectory {
  const char* name;
  mode_t mode;
};

constexpr std::array device_directories = {DeviceDirectory{"pts", 0755}, DeviceDirectory{"shm", 01777},
                                           DeviceDirectory{"mqueue", 01777}};

void add_device_links(int directory) {
  for (const auto& link : device_links) {
    checked(::symlinkat(link.target, directory, link.name), std::string("make the link ") + link.name);
  }
}

// What root could change the machine through; absent ones do not exist on every kernel.
constexpr std::array sealed_in_proc = {"sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi"};

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

}  // namespace

Stage::Stage() : fd_(make_memory_filesystem("0755", 0)) {
  sys::attach_mount(fd_, AT_FDCWD, "/");
}

void Stage::make_directory(const std::string& path) const {
  checked(::mkdirat(fd_.get(), path.c_str(), 0755), "mkdir " + path);
  checked(::fchmodat(fd_.get(), path.c_str(), 0755, 0), "chmod " + path);
}

void Stage::make_file(const std::string& path) const {
  UniqueFd(checked(::openat(fd_.get(), path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644), "make " + path));
}

void Stage::add_tree(const UniqueFd& tree, const std::string& path) const {
  struct stat status {};
  checked(::fstat(tree.get(), &status), "stat of a mount");
  S_ISDIR(status.st_mode) ? make_directory(path) : make_file(path);
  sys::attach_mount(tree, fd_.get(), path);
}

UniqueFd make_memory_filesystem(const std::string& mode, unsigned long attributes) {
  return sys::make_filesystem("tmpfs", {{"source", "exitproof"}, {"mode", mode}}, attributes);
}

void add_proc_tree(const Stage& stage, const std::string& path) {
  stage.add_tree(sys::clone_mount(AT_FDCWD, "/proc", Submounts::without), path);
  if (::geteuid() != 0) {
    return;
  }
  for (const std::string name : sealed_in_proc) {
    if (exists("/proc/" + name)) {
      const auto part = sys::clone_mount(AT_FDCWD, "/proc/" + name, Submounts::without);
      sys::add_mount_attributes(part, MOUNT_ATTR_RDONLY, Submounts::without);
      sys::attach_mount(part, stage.fd().get(), fmt::format("{}/{}", path, name));
    }
  }
}

void add_sys_tree(const Stage& stage, const std::string& path) {
  const auto tree = sys::clone_mount(AT_FDCWD, "/sys", Submounts::with);
  sys::add_mount_attributes(tree, MOUNT_ATTR_RDONLY, Submounts::with);
  stage.add_tree(tree, path);
}

bool is_in_every_world(std::string_view name) {
  const auto is_named = [name](const auto& part) { return name == part.name; };
  return std::any_of(device_nodes.begin(), device_nodes.end(), is_named) ||
         std::any_of(device_links.begin(), device_links.end(), is_named) ||
         std::any_of(device_directories.begin(), device_directories.end(), is_named);
}

bool may_make_device_nodes() {
  const auto probe = make_memory_filesystem("0700", 0);
  return ::mknodat(probe.get(), "null", S_IFCHR | 0600, makedev(1, 3)) == 0 &&
         UniqueFd(::openat(probe.get(), "null", O_WRONLY | O_CLOEXEC)).is_open();
}

void fill_device_directory(int directory) {
  for (const auto& node : device_nodes) {
    checked(::mknodat(directory, node.name, S_IFCHR | 0666, makedev(node.major, node.minor)),
            std::string("make the device ") + node.name);
    checked(::fchmodat(directory, node.name, 0666, 0), std::string("chmod ") + node.name);
  }
  add_device_links(directory);
  for (const auto& part : device_directories) {
    checked(::mkdirat(directory, part.name, part.mode), std::string("mkdir ") + part.name);
    checked(::fchmodat(directory, part.name, part.mode, 0), std::string("chmod ") + part.name);
  }
}

void add_device_tree(const Stage& stage, const std::string& path) {
  const std::string building = "devices";
  stage.make_directory(building);
  for (const auto& node : device_nodes) {
    if (const auto machines = std::string("/dev/") + node.name; exists(machines)) {
      stage.add_tree(sys::clone_mount(AT_FDCWD, machines, Submounts::without), building + '/' + node.name);
    }
  }
  for (const auto& part : device_directories) {
    stage.make_directory(building + '/' + part.name);
  }
  const auto tree = sys::clone_mount(stage.fd().get(), building, Submounts::with);
  add_device_links(tree.get());
  sys::add_mount_attributes(tree, MOUNT_ATTR_RDONLY, Submounts::with);
  stage.add_tree(tree, path);
}

}  // namespace exitproof
