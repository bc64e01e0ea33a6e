/* Executes the program of the later words, as: "without" an environment array; "secure", that is with another real
 * user than effective one; "nobody". */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc < 3) {
    return 2;
  }
  const uid_t nobody = 65534;
  if (strcmp(argv[1], "without") == 0) {
    execve(argv[2], argv + 2, NULL);
  } else if (strcmp(argv[1], "secure") == 0 && setresuid(nobody, (uid_t)-1, (uid_t)-1) == 0) {
    execv(argv[2], argv + 2);
  } else if (strcmp(argv[1], "nobody") == 0 && setgid(nobody) == 0 && setuid(nobody) == 0) {
    execv(argv[2], argv + 2);
  }
  return 1;
}
