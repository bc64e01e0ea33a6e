/* Opens and closes a library twice, and ends by exec: only what closing has run did run. */
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char** argv) {
  for (int i = 0; argc > 1 && i < 2; ++i) {
    void* library = dlopen(argv[1], RTLD_NOW);
    if (library == NULL) {
      puts(dlerror());
      return 1;
    }
    dlclose(library);
  }
  fflush(stdout);
  execlp("true", "true", NULL);
  return 1;
}
