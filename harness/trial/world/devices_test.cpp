#include "harness/trial/world/devices.hpp"

#include <gtest/gtest.h>

namespace exitproof {
namespace {

TEST(Devices, of_every_world_and_of_no_program_are_not_told) {
  EXPECT_EQ(describe_missing_devices({}), "");
  EXPECT_EQ(
      describe_missing_devices({"null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm", "mqueue",
                                "fd", "stdin", "stdout", "stderr", "console", "tty0", "tty63", "vcs", "vcsa1"}),
      "");
}

TEST(Devices, that_are_missing_are_told_the_well_known_first) {
  EXPECT_EQ(describe_missing_devices({"kvm"}), "/dev/kvm of the machine is not there");
  EXPECT_EQ(describe_missing_devices({"zram0", "fuse"}), "/dev/fuse and /dev/zram* of the machine are not there");
  EXPECT_EQ(describe_missing_devices({"vda", "loop1", "loop0", "null", "hwrng", "net/tun", "fuse", "kvm"}),
            "/dev/kvm, /dev/fuse, /dev/net/tun and 3 more of the machine are not there");
  EXPECT_EQ(describe_missing_devices({"ttyS0", "ttyUSB0", "loop0"}),
            "/dev/loop*, /dev/ttyS* and /dev/ttyUSB* of the machine are not there");
}

}  // namespace
}  // namespace exitproof
