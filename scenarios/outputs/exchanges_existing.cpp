// exchanges_existing FILE OTHER: makes two existing files change their names, and exits 0; with an errno's number when
// it cannot.
#include <fcntl.h>

#include "scenarios/subject.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  return renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) == 0 ? 0 : errno;
}
