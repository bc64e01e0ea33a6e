#include "harness/trial/tracer_process.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <map>
#include <optional>
#include <system_error>
#include <tuple>

#include "exitproof/evidence_json.hpp"
#include "harness/linux/namespaces.hpp"
#include "harness/linux/signals.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/giving_up.hpp"
#include "harness/trial/one_trial.hpp"
#include "harness/trial/snapshot_trials.hpp"
#include "harness/trial/world/overlay_world.hpp"
#include "harness/trial/world/private_keeper.hpp"
#include "harness/trial/world/private_world.hpp"

namespace exitproof {

namespace {

constexpr int cleaning_limit_ms = 30'000;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

bool write_all(int fd, const void* data, std::size_t size) {
  const char* bytes = static_cast<const char*>(data);
  for (std::size_t done = 0; done < size;) {
    const ssize_t put = ::send(fd, bytes + done, size - done, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return false;
    }
    done += static_cast<std::size_t>(put);
  }
  return true;
}

bool read_all(int fd, void* data, std::size_t size) {
  char* bytes = static_cast<char*>(data);
  for (std::size_t done = 0; done < size;) {
    const ssize_t got = ::read(fd, bytes + done, size - done);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return false;
    }
    done += static_cast<std::size_t>(got);
  }
  return true;
}

bool send_text(int fd, const std::string& text) {
  const std::uint64_t size = text.size();
  return write_all(fd, &size, sizeof size) && write_all(fd, text.data(), text.size());
}

std::optional<std::string> receive_text(int fd) {
  std::uint64_t size = 0;
  if (!read_all(fd, &size, sizeof size)) {
    return std::nullopt;
  }
  std::string text(size, '\0');
  return read_all(fd, text.data(), text.size()) ? std::optional(std::move(text)) : std::nullopt;
}

// With its owner, which may be killed at any moment, everything ends.
void die_with_owner(pid_t owner) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (owner != 0 && ::getppid() != owner) {
    ::_exit(0);
  }
}

class FilterCache {
 public:
  const sys::FilterProgram& filter_for(const Scenario& scenario, const TrialRequest& request,
                                       const CallClasses& always) {
    const sys::FilterWish wish{.classes = classes_needed(request) | always,
                               .turns = request.plan.schedule.has_value(),
                               .time = has_virtual_time(scenario, request)};
    const std::tuple key(wish.classes.to_ulong(), wish.turns, wish.time);
    const auto found = filters_.find(key);
    return found != filters_.end() ? found->second : filters_[key] = sys::build_call_filter(wish);
  }

 private:
  std::map<std::tuple<unsigned long, bool, bool>, sys::FilterProgram> filters_;
};

// Where programs write by habit, whoever owns it.
std::vector<std::string> own_places(const Scenario& scenario) {
  std::vector<std::string> places;
  for (const auto& [name, value] : scenario.environment) {
    if ((name == "HOME" || name == "TMPDIR") && value.starts_with('/')) {
      places.push_back(value);
    }
  }
  return places;
}

void serve_trials(int socket, const Scenario& scenario, World& world, const sys::NextPid& next_pid,
                  Beginning beginning) {
  sys::StackReader stacks;
  FilterCache filters;
  const CallClasses always = world.ledger() != nullptr ? FileLedger::classes() : CallClasses();
  const sys::FilterProgram untraced = sys::build_untraced_filter(always);
  std::optional<AgentInjection> agents;
  if (scenario.agents) {
    agents.emplace(scenario, find_agents());
  }
  const auto tools_for = [&](const TrialRequest& request) {
    TrialTools tools{
        world, stacks, next_pid, untraced, filters.filter_for(scenario, request, always), agents ? &*agents : nullptr};
    if (has_virtual_time(scenario, request)) {
      tools.next_filter = &filters.filter_for(scenario, TrialRequest(), always);
    }
    return tools;
  };
  const auto run_from_start = [&](TrialRequest request) {
    OneTrial trial(tools_for(request), scenario, request);
    Evidence evidence = trial.run();
    if (!trial.asks_for_real_time()) {
      return evidence;
    }
    request.real_time = true;
    Evidence again = OneTrial(tools_for(request), scenario, request).run();
    again.skipped.emplace_back(
        "time: it was real, where a next run could not be given the clock of the trial before it");
    return again;
  };
  SnapshotTrials snapshots(scenario, tools_for);
  send_text(socket, "");
  while (const auto text = given_up() ? std::nullopt : receive_text(socket)) {
    const TrialRequest request = trial_request_from_json(*text);
    std::string answer;
    if (beginning == Beginning::snapshot) {
      const SnapshotTrials::Answer trial = snapshots.run(request);
      answer = trial.evidence ? evidence_to_json(*trial.evidence) : trial.why_never;
    } else {
      answer = evidence_to_json(run_from_start(request));
    }
    if (!send_text(socket, answer)) {
      break;
    }
  }
}

