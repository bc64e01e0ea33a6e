// A worker makes a file and lives on; then somebody takes the file away while it lives: "sibling", another worker,
// or "parent", who made them all. "writer", another worker too, opens it as a shell's `>` does and writes to it.
// Usage: takes_away sibling|parent|writer PATH [file|socket|directory|symlink|link|fifo]

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstdio>
#include <cstring>

#include <string_view>

#include "scenarios/subject.hpp"

namespace {

void make_socket(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  const int server = socket(AF_UNIX, SOCK_STREAM, 0);
  subject::must(bind(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "bind");
  subject::must(listen(server, 1) == 0, "listen");
}

void make_file(const char* path, std::string_view type) {
  if (type == "file") {
    subject::must(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) >= 0, "open");
  } else if (type == "socket") {
    make_socket(path);
  } else if (type == "directory") {
    subject::must(mkdir(path, 0700) == 0, "mkdir");
  } else if (type == "symlink") {
    subject::must(symlink("/etc/passwd", path) == 0, "symlink");
  } else if (type == "link") {
    subject::must(close(open("other-name", O_WRONLY | O_CREAT, 0600)) == 0, "open");
    subject::must(link("other-name", path) == 0, "link");
  } else {
    subject::must(type == "fifo" && mkfifo(path, 0600) == 0, "mkfifo");
    subject::must(open(path, O_RDWR) >= 0, "open of the fifo");
  }
}

void remove_file(const char* path) {
  subject::must(remove(path) == 0, "remove");
}

void write_to_file(const char* path) {
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  subject::must(file >= 0 && write(file, "w", 1) == 1, "write to the file");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view who = argv[1];
  const char* path = argv[2];
  const std::string_view type = argc > 3 ? argv[3] : "file";
  int made[2];
  int over[2];
  subject::must(pipe(made) == 0 && pipe(over) == 0, "pipe");
  const pid_t maker = subject::make_child([&] {
    close(made[0]);
    close(over[1]);
    make_file(path, type);
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
      who == "writer" ? write_to_file(path) : remove_file(path);
      return 0;
    });
    subject::must(subject::reap_success(sibling), "the sibling");
  }
  close(over[1]);
  return subject::reap_success(maker) ? 0 : 1;
}
