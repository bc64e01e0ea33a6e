#pragma once

#include <optional>
#include <string>

namespace exitproof {

/// What decides on this machine whether namespaces and tracing are allowed.
struct MachineFacts {
  bool root = false;
  bool container = false;                          ///< this looks like the inside of one
  bool filtered = false;                           ///< a seccomp filter is on us already (proc_pid_status(5), Seccomp)
  std::optional<std::string> userns_clone;         ///< kernel.unprivileged_userns_clone: Debian's and its kin's switch
  std::optional<std::string> apparmor_userns;      ///< kernel.apparmor_restrict_unprivileged_userns
  std::optional<std::string> max_user_namespaces;  ///< user.max_user_namespaces
  std::optional<std::string> ptrace_scope;         ///< kernel.yama.ptrace_scope
  bool operator==(const MachineFacts&) const = default;
};

MachineFacts read_machine_facts();

/// The commands that would allow namespaces here, as far as the facts tell; else all that is known to help.
std::string remedy_for_namespaces(const MachineFacts& facts);
/// The same for overlay file systems, once namespaces are there.
std::string remedy_for_overlays(const MachineFacts& facts);
/// The same for tracing.
std::string remedy_for_tracing(const MachineFacts& facts);

}  // namespace exitproof
