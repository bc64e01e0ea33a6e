#include "harness/trial/world/file_ledger.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <string_view>

#include "harness/linux/mountinfo.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/tree/call_paths.hpp"
#include "harness/trial/world/file_changes.hpp"
#include "harness/trial/world/file_undo.hpp"
#include "harness/trial/world/ipc_changes.hpp"

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

std::uint64_t regular_size(const struct stat& status) {
  return S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
}

constexpr unsigned other_names_held = 256;  // descriptors are few

bool renames(const MetCall& call) {
  return call.call_class == CallClass::rename;
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::string moved_below(const std::string& path, const std::string& from, const std::string& to) {
  return to + path.substr(from.size());
}

}  // namespace

CallClasses FileLedger::classes() {
  CallClasses classes;
  for (const CallClass each : watched) {
    classes.set(static_cast<std::size_t>(each));
  }
  return classes;
}

void FileLedger::close() {
  files_ = {};
  held_ = 0;
  assumes_ = false;
  moves_.clear();
  unsettled_.clear();
  unanswered_.clear();
  objects_before_.clear();
  objects_named_.clear();
}

void FileLedger::open() {
  close();
  files_.since = sys::birth_of_now();
  for (const sys::IpcObject& object : sys::read_ipc_objects()) {
    objects_before_.emplace(object.kind, object.id);
  }
}

// Where the file at `path`, or one made there, belongs in the machine as it was before the trial moved directories.
// Nothing when that place did not exist.
std::optional<std::string> FileLedger::home_of(const std::string& path) const {
  std::string home = path;
  for (auto move = moves_.rbegin(); move != moves_.rend(); ++move) {
    if (sys::lies_within(home, move->to)) {
      home = moved_below(home, move->to, move->from);
    } else if (sys::lies_within(home, move->from)) {
      if (!move->exchange) {
        return std::nullopt;
      }
      home = moved_below(home, move->from, move->to);
    }
  }
  return home;
}

