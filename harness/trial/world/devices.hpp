#pragma once

#include <string>
#include <vector>

namespace exitproof {

/// What lies in the machine's /dev that the caller may read or write, by names relative to it: "kvm", "net/tun",
/// "dri" for all that is in there. In no order; empty when it cannot be read.
std::vector<std::string> machine_devices();

/// Says which of these a world has not: "/dev/kvm, /dev/fuse, /dev/loop* and 12 more of the machine are not there".
/// Those that no program asks for by itself, as the consoles, are not told. Empty when nothing is missing.
std::string describe_missing_devices(const std::vector<std::string>& names);

}  // namespace exitproof
