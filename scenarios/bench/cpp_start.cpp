// What ci/bench measures: a C++ program that allocates once, prints a line and ends, so that its start is most of it.

#include <iostream>
#include <string>

int main() {
  std::cout << std::string(60, '.') << '\n';
  return 0;
}
