#include "harness/trial/world/overlay_world.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/time.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness/linux/mounts.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/world/devices.hpp"
#include "harness/trial/world/world_testing.hpp"

namespace exitproof {
namespace {

namespace fs = std::filesystem;
using sys::UniqueFd;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using testing_support::run_in_world;
using testing_support::Subject;
using testing_support::WorldSeen;
using testing_support::WorldTest;

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

void append(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::app) << text;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void bind(const fs::path& from, const fs::path& to) {
  ASSERT_EQ(::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr), 0) << from << " on " << to;
}

bool is_root() {
  return ::geteuid() == 0;
}

struct stat status_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

class WorldEngine : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto why = testing_support::why_no_world()) {
      GTEST_SKIP() << "this machine makes no worlds: " << *why;
    }
    std::string name = (fs::temp_directory_path() / "exitproof-world-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    write_file(directory_ / "old", "old\n");
    fs::create_directory(directory_ / "sub");
    write_file(directory_ / "sub" / "inner", "inner\n");
    test_.working_directory = directory_.string();
  }

  void TearDown() override {
    if (!directory_.empty()) {
      fs::remove_all(directory_);
    }
  }

  WorldSeen run(std::vector<Subject> subjects) {
    test_.subjects = std::move(subjects);
    auto seen = run_in_world(test_);
    EXPECT_EQ(seen.error, "");
    EXPECT_EQ(seen.trials.size(), test_.subjects.size());
    seen.trials.resize(test_.subjects.size());
    return seen;
  }

  std::string line(const std::string& change, const std::string& name) const {
    return change + ' ' + (directory_ / name).string();
  }

  fs::path directory_;
  WorldTest test_;
};

TEST_F(WorldEngine, tells_what_a_trial_creates_changes_and_deletes_and_keeps_the_machine_as_it_was) {
  const auto seen = run({[] {
    write_file("new", "new\n");
    append("old", "more\n");
    ::symlink("new", "link");
    ::mkfifo("fifo", 0600);
    fs::create_directories("made/below");
    fs::remove_all("sub");
    return 0;
  }});
  EXPECT_THAT(
      seen.trials[0].changes,
      ElementsAre(line("created fifo", "fifo"), line("created symlink", "link"), line("created directory", "made"),
                  line("created directory", "made/below"), line("created regular", "new"),
                  line("changed regular", "old"), line("deleted directory", "sub")));
  EXPECT_EQ(read_file(directory_ / "old"), "old\n");
  EXPECT_TRUE(fs::exists(directory_ / "sub" / "inner"));
  EXPECT_FALSE(fs::exists(directory_ / "new"));
}

TEST_F(WorldEngine, calls_no_file_changed_that_is_as_before) {
  const auto seen = run({[] {
    UniqueFd opened(::open("old", O_RDWR));
    ::chmod("sub/inner", 0600);
    ::chmod("sub/inner", 0644);
    write_file("passing", "x");
    ::unlink("passing");
    return 0;
  }});
  EXPECT_THAT(seen.trials[0].changes, IsEmpty());
}

TEST_F(WorldEngine, sees_changes_of_mode_and_times_and_attributes) {
  const auto seen = run({[] {
    ::chmod("old", 0600);
    ::chmod("sub", 0700);
    timeval times[2] = {{1, 0}, {1, 0}};
    ::utimes("sub/inner", times);
    return 0;
  }});
  EXPECT_THAT(seen.trials[0].changes, ElementsAre(line("changed regular", "old"), line("changed directory", "sub"),
                                                  line("changed regular", "sub/inner")));
}

