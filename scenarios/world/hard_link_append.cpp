// hard_link_append A B: appends "x" to A, which is another link to the file B. Exits 0; 1 when B does not
// show it or is no longer the same file (an overlay that breaks hard links).
#include <fcntl.h>
#include <sys/stat.h>

#include "scenarios/subject.hpp"

using namespace subject;

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  struct stat before, appended, other;
  must(stat(argv[2], &before) == 0, "stat");
  const int file = open(argv[1], O_WRONLY | O_APPEND | O_CLOEXEC);
  must(file >= 0, "open");
  must(write(file, "x", 1) == 1, "write");
  must(fstat(file, &appended) == 0 && stat(argv[2], &other) == 0, "stat");
  const bool same_file = appended.st_dev == other.st_dev && appended.st_ino == other.st_ino;
  std::printf("size %ld, then %ld; %s\n", static_cast<long>(before.st_size), static_cast<long>(other.st_size),
              same_file ? "the same file" : "two files");
  return same_file && other.st_size == before.st_size + 1 ? 0 : 1;
}
