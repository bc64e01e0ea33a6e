#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "exitproof/call_class.hpp"
#include "exitproof/evidence.hpp"
#include "harness/linux/ipc_objects.hpp"
#include "harness/trial/kept_files.hpp"
#include "harness/trial/tree.hpp"

namespace exitproof {

struct LedgerOptions {
  std::string working_directory;  ///< files in it are kept, to be put back
  std::string own_folder;         ///< what is in it is not noted; empty: there is none
  KeptFiles* kept = nullptr;      ///< nullptr: nothing is kept. Must outlive the ledger
};

/// Books of the files of the machine that one trial has touched, by its calls: what each was before the first touch,
/// and which file the trial put there. For a world that shows the machine's own files.
///
/// It sees what the traced calls of the subject name; what somebody else does meanwhile is not the trial's, and what
/// it did not see is not undone.
class FileLedger {
 public:
  explicit FileLedger(LedgerOptions options) : options_(std::move(options)) {}

  /// The classes whose calls it must be told of, each before it is made and after it has returned.
  static CallClasses classes();

  /// Begins the books of a trial. Throws std::system_error.
  void open();

  /// Before the call: notes the files that it may change, and keeps copies of those that are to be put back. Answers
  /// the errno with which it must be refused, since it would reach beyond the trial; 0 for none.
  int before_call(const Task& task, const MetCall& call);
  void after_call(const Task& task, const MetCall& call, std::int64_t result);

  /// before_call() for one whose result will not be known: what it may make counts as made.
  int assume_call(const Task& task, const MetCall& call);

  /// What the trial created, changed and deleted up to now, sorted by path.
  std::vector<FileChange> changes() const;

  /// Those of changes() that undo() cannot undo: "PATH was changed ...".
  std::vector<std::string> lasting_changes() const;

  /// Moves files of the machine back, removes what the trial created while it is still the same file, and puts back
  /// what is kept. Every process of the trial must be gone.
  void undo();

 private:
  /// A file apart from its name.
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    auto operator<=>(const Identity&) const = default;
  };
  struct State {
    struct stat status {};
    std::string digest;  ///< of a small regular file; the target of a link
    Identity identity() const { return {status.st_dev, status.st_ino}; }
  };
  struct Entry {
    std::optional<State> before;
    std::optional<Identity> made;  ///< what the last call that succeeded left there
    bool assumed = false;          ///< a call whose result is not known may have made it
  };

  static std::optional<State> state_of(const std::string& path);
  static bool is_same(const State& a, const State& b);
  void note(const std::string& path);
  bool is_unanswered(const std::string& path) const;
  bool is_own(const std::string& path, const Entry& entry, const State& now) const;
  std::set<Identity> identities_before() const;
  std::optional<std::string> moved_to(const std::string& path, const State& before) const;
  std::optional<FileChange> change_at(const std::string& path, const Entry& entry) const;
  std::vector<sys::IpcObject> made_objects() const;
  void move_back();
  void remove_created();
  void put_back();

  LedgerOptions options_;
  std::map<std::string, Entry> entries_;
  std::map<pid_t, std::vector<std::string>> unanswered_;  ///< by thread: of a call whose result is not known
  std::set<std::pair<sys::IpcKind, int>> objects_before_;
  std::set<std::pair<sys::IpcKind, int>> objects_named_;
};

}  // namespace exitproof
