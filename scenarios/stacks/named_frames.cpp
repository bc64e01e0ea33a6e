// named_frames call|signal|thread|deep: calls sched_yield(2) in stacks::innermost, below
//   call    stacks::Caller::call, main
//   signal  on_signal, the signal trampoline, raise(3), stacks::Caller::interrupted, main
//   thread  thread_body, which pthread_create(3) started
//   deep    100 times stacks::Caller::deeper, main
// The test of the stack reader holds it there. Exits 0.
#include <pthread.h>
#include <sched.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

namespace stacks {

volatile int after = 0;  // written after each call, so that none is a tail call

[[gnu::noinline]] void innermost() {
  sched_yield();
  after = after + 1;
}

struct Caller {
  [[gnu::noinline]] static void call() {
    innermost();
    after = after + 1;
  }
  [[gnu::noinline]] static void interrupted() {
    if (std::raise(SIGUSR1) != 0) std::abort();
    after = after + 1;
  }
  [[gnu::noinline]] static void deeper(int levels) {
    if (levels > 1)
      deeper(levels - 1);
    else
      innermost();
    after = after + 1;
  }
};

}  // namespace stacks

extern "C" void on_signal(int) {
  stacks::innermost();
  stacks::after = stacks::after + 1;
}

extern "C" void* thread_body(void*) {
  stacks::innermost();
  stacks::after = stacks::after + 1;
  return nullptr;
}

int main(int argc, char** argv) {
  const std::string_view how = argc == 2 ? argv[1] : "";
  if (how == "call") {
    stacks::Caller::call();
  } else if (how == "signal") {
    if (std::signal(SIGUSR1, on_signal) == SIG_ERR) return 1;
    stacks::Caller::interrupted();
  } else if (how == "thread") {
    pthread_t thread;
    if (pthread_create(&thread, nullptr, thread_body, nullptr) != 0) return 1;
    if (pthread_join(thread, nullptr) != 0) return 1;
  } else if (how == "deep") {
    stacks::Caller::deeper(100);
  } else {
    return 2;
  }
  return 0;
}
