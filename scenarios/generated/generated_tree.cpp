// Plays the tree that a seed stands for:
//
//     generated_tree SEED                plays it
//     generated_tree --describe SEED     prints what it will do
//
// An executed process of the tree runs generated_worker, the same program, and is told who it is by further arguments:
// NUMBER PARENT-PID WORD-FD READY-FD.

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "exitproof/probe.h"
#include "scenarios/generated/draw_tree.hpp"
#include "scenarios/generated/own_children.hpp"
#include "scenarios/generated/own_files.hpp"
#include "scenarios/generated/own_signals.hpp"
#include "scenarios/generated/own_state.hpp"
#include "scenarios/generated/tree_text.hpp"

namespace generated::play {
namespace {

void register_handler(std::size_t index) {
  const Handler& handler = tree.handlers[index];
  const std::string what = "atexit\n" + handler.name + "\ngenerated_tree.cpp\n1\nown";
  handlers.push_back(index);
  exitproof_handler_registered(index, what.c_str());
}

[[noreturn]] void end_process() {
  while (me().runs_handlers && !handlers.empty()) {
    const std::size_t index = handlers.back();
    const Handler& handler = tree.handlers[index];
    exitproof_handler_started(index);
    if (handler.file >= 0 && !(handler.guarded && handler.owner != self)) {
      remove_file(static_cast<std::size_t>(handler.file));
    }
    exitproof_handler_finished(index);
    handlers.pop_back();
  }
  _exit(status);
}

void perform(const Op& op) {
  switch (op.kind) {
    case OpKind::arm:
      return arm();
    case OpKind::handler:
      return register_handler(op.index);
    case OpKind::open:
      return open_file(op.index);
    case OpKind::write:
      return write_half(op.index, op.half);
    case OpKind::publish:
      return publish(op.index);
    case OpKind::lock:
      return take_lock(op.index);
    case OpKind::fork:
      return make_child(op.index);
    case OpKind::await:
      return await_child(op.index);
    case OpKind::ready:
      if (write(ready_fd, "r", 1) < 0) {
      }
      return close_fd(ready_fd);
    case OpKind::wait:
      return wait_for_end();
    case OpKind::tell:
      return tell(op.index);
    case OpKind::linger:
      return rest(-1, static_cast<int>(op.index));
    case OpKind::reap:
      return reap(op.index);
    case OpKind::remove:
      return remove_file(op.index);
    case OpKind::remove_partial:
      if (is_partial(op.index)) remove_file(op.index);
      return;
    case OpKind::end:
      end_process();
  }
}

void* perform_in_thread(void* op) {
  perform(*static_cast<const Op*>(op));
  return nullptr;
}

// With all signals blocked in it: they are the main thread's.
void perform_elsewhere(const Op& op) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread{};
  Op copy = op;
  must(pthread_create(&thread, nullptr, perform_in_thread, &copy) == 0, "pthread_create");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_join(thread, nullptr);
}

bool stops_now() {
  if (stop == 0 || in_teardown()) return false;
  if (self == 0 && me().honest_when_stopped) status = stopped_status;
  at = me().teardown;
  return true;
}

[[noreturn]] void play() {
  for (;;) {
    if (stops_now()) continue;
    exitproof_point(point_name(at).c_str());
    if (stops_now()) continue;
    const std::size_t before = self;
    const Op& op = me().ops[at];
    if (op.in_thread != 0) {
      perform_elsewhere(op);
    } else {
      perform(op);
    }
    if (self == before && !(stop != 0 && !in_teardown())) ++at;
  }
}

// An executed process is told by its maker who it is.
void begin(char** arguments) {
  self = std::strtoull(arguments[2], nullptr, 10);
  parent_pid = std::atoi(arguments[3]);
  word_fd = std::atoi(arguments[4]);
  ready_fd = std::atoi(arguments[5]);
  fcntl(word_fd, F_SETFD, FD_CLOEXEC);
  fcntl(ready_fd, F_SETFD, FD_CLOEXEC);
}

int run(int argc, char** argv) {
  constexpr int described = 3;
  constexpr int executed = 6;
  if (argc == described && std::string(argv[1]) == "--describe") {
    std::fputs(text_of(draw_tree(std::strtoull(argv[2], nullptr, 10))).c_str(), stdout);
    return 0;
  }
  if (argc != 2 && argc != executed) {
    std::fputs("usage: generated_tree [--describe] SEED\n", stderr);
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  tree = draw_tree(std::strtoull(argv[1], nullptr, 10));
  files.resize(tree.files.size());
  children.resize(tree.processes.size());
  make_stop_pipe();
  if (argc == executed) begin(argv);
  play();
}

}  // namespace
}  // namespace generated::play

int main(int argc, char** argv) {
  return generated::play::run(argc, argv);
}
