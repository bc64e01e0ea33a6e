// Two processes work in the directory work.d below the current one, and each of them takes their common temporary
// file away when it has done its part, if it is still there. Between the look and the removal, the other may have
// been faster: then the removal fails, and the first process gives up, with status 1 and without having removed
// work.d. That takes an order of both that hardly ever comes by itself.
#include <fcntl.h>
#include <sys/stat.h>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr const char* temp = "work.d/shared.tmp";

int take_away() {
  if (access(temp, F_OK) != 0) return 0;
  if (unlink(temp) == 0) return 0;
  std::perror("both_remove_temp: cannot remove its temporary file");
  return 1;
}

void add_line(const char* name) {
  const int fd = open(name, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
  must(fd >= 0, "open");
  must(write(fd, "line\n", 5) == 5, "write");
  must(close(fd) == 0, "close");
}

}  // namespace

int main() {
  must(mkdir("work.d", 0755) == 0, "mkdir");
  add_line(temp);
  const pid_t child = make_child([] {
    add_line("work.d/child");
    unlink("work.d/child");
    return take_away();
  });
  add_line("work.d/parent");
  unlink("work.d/parent");
  const int own = take_away();
  if (own != 0) return own;
  const bool well = reap_success(child);
  must(rmdir("work.d") == 0, "rmdir");
  return well ? 0 : 1;
}