void FileLedger::note_home(const std::string& home, const std::string& now_at) {
  BookedFile& booked = files_.paths[home];
  if (booked.is_home) {
    return;
  }
  booked.is_home = true;
  const auto identity = sys::inode_at(now_at);
  // What was born since then is the trial's too, when nobody knows which calls succeeded.
  if (!identity || files_.made.contains(*identity) || (assumes_ && files_.is_young(*identity))) {
    return;
  }
  // Under another name it may be changed already.
  const auto twin = std::find_if(files_.paths.begin(), files_.paths.end(), [&](const auto& each) {
    return each.second.before && each.second.before->identity == *identity;
  });
  booked.before = twin != files_.paths.end() ? twin->second.before : state_at(now_at);
  if (!booked.before || options_.kept == nullptr) {
    return;
  }
  if (twin != files_.paths.end()) {
    booked.other_names = twin->second.other_names;
    return;
  }
  if (booked.before->status.st_nlink > 1 && !booked.before->is_directory() && held_ < other_names_held) {
    booked.other_names = std::make_shared<sys::UniqueFd>(::open(now_at.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    ++held_;
  }
  if (sys::lies_within(home, options_.working_directory)) {
    options_.kept->keep(home, now_at);
  }
}

void FileLedger::note(const std::string& path, std::vector<std::string>& noted) {
  files_.paths.try_emplace(path);
  noted.push_back(path);
  if (const auto home = home_of(path)) {
    note_home(*home, path);
    if (*home != path) {
      noted.push_back(*home);
    }
  }
}

FileLedger::Promise FileLedger::promise(const MetCall& call, const std::vector<std::string>& paths) {
  Promise promise;
  if (renames(call) && paths.size() == 2 && is_directory(paths[0])) {
    const bool exchange = call.number == SYS_renameat2 && (call.args[4] & RENAME_EXCHANGE) != 0;
    promise.move = Move{paths[0], paths[1], exchange};
    promise.moved = sys::inode_at(paths[0]);
  } else if (renames(call) && paths.size() == 2 && is_directory(paths[1])) {
    promise.move = Move{paths[1], paths[0], true};  // if at all, they change places
    promise.moved = sys::inode_at(paths[1]);
  }
  for (const std::string& path : paths) {
    if (is_on_disk(path)) {
      note(path, promise.paths);
    }
  }
  for (const std::string& path : promise.paths) {
    if (const auto identity = sys::inode_at(path)) {
      promise.there_before.insert(*identity);
    }
  }
  return promise;
}

// Of a move whose result is not known, what the directory's place tells.
void FileLedger::settle_moves() {
  std::erase_if(unsettled_, [this](const auto& unsettled) {
    const Promise& promise = unsettled.second;
    if (promise.moved != sys::inode_at(promise.move->to)) {
      return false;
    }
    moves_.push_back(*promise.move);
    return true;
  });
}

int FileLedger::before_call(const Task& task, const MetCall& call) {
  if (call.call_class == CallClass::kill && static_cast<int>(call.args[0]) == -1) {
    return EPERM;  // every process of the user, the harness among them
  }
  settle_moves();
  unsettled_.erase(task.tid);  // it has failed
  const std::vector<std::string> paths = paths_changed_by(task, call);
  if (std::any_of(paths.begin(), paths.end(), [](const auto& path) { return lies_in_any(path, machine_switches); })) {
    return EROFS;
  }
  unanswered_[task.tid] = promise(call, paths);
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
  if (answered.empty()) {
    return;
  }
  const Promise& promise = answered.mapped();
  for (const std::string& path : promise.paths) {
    BookedFile& booked = files_.paths[path];
    booked.touched = true;
    if (const auto now = sys::inode_at(path)) {
      booked.left = now;
      if (!promise.there_before.contains(*now)) {
        files_.made.insert(*now);
      }
    }
  }
  if (promise.move) {
    moves_.push_back(*promise.move);
  }
}

int FileLedger::assume_call(const Task& task, const MetCall& call) {
  assumes_ = true;
  const int error = before_call(task, call);
  auto noted = unanswered_.extract(task.tid);
  if (noted.empty()) {
    return error;
  }
  for (const std::string& path : noted.mapped().paths) {
    files_.paths[path].touched = files_.paths[path].assumed = true;
  }
  if (noted.mapped().move) {
    unsettled_[task.tid] = std::move(noted.mapped());
  }
  return error;
}

bool FileLedger::is_unanswered(const std::string& path) const {
  return std::any_of(unanswered_.begin(), unanswered_.end(), [&](const auto& call) {
    const std::vector<std::string>& paths = call.second.paths;
    return std::find(paths.begin(), paths.end(), path) != paths.end();
  });
}

// Not what somebody else put there meanwhile.
bool FileLedger::is_own(const std::string& path, const BookedFile& booked, const sys::Inode& now) const {
  return files_.is_left_by_trial(booked, now) || files_.made.contains(now) || is_unanswered(path);
}

std::optional<FileChange> FileLedger::change_at(const std::string& path, const BookedFile& booked) const {
  const auto now = state_at(path);
  if (!now) {
    if (!booked.before) {
      return std::nullopt;
    }
    FileChange change;
    change.path = path;
    change.kind = ChangeKind::deleted;
    change.type = file_type_of(booked.before->status.st_mode);
    change.size_before = regular_size(booked.before->status);
    return change;
  }
  if (booked.before ? same_state(*booked.before, *now) : !is_own(path, booked, now->identity)) {
    return std::nullopt;
  }
  const auto [directory, name] = split(path);
  const sys::UniqueFd parent = open_directory(directory);
  auto change = describe_change(parent.get(), name, path, booked.before ? ChangeKind::changed : ChangeKind::created);
  if (change && sys::lies_within(path, "/dev/mqueue")) {
    *change = {path, change->kind, FileType::posix_queue, 0, {}, {}};
  }
  if (change && booked.before) {
    change->size_before = regular_size(booked.before->status);
    change->replaced = booked.before->identity != now->identity;
    change->content_changed = content_changed(*booked.before, *now);
    change->attributes_changed = attributes_changed(booked.before->status, now->status);
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
  for (const auto& [path, booked] : files_.paths) {
    const bool own = !options_.own_folder.empty() && sys::lies_within(path, options_.own_folder);
    auto change = own ? std::nullopt : change_at(path, booked);
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

std::vector<std::string> FileLedger::lasting_changes() const {
  std::vector<std::string> lasting;
  for (const auto& [path, booked] : files_.paths) {
    const auto now = booked.before ? state_at(path) : std::nullopt;
    if (booked.before && (!now || !same_but_for_time(*booked.before, *now))) {
      lasting.push_back(path + ": this file of the machine was " + (now ? "changed" : "deleted"));
    }
  }
  return lasting;
}

std::vector<std::string> FileLedger::undo() {
  for (auto& [path, booked] : files_.paths) {
    if (is_unanswered(path)) {
      booked.touched = booked.assumed = true;
    }
  }
  auto stays = FileUndo(files_, *options_.kept).run();
  for (const sys::IpcObject& object : made_objects()) {
    remove_object(object.kind, object.id);
  }
  close();
  return stays;
}

}  // namespace exitproof
