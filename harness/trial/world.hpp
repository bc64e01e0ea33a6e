#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "exitproof/evidence.hpp"

namespace exitproof {

struct WorldOptions {
  std::string working_directory;  ///< absolute; where the subject starts
  bool own_network = true;        ///< the namespaces were entered with a network of their own
  /// Directories that the subject is likely to write in although another user owns them, beyond
  /// /tmp and its kin. Only needed when not root, where they cannot be copied up on demand.
  std::vector<std::string> writable_places;
};

/// What the subject sees of the machine: all of it, copy-on-write.
///
/// Belongs to process 1 of the namespaces that sys::enter_namespaces() made, which must be
/// single-threaded. One world serves many trials, one after the other:
///
///     World world(options);
///     world.open();
///     fork: in the child, world.enter(fresh_network), then start the subject
///     world.entered(pid of the child)
///     kill and reap everything
///     world.changes();
///     world.restore(changes) || world.close();
///
/// Process 1 itself keeps seeing the real machine. Nothing is made on any disk: every layer and
/// mount point lives in namespaces and vanishes with process 1.
/// Every function throws std::system_error where the kernel refuses.
class World {
 public:
  /// Mounts /proc for this pid namespace, reads the machine's mounts and prepares what all trials share.
  explicit World(WorldOptions options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// Gives the next trial empty layers, shared memory and IPC objects of its own.
  /// The calling process moves to a new IPC namespace. After restore(), the next trial gets what
  /// the last one had: it is as new.
  void open();

  /// Copies existing files and directories, by the paths the subject sees, into the layers between
  /// open() and enter(). What cannot be copied is left to be copied when it is changed.
  void copy_up(const std::vector<std::string>& paths);

  /// In a child forked after open(): makes the world this process's root, changes to the working
  /// directory and gives up every capability that reaches the machine. Afterwards /dev/ptmx is the
  /// world's own: a terminal opened from it has its name in the world's /dev/pts.
  /// With `fresh_network`, the process gets a network namespace of its own with loopback up.
  void enter(bool fresh_network);

  /// The same for the next run: the world, and the network, that the process given to entered() has.
  void enter_again();

  /// Tells which process entered, so that the open world can serve another trial; see restore().
  void entered(pid_t pid);

  /// What the trial changed so far, against what was there at its start; sorted by path. A file
  /// that is as before in content, owner, mode, times and attributes is no change, nor is a
  /// directory for what is in it. A renamed directory is deleted here and created there. System V
  /// objects are "sysv-shm:KEY:ID", "sysv-sem:KEY:ID", "sysv-msg:KEY:ID".
  std::vector<FileChange> changes() const;

  /// Makes the open world as new: removes what the trial created, all of which is in `changes`. A new world costs
  /// a third of a short trial, most of it waiting for the kernel and filling its caches. False, and close() is
  /// due, when the trial changed or deleted anything, or created too much. Every process of the trial must be
  /// gone, and no IPC object may have been made in it, not even one that is gone: their numbers would go on.
  bool restore(const std::vector<FileChange>& changes);

  /// Forgets the layers. Every process of the trial must be gone.
  void close();

  /// Makes the disk of the open trial full: what it holds now is all that it can hold, to the page. Room that the trial
  /// frees can be used again. Nothing may write meanwhile. The world cannot be restored afterwards.
  void fill_disk();

  /// Gives the disk the room back that it had before fill_disk().
  void free_disk();

  /// The tmpfs that holds the upper layers of the open trial: for fstatfs(2) and for remounting it
  /// through fspick(2). Owned by the world; -1 when no trial is open.
  int disk() const noexcept;

  /// Whether the caller has rights outside that it gives up in the world, to mount above all.
  bool takes_rights() const noexcept;

  /// "path: why" for each part of the machine that is read-only or missing in the world although it
  /// is writable outside, and for each way in which it behaves otherwise.
  const std::vector<std::string>& skipped() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exitproof
