#include <dlfcn.h>
#include <link.h>
#include <string.h>

#include "harness/probe/preload.hpp"

namespace exitproof::preload {

namespace {

// How the names of their files begin. The C runtime's own parts were apart before glibc 2.34.
constexpr const char* runtime[] = {
    "libc.so.",     "ld-linux",  "libpthread.so.", "libm.so.",    "libdl.so.",     "librt.so.",
    "libstdc++.so", "libc++.so", "libc++abi.so",   "libgcc_s.so", "libexitproof-",
};

const char* file_of(const void* address) {
#if __GLIBC_PREREQ(2, 35)
  dl_find_object found;
  return _dl_find_object(const_cast<void*>(address), &found) == 0 ? found.dlfo_link_map->l_name : nullptr;
#else
  Dl_info found;
  return dladdr(address, &found) != 0 ? found.dli_fname : nullptr;
#endif
}

}  // namespace

bool is_of_runtime(const void* address) {
  const char* const path = file_of(address);
  if (path == nullptr) {
    return false;  // null, or made at run time by the program
  }
  const char* const slash = strrchr(path, '/');
  const char* const name = slash == nullptr ? path : slash + 1;
  for (const char* const each : runtime) {
    if (strncmp(name, each, strlen(each)) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace exitproof::preload
