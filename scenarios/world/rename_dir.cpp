// rename_dir FROM TO: renames a directory that was there before, makes a file in it, and renames it back. Exits
// 0; 1 when a rename failed (EXDEV, in an overlay that cannot redirect directories).
#include <fcntl.h>

#include <string>

#include "scenarios/subject.hpp"

using namespace subject;

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  if (std::rename(argv[1], argv[2]) != 0) {
    std::perror("rename");
    return 1;
  }
  const std::string inside = std::string(argv[2]) + "/rename_dir.new";
  const int file = open(inside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  must(file >= 0, "open");
  must(unlink(inside.c_str()) == 0, "unlink");
  return std::rename(argv[2], argv[1]) == 0 ? 0 : 1;
}
