#pragma once

#include <memory>
#include <optional>

#include "exitproof/scenario.hpp"
#include "harness/trial/world/file_ledger.hpp"
#include "harness/trial/world/kept_files.hpp"
#include "harness/trial/world/trial_folder.hpp"
#include "harness/trial/world/world.hpp"

namespace exitproof {

/// The machine itself, for machines that refuse namespaces or overlays: its files, its network, its pids. A trial gets
/// an empty $TMPDIR of its own; what it does to other files is known from its calls, and undone as far as it can be:
/// what it created is removed, and small files of the working directory are put back. Without a folder, for
/// `--world none`, $TMPDIR is the caller's and nothing is undone.
///
/// Belongs to a child subreaper that has SIGCHLD blocked and handled.
class PrivateWorld : public World {
 public:
  /// The folder, if any, stays the caller's and must outlive the world.
  PrivateWorld(const Scenario& scenario, const TrialFolder* folder);

  /// What becomes of the scenario in such a world: its $TMPDIR, and no network of its own.
  static Scenario adapt(Scenario scenario, const TrialFolder* folder);

  void open() override;
  void copy_up(const std::vector<std::string>&) override {}
  void enter(bool fresh_network) override;
  void enter_again() override { enter(false); }
  void entered(pid_t) override {}
  void hide_process(pid_t) override {}  // its processes are the machine's, for all to see
  std::vector<FileChange> changes() const override;
  void end_processes() override;
  /// True: undone.
  bool restore(const std::vector<FileChange>& changes) override;
  void close() override;
  void fill_disk() override;
  void free_disk() override {}
  void make_own_copy(const std::string&, bool) override {}
  int disk() const noexcept override { return -1; }
  bool takes_rights() const noexcept override { return takes_rights_; }
  const std::vector<std::string>& skipped() const noexcept override { return always_skipped_; }
  std::vector<std::string> lasting_changes() const override { return lasting_changes_; }
  FileLedger* ledger() noexcept override { return &ledger_; }
  bool sees_untraced() const noexcept override { return sees_untraced_; }

 private:
  std::string working_directory_;
  const TrialFolder* folder_;
  std::optional<KeptFiles> kept_;
  FileLedger ledger_;
  pid_t tracer_;
  bool takes_rights_;
  bool sees_untraced_;
  std::vector<std::string> always_skipped_;
  std::vector<std::string> lasting_changes_;
};

}  // namespace exitproof
