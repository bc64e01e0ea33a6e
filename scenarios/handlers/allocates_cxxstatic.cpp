// Allocates by an operator new that was linked into it with the rest of the C++ library.
#include <memory>
#include <string>

void* volatile seen = nullptr;  // or the compiler would leave the allocation out

int main() {
  const auto made = std::make_unique<std::string>(100, 'x');
  seen = made.get();
  return 0;
}
