#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <stdexcept>
#include <utility>

#include "scenarios/defect.hpp"
#include "scenarios/orderly.hpp"

// A report while it is written. It has no name until it is whole (O_TMPFILE, open(2)): then there is nothing to clean
// up, after SIGKILL neither. Where the file system cannot do that, it has a name that tells whose it is, NAME.PID.part,
// and a lock for as long as its writer lives; what is not locked is dead, and the next start sweeps it away.
namespace report {

inline constexpr const char* part_suffix = ".part";

inline void check(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

/// While it lives, nobody else of this program makes or sweeps parts: between a part's birth and its lock it would
/// look dead.
class FolderLock {
 public:
  FolderLock() : folder_(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    check(folder_ >= 0 && flock(folder_, LOCK_EX) == 0, "flock .");
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() { close(folder_); }

 private:
  int folder_;
};

inline void sweep_one(const char* part) {
  const int file = open(part, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return;
  const bool dead = flock(file, LOCK_EX | LOCK_NB) == 0;
  if (dead || defect::is("sweeps_the_living")) unlink(part);
  close(file);
}

/// Removes what killed writers have left.
inline void sweep() {
  const FolderLock locked;
  DIR* const folder = opendir(".");
  check(folder != nullptr, "opendir .");
  while (const dirent* entry = readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (name.starts_with("report.") && name.ends_with(part_suffix)) sweep_one(entry->d_name);
  }
  closedir(folder);
}

class Draft {
 public:
  /// `named`: with a name from the start. Throws std::runtime_error.
  Draft(const char* name, bool named) : name_(name) {
    std::snprintf(part_, sizeof part_, "%s.%d%s", name, static_cast<int>(getpid()), part_suffix);
    if (!make(named) && errno == ENOSPC) {
      sweep();  // the dead may have what we need
      make(named);
    }
    check(file_ >= 0, "open");
    stream_ = fdopen(file_, "w");
    if (stream_ == nullptr) discard();
    check(stream_ != nullptr, "fdopen");
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    if (!defect::is("cleans_up_on_success_only") && !defect::is("catches_std_exception_only")) discard();
  }

  void add(const char* text) { check(std::fputs(text, stream_) >= 0, "write"); }

  /// Gives the draft the report's name, in one step: until then an older report is untouched.
  void publish() {
    if (defect::is("close_unchecked")) {
      std::fclose(std::exchange(stream_, nullptr));  // what was still buffered may be lost, and nobody asks
      rename(part_, name_);
      has_part_ = false;
      return;
    }
    // close(2) may come too late to hear of a full disk: what is to be lasting is asked for before.
    check(std::fflush(stream_) == 0 && fsync(file_) == 0, "write");
    if (!has_part_ && linked(name_)) return;
    check(has_part_ || linked(part_), "link");
    has_part_ = !defect::is("lets_go_before_rename");
    check(rename(part_, name_) == 0, "rename");
    has_part_ = false;
  }

  /// What is not published is gone. May be called twice.
  void discard() {
    if (has_part_) unlink(part_);
    has_part_ = false;
    if (stream_ != nullptr) {
      std::fclose(std::exchange(stream_, nullptr));
    } else if (file_ >= 0) {
      close(file_);
    }
    file_ = -1;
  }

 private:
  bool make(bool named) {
    if (!named) {
      file_ = open(".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
      named = file_ < 0 && (errno == EOPNOTSUPP || errno == EISDIR);
    }
    if (!named) return file_ >= 0 && locked();
    if (defect::is("part_before_lock")) return make_named();
    const FolderLock no_sweep;
    return make_named();
  }

  bool make_named() {
    file_ = open(part_, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    has_part_ = file_ >= 0;
    return has_part_ && locked();
  }

  bool locked() {
    if (flock(file_, LOCK_EX) == 0) return true;
    discard();
    throw std::runtime_error("flock");
  }

  /// False when there is such a name already. Throws std::runtime_error.
  bool linked(const char* name) {
    char path[32];
    std::snprintf(path, sizeof path, "/proc/self/fd/%d", file_);
    if (linkat(AT_FDCWD, path, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) return has_part_ = name == part_, true;
    check(errno == EEXIST && name != part_, "linkat");
    return false;
  }

  const char* name_;
  char part_[64];
  int file_ = -1;
  bool has_part_ = false;  ///< and we answer for it
  std::FILE* stream_ = nullptr;
};

}  // namespace report
