// writes_blocks: writes ./writes_blocks.out in four blocks of 10,000 bytes and one writev(2) of 100 and 200, closes it
// twice, and prints what each call returned, with the errno's number when it failed. Exits 0, whatever happened: it
// shows what a fault looks like from inside, and breaks `honest-exit-status` and `whole-outputs` by that.
#include <fcntl.h>
#include <sys/uio.h>

#include <vector>

#include "scenarios/subject.hpp"

namespace {

void print(const char* call, long result) {
  if (result < 0) {
    std::printf("%s: errno %d\n", call, errno);
  } else {
    std::printf("%s: %ld\n", call, result);
  }
}

}  // namespace

int main() {
  std::vector<char> block(10'000, 'x');
  const int fd = open("writes_blocks.out", O_CREAT | O_WRONLY | O_TRUNC, 0644);
  print("open", fd < 0 ? -1 : 0);
  for (int i = 0; i < 4; ++i) print("write", write(fd, block.data(), block.size()));
  iovec parts[] = {{block.data(), 100}, {block.data(), 200}};
  print("writev", writev(fd, parts, 2));
  print("second length", static_cast<long>(parts[1].iov_len));
  print("close", close(fd));
  print("close again", close(fd));
  return 0;
}
