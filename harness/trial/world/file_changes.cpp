#include "harness/trial/world/file_changes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <fmt/format.h>

#include <array>
#include <climits>
#include <optional>
#include <set>
#include <string_view>

#include "harness/linux/digest.hpp"
#include "harness/linux/directory.hpp"
#include "harness/linux/file_copy.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/world/file_state.hpp"

namespace exitproof {

namespace {

using sys::UniqueFd;

std::string join(const std::string& directory, const std::string& name) {
  if (directory.empty() || directory.back() == '/') {
    return directory + name;
  }
  return directory + '/' + name;
}

// Below a layer's root, paths are relative; the root itself is ".".
std::string join_relative(const std::string& directory, const std::string& name) {
  return directory == "." ? name : directory + '/' + name;
}

// A file in one of the layers, by a path below that layer's root, as it was when it was found.
struct Node {
  int layer = -1;
  std::string path;
  struct stat status {};

  bool is_directory() const { return S_ISDIR(status.st_mode); }
  bool is_regular() const { return S_ISREG(status.st_mode); }
  UniqueFd open(int flags) const { return UniqueFd(::openat(layer, path.c_str(), flags | O_NOFOLLOW | O_CLOEXEC)); }
  std::set<std::string> names() const { return sys::names_in(layer, path); }
  bool is(const Node& other) const { return layer == other.layer && path == other.path; }
};

std::optional<Node> find(int layer, std::string path) {
  Node node{layer, std::move(path), {}};
  if (::fstatat(layer, node.path.c_str(), &node.status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) {
    return std::nullopt;
  }
  return node;
}

std::optional<Node> find_in(const std::optional<Node>& directory, const std::string& name) {
  return directory ? find(directory->layer, join_relative(directory->path, name)) : std::nullopt;
}

std::optional<Node> when_directory(std::optional<Node> node) {
  return node && node->is_directory() ? std::move(node) : std::nullopt;
}

bool is_whiteout(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == makedev(0, 0);
}

std::string link_target(const Node& node) {
  std::array<char, PATH_MAX> target;
  const auto length = ::readlinkat(node.layer, node.path.c_str(), target.data(), target.size());
  return length < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

// Large files of the machine that show up elsewhere, because their directory was renamed, are told
// apart by what they are, not read: they may be as large as the disk.
constexpr off_t largest_unchanged_read = 1 << 20;

std::string identity_of(const struct stat& status) {
  return fmt::format("unread-{:x}-{:x}-{:x}-{:x}.{:x}", status.st_dev, status.st_ino, status.st_size,
                     status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

constexpr std::string_view unreadable = "unreadable";

std::string digest_of(const Node& node) {
  if (S_ISLNK(node.status.st_mode)) {
    return link_target(node);
  }
  if (!node.is_regular()) {
    return {};
  }
  // Another user's file cannot be opened without touching its access time.
  auto file = node.open(O_RDONLY | O_NOATIME | O_NONBLOCK);
  if (!file.is_open()) {
    file = node.open(O_RDONLY | O_NONBLOCK);
  }
  return file.is_open() ? sys::digest_of_file(file.get()) : std::string(unreadable);
}

// How the overlay marks a directory of the upper layer. It keeps its books under `trusted.` when
// root mounted it, else under `user.`.
struct DirectoryMarks {
  std::string opaque;
  std::string redirect;
};

DirectoryMarks marks_of(const Node& node) {
  const auto directory = node.open(O_RDONLY | O_DIRECTORY);
  std::array<char, PATH_MAX> value;
  const auto mark = [&](const std::string& name) -> std::string {
    for (const char* prefix : {"trusted.overlay.", "user.overlay."}) {
      const auto length = ::fgetxattr(directory.get(), (prefix + name).c_str(), value.data(), value.size());
      if (length > 0) {
        return {value.data(), static_cast<std::size_t>(length)};
      }
    }
    return {};
  };
  return {mark("opaque"), mark("redirect")};
}

bool same_type(const Node& a, const Node& b) {
  return (a.status.st_mode & S_IFMT) == (b.status.st_mode & S_IFMT);
}

bool same_owner_and_mode(const struct stat& a, const struct stat& b) {
  return a.st_mode == b.st_mode && a.st_uid == b.st_uid && a.st_gid == b.st_gid;
}

bool same_times(const struct stat& a, const struct stat& b) {
  return a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

bool same_attributes(const Node& a, const Node& b) {
  return sys::extended_attributes(a.open(O_PATH).get()) == sys::extended_attributes(b.open(O_PATH).get());
}

std::uint64_t size_of(const Node& node) {
  return node.is_regular() ? static_cast<std::uint64_t>(node.status.st_size) : 0;
}

bool ends_line(const Node& node) {
  if (!node.is_regular() || node.status.st_size == 0) {
    return node.is_regular();
  }
  char last = 0;
  const auto file = node.open(O_RDONLY | O_NONBLOCK);
  return file.is_open() && ::pread(file.get(), &last, 1, node.status.st_size - 1) == 1 && last == '\n';
}

constexpr mode_t permission_bits = 07777;

FileChange change_of(std::string path, ChangeKind kind, const Node& node) {
  FileChange change;
  change.path = std::move(path);
  change.kind = kind;
  change.type = file_type_of(node.status.st_mode);
  if (kind == ChangeKind::deleted) {
    change.size_before = size_of(node);
  } else {
    change.size = size_of(node);
    change.digest = digest_of(node);
    change.ends_line = ends_line(node);
    change.mode = S_ISLNK(node.status.st_mode) ? 0U : node.status.st_mode & permission_bits;
  }
  return change;
}

// How the overlay writes down where a copy came from: struct ovl_fb of the kernel's fs/overlayfs/overlayfs.h, and
// behind it what name_to_handle_at(2) gives.
constexpr std::size_t origin_header = 21;
constexpr std::size_t origin_handle_type = 4;

std::optional<std::string> origin_of(const UniqueFd& file) {
  std::array<char, origin_header + MAX_HANDLE_SZ> value;
  for (const char* name : {"trusted.overlay.origin", "user.overlay.origin"}) {
    const auto length = ::fgetxattr(file.get(), name, value.data(), value.size());
    if (length >= 0) {
      return std::string(value.data(), static_cast<std::size_t>(length));
    }
  }
  return std::nullopt;
}

// Its type in the first byte; empty where the file system gives none.
std::string handle_of(const Node& node) {
  alignas(file_handle) std::array<char, sizeof(file_handle) + MAX_HANDLE_SZ> space{};
  auto* const handle = new (space.data()) file_handle{};
  handle->handle_bytes = MAX_HANDLE_SZ;
  int mount = 0;
  if (::name_to_handle_at(node.layer, node.path.c_str(), handle, &mount, 0) != 0) {
    return {};
  }
  return static_cast<char>(handle->handle_type) + std::string(space.data() + sizeof(file_handle), handle->handle_bytes);
}

// A copy of a file of the machine remembers where it came from; another file that took its name does not, or came from
// elsewhere. Where the file system below has no handles, any copy may be a copy of any file.
bool is_copy_of(const Node& node, const Node& before) {
  const auto file = node.open(O_RDONLY | O_NONBLOCK);
  if (!file.is_open()) {
    return true;
  }
  const auto origin = origin_of(file);
  const std::string handle = handle_of(before);
  if (!origin || origin->size() <= origin_header || handle.empty()) {
    return origin.has_value();
  }
  return (*origin)[origin_handle_type] + origin->substr(origin_header) == handle;
}

// Compares the merged view of one overlay with its lower layer.
class LayerComparison {
 public:
  LayerComparison(const LayersToCompare& layers, std::vector<FileChange>& changes)
      : layers_(layers), changes_(changes) {}

  void run_on_file(const std::string& name) {
    const auto upper = find(layers_.upper, name);
    const auto lower = find(layers_.lower, name);
    if (!upper || !lower) {
      sys::throw_errno("stat of " + layers_.place);
    }
    if (!is_same(*upper, *lower)) {
      add(layers_.place, ChangeKind::changed, *upper);
      add_what_changed(*upper, *lower);
    }
  }

  void run() {
    const auto upper = find(layers_.upper, ".");
    const auto before = find(layers_.lower, ".");
    if (!upper || !before) {
      sys::throw_errno("stat of a layer of " + layers_.place);
    }
    compare_entry(layers_.place, *upper, {upper, layers_.merged ? before : std::nullopt}, before);
  }

 private:
  // A directory of the merged view: what the trial put there, over what it shows of the lower layer.
  struct View {
    std::optional<Node> upper;
    std::optional<Node> source;
  };

  void compare_entry(const std::string& path, const Node& node, const View& view, const std::optional<Node>& before) {
    if (!before) {
      add(path, ChangeKind::created, node);
    } else if (!is_same(node, *before)) {
      add(path, ChangeKind::changed, node);
      add_what_changed(node, *before);
      changes_.back().replaced = layers_.merged && node.layer == layers_.upper && is_another(node, *before);
    }
    if (node.is_directory()) {
      compare_directories(path, view, when_directory(before));
    }
  }

  void compare_directories(const std::string& path, const View& now, const std::optional<Node>& before) {
    const bool shows_what_was_there = now.source && before ? now.source->is(*before) : !now.source && !before;
    const auto upper_names = now.upper ? now.upper->names() : std::set<std::string>();
    for (const auto& name : upper_names) {
      compare_upper_entry(path, name, now, before);
    }
    if (!shows_what_was_there) {
      compare_rest(path, upper_names, now, before);
    }
  }

  // The directory was replaced or moved here: what shines through is new, what was here is gone.
  void compare_rest(const std::string& path, const std::set<std::string>& upper_names, const View& now,
                    const std::optional<Node>& before) {
    const auto source_names = now.source ? now.source->names() : std::set<std::string>();
    for (const auto& name : source_names) {
      const auto node = upper_names.contains(name) ? std::nullopt : find_in(now.source, name);
      if (node) {
        compare_entry(join(path, name), *node, {std::nullopt, when_directory(node)}, find_in(before, name));
      }
    }
    for (const auto& name : before ? before->names() : std::set<std::string>()) {
      const auto node =
          upper_names.contains(name) || source_names.contains(name) ? std::nullopt : find_in(before, name);
      if (node) {
        add(join(path, name), ChangeKind::deleted, *node);
      }
    }
  }

  void compare_upper_entry(const std::string& path, const std::string& name, const View& parent,
                           const std::optional<Node>& parent_before) {
    const auto upper = find_in(parent.upper, name);
    if (!upper) {
      return;
    }
    const auto before = find_in(parent_before, name);
    if (!is_whiteout(upper->status)) {
      compare_entry(join(path, name), *upper, {when_directory(upper), source_of(*upper, parent.source, name)}, before);
    } else if (before) {
      add(join(path, name), ChangeKind::deleted, *before);
    }
  }

  // The lower directory that a directory of the upper layer is merged with.
  std::optional<Node> source_of(const Node& upper, const std::optional<Node>& parent_source, const std::string& name) {
    if (!upper.is_directory() || !layers_.merged) {
      return std::nullopt;
    }
    const auto marks = marks_of(upper);
    if (marks.opaque == "y") {
      return std::nullopt;
    }
    if (marks.redirect.starts_with('/')) {
      return when_directory(find(layers_.lower, marks.redirect.substr(1)));
    }
    return when_directory(find_in(parent_source, marks.redirect.empty() ? name : marks.redirect));
  }

  bool is_same(const Node& now, const Node& before) {
    if (now.is(before)) {
      return true;
    }
    if (!same_owner_and_mode(now.status, before.status) && !is_copy_without_owner(now, before)) {
      return false;
    }
    switch (now.status.st_mode & S_IFMT) {
      case S_IFDIR:
        return same_attributes(now, before);
      case S_IFLNK:
        return link_target(now) == link_target(before);
      case S_IFREG:
        return now.status.st_size == before.status.st_size && same_times(now.status, before.status) &&
               same_attributes(now, before) && digest_of(now) == digest_of(before);
      default:
        return now.status.st_rdev == before.status.st_rdev;
    }
  }

  // A link cannot be made to lead elsewhere, only replaced.
  bool is_another(const Node& now, const Node& before) const {
    if (!same_type(now, before)) {
      return true;
    }
    if (S_ISLNK(now.status.st_mode)) {
      return link_target(now) != link_target(before);
    }
    return now.is_regular() && !is_copy_of(now, before) &&
           (layers_.copies == nullptr || !layers_.copies->contains(now.status.st_ino));
  }

  bool is_copy_without_owner(const Node& now, const Node& before) const {
    if (layers_.owners_kept || !same_type(now, before)) {
      return false;
    }
    const auto rights = sys::read_attributes(before.open(O_PATH).get()).rights_of_caller;
    return now.status.st_mode == ((before.status.st_mode & ~mode_t{S_IRWXU}) | rights);
  }

  void add_what_changed(const Node& now, const Node& before) {
    FileChange& change = changes_.back();
    change.size_before = size_of(before);
    change.content_changed = is_other_content(change, now, before);
    struct stat expected = before.status;
    if (is_copy_without_owner(now, before)) {
      expected.st_mode = now.status.st_mode;
      expected.st_uid = now.status.st_uid;
      expected.st_gid = now.status.st_gid;
    }
    change.attributes_changed = attributes_changed(expected, now.status, !same_attributes(now, before));
  }

  // Of a file that is not read nobody knows.
  std::optional<bool> is_other_content(const FileChange& change, const Node& now, const Node& before) {
    if (!same_type(now, before)) {
      return true;
    }
    if (!now.is_regular()) {
      return S_ISLNK(now.status.st_mode) && link_target(now) != link_target(before);
    }
    if (now.status.st_size != before.status.st_size) {
      return true;
    }
    if (is_unread(now) || change.digest == unreadable) {
      return std::nullopt;
    }
    const std::string digest = digest_of(before);
    return digest == unreadable ? std::nullopt : std::optional(change.digest != digest);
  }

  bool is_unread(const Node& node) const {
    return node.layer == layers_.lower && node.is_regular() && node.status.st_size > largest_unchanged_read;
  }

  void add(const std::string& path, ChangeKind kind, const Node& node) {
    if (kind != ChangeKind::deleted && is_unread(node)) {
      changes_.push_back({path,
                          kind,
                          FileType::regular,
                          static_cast<std::uint64_t>(node.status.st_size),
                          identity_of(node.status),
                          {}});
      return;
    }
    changes_.push_back(change_of(path, kind, node));
  }

  const LayersToCompare& layers_;
  std::vector<FileChange>& changes_;
};

}  // namespace

FileType file_type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return FileType::regular;
    case S_IFDIR:
      return FileType::directory;
    case S_IFLNK:
      return FileType::symlink;
    case S_IFSOCK:
      return FileType::socket;
    case S_IFIFO:
      return FileType::fifo;
    default:
      return FileType::device;
  }
}

void add_layer_changes(const LayersToCompare& layers, std::vector<FileChange>& changes) {
  LayerComparison(layers, changes).run();
}

void add_created_tree(int directory, const std::string& place, std::vector<FileChange>& changes) {
  for (const auto& name : sys::names_in(directory, ".")) {
    const auto node = find(directory, name);
    if (!node) {
      continue;
    }
    changes.push_back(change_of(join(place, name), ChangeKind::created, *node));
    // One that its owner may not read is reported by itself.
    if (const auto below = node->open(O_RDONLY | O_DIRECTORY); node->is_directory() && below.is_open()) {
      add_created_tree(below.get(), join(place, name), changes);
    }
  }
}

void add_file_change(const LayersToCompare& directories, const std::string& name, std::vector<FileChange>& changes) {
  LayerComparison(directories, changes).run_on_file(name);
}

std::optional<FileChange> describe_change(int directory, const std::string& name, std::string path, ChangeKind kind) {
  const auto node = find(directory, name);
  return node ? std::optional(change_of(std::move(path), kind, *node)) : std::nullopt;
}

}  // namespace exitproof
