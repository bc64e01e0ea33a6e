// works_here: does with files in the working directory what programs do there: makes a directory and a file,
// links, renames, syncs, locks, truncates, reads by mmap(2), and removes all. Exits 0, in a directory that is
// a mount of its own too; 99 with the failed call named.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "scenarios/subject.hpp"

using namespace subject;

int main() {
  must(mkdir("works_here.dir", 0700) == 0, "mkdir");
  const int file = open("works_here.dir/a", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  must(file >= 0, "open");
  must(flock(file, LOCK_EX | LOCK_NB) == 0, "flock");
  must(write(file, "hello world\n", 12) == 12, "write");
  must(ftruncate(file, 5) == 0, "ftruncate");
  must(fsync(file) == 0, "fsync");
  must(link("works_here.dir/a", "works_here.b") == 0, "link");
  must(std::rename("works_here.b", "works_here.dir/b") == 0, "rename");
  void* text = mmap(nullptr, 5, PROT_READ, MAP_SHARED, file, 0);
  must(text != MAP_FAILED, "mmap");
  const bool good = static_cast<const char*>(text)[4] == 'o';
  must(unlink("works_here.dir/a") == 0 && unlink("works_here.dir/b") == 0, "unlink");
  must(rmdir("works_here.dir") == 0, "rmdir");
  return good ? 0 : 1;
}
