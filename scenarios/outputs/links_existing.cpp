// links_existing FILE: gives an existing file two more names, by link(2) and linkat(2), opens it through a symbolic link,
// and takes the names away again: nothing of that needs room on a disk, even on a full one. Then writes a block to a
// new file, for which there is none. Prints what went otherwise and exits 1; else exits 0.
#include <fcntl.h>

#include <string>

#include "scenarios/subject.hpp"

namespace {

bool good = true;

void expect(const char* call, bool done) {
  if (done) return;
  std::printf("%s: errno %d\n", call, errno);
  good = false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string name = argv[1];
  const std::string one = name + ".one";
  const std::string two = name + ".two";
  const std::string soft = name + ".soft";
  expect("link", link(name.c_str(), one.c_str()) == 0);
  expect("linkat", linkat(AT_FDCWD, one.c_str(), AT_FDCWD, two.c_str(), 0) == 0);
  expect("symlink", symlink(name.c_str(), soft.c_str()) == 0);
  const int file = open(soft.c_str(), O_WRONLY | O_APPEND);
  expect("open", file >= 0);
  expect("unlink", unlink(soft.c_str()) == 0 && unlink(two.c_str()) == 0 && unlink(one.c_str()) == 0);
  const std::string block(8192, 'x');
  const int fresh = open(two.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
  expect("no room", fresh >= 0 && write(fresh, block.data(), block.size()) < 0 && errno == ENOSPC);
  expect("unlink", unlink(two.c_str()) == 0);
  return good ? 0 : 1;
}
