// compare_st_dev DIR: compares the device numbers of DIR, of all below it, and of a file that it makes there
// and removes again, as find -xdev, tar --one-file-system and cp -a do. Exits 0; 1 when one differs.
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include <string>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

dev_t device = 0;
int others = 0;

int compare(const char* path, const struct stat* status, int, FTW*) {
  if (status->st_dev == device) return 0;
  std::printf("another device: %s\n", path);
  ++others;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  struct stat top;
  must(stat(argv[1], &top) == 0, "stat");
  device = top.st_dev;
  const std::string made = std::string(argv[1]) + "/compare_st_dev.new";
  const int file = open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  must(file >= 0, "open");
  must(nftw(argv[1], compare, 16, FTW_PHYS) == 0, "nftw");
  must(unlink(made.c_str()) == 0, "unlink");
  return others == 0 ? 0 : 1;
}
