#include "exitproof/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace exitproof {

void check_failed(std::string_view what, const char* file, int line) noexcept {
  std::fprintf(stderr, "exitproof: internal error at %s:%d: %.*s\n", file, line, static_cast<int>(what.size()),
               what.data());
  std::abort();
}

}  // namespace exitproof
