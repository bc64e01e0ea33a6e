// Maps a file that exists, shared and read-only, then writes to it through another descriptor. The mapping must show
// what was written, as it does on every file system: exits with 0 when it does, else with 1.

#include <fcntl.h>
#include <sys/mman.h>

#include "scenarios/subject.hpp"

int main(int, char** argv) {
  const int reader = open(argv[1], O_RDONLY);
  subject::must(reader >= 0, "open to read");
  const void* mapped = mmap(nullptr, 1, PROT_READ, MAP_SHARED, reader, 0);
  subject::must(mapped != MAP_FAILED, "mmap");
  const int writer = open(argv[1], O_WRONLY);
  subject::must(writer >= 0, "open to write");
  subject::must(pwrite(writer, "b", 1, 0) == 1, "pwrite");
  return *static_cast<const volatile char*>(mapped) == 'b' ? 0 : 1;
}
