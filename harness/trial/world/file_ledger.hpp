#pragma once

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
#include "harness/trial/tree/tree.hpp"
#include "harness/trial/world/file_state.hpp"
#include "harness/trial/world/kept_files.hpp"

namespace exitproof {

struct LedgerOptions {
  std::string working_directory;  ///< files in it are kept, to be put back
  std::string own_folder;         ///< what is in it is not among changes(); empty: there is none
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

  /// Where nothing is undone, the files of the machine that have another content, owner or mode than before, or are
  /// gone: "PATH: this file of the machine was changed". Whoever made such a file again has changed nothing.
  std::vector<std::string> lasting_changes() const;

  /// Moves files of the machine back, removes what the trial created while it is still the same file, and puts back
  /// what is kept. Answers what could not be put back: "PATH: this file of the machine was changed". Every process of the trial must be gone.
  std::vector<std::string> undo();

 private:
  /// A directory that has another path than before.
  struct Move {
    std::string from;
    std::string to;
    bool exchange = false;
  };
  /// What a call under way may change.
  struct Promise {
    std::vector<std::string> paths;
    std::set<sys::Inode> there_before;
    std::optional<Move> move;
    std::optional<sys::Inode> moved;
  };

  void close();
  void note(const std::string& path, std::vector<std::string>& noted);
  void note_home(const std::string& home, const std::string& now_at);
  std::optional<std::string> home_of(const std::string& path) const;
  Promise promise(const MetCall& call, const std::vector<std::string>& paths);
  void settle_moves();
  bool is_unanswered(const std::string& path) const;
  bool is_own(const std::string& path, const BookedFile& booked, const sys::Inode& now) const;
  std::optional<FileChange> change_at(const std::string& path, const BookedFile& booked) const;
  std::vector<sys::IpcObject> made_objects() const;

  LedgerOptions options_;
  BookedFiles files_;
  unsigned held_ = 0;                    ///< how many other_names
  std::vector<Move> moves_;              ///< in their order
  std::map<pid_t, Promise> unsettled_;   ///< by thread: moves whose result is not known
  bool assumes_ = false;                 ///< results are not known any more
  std::map<pid_t, Promise> unanswered_;  ///< by thread: calls whose result is not known
  std::set<std::pair<sys::IpcKind, int>> objects_before_;
  std::set<std::pair<sys::IpcKind, int>> objects_named_;
};

}  // namespace exitproof
