// tree_cleanup: three children make a file each in the working directory (tree_cleanup.1 to .3) and remove it
// when the pipe from the root is closed, which the root does after 300 ms. A correct `kill-tree` leaves all
// three files, since all die at one instant; one that kills one by one lets the later ones clean up. Exits 0
// and leaves nothing.
#include <fcntl.h>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

int hold_file(int number, int pipe_end, int made) {
  char name[32];
  std::snprintf(name, sizeof name, "tree_cleanup.%d", number);
  const int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  must(file >= 0, "open");
  must(write(made, "x", 1) == 1, "write");
  char byte = 0;
  must(read(pipe_end, &byte, 1) == 0, "read");
  return unlink(name) == 0 ? 0 : 1;
}

}  // namespace

int main() {
  int life[2], made[2];
  must(pipe(life) == 0 && pipe(made) == 0, "pipe");
  pid_t children[3];
  for (int i = 0; i < 3; ++i) {
    children[i] = make_child([&life, &made, i] {
      close(life[1]);
      return hold_file(i + 1, life[0], made[1]);
    });
  }
  for (int i = 0; i < 3; ++i) {
    char byte = 0;
    must(read(made[0], &byte, 1) == 1, "read");
  }
  sleep_ms(300);
  close(life[1]);
  bool good = true;
  for (const pid_t child : children) good = reap_success(child) && good;
  return good ? 0 : 1;
}
