// Four allocations of each of the forms of operator new, of which the first that fails ends it; then as many in a
// child process.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <new>

void* volatile seen = nullptr;  // or the compiler would leave allocations out

namespace {

struct alignas(64) Wide {
  char bytes[64];
};

template <class Made>
void keep(Made* made) {
  seen = made;
  delete made;
}

int count = 0;

void allocate() {
  for (int i = 0; i < 4; ++i) {
    keep(new int);
    ++count;
    std::unique_ptr<char[]> several(new char[8]);
    seen = several.get();
    ++count;
    keep(new Wide);
    ++count;
    int* const maybe = new (std::nothrow) int;
    std::printf("%s", maybe == nullptr ? "null\n" : "");
    keep(maybe);
    ++count;
  }
}

void try_to() {
  count = 0;
  try {
    allocate();
    std::printf("all %d\n", count);
  } catch (const std::bad_alloc&) {
    std::printf("bad_alloc after %d\n", count);
  }
  std::fflush(stdout);
}

}  // namespace

int main() {
  try_to();
  const pid_t child = fork();
  if (child == 0) {
    try_to();
    _exit(0);
  }
  return child > 0 && waitpid(child, nullptr, 0) == child ? 0 : 1;
}
