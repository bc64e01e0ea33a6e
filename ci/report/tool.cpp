#include "ci/report/tool.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

namespace exitproof {

std::string kernel_text() {
  utsname name{};
  return ::uname(&name) == 0 ? fmt::format("{} {}", name.sysname, name.release) : "";
}

}  // namespace exitproof
