// foreign_call: makes and removes the directory foreign_call.dir by i386 calls (int 0x80), and asks for its pid
// by an x32 call. The i386 numbers of mkdir and rmdir, 39 and 40, are getpid and sendfile on x86-64: a filter
// that does not check the architecture mistakes them. Exits 0 when each call worked or is refused by the
// kernel (ENOSYS, SIGSEGV where it has no i386 calls); 1 when it said one thing and did another.
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <csetjmp>
#include <csignal>
#include <cstring>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr char directory[] = "foreign_call.dir";
sigjmp_buf refused;

void on_segv(int) {
  siglongjmp(refused, 1);
}

/// -errno on failure. `path` must lie below 4 GiB.
long i386_call(long number, const char* path, long mode) {
  if (sigsetjmp(refused, 1) != 0) return -ENOSYS;
  long result = number;
  asm volatile("int $0x80" : "+a"(result) : "b"(path), "c"(mode) : "memory", "r8", "r9", "r10", "r11");
  return static_cast<int>(result);
}

bool exists() {
  struct stat status;
  return stat(directory, &status) == 0;
}

}  // namespace

int main() {
  must(signal(SIGSEGV, on_segv) != SIG_ERR, "signal");
  void* low = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  must(low != MAP_FAILED, "mmap");
  auto* path = static_cast<char*>(std::memcpy(low, directory, sizeof directory));

  const long made = i386_call(39, path, 0700);
  bool good = made == 0 ? exists() : made == -ENOSYS && !exists();
  const long removed = i386_call(40, path, 0);
  good = (removed == 0 || removed == -ENOSYS) && !exists() && good;
  errno = 0;
  const long pid = syscall(0x40000000 | SYS_getpid);
  good = (pid == getpid() || (pid == -1 && errno == ENOSYS)) && good;
  std::printf("i386 mkdir %ld, rmdir %ld, x32 getpid %s\n", made, removed, pid == getpid() ? "works" : "refused");
  return good ? 0 : 1;
}
