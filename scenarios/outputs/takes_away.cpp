// A worker makes a file and lives on; then somebody takes the file away while it lives: "sibling", another worker,
// or "parent", who made them all. Usage: takes_away sibling|parent PATH

#include <fcntl.h>

#include <string_view>

#include "scenarios/subject.hpp"

namespace {

void remove_file(const char* path) {
  subject::must(unlink(path) == 0, "unlink");
}

}  // namespace

int main(int, char** argv) {
  const std::string_view who = argv[1];
  const char* path = argv[2];
  int made[2];
  int over[2];
  subject::must(pipe(made) == 0 && pipe(over) == 0, "pipe");
  const pid_t maker = subject::make_child([&] {
    close(made[0]);
    close(over[1]);
    subject::must(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) >= 0, "open");
    subject::must(write(made[1], "m", 1) == 1, "write");
    char end = 0;
    return read(over[0], &end, 1) == 0 ? 0 : 1;  // the end of the pipe
  });
  char byte = 0;
  subject::must(read(made[0], &byte, 1) == 1, "read");
  if (who == "parent") {
    remove_file(path);
  } else {
    const pid_t sibling = subject::make_child([&] {
      remove_file(path);
      return 0;
    });
    subject::must(subject::reap_success(sibling), "the sibling");
  }
  close(over[1]);
  return subject::reap_success(maker) ? 0 : 1;
}
