#include "harness/trial/world/machine.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "harness/linux/call_filter.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/mounts.hpp"
#include "harness/linux/namespaces.hpp"
#include "harness/linux/ptrace.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/world/overlay_world.hpp"
#include "harness/trial/world/remedies.hpp"
#include "harness/trial/world/stage.hpp"

namespace exitproof {

namespace {

using sys::checked;
using sys::UniqueFd;

constexpr unsigned deadline_s = 5;

void write_text(int fd, const std::string& text) {
  // The reader learns of a cut message by its end; there is nobody else to tell.
  static_cast<void>(!::write(fd, text.data(), text.size()));
}

std::string read_to_end(int fd) {
  std::string text;
  std::array<char, 512> buffer{};
  for (ssize_t got = ::read(fd, buffer.data(), buffer.size()); got > 0;
       got = ::read(fd, buffer.data(), buffer.size())) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

[[noreturn]] void end_child(const std::function<void()>& attempt, int errors) {
  ::alarm(deadline_s);
  try {
    attempt();
    ::_exit(0);
  } catch (const std::exception& error) {
    write_text(errors, error.what());
  }
  ::_exit(1);
}

// Makes the attempt in a child; says why it failed.
std::optional<std::string> failure_in_child(const std::function<void()>& attempt) {
  std::array<int, 2> ends{};
  checked(::pipe2(ends.data(), O_CLOEXEC), "pipe to a child");
  const UniqueFd errors(ends[0]);
  UniqueFd childs_end(ends[1]);
  const pid_t child = checked(::fork(), "fork");
  if (child == 0) {
    end_child(attempt, childs_end.get());
  }
  childs_end.reset();
  const auto message = read_to_end(errors.get());
  int status = 0;
  checked(::waitpid(child, &status, 0), "wait for a child");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return std::nullopt;
  }
  return WIFSIGNALED(status) ? "it ended by signal " + std::to_string(WTERMSIG(status)) : message;
}

void try_in_child(const std::function<void()>& attempt) {
  if (const auto failure = failure_in_child(attempt)) {
    throw std::runtime_error(*failure);
  }
}

void enter_without_network() {
  sys::enter_namespaces(false);
}
void enter_with_network() {
  sys::enter_namespaces(true);
}

void try_overlay(const sys::MountOptions& options) {
  sys::enter_namespaces(false);
  const Stage stage;
  for (const char* directory : {"lower", "upper", "work"}) {
    stage.make_directory(directory);
  }
  sys::switch_root(stage.fd().get());
  sys::MountOptions all = {{"lowerdir", "/lower"}, {"upperdir", "/upper"}, {"workdir", "/work"}};
  all.insert(all.end(), options.begin(), options.end());
  sys::attach_mount(sys::make_filesystem("overlay", all, 0), AT_FDCWD, "/lower");
}

sys::MountOptions minimal_overlay_options() {
  return ::geteuid() == 0 ? sys::MountOptions{} : sys::MountOptions{{"userxattr", ""}};
}

void try_plain_overlay() {
  try_overlay(minimal_overlay_options());
}
void try_redirects() {
  try_overlay({{"redirect_dir", "on"}, {"xino", "on"}});
}

// The kernel accepts index=on where it cannot have it, and mounts without.
void try_index() {
  auto options = minimal_overlay_options();
  options.emplace_back("index", "on");
  try_overlay(options);
  if (::access("/work/index", F_OK) != 0) {
    throw std::runtime_error("the overlay has no index");
  }
}

void try_world_in(const std::string& working_directory, bool own_network) {
  sys::enter_namespaces(own_network);
  try_in_child([&] {
    OverlayWorld world({.working_directory = working_directory, .own_network = own_network, .writable_places = {}});
    const sys::NextPid next_pid;
    world.open();
    try_in_child([&] { world.enter(false); });
    world.close();
  });
}

void try_world() {
  try_world_in("/", false);
}

void try_fixed_pids() {
  sys::enter_namespaces(false);
  try_in_child([] {
    sys::attach_mount(sys::make_filesystem("proc", {}, 0), AT_FDCWD, "/proc");
    constexpr pid_t wanted = 200;
    sys::NextPid().set(wanted);
    try_in_child([] {
      if (::getpid() != wanted) {
        throw std::runtime_error("the next process got another pid");
      }
    });
  });
}

void try_file_sizes() {
  rlimit most{};
  checked(::getrlimit(RLIMIT_FSIZE, &most), "getrlimit");
  if (most.rlim_cur != RLIM_INFINITY) {
    throw std::runtime_error(fmt::format("files may have {} bytes at most (RLIMIT_FSIZE)", most.rlim_cur));
  }
}

void try_terminal() {
  const UniqueFd terminal(checked(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "posix_openpt"));
  checked(::unlockpt(terminal.get()), "unlockpt");
}

struct Examination {
  const char* name;
  void (*attempt)();
  const char* cost;
  std::string (*remedy)(const MachineFacts&);
};

std::string run_as_root(const MachineFacts&) {
  return "run as root";
}

std::string remedy_for_index(const MachineFacts& facts) {
  return facts.root ? "in a container: docker run --cap-add DAC_READ_SEARCH" : run_as_root(facts);
}

constexpr const char* without_world =
    "--world private: the subject works on the machine's own files, network and pids, one job at a time";

constexpr std::array examinations = {
    Examination{"ptrace", sys::try_ptrace, "nothing can be tried", remedy_for_tracing},
    Examination{"seccomp filters", sys::try_call_filter, "nothing can be tried",
                [](const MachineFacts&) -> std::string { return "a kernel with CONFIG_SECCOMP_FILTER"; }},
    Examination{"terminals", try_terminal, "no ctrl-c and no hangup",
                [](const MachineFacts&) -> std::string { return "mount -t devpts devpts /dev/pts"; }},
    Examination{
        "files of any size", try_file_sizes,
        "no file of the subject, of its world or of a result can grow beyond that: writes fail with EFBIG; below "
        "some ten thousand bytes nothing can be tried",
        [](const MachineFacts&) -> std::string { return "ulimit -f unlimited"; }},
    Examination{"namespaces", enter_without_network, without_world, remedy_for_namespaces},
    Examination{"network namespace", enter_with_network, "--net host: ports are the machine's, one job at a time",
                remedy_for_namespaces},
    Examination{"overlay", try_plain_overlay, without_world, remedy_for_overlays},
    Examination{"world", try_world, without_world, remedy_for_overlays},
    Examination{"overlay redirects", try_redirects, "an existing directory cannot be renamed (EXDEV)", run_as_root},
    Examination{"overlay index", try_index, "a change through one hard link does not show in the others",
                remedy_for_index},
    Examination{"fixed pids", try_fixed_pids, "pids, and names made of them, differ from trial to trial",
                remedy_for_namespaces},
};

}  // namespace

std::vector<Capability> examine_machine() {
  const MachineFacts facts = read_machine_facts();
  std::vector<Capability> capabilities;
  for (const auto& examination : examinations) {
    const auto failure = failure_in_child(examination.attempt);
    capabilities.push_back(
        {examination.name, !failure, failure.value_or(""), examination.cost, examination.remedy(facts)});
  }
  return capabilities;
}

std::optional<std::string> why_no_overlay_world(const Scenario& scenario) {
  return failure_in_child([&] { try_world_in(scenario.working_directory, scenario.own_network); });
}

}  // namespace exitproof
