#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>

#include "scenarios/generated/own_signals.hpp"
#include "scenarios/generated/own_state.hpp"

namespace generated::play {

// Of a process that has just been made.
inline void begin_life(std::size_t child, pid_t maker, const int (&word)[2], const int (&ready)[2]) {
  const Process& process = tree.processes[child];
  if (!process.keeps_ends) {
    for (Child& other : children) close_fd(other.word);
    close_fd(ready_fd);
  }
  for (Child& other : children) close_fd(other.ready);
  close_fd(word_fd);
  close(stop_pipe[0]);
  close(stop_pipe[1]);
  make_stop_pipe();
  stop = 0;
  self = child;
  parent_pid = maker;
  status = 0;
  at = 0;
  children.assign(tree.processes.size(), Child{});
  word_fd = word[0];
  ready_fd = ready[1];
  if (!process.keeps_own_end) close(word[1]);
  close(ready[0]);
  if (process.forgets_handlers) handlers.clear();
  if (process.group == Group::own) setpgid(0, 0);
  if (process.group == Group::session) setsid();
}

// Lies beside this one.
inline std::string executed_program() {
  char own[4096] = {};
  must(readlink("/proc/self/exe", own, sizeof own - 1) > 0, "readlink");
  const std::string path = own;
  return path.substr(0, path.rfind('/') + 1) + worker_command;
}

[[noreturn]] inline void execute() {
  fcntl(word_fd, F_SETFD, 0);
  fcntl(ready_fd, F_SETFD, 0);
  const std::string arguments[] = {std::to_string(tree.seed), std::to_string(self), std::to_string(parent_pid),
                                   std::to_string(word_fd), std::to_string(ready_fd)};
  execl(executed_program().c_str(), "generated_worker", arguments[0].c_str(), arguments[1].c_str(),
        arguments[2].c_str(), arguments[3].c_str(), arguments[4].c_str(), nullptr);
  must(false, "execl");
  abort();
}

// Returns in the parent and in the child, which goes on with its own first step.
inline void make_child(std::size_t child) {
  const Process& process = tree.processes[child];
  int word[2];
  int ready[2];
  must(pipe2(word, O_CLOEXEC) == 0 && pipe2(ready, O_CLOEXEC) == 0, "pipe2");
  const pid_t maker = getpid();
  sigset_t all;  // until it knows who it is, a child must not clean up after its maker
  sigset_t before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t pid = fork();
  must(pid >= 0, "fork");
  if (pid == 0 && is_daemon(process)) {
    pid = fork();
    must(pid >= 0, "fork");
    if (pid != 0) _exit(0);
    char go = 0;  // its maker is gone and reaped
    if (read(word[0], &go, 1) != 1) _exit(1);
  }
  if (pid == 0) {
    begin_life(child, maker, word, ready);
    sigprocmask(SIG_SETMASK, &before, nullptr);
    if (is_executed(process)) execute();
    return;
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  close(word[0]);
  close(ready[1]);
  children[child].pid = pid;
  children[child].word = word[1];
  children[child].ready = ready[0];
  if (!is_daemon(process)) return;
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  must(write(word[1], "g", 1) == 1, "write");
}

inline void await_child(std::size_t index) {
  char byte = 0;
  rest(children[index].ready, -1);
  if (stop != 0 && !in_teardown()) return;
  if (read(children[index].ready, &byte, 1) != 1) child_failed();
}

inline void tell(std::size_t index) {
  Child& child = children[index];
  if (child.pid == 0) return;
  child.told = true;
  switch (tree.processes[index].told) {
    case Tell::nothing:
      break;
    case Tell::word:
      if (write(child.word, "w", 1) < 0) {
      }
      break;
    case Tell::close:
      close_fd(child.word);
      break;
    case Tell::term:
      kill(child.pid, SIGTERM);
      break;
    case Tell::kill:
      kill(child.pid, SIGKILL);
      break;
  }
}

inline void reap(std::size_t index) {
  const Child& child = children[index];
  if (child.pid == 0) return;
  int end = 0;
  pid_t reaped = 0;
  do reaped = waitpid(child.pid, &end, 0);
  while (reaped < 0 && errno == EINTR);
  if (reaped < 0) return;  // SIGCHLD is ignored
  const Tell told = child.told ? tree.processes[index].told : Tell::nothing;
  const bool as_told = end == 0 || (WIFSIGNALED(end) && told == Tell::term && WTERMSIG(end) == SIGTERM) ||
                       (WIFSIGNALED(end) && told == Tell::kill && WTERMSIG(end) == SIGKILL);
  if (!as_told) child_failed();
}

}  // namespace generated::play
