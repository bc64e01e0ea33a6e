#include "harness/trial/world/world_base.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>

#include "harness/linux/attempt_of.hpp"
#include "harness/linux/directory.hpp"
#include "harness/linux/file_copy.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/mounts.hpp"
#include "harness/linux/namespaces.hpp"
#include "harness/trial/world/devices.hpp"
#include "harness/trial/world/stage.hpp"
#include "harness/trial/world/world_plan.hpp"

namespace exitproof {

namespace {

using sys::checked;
using sys::Submounts;
using sys::UniqueFd;

constexpr long largest_copied_file = 1L << 20;

struct Measure {
  long entries = 0;
  long bytes = 0;
};

// Copied once, a tree of this size costs less than an overlay costs in a few trials.
constexpr Measure largest_copied_tree = {256, 1L << 20};

std::string join(const std::string& directory, const std::string& name) {
  return directory == "/" ? directory + name : directory + '/' + name;
}

std::optional<struct stat> status_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return std::nullopt;
  }
  return status;
}

bool is_directory(const std::string& path) {
  const auto status = status_of(path);
  return status && S_ISDIR(status->st_mode);
}

// Takes what is in the directory from `rest`; false when it is more than that or cannot be read.
bool take(const std::string& path, Measure& rest) {
  const UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory.is_open()) {
    return false;
  }
  for (const auto& name : sys::names_in(directory.get(), ".")) {
    const auto status = status_of(join(path, name));
    rest.entries -= 1;
    rest.bytes -= status && S_ISREG(status->st_mode) ? status->st_size : 0;
    if (rest.entries < 0 || rest.bytes < 0 || (status && S_ISDIR(status->st_mode) && !take(join(path, name), rest))) {
      return false;
    }
  }
  return true;
}

bool is_small(const std::string& path, Measure limit) {
  return take(path, limit);
}

bool knows_all_users() {
  std::ifstream map("/proc/self/uid_map");
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  std::uint64_t count = 0;
  return (map >> inside >> outside >> count) && count > 1;
}

std::vector<sys::MountEntry> machine_mounts() {
  auto mounts = sys::read_own_mounts();
  if (std::none_of(mounts.begin(), mounts.end(), [](const auto& mount) { return mount.mount_point == "/"; })) {
    // After chroot(2), the mount that "/" belongs to is not listed.
    struct statx status {};
    checked(::statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &status), "statx of /");
    sys::MountEntry root;
    root.id = static_cast<int>(status.stx_mnt_id);
    root.parent = -1;
    root.root = root.mount_point = "/";
    mounts.push_back(root);
  }
  return mounts;
}

// A mount cannot be cloned without the mounts in it when an outer user namespace made them.
std::optional<UniqueFd> clone_alone(const std::string& path) {
  try {
    return sys::clone_mount(AT_FDCWD, path, Submounts::without);
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::invalid_argument) {
      return std::nullopt;
    }
    throw;
  }
}

// Works in a mount namespace of its own, which it leaves with the stage as its root.
class BaseBuilder {
 public:
  explicit BaseBuilder(std::string working_directory) : working_directory_(std::move(working_directory)) {}

  WorldBase build(const std::vector<PlannedMount>& plan) {
    base_.owners_kept = knows_all_users();
    for (const char* directory : {"lower", "fixed", "root", "trial"}) {
      stage_.make_directory(directory);
    }
    for (const auto& planned : plan) {
      mount_points_.insert(planned.mount.mount_point);
    }
    for (const auto& planned : plan) {
      add_mount(planned);
    }
    add_kernel_places();
    std::stable_sort(base_.places.begin(), base_.places.end(),
                     [](const Place& a, const Place& b) { return a.path.size() < b.path.size(); });
    for (auto& layer : base_.layers) {
      open_lower(layer, stage_.fd().get());
    }
    sys::switch_root(stage_.fd().get());
    rehearse();
    base_.root = stage_.take_fd();
    return std::move(base_);
  }

 private:
  void skip(const std::string& place, const std::string& why) { base_.skipped.push_back(place + ": " + why); }

  void add_mount(const PlannedMount& planned) {
    const auto& place = planned.mount.mount_point;
    const auto status = status_of(place);
    if (!status) {
      skip(place, "it cannot be reached: " + std::generic_category().message(errno));
      return;
    }
    if (!planned.loss.empty()) {
      skip(place, planned.loss);
    }
    const auto attributes = attributes_like(planned.mount);
    switch (planned.treatment) {
      case Treatment::alias:
        if (!split_places_.contains(planned.alias_layer)) {
          base_.places.push_back({place, PlaceKind::alias, base_.aliases.size()});
          base_.aliases.push_back({place, attributes, planned.alias_path});
          return;
        }
        [[fallthrough]];
      case Treatment::layered:
        S_ISDIR(status->st_mode) ? add_directory(place, attributes) : add_file(place, attributes, *status);
        return;
      case Treatment::read_only:
        add_read_only(place);
        return;
      case Treatment::missing:
        return;
    }
  }

