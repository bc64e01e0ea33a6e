#include <cstdio>
#include <exitproof/probe.hpp>

#include "temp_file.hpp"

int main() try {
  const TempFile scratch("/tmp/consumer.scratch", "half of the work\n");
  exitproof::point("written");
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
