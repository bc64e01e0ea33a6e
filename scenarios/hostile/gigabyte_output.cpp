// gigabyte_output [MIB]: writes MIB (1024) mebibytes to stdout in blocks of 64 KiB. Exits 0. A correct harness
// drains it all and keeps little of it.
#include <cstdlib>
#include <vector>

#include "scenarios/subject.hpp"

using namespace subject;

int main(int argc, char** argv) {
  const long mebibytes = argc > 1 ? std::atol(argv[1]) : 1024;
  const std::vector<char> block(65536, 'x');
  for (long i = 0; i < mebibytes * 16; ++i) {
    std::size_t done = 0;
    while (done < block.size()) {
      const ssize_t count = write(STDOUT_FILENO, block.data() + done, block.size() - done);
      must(count > 0 || errno == EINTR, "write");
      if (count > 0) done += static_cast<std::size_t>(count);
    }
  }
  return 0;
}