[[noreturn]] void serve_in_namespaces(int socket, const Scenario& scenario, Beginning beginning) {
  die_with_owner(0);
  sys::block_and_handle_sigchld();
  try {
    OverlayWorld world({scenario.working_directory, scenario.own_network, own_places(scenario)});
    serve_trials(socket, scenario, world, sys::NextPid(sys::PidChoice::ours), beginning);
  } catch (const std::exception& error) {
    send_text(socket, error.what());
    ::_exit(1);
  }
  ::_exit(0);
}

void serve_on_machine(int socket, const Scenario& scenario, const TrialFolder* folder) {
  give_up_at_sigterm();
  try {
    PrivateWorld world(scenario, folder);
    serve_trials(socket, PrivateWorld::adapt(scenario, folder), world, sys::NextPid(sys::PidChoice::kernels),
                 Beginning::start);
  } catch (const std::exception& error) {
    send_text(socket, error.what());
    ::_exit(1);
  }
}

[[noreturn]] void keep_tracer(int socket, const Scenario& scenario, pid_t owner, Beginning beginning) {
  try {
    if (scenario.world != WorldKind::overlay) {
      keep_private(socket, scenario, [&](const TrialFolder* folder) { serve_on_machine(socket, scenario, folder); });
    }
    die_with_owner(owner);
    sys::enter_namespaces(scenario.own_network);
    // Entering a user namespace clears the wish.
    die_with_owner(owner);
    const pid_t first = ::fork();
    if (first < 0) {
      fail("fork of process 1");
    }
    if (first == 0) {
      serve_in_namespaces(socket, scenario, beginning);
    }
    int status = 0;
    while (::waitpid(first, &status, 0) < 0 && errno == EINTR) {
    }
    ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
  } catch (const std::exception& error) {
    send_text(socket, error.what());
  }
  ::_exit(1);
}

}  // namespace

TracerProcess::TracerProcess(const Scenario& scenario, Beginning beginning)
    : has_namespaces_(scenario.world == WorldKind::overlay) {
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
    fail("socketpair");
  }
  socket_.reset(sockets[0]);
  sys::UniqueFd theirs(sockets[1]);
  const pid_t owner = ::getpid();
  keeper_ = ::fork();
  if (keeper_ < 0) {
    fail("fork of the namespaces' keeper");
  }
  if (keeper_ == 0) {
    socket_.reset();
    keep_tracer(theirs.get(), scenario, owner, beginning);
  }
  theirs.reset();
  const auto answer = receive_text(socket_.get());
  if (!answer || !answer->empty()) {
    end();
    throw std::runtime_error(answer ? *answer : "the tracer ended at its start");
  }
}

TracerProcess::~TracerProcess() {
  end();
}

std::optional<std::string> TracerProcess::ask(const TrialRequest& request) {
  return send_text(socket_.get(), trial_request_to_json(request)) ? receive_text(socket_.get()) : std::nullopt;
}

void TracerProcess::end() {
  // Other processes may hold copies of our end.
  ::shutdown(socket_.get(), SHUT_RDWR);
  socket_.reset();
  if (keeper_ > 0) {
    if (has_namespaces_ || !ends_by_itself()) {
      ::kill(keeper_, SIGKILL);
    }
    int status = 0;
    while (::waitpid(keeper_, &status, 0) < 0 && errno == EINTR) {
    }
    keeper_ = -1;
  }
}

// It cleans up first.
bool TracerProcess::ends_by_itself() const {
  const sys::UniqueFd keeper(static_cast<int>(::syscall(SYS_pidfd_open, keeper_, 0)));
  pollfd ended{keeper.get(), POLLIN, 0};
  int ready = 0;
  while ((ready = ::poll(&ended, 1, cleaning_limit_ms)) < 0 && errno == EINTR) {
  }
  return ready > 0;
}

}  // namespace exitproof
