#include "harness/trial/leader_process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/handles.hpp>
#include <boost/process/io.hpp>
#include <boost/process/posix.hpp>

#include "harness/linux/attempt_of.hpp"
#include "harness/linux/call_notices.hpp"
#include "harness/linux/terminal.hpp"

namespace exitproof {

namespace {

namespace bp = boost::process;

constexpr std::size_t command_limit = std::size_t{64} * 1024;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void send_report(int socket, LeaderReport report, int descriptor = -1) {
  iovec data{&report, sizeof report};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

LeaderReport failure(int error, const char* what) {
  LeaderReport report;
  report.kind = LeaderReport::Kind::failed;
  report.value = error;
  std::strncpy(report.text, what, sizeof report.text - 1);
  return report;
}

/// All that the root needs after fork(), prepared before it: no allocation happens there.
struct RootStart {
  std::vector<char*> argv;
  std::vector<std::string> environment;
  std::vector<char*> envp;
  int in = -1;
  int out = -1;
  int err = -1;
  bool reports = false;  ///< the filter tells calls to a listener
};

// The descriptor goes with a report; false with errno set on failure.
bool install_filter(const RootStart& start, const sys::FilterProgram& filter, int socket) noexcept {
  if (!start.reports) {
    return sys::install_call_filter(filter);
  }
  const int listener = sys::install_reporting_filter(filter);
  if (listener < 0) {
    return false;
  }
  LeaderReport listening;
  listening.kind = LeaderReport::Kind::listening;
  send_report(socket, listening, listener);
  ::close(listener);
  return true;
}

RootStart prepare_root(const Scenario& scenario, const RootStreams& streams, int terminal) {
  RootStart start;
  for (const std::string& argument : scenario.command) {
    start.argv.push_back(const_cast<char*>(argument.c_str()));
  }
  start.argv.push_back(nullptr);
  for (const auto& [name, value] : scenario.environment) {
    start.environment.emplace_back(name).append("=").append(value);
  }
  for (std::string& entry : start.environment) {
    start.envp.push_back(entry.data());
  }
  start.envp.push_back(nullptr);
  if (scenario.tty) {
    start.in = start.out = start.err = terminal;
    return start;
  }
  start.out = streams.out;
  start.err = streams.err;
  start.in = streams.in;
  if (start.in < 0) {
    const std::string& file = scenario.stdin_file.empty() ? "/dev/null" : scenario.stdin_file;
    start.in = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (start.in < 0) {
      throw std::system_error(errno, std::generic_category(), "opening " + file + " as the subject's stdin");
    }
  }
  return start;
}

void reset_signals() noexcept {
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction plain {};
    plain.sa_handler = SIG_DFL;
    ::sigaction(signal, &plain, nullptr);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Runs in the leader's own memory, between vfork(2) and exec: system calls only, and nothing is kept.
[[noreturn]] void become_root(const RootStart& start, const sys::FilterProgram& filter, const LeaderChannels& channels,
                              int terminal, int master) noexcept {
  const auto give_up = [&](int error) {
    [[maybe_unused]] const ssize_t told = ::write(channels.exec_error, &error, sizeof error);
    ::_exit(127);
  };
  if (::setpgid(0, 0) != 0 || ::tcsetpgrp(terminal, ::getpid()) != 0) {
    give_up(errno);
  }
  LeaderReport ready;
  ready.kind = LeaderReport::Kind::ready;
  ready.value = ::getpid();
  ready.terminal = terminal;
  send_report(channels.socket, ready, master);
  char go = 0;
  if (::read(channels.go, &go, 1) != 1) {
    ::_exit(127);  // the trial was given up
  }
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  reset_signals();
  // Above the range of 0, 1, 2 first: one of them may be another's number.
  const int in = ::fcntl(start.in, F_DUPFD, 3);
  const int out = ::fcntl(start.out, F_DUPFD, 3);
  const int err = ::fcntl(start.err, F_DUPFD, 3);
  if (::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0) {
    give_up(errno);
  }
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !install_filter(start, filter, channels.socket)) {
    give_up(errno);
  }
  ::execvp(start.argv[0], start.argv.data());
  give_up(errno);
  ::_exit(127);
}

// `message` is a command, a zero byte, and its argument or nothing.
bp::child start_command(const std::string& message, const Scenario& scenario, pid_t root, int output) {
  bp::environment environment;
  for (const auto& [name, value] : scenario.environment) {
    environment[name] = value;
  }
  environment["EXITPROOF_PID"] = std::to_string(root);
  const std::size_t end = message.find('\0');
  std::vector<std::string> words = {"-c", message.substr(0, end), "sh"};
  if (end + 1 < message.size()) {
    words.push_back(message.substr(end + 1));
  }
  const auto own_session = [](auto&) {
    ::setsid();
    reset_signals();
  };
  return bp::child(bp::exe = "/bin/sh", bp::args = words, environment, bp::std_in < bp::null,
                   bp::posix::fd.bind(1, output), bp::posix::fd.bind(2, output), bp::limit_handles,
                   bp::extend::on_exec_setup = own_session);
}

void ignore_signals() {
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, SIGUSR1, SIGUSR2,
                           SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR}) {
    std::signal(signal, SIG_IGN);
  }
}

// A copy of one of the trial's own pipe ends here would keep that pipe open for ever.
void close_all_but(std::vector<int> kept) {
  kept.insert(kept.end(), {0, 1, 2});
  std::sort(kept.begin(), kept.end());
  unsigned from = 0;
  for (const int fd : kept) {
    if (fd >= 0 && static_cast<unsigned>(fd) > from) {
      ::close_range(from, static_cast<unsigned>(fd) - 1, 0);
    }
    from = fd >= 0 ? static_cast<unsigned>(fd) + 1 : from;
  }
  ::close_range(from, ~0U, 0);
}

// vfork(2), since copying the address space twice for each trial costs more than all else that the leader does.
// The root itself reports that it is ready; this returns when it has executed its program, or failed to.
pid_t start_root(RootStart& start, const sys::FilterProgram& filter, const LeaderChannels& channels, int terminal,
                 int master) {
  environ = start.envp.data();  // execvp(3) looks in the subject's PATH
  const pid_t root = ::vfork();
  if (root < 0) {
    fail("vfork of the subject's first process");
  }
  if (root == 0) {
    // The analyzer would allow nothing but an exec here; become_root() says what it does instead.
    become_root(start, filter, channels, terminal, master);  // NOLINT(clang-analyzer-unix.Vfork)
  }
  return root;
}

// `message` is a zero byte and the number of a group.
void give_terminal(const LeaderChannels& channels, int terminal, const std::string& message) {
  LeaderReport report;
  report.kind = LeaderReport::Kind::foreground;
  report.value = ::tcsetpgrp(terminal, std::atoi(message.c_str() + 1)) == 0 ? 0 : errno;
  send_report(channels.socket, report);
}

/// Reaps the root and the commands, and starts those that are asked for, until it is killed.
[[noreturn]] void serve(const Scenario& scenario, const LeaderChannels& channels, pid_t root, int child_events,
                        int terminal) {
  std::vector<bp::child> commands;
  std::vector<char> command(command_limit);
  for (;;) {
    pollfd waiting[] = {{channels.socket, POLLIN, 0}, {child_events, POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 && errno != EINTR) {
      fail("poll in the leader");
    }
    if ((waiting[1].revents & POLLIN) != 0) {
      signalfd_siginfo drained{};
      [[maybe_unused]] const ssize_t got = ::read(child_events, &drained, sizeof drained);
      int status = 0;
      for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        LeaderReport report;
        report.kind = pid == root ? LeaderReport::Kind::root_reaped : LeaderReport::Kind::command_ended;
        report.value = status;
        send_report(channels.socket, report);
      }
    }
    if ((waiting[0].revents & POLLIN) != 0) {
      const ssize_t size = ::recv(channels.socket, command.data(), command.size(), MSG_DONTWAIT);
      if (size > 0 && command.front() == '\0') {
        give_terminal(channels, terminal, std::string(command.data(), static_cast<std::size_t>(size)));
      } else if (size > 0) {
        commands.push_back(start_command(std::string(command.data(), static_cast<std::size_t>(size)), scenario, root,
                                         channels.command_output));
        commands.back().detach();  // reaped above
      }
    } else if ((waiting[0].revents & (POLLHUP | POLLERR)) != 0) {
      ::_exit(0);
    }
  }
}

}  // namespace

