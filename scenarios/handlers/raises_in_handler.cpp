// The second handler does not come to its end: by an exception, by the end of its thread, or since it exits itself.
#include <pthread.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace {

const char* way = "throw";

void close_the_log() {}

void save_the_state() {
  if (std::strcmp(way, "throw") == 0) {
    throw std::runtime_error("no room");
  }
  if (std::strcmp(way, "copy") == 0) {
    std::rethrow_exception(std::make_exception_ptr(std::logic_error("no sense")));
  }
  if (std::strcmp(way, "thread") == 0) {
    pthread_exit(nullptr);
  }
  if (std::strcmp(way, "caught") == 0) {
    try {
      throw std::runtime_error("no room");
    } catch (const std::exception&) {
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  way = argc > 1 ? argv[1] : way;
  std::atexit(close_the_log);
  std::atexit(save_the_state);
  return 0;
}