TEST_F(WorldEngine, starts_every_trial_alike) {
  const Subject subject = [] {
    const int already_there = fs::exists("new") ? 1 : 0;
    write_file("new", "new\n");
    fs::remove("old");
    write_file("/dev/shm/exitproof-test", "x");
    static_cast<void>(::shmget(4711, 4096, IPC_CREAT | 0600));
    mq_attr attributes{};
    attributes.mq_maxmsg = 1;
    attributes.mq_msgsize = 1;
    ::mq_open("/exitproof-test", O_CREAT | O_RDWR, 0600, &attributes);
    return already_there;
  };
  const auto seen = run({subject, subject, subject});
  EXPECT_EQ(seen.trials[0].exit_code, 0);
  EXPECT_THAT(seen.trials[0].changes,
              ElementsAre("created posix-queue /dev/mqueue/exitproof-test", "created regular /dev/shm/exitproof-test",
                          line("created regular", "new"), line("deleted regular", "old"),
                          "created shm-segment sysv-shm:0x00001267:0"));
  EXPECT_EQ(seen.trials[1], seen.trials[0]);
  EXPECT_EQ(seen.trials[2], seen.trials[0]);
}

TEST_F(WorldEngine, is_as_new_when_what_a_trial_created_is_removed) {
  test_.restore = true;
  const auto before = status_of(directory_);
  const auto before_sub = status_of(directory_ / "sub");
  const Subject subject = [=] {
    const bool same_times = status_of(".").st_mtim.tv_nsec == before.st_mtim.tv_nsec &&
                            status_of("sub").st_mtim.tv_nsec == before_sub.st_mtim.tv_nsec;
    const bool nothing_new = !fs::exists("sub/new") && !fs::exists("/dev/shm/exitproof-test");
    fs::create_directories("sub/new/deep");
    write_file("sub/new/deep/file", "new\n");
    fs::create_symlink("/etc", "link");
    ::mkfifo("fifo", 0600);
    write_file("/dev/shm/exitproof-test", "x");
    return same_times && nothing_new ? 0 : 1;
  };
  const auto seen = run({subject, subject, subject});
  EXPECT_EQ(seen.trials[0].exit_code, 0);
  EXPECT_EQ(seen.trials[0].changes.size(), 6U);
  EXPECT_TRUE(seen.trials[0].restored);
  EXPECT_EQ(seen.trials[1], seen.trials[0]);
  EXPECT_EQ(seen.trials[2], seen.trials[0]);
  EXPECT_TRUE(fs::exists("/etc/passwd"));
}

TEST_F(WorldEngine, is_made_anew_when_a_trial_changed_or_deleted_anything) {
  test_.restore = true;
  const Subject appends = [] {
    append("old", "more\n");
    return read_file("old") == "old\nmore\n" ? 0 : 1;
  };
  const Subject deletes = [] { return fs::remove("old") ? 0 : 1; };
  const Subject replaces = [] {
    fs::remove("sub/inner");
    write_file("sub/inner", "inner\n");
    return read_file("old") == "old\n" ? 0 : 1;
  };
  const Subject sends = [] {
    mq_attr attributes{};
    attributes.mq_maxmsg = 1;
    attributes.mq_msgsize = 1;
    return ::mq_open("/exitproof-test", O_CREAT | O_EXCL | O_RDWR, 0600, &attributes) >= 0 ? 0 : 1;
  };
  const auto seen = run({appends, deletes, replaces, sends, sends, appends});
  for (const auto& trial : seen.trials) {
    EXPECT_EQ(trial.exit_code, 0);
    EXPECT_FALSE(trial.restored);
  }
}

TEST_F(WorldEngine, says_which_devices_of_the_machine_are_not_there) {
  const auto missing = describe_missing_devices(machine_devices());
  const auto seen = run({[] {
    // Nothing is missing there but what it was told.
    return describe_missing_devices(machine_devices()).empty() && fs::exists("/dev/null") ? 0 : 1;
  }});
  EXPECT_EQ(seen.trials[0].exit_code, 0);
  if (missing.empty()) {
    EXPECT_THAT(seen.skipped, testing::Not(Contains(testing::HasSubstr("devices: "))));
  } else {
    EXPECT_THAT(seen.skipped, Contains("devices: " + missing));
  }
}

