#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <map>
#include <optional>
#include <system_error>

#include "exitproof/evidence_json.hpp"
#include "harness/linux/namespaces.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/one_trial.hpp"
#include "harness/trial/trial.hpp"

// A runner keeps two processes: one that moves to new namespaces, and its child, which is process 1
// there, the tracer of every trial. Both die with the process that owns the runner.
namespace exitproof {

namespace {

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

void block_and_handle_sigchld() {
  struct sigaction wake {};
  wake.sa_handler = [](int) {};
  ::sigaction(SIGCHLD, &wake, nullptr);
  sigset_t child;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child, nullptr);
}

class FilterCache {
 public:
  const sys::FilterProgram& filter_for(const TrialRequest& request) {
    const CallClasses classes = classes_needed(request);
    const auto found = filters_.find(classes.to_ulong());
    return found != filters_.end() ? found->second : filters_[classes.to_ulong()] = sys::build_call_filter(classes);
  }

 private:
  std::map<unsigned long, sys::FilterProgram> filters_;
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

[[noreturn]] void serve_trials(int socket, const Scenario& scenario) {
  die_with_owner(0);
  block_and_handle_sigchld();
  try {
    World world({scenario.working_directory, scenario.own_network, own_places(scenario)});
    const sys::NextPid next_pid;
    sys::StackReader stacks;
    const sys::FilterProgram untraced = sys::build_untraced_filter();
    FilterCache filters;
    send_text(socket, "");
    while (const auto text = receive_text(socket)) {
      const TrialRequest request = trial_request_from_json(*text);
      OneTrial trial({world, stacks, next_pid, untraced, filters.filter_for(request)}, scenario, request);
      if (!send_text(socket, evidence_to_json(trial.run()))) {
        break;
      }
    }
  } catch (const std::exception& error) {
    send_text(socket, error.what());
    ::_exit(1);
  }
  ::_exit(0);
}

[[noreturn]] void keep_namespaces(int socket, const Scenario& scenario, pid_t owner) {
  die_with_owner(owner);
  try {
    sys::enter_namespaces(scenario.own_network);
    // Entering a user namespace clears the wish.
    die_with_owner(owner);
    const pid_t first = ::fork();
    if (first < 0) {
      fail("fork of process 1");
    }
    if (first == 0) {
      serve_trials(socket, scenario);
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

class TrialRunner::Impl {
 public:
  explicit Impl(const Scenario& scenario) {
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
      keep_namespaces(theirs.get(), scenario, owner);
    }
    theirs.reset();
    const auto answer = receive_text(socket_.get());
    if (!answer || !answer->empty()) {
      end();
      throw std::runtime_error(answer ? *answer : "the world's first process ended at its start");
    }
  }

  ~Impl() { end(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Evidence run(const TrialRequest& request) {
    std::optional<std::string> answer;
    if (send_text(socket_.get(), trial_request_to_json(request))) {
      answer = receive_text(socket_.get());
    }
    if (answer && answer->starts_with('{')) {
      return evidence_from_json(*answer);
    }
    Evidence evidence;
    evidence.plan = request.plan;
    evidence.harness_error = answer ? *answer : "the world's first process ended in the middle of a trial";
    return evidence;
  }

 private:
  void end() {
    socket_.reset();
    if (keeper_ > 0) {
      ::kill(keeper_, SIGKILL);
      int status = 0;
      while (::waitpid(keeper_, &status, 0) < 0 && errno == EINTR) {
      }
      keeper_ = -1;
    }
  }

  sys::UniqueFd socket_;
  pid_t keeper_ = -1;
};

TrialRunner::TrialRunner(const Scenario& scenario) : impl_(std::make_unique<Impl>(scenario)) {}

TrialRunner::~TrialRunner() = default;

Evidence TrialRunner::run(const TrialRequest& request) {
  return impl_->run(request);
}

}  // namespace exitproof
