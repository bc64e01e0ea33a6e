#include "harness/trial/leader.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "harness/linux/proc_files.hpp"
#include "harness/trial/leader_process.hpp"

namespace exitproof {

namespace {

constexpr int start_limit_ms = 30'000;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct Pipe {
  sys::UniqueFd read;
  sys::UniqueFd write;
};

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    fail("pipe2");
  }
  return {sys::UniqueFd(ends[0]), sys::UniqueFd(ends[1])};
}

// One message, with the descriptor that may come with it (SCM_RIGHTS, unix(7)).
std::optional<LeaderReport> receive(int socket, sys::UniqueFd& descriptor) {
  LeaderReport report;
  iovec data{&report, sizeof report};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != static_cast<ssize_t>(sizeof report)) {
    return std::nullopt;
  }
  if (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr && header->cmsg_type == SCM_RIGHTS) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    descriptor.reset(fd);
  }
  return report;
}

}  // namespace

Leader::Leader(World& world, const Scenario& scenario, const sys::FilterProgram& filter, const RootStreams& streams,
               Entrance entrance) {
  int sockets[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) {
    fail("socketpair");
  }
  socket_.reset(sockets[0]);
  sys::UniqueFd theirs(sockets[1]);
  Pipe go = make_pipe();
  Pipe exec_error = make_pipe();
  Pipe output = make_pipe();
  pid_ = ::fork();
  if (pid_ < 0) {
    fail("fork of the leader");
  }
  if (pid_ == 0) {
    // The harness's ends must not live on in the leader: a closed one is how the other side notices an end.
    socket_.reset();
    go.write.reset();
    exec_error.read.reset();
    output.read.reset();
    run_leader(world, scenario, filter, streams, entrance,
               {theirs.get(), go.read.get(), exec_error.write.get(), output.write.get()});
  }
  theirs.reset();
  go_ = std::move(go.write);
  exec_error_ = std::move(exec_error.read);
  command_output_ = std::move(output.read);
  ::fcntl(exec_error_.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(command_output_.get(), F_SETFL, O_NONBLOCK);

  pollfd waiting{socket_.get(), POLLIN, 0};
  int ready = 0;
  while ((ready = ::poll(&waiting, 1, start_limit_ms)) < 0 && errno == EINTR) {
  }
  const auto report = ready > 0 ? receive(socket_.get(), terminal_) : std::nullopt;
  if (!report) {
    throw std::runtime_error("the leader of the trial did not start");
  }
  if (report->kind != LeaderReport::Kind::ready) {
    throw std::system_error(report->value, std::generic_category(), report->text);
  }
  root_ = report->value;
  terminal_number_ = report->terminal;
}

int Leader::terminal_flags() const {
  return sys::read_descriptor_flags(pid_, terminal_number_).value_or(0);
}

void Leader::release_root() {
  const char go = 'g';
  if (::write(go_.get(), &go, 1) != 1) {
    fail("releasing the subject's first process");
  }
  go_.reset();
}

int Leader::exec_error() const {
  int error = 0;
  return ::read(exec_error_.get(), &error, sizeof error) == static_cast<ssize_t>(sizeof error) ? error : 0;
}

void Leader::start_command(const std::string& command, const std::string& argument) {
  const std::string message = command + '\0' + argument;
  if (::send(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0) {
    fail("asking the leader to start a command");
  }
}

void Leader::give_terminal_to(pid_t group) {
  // No command begins with a zero byte.
  const std::string message = '\0' + std::to_string(group);
  if (::send(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0) {
    fail("asking the leader to give its terminal to a group");
  }
  if (const int error = await(LeaderReport::Kind::foreground).value; error != 0) {
    throw std::system_error(error, std::generic_category(), "tcsetpgrp by the leader of the trial");
  }
}

LeaderReport Leader::await(LeaderReport::Kind kind) {
  for (;;) {
    pollfd waiting{socket_.get(), POLLIN, 0};
    int ready = 0;
    while ((ready = ::poll(&waiting, 1, start_limit_ms)) < 0 && errno == EINTR) {
    }
    const auto report = ready > 0 ? next_report() : std::nullopt;
    if (!report || report->kind == LeaderReport::Kind::failed) {
      throw std::runtime_error("the leader of the trial does not answer");
    }
    if (report->kind == kind) {
      return *report;
    }
  }
}

std::optional<LeaderReport> Leader::next_report() {
  sys::UniqueFd descriptor;
  auto report = receive(socket_.get(), descriptor);
  if (report && report->kind == LeaderReport::Kind::listening) {
    listener_ = std::move(descriptor);
  }
  return report;
}

}  // namespace exitproof
