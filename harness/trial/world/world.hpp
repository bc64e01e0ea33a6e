#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "exitproof/evidence.hpp"

namespace exitproof {

class FileLedger;

struct WorldOptions {
  std::string working_directory;  ///< absolute; where the subject starts
  bool own_network = true;        ///< the namespaces were entered with a network of their own
  /// Directories that the subject is likely to write in although another user owns them, beyond
  /// /tmp and its kin. Only needed when not root, where they cannot be copied up on demand.
  std::vector<std::string> writable_places;
};

/// What the subject sees of the machine, and how far it is kept from changing it.
///
/// Belongs to the tracer's process, which must be single-threaded and have no children but those of the trial. One
/// world serves many trials, one after the other:
///
///     world.open();
///     fork: in the child, world.enter(fresh_network), then start the subject
///     world.entered(pid of the child)
///     changes = world.changes();
///     world.end_processes();
///     world.restore(changes) || world.close();
///
/// Every function throws std::system_error where the kernel refuses.
class World {
 public:
  World() = default;
  virtual ~World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// Gives the next trial empty layers, shared memory and IPC objects of its own, as far as the world has them.
  /// The calling process may move to a new IPC namespace. After restore(), the next trial gets what
  /// the last one had: it is as new.
  virtual void open() = 0;

  /// Copies existing files and directories, by the paths the subject sees, into the layers between
  /// open() and enter(). What cannot be copied is left to be copied when it is changed.
  virtual void copy_up(const std::vector<std::string>& paths) = 0;

  /// In a child forked after open(): makes the world this process's root, changes to the working
  /// directory and gives up every capability that reaches the machine. Afterwards /dev/ptmx is the
  /// world's own, if it has one: a terminal opened from it has its name in the world's /dev/pts.
  /// With `fresh_network`, the process gets a network namespace of its own with loopback up.
  virtual void enter(bool fresh_network) = 0;

  /// The same for the next run: the world, and the network, that the process given to entered() has.
  virtual void enter_again() = 0;

  /// Tells which process entered, so that the open world can serve another trial; see restore().
  virtual void entered(pid_t pid) = 0;

  /// After entered(): /proc/PID of this process, which is none of the subject's, is an empty directory in the world.
  /// Throws std::system_error.
  virtual void hide_process(pid_t pid) = 0;

  /// What the trial changed so far, against what was there at its start; sorted by path. A file
  /// that is as before in content, owner, mode, times and attributes is no change, nor is a
  /// directory for what is in it. A renamed directory is deleted here and created there. System V
  /// objects are "sysv-shm:KEY:ID", "sysv-sem:KEY:ID", "sysv-msg:KEY:ID".
  virtual std::vector<FileChange> changes() const = 0;

  /// Kills and reaps every process of the trial, those that left its tree too. Blocks until none is left; throws
  /// std::runtime_error when that cannot be had.
  virtual void end_processes() = 0;

  /// Makes the open world as new: removes what the trial created, all of which is in `changes`. A new world costs
  /// a third of a short trial, most of it waiting for the kernel and filling its caches. False, and close() is
  /// due, when the trial changed or deleted anything, or created too much. Every process of the trial must be
  /// gone, and no IPC object may have been made in it, not even one that is gone: their numbers would go on.
  virtual bool restore(const std::vector<FileChange>& changes) = 0;

  /// Forgets the layers, or undoes what the trial did where there are none. Every process of the trial must be gone.
  virtual void close() = 0;

  /// Makes the disk of the open trial full: what it holds now is all that it can hold, to the page. Room that the trial
  /// frees can be used again. Nothing may write meanwhile. The world cannot be restored afterwards. Throws
  /// std::system_error too when the world has no disk of its own.
  virtual void fill_disk() = 0;

  /// Gives the disk the room back that it had before fill_disk().
  virtual void free_disk() = 0;

  /// On a full disk: gives the world room for its own copy of an existing file, by the path that the subject sees, and
  /// makes that copy, since the call to come needs none on the machine. With `only_linked`, of a file with several
  /// names alone. The disk has as much room as before: none, or what the trial has freed since. Nothing may write meanwhile. Throws std::system_error.
  virtual void make_own_copy(const std::string& path, bool only_linked) = 0;

  /// The tmpfs that holds the upper layers of the open trial: for fstatfs(2) and for remounting it
  /// through fspick(2). Owned by the world; -1 when no trial is open, or the world has no layers.
  virtual int disk() const noexcept = 0;

  /// Whether the caller has rights outside that it gives up in the world, to mount above all.
  virtual bool takes_rights() const noexcept = 0;

  /// "path: why" for each part of the machine that is read-only or missing in the world although it
  /// is writable outside, and for each way in which it behaves otherwise.
  virtual const std::vector<std::string>& skipped() const noexcept = 0;

  /// After restore() or close(): "PATH: this file of the machine was deleted" for each that is not what it was before
  /// the trial, and stays so.
  virtual std::vector<std::string> lasting_changes() const { return {}; }

  /// To be told of the calls that change files, in a world that knows of them in no other way; nullptr in one that
  /// does. Owned by the world.
  virtual FileLedger* ledger() noexcept { return nullptr; }

  /// Whether it knows what a process does to files that nobody traces; a next run is made only then.
  virtual bool sees_untraced() const noexcept { return true; }
};

}  // namespace exitproof
