#include "harness/linux/namespaces.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "harness/linux/capabilities.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/mounts.hpp"

namespace exitproof::sys {

namespace {

void write_whole(const std::string& path, const std::string& text) {
  const UniqueFd file(checked(::open(path.c_str(), O_WRONLY | O_CLOEXEC), "open " + path));
  // These files take one write(2) of the whole value.
  checked(::write(file.get(), text.data(), text.size()), "write \"" + text + "\" to " + path);
}

void enter_user_namespace() {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  checked(::unshare(CLONE_NEWUSER), "make a user namespace");
  write_whole("/proc/self/setgroups", "deny");
  write_whole("/proc/self/gid_map", std::to_string(group) + " " + std::to_string(group) + " 1");
  write_whole("/proc/self/uid_map", std::to_string(user) + " " + std::to_string(user) + " 1");
}

}  // namespace

bool shares_user_namespace(pid_t tid) {
  struct stat own {};
  struct stat other {};
  return ::stat("/proc/self/ns/user", &own) == 0 && ::stat(fmt::format("/proc/{}/ns/user", tid).c_str(), &other) == 0 &&
         own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

bool has_admin_capability() {
  return has_capability(CAP_SYS_ADMIN);
}

void enter_namespaces(bool own_network) {
  if (!has_admin_capability()) {
    enter_user_namespace();
  }
  const int network = own_network ? CLONE_NEWNET : 0;
  checked(::unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | network), "make namespaces");
  make_mounts_private();
  if (own_network) {
    bring_loopback_up();
  }
}

void enter_fresh_mounts() {
  checked(::unshare(CLONE_NEWNS), "make a mount namespace");
}

UniqueFd open_mount_namespace() {
  return UniqueFd(checked(::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), "open /proc/self/ns/mnt"));
}

void enter_mounts(const UniqueFd& mount_namespace) {
  checked(::setns(mount_namespace.get(), CLONE_NEWNS), "enter a mount namespace");
}

void enter_fresh_ipc() {
  checked(::unshare(CLONE_NEWIPC), "make an IPC namespace");
}

void enter_network(const UniqueFd& network_namespace) {
  checked(::setns(network_namespace.get(), CLONE_NEWNET), "enter a network namespace");
}

void enter_fresh_network() {
  checked(::unshare(CLONE_NEWNET), "make a network namespace");
  bring_loopback_up();
}

void bring_loopback_up() {
  const UniqueFd socket(checked(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket for the loopback interface"));
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", sizeof "lo");
  request.ifr_flags = IFF_UP;
  checked(::ioctl(socket.get(), SIOCSIFFLAGS, &request), "bring the loopback interface up");
}

NextPid::NextPid(PidChoice choice) {
  if (choice == PidChoice::ours) {
    constexpr const char* last_pid = "/proc/sys/kernel/ns_last_pid";
    file_.reset(checked(::open(last_pid, O_WRONLY | O_CLOEXEC), std::string("open ") + last_pid));
  }
}

void NextPid::set(pid_t pid) const {
  if (!file_.is_open()) {
    return;
  }
  const std::string last = std::to_string(pid - 1);
  checked(::pwrite(file_.get(), last.data(), last.size(), 0), "write to /proc/sys/kernel/ns_last_pid");
}

}  // namespace exitproof::sys
