#include "harness/linux/capabilities.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "harness/linux/kernel_error.hpp"

namespace exitproof::sys {

namespace {

using CapabilitySet = std::uint64_t;

constexpr CapabilitySet bit(int capability) {
  return CapabilitySet{1} << capability;
}

// What stays: a list of what is harmless here, so that a capability of a later kernel goes.
constexpr CapabilitySet harmless = bit(CAP_CHOWN) | bit(CAP_DAC_OVERRIDE) | bit(CAP_DAC_READ_SEARCH) | bit(CAP_FOWNER) |
                                   bit(CAP_FSETID) | bit(CAP_KILL) | bit(CAP_SETGID) | bit(CAP_SETUID) |
                                   bit(CAP_SETPCAP) | bit(CAP_NET_BIND_SERVICE) | bit(CAP_NET_BROADCAST) |
                                   bit(CAP_NET_RAW) | bit(CAP_IPC_LOCK) | bit(CAP_IPC_OWNER) | bit(CAP_SYS_CHROOT) |
                                   bit(CAP_SYS_NICE) | bit(CAP_SYS_RESOURCE) | bit(CAP_LEASE) | bit(CAP_SETFCAP);

struct CapabilityState {
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> words{};

  CapabilitySet effective() const { return words[0].effective | (CapabilitySet{words[1].effective} << 32); }

  void keep(CapabilitySet kept) {
    for (auto& word : words) {
      const auto mask = static_cast<std::uint32_t>(kept);
      word.effective &= mask;
      word.permitted &= mask;
      word.inheritable &= mask;
      kept >>= 32;
    }
  }
};

__user_cap_header_struct header_of_this_process() {
  return {_LINUX_CAPABILITY_VERSION_3, 0};
}

CapabilityState read_state() {
  auto header = header_of_this_process();
  CapabilityState state;
  checked(::syscall(SYS_capget, &header, state.words.data()), "capget");
  return state;
}

void keep_only(CapabilitySet kept) {
  checked(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "clear the ambient capabilities");
  auto state = read_state();
  // The bounding set first: changing it takes CAP_SETPCAP.
  if ((state.effective() & bit(CAP_SETPCAP)) != 0) {
    for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
      if ((kept & bit(capability)) == 0) {
        checked(::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "drop a capability from the bounding set");
      }
    }
  }
  state.keep(kept);
  auto header = header_of_this_process();
  checked(::syscall(SYS_capset, &header, state.words.data()), "capset");
}

}  // namespace

bool has_capability(int capability) {
  return (read_state().effective() & bit(capability)) != 0;
}

void drop_machine_capabilities(Network network) {
  keep_only(network == Network::own ? harmless | bit(CAP_NET_ADMIN) : harmless);
}

void drop_all_capabilities() {
  keep_only(0);
}

}  // namespace exitproof::sys
