/* Prints the environment, as constructors saw it too, and whether the auxiliary vector lies behind it. */
#define _GNU_SOURCE
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

static int seen_early = 0;

__attribute__((constructor)) static void look(int argc, char** argv, char** environment) {
  (void)argc;
  (void)argv;
  for (; *environment != NULL; ++environment) {
    seen_early +=
        strncmp(*environment, "LD_PRELOAD=", 11) == 0 || strncmp(*environment, "EXITPROOF_PRELOADED=", 20) == 0;
  }
}

int main(int argc, char** argv, char** environment) {
  printf("%s\narguments %d\nearly %d\n", argv[0], argc, seen_early);
  for (; *environment != NULL; ++environment) {
    puts(*environment);
  }
  const ElfW(auxv_t)* entry = (const ElfW(auxv_t)*)(environment + 1);
  for (; entry->a_type != AT_NULL; ++entry) {
    if (entry->a_type == AT_PHDR) {
      puts(entry->a_un.a_val == getauxval(AT_PHDR) ? "vector found" : "vector wrong");
    }
  }
  FILE* environ_file = fopen("/proc/self/environ", "r");
  char text[4096] = "";
  const size_t size = environ_file == NULL ? 0 : fread(text, 1, sizeof text - 1, environ_file);
  printf("kernel shows it: %s\n", memmem(text, size, "libexitproof", 12) != NULL ? "yes" : "no");
  return 0;
}
