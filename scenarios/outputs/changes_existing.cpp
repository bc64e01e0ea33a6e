// changes_existing FILE: does to an existing file what needs no room on a disk, even on a full one: opens it for
// appending, changes its mode and times, opens it for reading and writing, renames it and back. Prints nothing and
// exits 0 when all worked; else prints the call and its errno's number, and exits 1.
#include <fcntl.h>
#include <sys/stat.h>

#include <string>

#include "scenarios/subject.hpp"

namespace {

bool good = true;

void expect(const char* call, long result) {
  if (result >= 0) return;
  std::printf("%s: errno %d\n", call, errno);
  good = false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string name = argv[1];
  const std::string moved = name + ".moved";
  const timespec times[] = {{1, 0}, {2, 0}};
  // The first call is what a fault strikes at.
  expect("mkdir", mkdir("changes_existing.d", 0755));
  const int appending = open(name.c_str(), O_WRONLY | O_APPEND);
  expect("open for appending", appending);
  expect("close", close(appending));
  expect("chmod", chmod(name.c_str(), 0600));
  expect("utimensat", utimensat(AT_FDCWD, name.c_str(), times, 0));
  const int both = open(name.c_str(), O_RDWR);
  expect("open for both", both);
  expect("close", close(both));
  expect("rename", rename(name.c_str(), moved.c_str()));
  expect("rename back", rename(moved.c_str(), name.c_str()));
  expect("rmdir", rmdir("changes_existing.d"));
  return good ? 0 : 1;
}
