// newborn_storm [N]: four threads make N (10) children each at the same time, every child makes a grandchild,
// and the main thread starts and joins 4 x N threads meanwhile. A correct tracer sees 4N children of the root,
// one child of each, and 4 + 4N extra threads. Exits 0; 1 when a child did not end as it should.
#include <pthread.h>

#include <atomic>
#include <cstdlib>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr int makers = 4;
int children = 10;
std::atomic<bool> wrong = false;

int grow() {
  const pid_t grandchild = make_child([] { return 7; });
  const int status = reap(grandchild);
  return WIFEXITED(status) && WEXITSTATUS(status) == 7 ? 5 : 1;
}

void* make_children(void*) {
  for (int i = 0; i < children; ++i) {
    const int status = reap(make_child(grow));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 5) wrong = true;
  }
  return nullptr;
}

void* end_at_once(void*) {
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) children = std::atoi(argv[1]);
  if (children < 1) return 2;
  pthread_t threads[makers];
  for (pthread_t& thread : threads)
    must(pthread_create(&thread, nullptr, make_children, nullptr) == 0, "pthread_create");
  for (int i = 0; i < makers * children; ++i) {
    pthread_t brief;
    must(pthread_create(&brief, nullptr, end_at_once, nullptr) == 0, "pthread_create");
    must(pthread_join(brief, nullptr) == 0, "pthread_join");
  }
  for (const pthread_t thread : threads) must(pthread_join(thread, nullptr) == 0, "pthread_join");
  return wrong ? 1 : 0;
}
