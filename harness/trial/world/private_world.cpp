#include "harness/trial/world/private_world.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "harness/linux/call_notices.hpp"
#include "harness/linux/capabilities.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/namespaces.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/tree/call_paths.hpp"
#include "harness/trial/tree/descendants.hpp"
#include "harness/trial/world/file_changes.hpp"

#ifndef MQUEUE_MAGIC
#define MQUEUE_MAGIC 0x19800202
#endif

namespace exitproof {

namespace {

using sys::checked;

constexpr std::chrono::seconds ending_limit{10};

std::string real_or_same(const std::string& path) {
  const std::string real = resolve_path(path, true);
  return real.empty() ? path : real;
}

bool sees_queues() {
  struct statfs status {};
  return ::statfs("/dev/mqueue", &status) == 0 && status.f_type == MQUEUE_MAGIC;
}

// In a child: the filter stays for good.
bool can_listen() {
  const pid_t child = checked(::fork(), "fork");
  if (child == 0) {
    try {
      sys::try_reporting_filter();
      ::_exit(0);
    } catch (const std::system_error&) {
      ::_exit(1);
    }
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::vector<std::string> what_is_skipped(const Scenario& scenario, bool undoes) {
  std::vector<std::string> skipped;
  skipped.emplace_back(
      "files: the subject works on the machine's own; what it does to them outside of its $TMPDIR is known only as "
      "far as its calls were seen");
  skipped.emplace_back(
      undoes ? fmt::format(
                   "files of the machine: this world cannot keep them from changes; after a trial, names and rights "
                   "are put back, but content only of files of at most {} MiB in the working directory, and with what "
                   "others have written to the same files meanwhile, or put into directories that a trial made",
                   KeptFiles::largest >> 20)
             : "files of the machine: nothing is removed or put back, so that each trial finds what those before it "
               "left");
  skipped.emplace_back("network: it is the machine's, and what other programs do there can show in a trial");
  skipped.emplace_back("pids: they are the machine's, and differ from trial to trial, as do names made of them");
  if (!scenario.drive.empty() || (scenario.stop && scenario.stop->kind == StopBy::Kind::command)) {
    skipped.emplace_back("files of the driver: what it leaves outside of $TMPDIR is not known, and stays");
  }
  if (!scenario.contract.validators.empty()) {
    skipped.emplace_back("files of validators: what they leave outside of $TMPDIR is not known, and stays");
  }
  skipped.emplace_back("full disk: this world has none of its own to fill; calls can fail with ENOSPC");
  skipped.emplace_back("System V objects of next runs: they are not known, and stay");
  if (!sees_queues()) {
    skipped.emplace_back("POSIX message queues: /dev/mqueue is not mounted");
  }
  return skipped;
}

}  // namespace

PrivateWorld::PrivateWorld(const Scenario& scenario, const TrialFolder* folder)
    : working_directory_(scenario.working_directory),
      folder_(folder),
      kept_(folder != nullptr ? std::optional<KeptFiles>(folder->kept_files()) : std::nullopt),
      ledger_({.working_directory = real_or_same(scenario.working_directory),
               .own_folder = folder != nullptr ? folder->path() : std::string(),
               .kept = kept_ ? &*kept_ : nullptr}),
      tracer_(::getpid()),
      takes_rights_(sys::has_admin_capability()),
      sees_untraced_(can_listen()),
      always_skipped_(what_is_skipped(scenario, folder != nullptr)) {}

Scenario PrivateWorld::adapt(Scenario scenario, const TrialFolder* folder) {
  scenario.own_network = false;
  scenario.fresh_network = false;
  if (folder != nullptr) {
    std::erase_if(scenario.environment, [](const auto& variable) { return variable.first == "TMPDIR"; });
    scenario.environment.emplace_back("TMPDIR", folder->temporary_files());
  }
  return scenario;
}

void PrivateWorld::open() {
  if (folder_ != nullptr) {
    checked(::mkdir(folder_->temporary_files().c_str(), S_IRWXU), "mkdir " + folder_->temporary_files());
  }
  ledger_.open();
}

void PrivateWorld::enter(bool) {
  checked(::chdir(working_directory_.c_str()), "chdir to " + working_directory_);
  sys::drop_machine_capabilities(sys::Network::machines);
  checked(::prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl(PDEATHSIG)");
  if (::getppid() != tracer_) {
    ::_exit(1);
  }
}

std::vector<FileChange> PrivateWorld::changes() const {
  std::vector<FileChange> changes = ledger_.changes();
  if (folder_ != nullptr) {
    const std::string place = folder_->temporary_files();
    const sys::UniqueFd directory(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (directory.is_open()) {
      add_created_tree(directory.get(), place, changes);
    }
  }
  std::sort(changes.begin(), changes.end(), [](const FileChange& a, const FileChange& b) { return a.path < b.path; });
  return changes;
}

void PrivateWorld::end_processes() {
  if (!end_descendants(ending_limit)) {
    throw std::runtime_error(fmt::format("{} processes of the trial could not be ended in {} s", descendants().size(),
                                         ending_limit.count()));
  }
}

void PrivateWorld::fill_disk() {
  throw std::system_error(ENOTSUP, std::generic_category(), "--world private has no disk of its own to fill");
}

bool PrivateWorld::restore(const std::vector<FileChange>&) {
  close();
  return true;
}

void PrivateWorld::close() {
  if (folder_ == nullptr) {
    lasting_changes_ = ledger_.lasting_changes();
    return;
  }
  lasting_changes_ = ledger_.undo();
  if (folder_->holds_old_file()) {
    throw std::runtime_error(
        fmt::format("a file of the machine was moved to {}, and could not be moved back", folder_->temporary_files()));
  }
  if (!remove_tree(folder_->temporary_files())) {
    throw std::runtime_error("not all of " + folder_->temporary_files() + " could be removed");
  }
}

}  // namespace exitproof