  std::string new_fixed_tree(const std::string& place) {
    base_.places.push_back({place, PlaceKind::fixed_tree, fixed_trees_});
    return "fixed/" + std::to_string(fixed_trees_++);
  }

  void add_read_only(const std::string& place) {
    auto tree = clone_alone(place);
    if (!tree) {
      tree = sys::clone_mount(AT_FDCWD, place, Submounts::with);
    }
    sys::add_mount_attributes(*tree, MOUNT_ATTR_RDONLY, Submounts::with);
    stage_.add_tree(*tree, new_fixed_tree(place));
  }

  void add_file(const std::string& place, std::uint64_t attributes, const struct stat& status) {
    const bool readable = S_ISREG(status.st_mode) && ::access(place.c_str(), R_OK) == 0;
    if (!readable || status.st_size > largest_copied_file) {
      skip(place, "a mount of something else than a directory or a small file: it is read-only");
      add_read_only(place);
      return;
    }
    const auto name = "file" + std::to_string(base_.copied_files.size());
    stage_.add_tree(sys::clone_mount(AT_FDCWD, place, Submounts::without), name);
    base_.places.push_back({place, PlaceKind::copied_file, base_.copied_files.size()});
    base_.copied_files.push_back({place, attributes, name});
  }

  std::string new_layer(const std::string& place, std::uint64_t attributes) {
    auto lower = "lower/" + std::to_string(base_.layers.size());
    base_.places.push_back({place, PlaceKind::layer, base_.layers.size()});
    base_.layers.push_back({place, '/' + lower, attributes, {}, {}, {}});
    return lower;
  }

