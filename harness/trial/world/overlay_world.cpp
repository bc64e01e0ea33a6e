#include "harness/trial/world/overlay_world.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "exitproof/check.hpp"
#include "harness/linux/capabilities.hpp"
#include "harness/linux/directory.hpp"
#include "harness/linux/file_copy.hpp"
#include "harness/linux/ipc_objects.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/mountinfo.hpp"
#include "harness/linux/mounts.hpp"
#include "harness/linux/namespaces.hpp"
#include "harness/linux/ptrace.hpp"
#include "harness/trial/world/file_changes.hpp"
#include "harness/trial/world/ipc_changes.hpp"
#include "harness/trial/world/late_copy.hpp"
#include "harness/trial/world/stage.hpp"
#include "harness/trial/world/world_base.hpp"
#include "harness/trial/world/world_reuse.hpp"

namespace exitproof {

namespace {

using sys::checked;
using sys::UniqueFd;

constexpr long largest_early_copy = 64L << 20;

void mount_own_proc() {
  const auto proc =
      sys::make_filesystem("proc", {{"source", "proc"}}, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  sys::attach_mount(proc, AT_FDCWD, "/proc");
}

UniqueFd make_terminals(bool owners_kept) {
  constexpr auto attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
  sys::MountOptions options = {{"source", "devpts"}, {"newinstance", ""}, {"ptmxmode", "0666"}, {"mode", "0620"}};
  if (owners_kept) {
    options.emplace_back("gid", "5");
  }
  return sys::make_filesystem("devpts", options, attributes);
}

UniqueFd duplicate(const UniqueFd& fd) {
  return UniqueFd(checked(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3), "duplicate a descriptor"));
}

ino_t inode_of(int directory, const std::string& path) {
  struct stat status {};
  const int follow = path.starts_with("/proc/") ? 0 : AT_SYMLINK_NOFOLLOW;
  checked(::fstatat(directory, path.c_str(), &status, AT_EMPTY_PATH | follow), "stat of " + path);
  return status.st_ino;
}

}  // namespace

class OverlayWorld::Impl {
 public:
  explicit Impl(WorldOptions options) : options_(std::move(options)) {
    mount_own_proc();
    base_ = make_world_base(options_.working_directory);
  }

