#include <exitproof/probe.h>
#include <stdio.h>

/* Writes the file that is named, unless somebody asks for a failure at the point `save`. */
int main(int argc, char** argv) {
  if (exitproof_point("save")) {
    return 1;
  }
  if (argc < 2) {
    return 0;
  }
  FILE* file = fopen(argv[1], "w");
  return file == NULL || fclose(file) != 0;
}