TEST_F(WorldEngine, renames_an_existing_directory_as_outside_when_root) {
  const auto seen = run({[] { return ::rename("sub", "moved") == 0 ? 0 : errno; }});
  if (!is_root()) {
    EXPECT_EQ(seen.trials[0].exit_code, EXDEV);
    EXPECT_THAT(seen.skipped, Contains(testing::HasSubstr("renamed")));
    return;
  }
  EXPECT_EQ(seen.trials[0].exit_code, 0);
  EXPECT_THAT(seen.trials[0].changes,
              UnorderedElementsAre(line("created directory", "moved"), line("created regular", "moved/inner"),
                                   line("deleted directory", "sub")));
}

TEST_F(WorldEngine, tells_what_a_replaced_directory_held) {
  const auto seen = run({[] {
    fs::remove_all("sub");
    fs::create_directory("sub");
    write_file("sub/other", "x");
    return 0;
  }});
  EXPECT_THAT(seen.trials[0].changes,
              UnorderedElementsAre(line("created regular", "sub/other"), line("deleted regular", "sub/inner")));
}

TEST_F(WorldEngine, keeps_hard_links_whole_when_root) {
  fs::create_hard_link(directory_ / "old", directory_ / "second");
  const auto seen = run({[] {
    append("old", "more\n");
    return read_file("second") == "old\nmore\n" ? 0 : 1;
  }});
  EXPECT_EQ(seen.trials[0].exit_code, is_root() ? 0 : 1);
}

TEST_F(WorldEngine, shows_one_device_number_within_a_mount) {
  const auto seen = run({[] {
    const auto device = status_of("old").st_dev;
    append("old", "more\n");
    write_file("new", "x");
    const bool same = device == status_of("sub").st_dev && device == status_of(".").st_dev &&
                      device == status_of("old").st_dev && device == status_of("new").st_dev &&
                      device == status_of("sub/inner").st_dev;
    return same ? 0 : 1;
  }});
  EXPECT_EQ(seen.trials[0].exit_code, 0);
}

TEST_F(WorldEngine, keeps_a_working_directory_that_is_a_mount_of_its_own_apart) {
  const auto mounted = directory_ / "mounted";
  fs::create_directory(mounted);
  test_.working_directory = mounted.string();
  test_.prepare = [mounted] {
    ASSERT_EQ(::mount("none", mounted.c_str(), "tmpfs", 0, nullptr), 0);
    write_file(mounted / "kept", "kept\n");
  };
  const auto seen = run({[] {
    if (read_file("kept") != "kept\n" || status_of(".").st_dev == status_of("..").st_dev) {
      return 1;
    }
    append("kept", "more\n");
    write_file("new", "x");
    return ::rename("new", "../new") == 0 ? 2 : errno;
  }});
  EXPECT_EQ(seen.trials[0].exit_code, EXDEV);
  EXPECT_THAT(seen.trials[0].changes,
              ElementsAre(line("changed regular", "mounted/kept"), line("created regular", "mounted/new")));
}

TEST_F(WorldEngine, treats_a_directory_bound_on_itself_as_outside_when_root) {
  test_.working_directory = (directory_ / "sub").string();
  test_.prepare = [this] { bind(directory_ / "sub", directory_ / "sub"); };
  const auto seen = run({[] {
    append("inner", "more\n");
    const bool one_device = status_of(".").st_dev == status_of("..").st_dev;
    return one_device == is_root() && ::rename("inner", "../inner") != 0 ? errno : 0;
  }});
  EXPECT_EQ(seen.trials[0].exit_code, EXDEV);
  EXPECT_THAT(seen.trials[0].changes, ElementsAre(line("changed regular", "sub/inner")));
}

