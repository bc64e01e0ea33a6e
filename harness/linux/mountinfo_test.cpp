#include "harness/linux/mountinfo.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sys/stat.h>

#include <algorithm>

#include "exitproof/parse_error.hpp"

namespace exitproof::sys {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr const char* sample =
    "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard\n"
    "22 27 0:21 / /proc rw - proc proc rw\n"
    "24 27 0:6 / /dev rw - devtmpfs devtmpfs rw\n"
    "26 24 0:24 / /dev/pts rw - devpts devpts rw\n"
    "29 26 0:26 / /dev/pts rw - devpts devpts rw\n"
    "40 27 0:30 / /a\\040b ro,nosuid master:2 propagate_from:1 - tmpfs tmp\\134fs rw,size=4k\n"
    "41 40 0:31 /sub /a\\040b/c rw - tmpfs x rw\n";

std::vector<int> ids(const std::vector<MountEntry>& mounts) {
  std::vector<int> result;
  result.reserve(mounts.size());
  for (const auto& mount : mounts) {
    result.push_back(mount.id);
  }
  return result;
}

TEST(Mountinfo, reads_every_field) {
  const auto mounts = parse_mountinfo(sample);
  ASSERT_EQ(mounts.size(), 7U);
  const MountEntry expected{.id = 40,
                            .parent = 27,
                            .device = "0:30",
                            .root = "/",
                            .mount_point = "/a b",
                            .options = {"ro", "nosuid"},
                            .filesystem = "tmpfs",
                            .source = "tmp\\fs",
                            .super_options = {"rw", "size=4k"}};
  EXPECT_EQ(mounts[5], expected);
  EXPECT_TRUE(mounts[5].is_read_only());
  EXPECT_FALSE(mounts[0].is_read_only());
}

TEST(Mountinfo, refuses_what_is_no_line_of_it) {
  EXPECT_THROW(parse_mountinfo("27 1 254:0 / /"), ParseError);
  EXPECT_THROW(parse_mountinfo("x 1 254:0 / / rw - ext4 d rw"), ParseError);
}

TEST(ReachableMounts, leaves_out_what_is_covered) {
  EXPECT_THAT(ids(reachable_mounts(parse_mountinfo(sample))), ElementsAre(27, 24, 40, 22, 41, 29));
}

TEST(ReachableMounts, follows_a_mount_that_lies_on_the_root) {
  EXPECT_THAT(ids(reachable_mounts(parse_mountinfo("1 0 0:1 / / rw - rootfs r rw\n"
                                                   "2 1 0:2 / / rw - tmpfs t rw\n"
                                                   "3 1 0:3 / /below rw - tmpfs t rw\n"
                                                   "4 2 0:4 / /above rw - tmpfs t rw\n"))),
              ElementsAre(2, 4));
}

TEST(ReachableMounts, end_where_a_text_makes_mounts_their_own_parents) {
  EXPECT_THAT(ids(reachable_mounts(parse_mountinfo("1 0 0:1 / / rw - rootfs r rw\n"
                                                   "2 1 0:2 / / rw - tmpfs t rw\n"
                                                   "1 2 0:3 / / rw - tmpfs t rw\n"))),
              SizeIs(testing::Le(3U)));
}

TEST(ReachableMounts, agree_with_the_kernel_on_this_machine) {
  for (const auto& mount : reachable_mounts(read_own_mounts())) {
    struct statx status {};
    if (::statx(AT_FDCWD, mount.mount_point.c_str(), AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &status) ==
        0) {
      EXPECT_EQ(static_cast<int>(status.stx_mnt_id), mount.id) << mount.mount_point;
    }
  }
}

TEST(LiesWithin, compares_whole_names) {
  EXPECT_TRUE(lies_within("/a/b", "/a"));
  EXPECT_TRUE(lies_within("/a", "/a"));
  EXPECT_TRUE(lies_within("/a", "/"));
  EXPECT_FALSE(lies_within("/ab", "/a"));
  EXPECT_FALSE(lies_within("/", "/a"));
}

}  // namespace
}  // namespace exitproof::sys
