#include "harness/trial/world/remedies.hpp"

#include <unistd.h>

#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/linux/proc_files.hpp"

namespace exitproof {

namespace {

constexpr const char* in_a_container =
    "start the container with docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined "
    "--cap-add SYS_ADMIN --cap-add NET_ADMIN, or with --privileged";

std::optional<std::string> read_setting(const std::string& name) {
  auto text = sys::read_small_file("/proc/sys/" + name);
  while (text && text->ends_with('\n')) {
    text->pop_back();
  }
  return text;
}

std::string joined(const std::vector<std::string>& ways) {
  return fmt::format("{}", fmt::join(ways, "; "));
}

}  // namespace

MachineFacts read_machine_facts() {
  MachineFacts facts;
  facts.root = ::geteuid() == 0;
  facts.container = ::access("/.dockerenv", F_OK) == 0 || ::access("/run/.containerenv", F_OK) == 0;
  const std::string status = sys::read_small_file("/proc/self/status").value_or("");
  facts.filtered = status.find("\nSeccomp:\t2") != std::string::npos;
  facts.userns_clone = read_setting("kernel/unprivileged_userns_clone");
  facts.apparmor_userns = read_setting("kernel/apparmor_restrict_unprivileged_userns");
  facts.max_user_namespaces = read_setting("user/max_user_namespaces");
  facts.ptrace_scope = read_setting("kernel/yama/ptrace_scope");
  return facts;
}

std::string remedy_for_namespaces(const MachineFacts& facts) {
  std::vector<std::string> ways;
  if (facts.max_user_namespaces == "0") {
    ways.emplace_back("sysctl -w user.max_user_namespaces=15000");
  }
  if (facts.userns_clone == "0") {
    ways.emplace_back("sysctl -w kernel.unprivileged_userns_clone=1");
  }
  if (facts.apparmor_userns == "1") {
    ways.emplace_back("sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
  }
  if (facts.container || facts.filtered) {
    ways.emplace_back(in_a_container);
  }
  if (ways.empty()) {
    ways = {
        "sysctl -w kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0, "
        "user.max_user_namespaces=15000, whichever is there",
        std::string("in a container: ") + in_a_container};
  }
  if (!facts.root) {
    ways.emplace_back("or run as root");
  }
  return joined(ways);
}

std::string remedy_for_overlays(const MachineFacts& facts) {
  std::vector<std::string> ways = {"modprobe overlay, with Linux 5.12 or later", "not within two overlays already"};
  if (facts.container || facts.filtered) {
    ways.insert(ways.begin(), in_a_container);
  }
  return joined(ways);
}

std::string remedy_for_tracing(const MachineFacts& facts) {
  std::vector<std::string> ways;
  if (facts.ptrace_scope == "2") {
    ways.emplace_back("sysctl -w kernel.yama.ptrace_scope=1");
  } else if (facts.ptrace_scope == "3") {
    ways.emplace_back("boot with kernel.yama.ptrace_scope=1 in /etc/sysctl.d: 3 cannot be taken back");
  }
  if (facts.container || facts.filtered || ways.empty()) {
    ways.emplace_back(
        "in a container: docker run --cap-add SYS_PTRACE --security-opt seccomp=unconfined, or --privileged");
  }
  return joined(ways);
}

}  // namespace exitproof
