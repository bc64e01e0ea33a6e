// Looks every 5 ms whether its child, which prints a line, has ended: there is no moment at which all is quiet.

#include <sys/wait.h>

#include <cstdio>

#include "scenarios/subject.hpp"

int main() {
  const pid_t child = subject::make_child([] {
    std::puts("child");
    std::fflush(stdout);
    return 0;
  });
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) subject::sleep_ms(5);
  std::puts("parent");
  return status == 0 ? 0 : 1;
}