  void open() {
    if (std::exchange(restored_, false)) {
      return;
    }
    check(!disk_.is_open(), "a world is opened before it is used, and closed before it is opened again");
    sys::enter_fresh_ipc();
    disk_ = make_memory_filesystem("0755", 0);
    make_devices();
    message_queues_ = sys::make_filesystem("mqueue", {{"source", "mqueue"}},
                                           MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    for (const auto& place : base_.places) {
      if (place.kind == PlaceKind::layer) {
        make_upper(base_.layers[place.index], disk_.get(), std::to_string(place.index));
      }
    }
    for (const auto& file : base_.copied_files) {
      if (!sys::copy_entry(base_.root.get(), disk_.get(), file.name, std::numeric_limits<long>::max())) {
        sys::throw_errno("copy " + file.place);
      }
    }
    if (!base_.owners_kept) {
      copy_up_to_layers({"/tmp", "/var/tmp", "/run/lock", "/dev/shm", options_.working_directory});
      copy_up_to_layers(options_.writable_places);
    }
  }

  void copy_up(const std::vector<std::string>& paths) {
    if (mount_namespace_.is_open()) {
      if (paths == copied_up_) {
        return;  // restored, it has them: but for directories, a world with more in its layers is not restored
      }
      // Mounted, its layers must not be touched: a new world then.
      close();
      open();
    }
    copied_up_ = paths;
    copy_up_to_layers(paths);
  }

  void copy_up_to_layers(const std::vector<std::string>& paths) {
    for (const auto& path : paths) {
      const auto place = place_of(path);
      if (place && place->kind == PlaceKind::layer && path.size() > place->path.size()) {
        const auto start = place->path == "/" ? 1 : place->path.size() + 1;
        copy_up_below(base_.layers[place->index], std::to_string(place->index) + "/upper", path.substr(start));
      }
    }
  }

  void enter(bool fresh_network, bool own_network) {
    check(disk_.is_open(), "a world is opened before it is used, and closed before it is opened again");
    if (mount_namespace_.is_open()) {
      sys::enter_mounts(mount_namespace_);
      checked(::fchdir(root_.get()), "enter the world's root");
      checked(::chroot("."), "enter the world's root");
    } else {
      build();
    }
    checked(::chdir(options_.working_directory.c_str()), "chdir to " + options_.working_directory);
    if (fresh_network) {
      sys::enter_fresh_network();
    }
    if (!base_.owners_kept && ::geteuid() != 0) {
      sys::drop_all_capabilities();
    } else {
      sys::drop_machine_capabilities(own_network || options_.own_network ? sys::Network::own : sys::Network::machines);
    }
  }

  void entered(pid_t pid) {
    const auto process = fmt::format("/proc/{}", pid);
    network_.reset(
        checked(::open((process + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC), "open a world's network namespace"));
    if (!mount_namespace_.is_open()) {
      root_.reset(
          checked(::open((process + "/root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "open a world's root"));
      mount_namespace_.reset(
          checked(::open((process + "/ns/mnt").c_str(), O_RDONLY | O_CLOEXEC), "open a world's mount namespace"));
    }
  }

  void hide_process(pid_t pid) {
    const auto nothing = sys::make_filesystem("tmpfs", {{"source", "none"}, {"mode", "0555"}},
                                              MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    const pid_t helper = checked(::fork(), "fork of a process that mounts");
    if (helper == 0) {
      int error = 0;
      try {
        sys::enter_mounts(mount_namespace_);
        sys::attach_mount(nothing, root_.get(), fmt::format("proc/{}", pid));
      } catch (const std::system_error& refusal) {
        error = refusal.code().value();
      }
      ::_exit(error);
    }
    int status = 0;
    while (::waitpid(helper, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      throw std::system_error(WIFEXITED(status) ? WEXITSTATUS(status) : EINTR, std::generic_category(),
                              "hide a process from a world");
    }
  }

  void fill_disk() {
    if (!full_) {
      occupy_disk();
      const auto disk = read_disk();
      size_before_ = disk.f_blocks * disk.f_frsize;
    }
    leave_room(0);
    full_ = true;
  }

  void make_own_copy(const std::string& path, bool only_linked) {
    if (!full_ || !root_.is_open() || has_own_copy(path) || (only_linked && names_of(root_.get(), path) < 2)) {
      return;
    }
    const auto disk = read_disk();  // what the subject has freed since is room for it, not for the copy
    free_disk();
    copy_up_through(root_.get(), path);
    leave_room(disk.f_bfree * disk.f_frsize);
  }

  void free_disk() { sys::resize_memory_filesystem(disk_.get(), size_before_); }

  bool restore(const std::vector<FileChange>& changes) {
    try {
      restored_ =
          mount_namespace_.is_open() && !full_ && remove_created(root_.get(), changes) &&
          std::all_of(base_.places.begin(), base_.places.end(), [this](const Place& place) {
            return place.kind != PlaceKind::layer || restore_directories(open_upper(place).get(), lower_of(place));
          });
    } catch (const std::system_error&) {
      restored_ = false;
    }
    return restored_;
  }

  void enter_again() {
    check(mount_namespace_.is_open(), "a world is entered again only when it was entered");
    // The machine's own network cannot be entered by whoever is not its root, nor need it be.
    const bool fresh = inode_of(network_.get(), "") != inode_of(AT_FDCWD, "/proc/self/ns/net");
    if (fresh) {
      sys::enter_network(network_);
    }
    enter(false, fresh);
  }

  std::vector<FileChange> changes() const {
    check(disk_.is_open(), "a world is opened before it is used, and closed before it is opened again");
    std::vector<FileChange> changes;
    for (const auto& place : base_.places) {
      add_changes_of(place, changes);
    }
    for (const auto& object : sys::read_ipc_objects()) {
      changes.push_back(created_object(object));
    }
    for (auto& change : changes) {
      name_by_alias(change.path);
    }
    std::sort(changes.begin(), changes.end(), [](const FileChange& a, const FileChange& b) { return a.path < b.path; });
    return changes;
  }

  void close() {
    root_.reset();
    network_.reset();
    mount_namespace_.reset();
    full_ = false;
    occupied_.reset();
    copies_.clear();
    copied_up_.clear();
    disk_.reset();
    devices_.reset();
    shared_memory_.reset();
    message_queues_.reset();
  }

  int disk() const noexcept { return disk_.get(); }
  // Without them, it would be in a user namespace of ours, which knows one user.
  bool takes_rights() const noexcept { return base_.owners_kept; }
  const std::vector<std::string>& skipped() const noexcept { return base_.skipped; }

 private:
  // In the child: puts the mounts of the trial together, and makes them its root.
  void build() {
    sys::enter_mounts(base_.mount_namespace);
    sys::enter_fresh_mounts();
    sys::attach_mount(disk_, AT_FDCWD, "/trial");
    for (const auto& place : base_.places) {
      sys::attach_mount(mount_for(place), AT_FDCWD, "/root" + place.path);
    }
    const UniqueFd root(checked(::open("/root", O_PATH | O_DIRECTORY | O_CLOEXEC), "open the world's root"));
    sys::switch_root(root.get());
  }

  UniqueFd open_upper(const Place& place) const {
    const auto path = std::to_string(place.index) + "/upper";
    return UniqueFd(
        checked(::openat(disk_.get(), path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open an upper layer"));
  }

  bool has_own_copy(const std::string& path) const {
    const auto place = place_of(path);
    if (!place || place->kind != PlaceKind::layer || path.size() <= place->path.size()) {
      return true;
    }
    const std::string below = path.substr(place->path == "/" ? 1 : place->path.size() + 1);
    return ::faccessat(open_upper(*place).get(), below.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  }

  struct statvfs read_disk() const {
    struct statvfs status {};
    checked(::fstatvfs(disk_.get(), &status), "statvfs of the world's disk");
    return status;
  }

  // Makes the disk hold what it holds now, and so many bytes more.
  void leave_room(std::uint64_t bytes) {
    const auto disk = read_disk();
    sys::resize_memory_filesystem(disk_.get(), (disk.f_blocks - disk.f_bfree) * disk.f_frsize + bytes);
  }

  // A disk on which nothing is yet can be no fuller than that: a size of 0 would mean no limit. So something is.
  void occupy_disk() {
    occupied_.reset(checked(::openat(disk_.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600),
                            "make a file that occupies the world's disk"));
    checked(::write(occupied_.get(), "", 1), "occupy the world's disk");
  }

  int lower_of(const Place& place) const { return base_.layers[place.index].lower.get(); }

  void make_devices() {
    if (base_.devices.is_open()) {
      devices_ = make_memory_filesystem("0755", MOUNT_ATTR_NOSUID);
      fill_device_directory(devices_.get());
    } else {
      shared_memory_ = make_memory_filesystem("1777", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    }
  }

  // What can be seen in two places is named by the mount that was made to show it.
  void name_by_alias(std::string& path) const {
    for (const auto& alias : base_.aliases) {
      if (sys::lies_within(path, alias.path)) {
        path = alias.place + path.substr(alias.path == "/" ? 0 : alias.path.size());
        return;
      }
    }
  }

  std::optional<Place> place_of(const std::string& path) const {
    std::optional<Place> nearest;
    for (const auto& place : base_.places) {
      if (sys::lies_within(path, place.path)) {
        nearest = place;
      }
    }
    return nearest;
  }

  void copy_up_below(const Layer& layer, const std::string& upper_path, const std::string& path) {
    const UniqueFd upper(
        checked(::openat(disk_.get(), upper_path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "open an upper layer"));
    for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1)) {
      if (!sys::copy_entry(layer.lower.get(), upper.get(), path.substr(0, end), 0)) {
        return;
      }
    }
    struct stat status {};
    if (::fstatat(layer.lower.get(), path.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        (S_ISDIR(status.st_mode) || status.st_nlink == 1)) {
      if (sys::copy_entry(layer.lower.get(), upper.get(), path, largest_early_copy) && S_ISREG(status.st_mode)) {
        copies_.insert(inode_of(upper.get(), path));
      }
    }
    give_directories_their_times(layer.lower.get(), upper.get(), path);
  }

  // Those above the path: each copy has changed the directory that it was put into.
  static void give_directories_their_times(int lower, int upper, std::string path) {
    while (!path.empty()) {
      path.resize(path.find('/') == std::string::npos ? 0 : path.rfind('/'));
      const char* directory = path.empty() ? "." : path.c_str();
      struct stat status {};
      if (::fstatat(lower, directory, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        const std::array times = {status.st_atim, status.st_mtim};
        checked(::utimensat(upper, directory, times.data(), AT_SYMLINK_NOFOLLOW), "give a directory its times");
      }
    }
  }

  UniqueFd mount_for(const Place& place) const {
    const auto index = std::to_string(place.index);
    switch (place.kind) {
      case PlaceKind::layer:
        return make_overlay(base_.layers[place.index], index);
      case PlaceKind::copied_file: {
        const auto& file = base_.copied_files[place.index];
        auto mount = sys::clone_mount(disk_.get(), file.name, sys::Submounts::without);
        sys::add_mount_attributes(mount, file.mount_attributes, sys::Submounts::without);
        return mount;
      }
      case PlaceKind::alias: {
        const auto& alias = base_.aliases[place.index];
        auto mount = sys::clone_mount(AT_FDCWD, "/root" + alias.path, sys::Submounts::without);
        sys::add_mount_attributes(mount, alias.mount_attributes, sys::Submounts::without);
        return mount;
      }
      case PlaceKind::fixed_tree:
        return sys::clone_mount(AT_FDCWD, "/fixed/" + index, sys::Submounts::with);
      case PlaceKind::devices:
        return duplicate(devices_);
      case PlaceKind::shared_memory:
        return duplicate(shared_memory_);
      case PlaceKind::terminals:
        return make_terminals(base_.owners_kept);
      case PlaceKind::message_queues:
        return duplicate(message_queues_);
    }
    return {};
  }

  void add_changes_of(const Place& place, std::vector<FileChange>& changes) const {
    switch (place.kind) {
      case PlaceKind::layer: {
        const UniqueFd upper = open_upper(place);
        add_layer_changes(
            {upper.get(), lower_of(place), true, base_.owners_kept, base_.layers[place.index].place, &copies_},
            changes);
        return;
      }
      case PlaceKind::copied_file: {
        const auto& file = base_.copied_files[place.index];
        add_file_change({disk_.get(), base_.root.get(), false, base_.owners_kept, place.path}, file.name, changes);
        return;
      }
      case PlaceKind::devices:
        add_layer_changes({devices_.get(), base_.devices.get(), false, true, place.path}, changes);
        return;
      case PlaceKind::shared_memory:
        add_created_tree(shared_memory_.get(), place.path, changes);
        return;
      case PlaceKind::message_queues:
        add_queues(place.path, changes);
        return;
      case PlaceKind::alias:
      case PlaceKind::fixed_tree:
      case PlaceKind::terminals:
        return;
    }
  }

  void add_queues(const std::string& path, std::vector<FileChange>& changes) const {
    for (const auto& name : sys::names_in(message_queues_.get(), ".")) {
      changes.push_back({fmt::format("{}/{}", path, name), ChangeKind::created, FileType::posix_queue, 0, {}, {}});
    }
  }

  WorldOptions options_;
  WorldBase base_;
  UniqueFd disk_;
  UniqueFd devices_;
  UniqueFd shared_memory_;
  UniqueFd message_queues_;
  std::set<ino_t> copies_;
  // Of the process that entered last: for the next one, when this world is restored.
  UniqueFd root_;
  UniqueFd mount_namespace_;
  UniqueFd network_;
  bool restored_ = false;
  std::vector<std::string> copied_up_;
  bool full_ = false;
  UniqueFd occupied_;              ///< a page of the disk, without a name, while the disk is full
  std::uint64_t size_before_ = 0;  ///< of the disk, when it was filled
};

OverlayWorld::OverlayWorld(WorldOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
OverlayWorld::~OverlayWorld() = default;
void OverlayWorld::open() {
  impl_->open();
}
void OverlayWorld::copy_up(const std::vector<std::string>& paths) {
  impl_->copy_up(paths);
}
void OverlayWorld::enter(bool fresh_network) {
  impl_->enter(fresh_network, fresh_network);
}
void OverlayWorld::enter_again() {
  impl_->enter_again();
}
std::vector<FileChange> OverlayWorld::changes() const {
  return impl_->changes();
}
void OverlayWorld::entered(pid_t pid) {
  impl_->entered(pid);
}
bool OverlayWorld::restore(const std::vector<FileChange>& changes) {
  return impl_->restore(changes);
}
void OverlayWorld::hide_process(pid_t pid) {
  impl_->hide_process(pid);
}
void OverlayWorld::end_processes() {
  // Process 1 itself is spared by kill(-1) (kill(2)).
  ::kill(-1, SIGKILL);
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, __WALL)) > 0 || errno == EINTR;) {
    if (pid > 0 && WIFSTOPPED(status)) {
      sys::resume_task(pid, sys::ResumeMode::run, 0);
    }
  }
}
void OverlayWorld::close() {
  impl_->close();
}
void OverlayWorld::fill_disk() {
  impl_->fill_disk();
}
void OverlayWorld::make_own_copy(const std::string& path, bool only_linked) {
  impl_->make_own_copy(path, only_linked);
}
void OverlayWorld::free_disk() {
  impl_->free_disk();
}
int OverlayWorld::disk() const noexcept {
  return impl_->disk();
}
bool OverlayWorld::takes_rights() const noexcept {
  return impl_->takes_rights();
}
const std::vector<std::string>& OverlayWorld::skipped() const noexcept {
  return impl_->skipped();
}

}  // namespace exitproof