  void add_directory(const std::string& place, std::uint64_t attributes) {
    const auto lower = new_layer(place, attributes);
    if (const auto tree = clone_alone(place)) {
      stage_.add_tree(*tree, lower);
      return;
    }
    split_places_.insert(place);
    stage_.make_directory(lower);
    const UniqueFd copy(
        checked(::openat(stage_.fd().get(), lower.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open " + lower));
    fill_stand_in(place, copy.get(), attributes);
  }

  // The stand-in for a directory that cannot be a lower layer as a whole has copies of its files.
  // Each large directory in it becomes a layer of its own; the others are copied too.
  void fill_stand_in(const std::string& place, int copy, std::uint64_t attributes) {
    const UniqueFd original(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!original.is_open()) {
      skip(place, "other mounts lie in it, and it cannot be read: what else is in it is missing");
      return;
    }
    for (const auto& name : sys::names_in(original.get(), ".")) {
      add_to_stand_in(join(place, name), name, original.get(), copy, attributes);
    }
    sys::give_attributes(copy, sys::read_attributes(original.get()));
  }

  void add_to_stand_in(const std::string& path, const std::string& name, int original, int copy,
                       std::uint64_t attributes) {
    const auto status = status_of(path);
    if (!status) {
      return;
    }
    if (!sys::copy_entry(original, copy, name, largest_copied_file)) {
      if (S_ISREG(status->st_mode)) {
        add_placeholder(path, name, original, copy);
      }
      return;
    }
    const bool cannot_be_entered = ::access(path.c_str(), X_OK) != 0;
    if (S_ISDIR(status->st_mode) && !mount_points_.contains(path) && !is_kernel_place(path) && !cannot_be_entered) {
      add_part(path, name, copy, attributes);
    }
  }

  // An unreadable file cannot be read in the world either; a large one is shown as it is.
  void add_placeholder(const std::string& path, const std::string& name, int original, int copy) {
    const UniqueFd file(checked(::openat(original, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC), "open " + path));
    const UniqueFd placeholder(
        checked(::openat(copy, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), "make " + path));
    const auto attributes = sys::read_attributes(file.get());
    checked(::ftruncate(placeholder.get(), attributes.status.st_size), "make " + path);
    sys::give_attributes(placeholder.get(), attributes);
    if ((attributes.rights_of_caller & S_IRUSR) != 0 && !mount_points_.contains(path)) {
      skip(path, "it is large and lies beside a mount: it is read-only");
      add_read_only(path);
    }
  }

  void add_part(const std::string& path, const std::string& name, int copy, std::uint64_t attributes) {
    const bool beside_root = path.rfind('/') == 0;
    if (!is_small(path, beside_root ? Measure{} : largest_copied_tree)) {
      if (const auto tree = clone_alone(path)) {
        stage_.add_tree(*tree, new_layer(path, attributes));
        return;
      }
    }
    const UniqueFd part(checked(::openat(copy, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open " + path));
    fill_stand_in(path, part.get(), attributes);
  }

  static bool is_kernel_place(const std::string& path) { return path == "/proc" || path == "/sys" || path == "/dev"; }

  void add_kernel_places() {
    if (is_directory("/proc")) {
      add_proc_tree(stage_, new_fixed_tree("/proc"));
    }
    if (is_directory("/sys")) {
      add_sys_tree(stage_, new_fixed_tree("/sys"));
    }
    if (!is_directory("/dev")) {
      return;
    }
    if (const std::string missing = describe_missing_devices(machine_devices()); !missing.empty()) {
      skip("devices", missing);
    }
    base_.places.push_back({"/dev/pts", PlaceKind::terminals, 0});
    base_.places.push_back({"/dev/mqueue", PlaceKind::message_queues, 0});
    if (may_make_device_nodes()) {
      base_.places.push_back({"/dev", PlaceKind::devices, 0});
      base_.devices = make_memory_filesystem("0755", 0);
      fill_device_directory(base_.devices.get());
      return;
    }
    add_device_tree(stage_, new_fixed_tree("/dev"));
    if (!mount_points_.contains("/dev/shm")) {
      base_.places.push_back({"/dev/shm", PlaceKind::shared_memory, 0});
    }
  }

  // Mounts each overlay once. One that the kernel refuses is read-only, unless the subject needs it.
  void rehearse() {
    const auto trial = make_memory_filesystem("0700", 0);
    sys::attach_mount(trial, AT_FDCWD, "/trial");
    for (auto& place : base_.places) {
      if (place.kind == PlaceKind::layer) {
        rehearse_layer(place, trial.get());
      }
    }
    sys::detach_mount("/trial");
    if (!without_hard_links_.empty()) {
      skip("hard links", "a change through one name of a file does not show in its others in " + without_hard_links_);
    }
    if (!without_renames_.empty()) {
      skip("renames", "a directory of the machine cannot be renamed (EXDEV) in " + without_renames_);
    }
    if (!split_places_.empty()) {
      skip("file systems", "the directories of / are file systems of their own: renames between them fail (EXDEV)");
    }
    if (!base_.owners_kept) {
      skip("owners",
           "files of other users seem to belong to nobody or to the caller, and those that the caller may "
           "write may not be changeable");
    }
  }

  static void note_missing(bool has, const std::string& place, std::string& places) {
    if (!has) {
      places += (places.empty() ? "" : ", ") + place;
    }
  }

  void rehearse_layer(Place& place, int trial) {
    auto& layer = base_.layers[place.index];
    try {
      const auto abilities = choose_overlay_options(layer, trial, std::to_string(place.index));
      note_missing(abilities.whole_hard_links, place.path, without_hard_links_);
      note_missing(abilities.directory_renames, place.path, without_renames_);
    } catch (const std::system_error& error) {
      if (sys::lies_within(working_directory_, place.path)) {
        throw std::system_error(error.code(), "overlay of " + place.path + ": " + sys::attempt_of(error));
      }
      skip(place.path, std::string("the kernel refuses an overlay there, so it is read-only: ") + error.what());
      show_read_only(place, layer.lower_path);
    }
  }

  void show_read_only(Place& place, const std::string& lower_path) {
    const auto tree = sys::clone_mount(AT_FDCWD, lower_path, Submounts::without);
    sys::add_mount_attributes(tree, MOUNT_ATTR_RDONLY, Submounts::without);
    const auto path = "/fixed/" + std::to_string(fixed_trees_);
    checked(::mkdir(path.c_str(), 0755), "mkdir " + path);
    sys::attach_mount(tree, AT_FDCWD, path);
    place = {place.path, PlaceKind::fixed_tree, fixed_trees_++};
  }

  std::string working_directory_;
  std::set<std::string> mount_points_;
  std::set<std::string> split_places_;
  std::string without_hard_links_;
  std::string without_renames_;
  Stage stage_;
  std::size_t fixed_trees_ = 0;
  WorldBase base_;
};

}  // namespace

WorldBase make_world_base(const std::string& working_directory) {
  const auto plan = plan_mounts(machine_mounts(), working_directory);
  const UniqueFd outer_namespace = sys::open_mount_namespace();
  const UniqueFd outer_root(checked(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "open /"));
  sys::enter_fresh_mounts();
  UniqueFd base_namespace = sys::open_mount_namespace();
  auto base = BaseBuilder(working_directory).build(plan);
  base.mount_namespace = std::move(base_namespace);
  sys::enter_mounts(outer_namespace);
  checked(::fchdir(outer_root.get()), "return to the root directory");
  checked(::chroot("."), "return to the root directory");
  return base;
}

}  // namespace exitproof