void run_leader(World& world, const Scenario& scenario, const sys::FilterProgram& filter, const RootStreams& streams,
                Entrance entrance, const LeaderChannels& channels) noexcept {
  try {
    entrance == Entrance::first ? world.enter(scenario.fresh_network) : world.enter_again();
    ignore_signals();
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, nullptr);
    const sys::UniqueFd child_events(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
    sys::UniqueFd terminal;
    sys::UniqueFd master = sys::open_controlling_terminal(terminal);
    RootStart start = prepare_root(scenario, streams, terminal.get());
    start.reports = entrance == Entrance::again && world.ledger() != nullptr;
    close_all_but({start.in, start.out, start.err, terminal.get(), master.get(), child_events.get(), channels.socket,
                   channels.go, channels.exec_error, channels.command_output});
    const pid_t root = start_root(start, filter, channels, terminal.get(), master.get());
    master.reset();
    // What the root holds must end with the root.
    for (const int fd : {start.in, start.out, start.err, channels.go, channels.exec_error}) {
      if (fd != terminal.get() && fd > 2) {
        ::close(fd);
      }
    }
    serve(scenario, channels, root, child_events.get(), terminal.get());
  } catch (const std::system_error& error) {
    send_report(channels.socket, failure(error.code().value(), sys::attempt_of(error).c_str()));
  } catch (const std::exception& error) {
    send_report(channels.socket, failure(EPROTO, error.what()));
  }
  ::_exit(1);
}

}  // namespace exitproof
