#include "harness/trial/file_ledger.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <functional>
#include <string_view>

#include "harness/linux/digest.hpp"
#include "harness/linux/mountinfo.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/call_paths.hpp"
#include "harness/trial/file_changes.hpp"
#include "harness/trial/ipc_changes.hpp"

namespace exitproof {

namespace {

constexpr std::array watched = {CallClass::open, CallClass::rename,   CallClass::unlink, CallClass::mkdir,
                                CallClass::link, CallClass::truncate, CallClass::chmod,  CallClass::bind,
                                CallClass::shm,  CallClass::kill};

// Through these root can change the machine itself.
constexpr std::array machine_switches = {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/acpi", "/sys"};
// Files here are no files, but for these two directories.
constexpr std::array not_on_disk = {"/proc", "/sys", "/dev"};
constexpr std::array on_disk_after_all = {"/dev/shm", "/dev/mqueue"};

bool lies_in_any(const std::string& path, const auto& places) {
  return std::any_of(places.begin(), places.end(), [&](const char* place) { return sys::lies_within(path, place); });
}

bool is_on_disk(const std::string& path) {
  return !lies_in_any(path, not_on_disk) || lies_in_any(path, on_disk_after_all);
}

std::pair<std::string, std::string> split(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return {path.substr(0, slash + 1), path.substr(slash + 1)};
}

sys::UniqueFd open_directory(const std::string& path) {
  return sys::UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

std::string digest_of(const std::string& path, const struct stat& status) {
  if (S_ISLNK(status.st_mode)) {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    return {target.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
  }
  if (!S_ISREG(status.st_mode) || status.st_size > KeptFiles::largest) {
    return {};
  }
  const sys::UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  return file.is_open() ? sys::digest_of_file(file.get()) : std::string();
}

std::uint64_t regular_size(const struct stat& status) {
  return S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
}

FileType type_of(mode_t mode) {
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

bool same_moment(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

CallClasses FileLedger::classes() {
  CallClasses classes;
  for (const CallClass each : watched) {
    classes.set(static_cast<std::size_t>(each));
  }
  return classes;
}

void FileLedger::open() {
  entries_.clear();
  unanswered_.clear();
  objects_before_.clear();
  objects_named_.clear();
  for (const sys::IpcObject& object : sys::read_ipc_objects()) {
    objects_before_.emplace(object.kind, object.id);
  }
}

std::optional<FileLedger::State> FileLedger::state_of(const std::string& path) {
  State state;
  if (::lstat(path.c_str(), &state.status) != 0) {
    return std::nullopt;
  }
  state.digest = digest_of(path, state.status);
  return state;
}

bool FileLedger::is_same(const State& a, const State& b) {
  if (a.status.st_mode != b.status.st_mode || a.status.st_uid != b.status.st_uid ||
      a.status.st_gid != b.status.st_gid || a.digest != b.digest) {
    return false;
  }
  return !S_ISREG(a.status.st_mode) ||
         (a.status.st_size == b.status.st_size && same_moment(a.status.st_mtim, b.status.st_mtim));
}

void FileLedger::note(const std::string& path) {
  if (entries_.contains(path)) {
    return;
  }
  Entry& entry = entries_[path];
  entry.before = state_of(path);
  if (entry.before && options_.kept != nullptr && sys::lies_within(path, options_.working_directory)) {
    options_.kept->keep(path, entry.before->status);
  }
}

int FileLedger::before_call(const Task& task, const MetCall& call) {
  if (call.call_class == CallClass::kill && static_cast<int>(call.args[0]) == -1) {
    return EPERM;  // every process of the user, the harness among them
  }
  std::vector<std::string> noted;
  for (std::string& path : paths_changed_by(task, call)) {
    if (lies_in_any(path, machine_switches)) {
      return EROFS;
    }
    const bool own = !options_.own_folder.empty() && sys::lies_within(path, options_.own_folder);
    if (is_on_disk(path) && !own) {
      note(path);
      noted.push_back(std::move(path));
    }
  }
  unanswered_[task.tid] = std::move(noted);
  return 0;
}

void FileLedger::after_call(const Task& task, const MetCall& call, std::int64_t result) {
  const auto answered = unanswered_.extract(task.tid);
  if (result < 0) {
    return;
  }
  if (const auto kind = ipc_kind_of_call(call.number)) {
    objects_named_.emplace(*kind, static_cast<int>(result));
  }
  for (const std::string& path : answered.empty() ? std::vector<std::string>() : answered.mapped()) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) {
      entries_[path].made = Identity{status.st_dev, status.st_ino};
    }
  }
}

int FileLedger::assume_call(const Task& task, const MetCall& call) {
  const int error = before_call(task, call);
  const auto noted = unanswered_.extract(task.tid);
  for (const std::string& path : noted.empty() ? std::vector<std::string>() : noted.mapped()) {
    entries_[path].assumed = true;
  }
  return error;
}

bool FileLedger::is_unanswered(const std::string& path) const {
  return std::any_of(unanswered_.begin(), unanswered_.end(), [&](const auto& call) {
    return std::find(call.second.begin(), call.second.end(), path) != call.second.end();
  });
}

// Not what somebody else put there meanwhile.
bool FileLedger::is_own(const std::string& path, const Entry& entry, const State& now) const {
  return entry.made == now.identity() || entry.assumed || is_unanswered(path);
}

std::set<FileLedger::Identity> FileLedger::identities_before() const {
  std::set<Identity> identities;
  for (const auto& [path, entry] : entries_) {
    if (entry.before) {
      identities.insert(entry.before->identity());
    }
  }
  return identities;
}

std::optional<FileChange> FileLedger::change_at(const std::string& path, const Entry& entry) const {
  const auto now = state_of(path);
  if (!now) {
    if (!entry.before) {
      return std::nullopt;
    }
    FileChange change;
    change.path = path;
    change.kind = ChangeKind::deleted;
    change.type = type_of(entry.before->status.st_mode);
    change.size_before = regular_size(entry.before->status);
    return change;
  }
  if (entry.before ? is_same(*entry.before, *now) : !is_own(path, entry, *now)) {
    return std::nullopt;
  }
  const auto [directory, name] = split(path);
  const sys::UniqueFd parent = open_directory(directory);
  auto change = describe_change(parent.get(), name, path, entry.before ? ChangeKind::changed : ChangeKind::created);
  if (change && sys::lies_within(path, "/dev/mqueue")) {
    *change = {path, change->kind, FileType::posix_queue, 0, {}, {}};
  }
  if (change && entry.before) {
    change->size_before = regular_size(entry.before->status);
    change->replaced = entry.before->identity() != now->identity();
  }
  return change;
}

std::vector<sys::IpcObject> FileLedger::made_objects() const {
  std::vector<sys::IpcObject> made;
  if (objects_named_.empty()) {
    return made;
  }
  for (const sys::IpcObject& object : sys::read_ipc_objects()) {
    const std::pair id(object.kind, object.id);
    if (objects_named_.contains(id) && !objects_before_.contains(id)) {
      made.push_back(object);
    }
  }
  return made;
}

std::vector<FileChange> FileLedger::changes() const {
  std::map<std::string, FileChange> changes;
  for (const auto& [path, entry] : entries_) {
    auto change = change_at(path, entry);
    if (!change) {
      continue;
    }
    const bool whole_tree = change->kind == ChangeKind::created && change->type == FileType::directory;
    changes.emplace(path, std::move(*change));
    if (const auto directory = whole_tree ? open_directory(path) : sys::UniqueFd(); directory.is_open()) {
      std::vector<FileChange> below;
      add_created_tree(directory.get(), path, below);
      for (FileChange& each : below) {
        changes.emplace(each.path, each);
      }
    }
  }
  for (const sys::IpcObject& object : made_objects()) {
    FileChange change = created_object(object);
    changes.emplace(change.path, change);
  }
  std::vector<FileChange> sorted;
  for (auto& [path, change] : changes) {
    sorted.push_back(std::move(change));
  }
  return sorted;
}

std::optional<std::string> FileLedger::moved_to(const std::string& path, const State& before) const {
  for (const auto& [other, entry] : entries_) {
    struct stat status {};
    const bool was_there = entry.before && entry.before->identity() == before.identity();
    if (other != path && !was_there && ::lstat(other.c_str(), &status) == 0 && status.st_dev == before.status.st_dev &&
        status.st_ino == before.status.st_ino) {
      return other;
    }
  }
  return std::nullopt;
}

std::vector<std::string> FileLedger::lasting_changes() const {
  std::vector<std::string> lasting;
  for (const auto& [path, entry] : entries_) {
    if (!entry.before || (options_.kept != nullptr && options_.kept->has(path))) {
      continue;
    }
    const auto now = state_of(path);
    if (!now && !(options_.kept != nullptr && moved_to(path, *entry.before))) {
      lasting.push_back(path + " was deleted");
    } else if (now && !is_same(*entry.before, *now)) {
      lasting.push_back(path + " was changed");
    }
  }
  return lasting;
}

void FileLedger::move_back() {
  const auto machines = identities_before();
  for (const auto& [path, entry] : entries_) {
    struct stat status {};
    const bool there = ::lstat(path.c_str(), &status) == 0;
    const bool same = there && entry.before && entry.before->identity() == Identity{status.st_dev, status.st_ino};
    if (!entry.before || same) {
      continue;
    }
    // A name of its own that a link shows is the trial's to remove, not the file's to be moved to.
    if (const auto other = moved_to(path, *entry.before)) {
      // A file of the machine that has the name now changes places: it must never be the one that is overwritten.
      const bool taken = there && machines.contains(Identity{status.st_dev, status.st_ino});
      ::renameat2(AT_FDCWD, other->c_str(), AT_FDCWD, path.c_str(), taken ? RENAME_EXCHANGE : 0U);
    }
  }
}

void FileLedger::remove_created() {
  const auto machines = identities_before();
  for (const auto& [path, entry] : entries_) {
    // A directory whose rights were taken away hides what is in it.
    if (const auto now = entry.before ? std::nullopt : state_of(path);
        now && S_ISDIR(now->status.st_mode) && is_own(path, entry, *now)) {
      ::chmod(path.c_str(), S_IRWXU);
    }
  }
  const std::vector<FileChange> all = changes();
  for (auto change = all.rbegin(); change != all.rend(); ++change) {
    if (change->kind != ChangeKind::created || !change->path.starts_with('/')) {
      continue;
    }
    const auto now = state_of(change->path);
    const auto entry = entries_.find(change->path);
    const bool made = entry != entries_.end() ? now && is_own(change->path, entry->second, *now) : true;
    // Another name of a file of the machine may go; its last one may not.
    if (now && made && (!machines.contains(now->identity()) || now->status.st_nlink > 1)) {
      const auto [directory, name] = split(change->path);
      const sys::UniqueFd parent = open_directory(directory);
      ::unlinkat(parent.get(), name.c_str(), change->type == FileType::directory ? AT_REMOVEDIR : 0);
    }
  }
  for (const sys::IpcObject& object : made_objects()) {
    remove_object(object.kind, object.id);
  }
}

void FileLedger::put_back() {
  for (const auto& [path, entry] : entries_) {
    if (!entry.before || options_.kept == nullptr || !sys::lies_within(path, options_.working_directory)) {
      continue;
    }
    struct stat status {};
    const bool gone = ::lstat(path.c_str(), &status) != 0;
    if (options_.kept->has(path)) {
      options_.kept->put_back(path);
    } else if (gone && S_ISDIR(entry.before->status.st_mode)) {
      ::mkdir(path.c_str(), entry.before->status.st_mode);
    } else if (gone && S_ISLNK(entry.before->status.st_mode)) {
      static_cast<void>(!::symlink(entry.before->digest.c_str(), path.c_str()));
    }
  }
}

void FileLedger::undo() {
  move_back();
  remove_created();
  put_back();
  entries_.clear();
  unanswered_.clear();
}

}  // namespace exitproof
