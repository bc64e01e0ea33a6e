// What ci/bench measures: a root and three children, about eighty calls that a survey counts. Each
// child makes files, renames and removes them. Child 2 alone writes five times and more, so a tracer that
// counts for each process, not for each path, can strike the same point.
//
// Exit status: 0, or 3 when a child was killed.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

void must(bool ok, const char* what) {
  if (!ok) {
    std::perror(what);
    std::_Exit(1);
  }
}

void make_file(const std::string& name, int writes) {
  const std::string part = name + ".part";
  const int fd = open(part.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
  must(fd >= 0, "open");
  for (int i = 0; i < writes; ++i) must(write(fd, "0123456789abcdef", 16) == 16, "write");
  must(close(fd) == 0, "close");
  must(rename(part.c_str(), name.c_str()) == 0, "rename");
}

void work(int child) {
  const int files = child == 2 ? 3 : 4;
  const int writes = child == 2 ? 2 : 1;
  for (int i = 0; i < files; ++i) {
    const std::string name = "tree/" + std::to_string(child) + "." + std::to_string(i);
    make_file(name, writes);
    must(unlink(name.c_str()) == 0, "unlink");
  }
}

}  // namespace

int main() {
  must(mkdir("tree", 0755) == 0, "mkdir");
  for (int child = 1; child <= 3; ++child) {
    const pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0) {
      work(child);
      std::_Exit(0);
    }
  }
  bool all_well = true;
  for (int child = 1; child <= 3; ++child) {
    int status = 0;
    must(wait(&status) > 0, "wait");
    all_well = all_well && status == 0;
  }
  make_file("tree/summary", 2);
  must(unlink("tree/summary") == 0, "unlink");
  if (!all_well) return 3;
  must(rmdir("tree") == 0, "rmdir");
  return 0;
}
