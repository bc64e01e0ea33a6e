// killed_at_stop [N]: N (60) times makes a child of two threads that both make and remove directories without
// a pause, and kills it by SIGKILL a little later, mostly while a tracer holds it at a stop. A correct tracer
// sees N deaths by SIGKILL and goes on. Exits 0; 1 when a child ended otherwise. Leaves nothing.
#include <pthread.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <string>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

std::string directory(pid_t pid, int number) {
  return "killed_at_stop." + std::to_string(pid) + "." + std::to_string(number);
}

void* make_and_remove(void* number) {
  const std::string name = directory(getpid(), *static_cast<int*>(number));
  for (;;) {
    must(mkdir(name.c_str(), 0700) == 0, "mkdir");
    must(rmdir(name.c_str()) == 0, "rmdir");
  }
}

int busy() {
  int numbers[] = {1, 2};
  pthread_t other;
  must(pthread_create(&other, nullptr, make_and_remove, &numbers[0]) == 0, "pthread_create");
  make_and_remove(&numbers[1]);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const int times = argc > 1 ? std::atoi(argv[1]) : 60;
  bool good = times > 0;
  for (int i = 0; i < times; ++i) {
    const pid_t child = make_child(busy);
    const timespec brief{0, i % 20 * 100'000};
    nanosleep(&brief, nullptr);
    must(kill(child, SIGKILL) == 0, "kill");
    const int status = reap(child);
    good = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && good;
    for (int number : {1, 2}) rmdir(directory(child, number).c_str());
  }
  return good ? 0 : 1;
}
