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

const char* name_of(const char* path) {
  const char* const slash = strrchr(path, '/');
  return slash == nullptr ? path : slash + 1;
}

// Directories of libraries that come with the system. A program's own lie beside it, or in /opt or /usr/local.
constexpr const char* system_directories[] = {"/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/"};

bool begins_with_any(const char* text, const char* const* beginnings, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (strncmp(text, beginnings[i], strlen(beginnings[i])) == 0) {
      return true;
    }
  }
  return false;
}

template <size_t Count>
bool begins_with_any(const char* text, const char* const (&beginnings)[Count]) {
  return begins_with_any(text, beginnings, Count);
}

}  // namespace

bool is_of_runtime(const void* address) {
  const char* const path = file_of(address);
  return path != nullptr && begins_with_any(name_of(path), runtime);  // null: made at run time by the program
}

bool is_of_system(const void* address) {
  const char* const path = file_of(address);
  if (path == nullptr) {
    return false;
  }
  const bool library = strstr(name_of(path), ".so") != nullptr;  // not a program that lies among them
  return begins_with_any(name_of(path), runtime) || (library && begins_with_any(path, system_directories));
}

}  // namespace exitproof::preload
