#pragma once

#include <sched.h>
#include <sys/types.h>

#include <cstdint>

#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {

/// Moves the calling single-threaded process to new mount, pid (for its children), IPC, UTS and,
/// with `own_network`, network namespaces, with loopback up; see namespaces(7). A process without
/// CAP_SYS_ADMIN first gets a user namespace that maps its own user and group to themselves.
/// Mounts no longer propagate to or from the machine. Throws std::system_error.
void enter_namespaces(bool own_network);

/// Gives the calling single-threaded process a mount namespace that starts as a copy of its present
/// one (unshare(2)). Throws std::system_error.
void enter_fresh_mounts();

/// The calling process's mount namespace, to come back to. Throws std::system_error.
UniqueFd open_mount_namespace();

/// Moves the calling single-threaded process to that mount namespace; its root and working
/// directories become the namespace's root (setns(2)). Throws std::system_error.
void enter_mounts(const UniqueFd& mount_namespace);

/// Gives the calling process a new, empty IPC namespace. Throws std::system_error.
void enter_fresh_ipc();

/// Moves the calling process to that network namespace (setns(2)). Throws std::system_error.
void enter_network(const UniqueFd& network_namespace);

/// Gives the calling process a new network namespace with loopback up. Throws std::system_error.
void enter_fresh_network();

/// Brings the loopback interface of the calling process's network namespace up.
void bring_loopback_up();

enum class PidChoice {
  ours,
  kernels,  ///< set() does nothing
};

/// Chooses pids in the caller's pid namespace (ns_last_pid in proc(5)).
class NextPid {
 public:
  /// To choose takes a writable /proc of that namespace. Throws std::system_error.
  explicit NextPid(PidChoice choice = PidChoice::ours);
  /// The next process made gets `pid` when it is free. Throws std::system_error.
  void set(pid_t pid) const;

 private:
  UniqueFd file_;
};

/// The flags of clone(2) that make a namespace.
inline constexpr std::uint64_t namespace_flags =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

/// Whether a task is in the calling process's user namespace; false when it is gone.
bool shares_user_namespace(pid_t tid);

/// Whether the calling process has CAP_SYS_ADMIN in its user namespace.
bool has_admin_capability();

}  // namespace exitproof::sys