TEST_F(WorldEngine, shows_a_directory_in_two_places_when_it_is_bound_and_root) {
  fs::create_directory(directory_ / "where");
  test_.prepare = [this] { bind(directory_ / "sub", directory_ / "where"); };
  const auto seen = run({[] {
    append("sub/inner", "more\n");
    return read_file("where/inner") == "inner\nmore\n" ? 0 : 1;
  }});
  EXPECT_EQ(seen.trials[0].exit_code, is_root() ? 0 : 1);
  EXPECT_THAT(seen.trials[0].changes, ElementsAre(line("changed regular", is_root() ? "where/inner" : "sub/inner")));
}

TEST_F(WorldEngine, copies_a_file_that_is_a_mount_of_its_own) {
  test_.prepare = [this] {
    const auto hidden = directory_ / "sub";
    ASSERT_EQ(::mount("none", hidden.c_str(), "tmpfs", 0, nullptr), 0);
    write_file(hidden / "mounted", "mounted\n");
    bind(hidden / "mounted", directory_ / "old");
    ASSERT_EQ(::umount2(hidden.c_str(), MNT_DETACH), 0);
  };
  const Subject subject = [] {
    append("old", "more\n");
    return read_file("old") == "mounted\nmore\n" && ::unlink("old") != 0 ? errno : 0;
  };
  const auto seen = run({subject, subject, [] { return 0; }});
  EXPECT_EQ(seen.trials[0].exit_code, EBUSY);
  EXPECT_EQ(seen.trials[1].exit_code, EBUSY);
  EXPECT_THAT(seen.trials[0].changes, ElementsAre(line("changed regular", "old")));
  EXPECT_THAT(seen.trials[2].changes, IsEmpty());
}

TEST_F(WorldEngine, leaves_a_read_only_mount_read_only) {
  const auto mounted = directory_ / "sub";
  test_.prepare = [mounted] { ASSERT_EQ(::mount("none", mounted.c_str(), "tmpfs", MS_RDONLY, nullptr), 0); };
  const auto seen = run({[] { return ::mkdir("sub/new", 0700) == 0 ? 0 : errno; }});
  EXPECT_EQ(seen.trials[0].exit_code, EROFS);
  EXPECT_THAT(seen.trials[0].changes, IsEmpty());
}

TEST_F(WorldEngine, copies_up_what_it_is_told_without_calling_it_changed) {
  test_.copied_up = {(directory_ / "old").string(), (directory_ / "sub" / "inner").string(),
                     (directory_ / "absent").string(), "/proc/1/status", "/"};
  const auto seen = run({[] { return read_file("old") + read_file("sub/inner") == "old\ninner\n" ? 0 : 1; },
                         [] {
                           append("old", "more\n");
                           return 0;
                         }});
  EXPECT_EQ(seen.trials[0].exit_code, 0);
  EXPECT_THAT(seen.trials[0].changes, IsEmpty());
  EXPECT_THAT(seen.trials[1].changes, ElementsAre(line("changed regular", "old")));
}

TEST_F(WorldEngine, has_the_devices_and_terminals_that_programs_expect) {
  const auto seen = run({[] {
    for (const char* name : {"/dev/null", "/dev/zero", "/dev/full", "/dev/urandom"}) {
      if (!UniqueFd(::open(name, O_RDWR)).is_open()) {
        return 1;
      }
    }
    const UniqueFd terminal(::posix_openpt(O_RDWR | O_NOCTTY));
    if (!terminal.is_open() || ::unlockpt(terminal.get()) != 0 ||
        std::string(::ptsname(terminal.get())) != "/dev/pts/0") {
      return 2;
    }
    return UniqueFd(::open("/dev/pts/0", O_RDWR | O_NOCTTY)).is_open() ? 0 : 3;
  }});
  EXPECT_EQ(seen.trials[0].exit_code, 0);
  EXPECT_THAT(seen.trials[0].changes, IsEmpty());
}

