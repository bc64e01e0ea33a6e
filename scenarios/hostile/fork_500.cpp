// fork_500 [N]: makes N (500) children that wait for the end of a pipe, closes it after the last and reaps all.
// Exits 0; 1 when a child failed.
#include <cstdlib>
#include <vector>

#include "scenarios/subject.hpp"

using namespace subject;

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 500;
  int life[2];
  must(pipe(life) == 0, "pipe");
  std::vector<pid_t> children;
  for (int i = 0; i < count; ++i) {
    children.push_back(make_child([&life] {
      close(life[1]);
      char byte = 0;
      return read(life[0], &byte, 1) == 0 ? 0 : 1;
    }));
  }
  close(life[1]);
  bool good = true;
  for (const pid_t child : children) good = reap_success(child) && good;
  return good ? 0 : 1;
}
