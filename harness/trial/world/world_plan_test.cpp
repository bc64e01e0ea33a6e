#include "harness/trial/world/world_plan.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <algorithm>

namespace exitproof {
namespace {

using testing::IsEmpty;
using testing::Not;

constexpr const char* machine =
    "1 0 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
    "2 1 0:5 / /proc rw - proc proc rw\n"
    "3 1 0:6 / /dev rw - devtmpfs dev rw\n"
    "4 3 0:7 / /dev/shm rw - tmpfs shm rw\n"
    "5 1 8:2 / /home rw,nosuid,noexec - xfs /dev/sda2 rw\n"
    "6 1 8:3 / /cdrom ro - iso9660 /dev/sr0 ro\n"
    "7 1 0:8 / /net rw - autofs systemd-1 rw\n"
    "8 1 0:9 / /tracing rw - tracefs tracefs rw\n";

std::vector<PlannedMount> plan(const std::string& more = {}, const std::string& working_directory = "/home/me") {
  return plan_mounts(sys::parse_mountinfo(machine + more), working_directory);
}

const PlannedMount* at(const std::vector<PlannedMount>& plan, const std::string& place) {
  const auto found = std::find_if(plan.begin(), plan.end(),
                                  [&](const PlannedMount& planned) { return planned.mount.mount_point == place; });
  return found == plan.end() ? nullptr : &*found;
}

TEST(WorldPlan, layers_what_is_writable_and_keeps_read_only_what_is_not) {
  const auto mounts = plan();
  EXPECT_EQ(at(mounts, "/")->treatment, Treatment::layered);
  EXPECT_EQ(at(mounts, "/home")->treatment, Treatment::layered);
  EXPECT_EQ(at(mounts, "/cdrom")->treatment, Treatment::read_only);
  EXPECT_THAT(at(mounts, "/cdrom")->loss, IsEmpty());
  EXPECT_EQ(at(mounts, "/tracing")->treatment, Treatment::read_only);
}

TEST(WorldPlan, says_what_is_lost_with_a_mount_that_a_server_outside_makes) {
  const auto mounts = plan();
  EXPECT_EQ(at(mounts, "/net")->treatment, Treatment::missing);
  EXPECT_THAT(at(mounts, "/net")->loss, Not(IsEmpty()));
}

TEST(WorldPlan, leaves_out_the_places_that_every_world_has_of_its_own) {
  const auto mounts = plan();
  EXPECT_EQ(at(mounts, "/proc"), nullptr);
  EXPECT_EQ(at(mounts, "/dev"), nullptr);
  EXPECT_EQ(at(mounts, "/dev/shm"), nullptr);
}

TEST(WorldPlan, layers_shared_memory_when_the_subject_works_there) {
  EXPECT_EQ(at(plan({}, "/dev/shm/project"), "/dev/shm")->treatment, Treatment::layered);
}

TEST(WorldPlan, finds_what_a_bind_mount_shows) {
  const auto mounts = plan(
      "9 1 8:2 /me/project /srv/project rw - xfs /dev/sda2 rw\n"
      "10 5 8:2 /me/self /home/me/self rw - xfs /dev/sda2 rw\n"
      "11 1 8:9 /sub /other rw - xfs /dev/sda9 rw\n");
  EXPECT_EQ(at(mounts, "/srv/project")->treatment, Treatment::alias);
  EXPECT_EQ(at(mounts, "/srv/project")->alias_layer, "/home");
  EXPECT_EQ(at(mounts, "/srv/project")->alias_path, "/home/me/project");
  EXPECT_EQ(at(mounts, "/home/me/self")->treatment, Treatment::alias);
  EXPECT_EQ(at(mounts, "/home/me/self")->alias_path, "/home/me/self");
  EXPECT_EQ(at(mounts, "/other")->treatment, Treatment::layered);
}

TEST(WorldPlan, layers_a_bind_mount_of_what_another_mount_covers) {
  const auto mounts = plan(
      "9 5 0:20 / /home/me rw - tmpfs t rw\n"
      "10 1 8:2 /me/project /srv/project rw - xfs /dev/sda2 rw\n");
  EXPECT_EQ(at(mounts, "/srv/project")->treatment, Treatment::layered);
}

TEST(WorldPlan, limits_the_layers_but_never_drops_the_working_directory) {
  std::string many;
  for (int i = 0; i < 100; ++i) {
    many += fmt::format("{0} 1 0:{0} / /containers/{0}/a/b rw - tmpfs t rw\n", 100 + i);
  }
  const auto mounts = plan(many, "/containers/199/a/b/c");
  const auto layered = std::count_if(mounts.begin(), mounts.end(), [](const PlannedMount& planned) {
    return planned.treatment == Treatment::layered;
  });
  EXPECT_LT(layered, 50);
  EXPECT_EQ(at(mounts, "/containers/199/a/b")->treatment, Treatment::layered);
  EXPECT_EQ(at(mounts, "/")->treatment, Treatment::layered);
  EXPECT_EQ(at(mounts, "/containers/198/a/b")->treatment, Treatment::read_only);
  EXPECT_THAT(at(mounts, "/containers/198/a/b")->loss, Not(IsEmpty()));
}

TEST(WorldPlan, keeps_the_restrictions_of_a_mount_and_adds_nodev) {
  EXPECT_EQ(attributes_like(at(plan(), "/home")->mount),
            std::uint64_t{MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC});
  EXPECT_EQ(attributes_like(at(plan(), "/")->mount), std::uint64_t{MOUNT_ATTR_NODEV});
}

}  // namespace
}  // namespace exitproof