TEST_F(WorldEngine, lets_root_change_its_own_device_directory_only) {
  if (!is_root()) {
    GTEST_SKIP() << "only root may write in /dev";
  }
  const Subject subject = [] {
    const int missing = fs::exists("/dev/null") ? 0 : 1;
    fs::remove("/dev/null");
    write_file("/dev/made", "x");
    return missing;
  };
  const auto seen = run({subject, subject});
  EXPECT_EQ(seen.trials[0].exit_code, 0);
  EXPECT_EQ(seen.trials[1].exit_code, 0);
  EXPECT_THAT(seen.trials[1].changes, ElementsAre("created regular /dev/made", "deleted device /dev/null"));
}

TEST_F(WorldEngine, is_closed_to_the_machine) {
  const auto seen = run({[] {
    const timeval time{1'000'000'000, 0};
    int reached = 0;
    reached += ::mount("none", "/tmp", "tmpfs", 0, nullptr) == 0;
    reached += ::sethostname("elsewhere", 9) == 0;
    reached += ::settimeofday(&time, nullptr) == 0;
    reached += ::swapoff("/nowhere") == 0 || errno != EPERM;
    reached += ::mknod("disk", S_IFBLK | 0600, 0xfe00) == 0;
    reached += UniqueFd(::open("/proc/sys/kernel/hostname", O_WRONLY)).is_open();
    reached += UniqueFd(::open("/proc/sysrq-trigger", O_WRONLY)).is_open();
    reached += UniqueFd(::open("/sys/kernel/mm/transparent_hugepage/enabled", O_WRONLY)).is_open();
    reached += UniqueFd(::open("/proc/1/root/etc", O_RDONLY)).is_open();
    reached += ::unshare(CLONE_NEWNS) == 0;
    return reached;
  }});
  EXPECT_EQ(seen.trials[0].exit_code, 0);
}

TEST_F(WorldEngine, brings_up_the_loopback_of_a_fresh_network) {
  test_.fresh_network = true;
  const Subject serve = [] {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(80);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::geteuid() != 0) {
      address.sin_port = htons(8080);
    }
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    const UniqueFd server(::socket(AF_INET, SOCK_STREAM, 0));
    const UniqueFd client(::socket(AF_INET, SOCK_STREAM, 0));
    if (::bind(server.get(), generic, sizeof address) != 0 || ::listen(server.get(), 1) != 0) {
      return errno;
    }
    return ::connect(client.get(), generic, sizeof address) == 0 ? 0 : errno;
  };
  const auto seen = run({serve, serve});
  EXPECT_EQ(seen.trials[0].exit_code, 0);
  EXPECT_EQ(seen.trials[1].exit_code, 0);
}

TEST_F(WorldEngine, has_a_disk_that_can_be_filled_and_freed) {
  write_file(directory_ / "old", std::string(20'000, 'x'));
  test_.copied_up = {(directory_ / "old").string()};
  test_.before_subject = [](World& world) {
    struct statfs status {};
    ASSERT_EQ(::fstatfs(world.disk(), &status), 0);
    const auto used = static_cast<std::uint64_t>(status.f_blocks - status.f_bfree);
    sys::resize_memory_filesystem(world.disk(), used * static_cast<std::uint64_t>(status.f_bsize));
  };
  const auto seen = run({[] {
    const UniqueFd file(::open("new", O_WRONLY | O_CREAT, 0600));
    if (!file.is_open() || ::write(file.get(), "x", 1) != -1 || errno != ENOSPC) {
      return 1;
    }
    return ::unlink("old") == 0 && ::write(file.get(), "x", 1) == 1 ? 0 : 2;
  }});
  EXPECT_EQ(seen.trials[0].exit_code, 0);
}

TEST_F(WorldEngine, says_why_a_missing_working_directory_cannot_be_entered) {
  test_.working_directory = (directory_ / "absent").string();
  const auto seen = run({[] { return 0; }});
  EXPECT_EQ(seen.trials[0].exit_code, 255);
}

}  // namespace
}  // namespace exitproof
