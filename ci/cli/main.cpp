#include "ci/cli/cli.hpp"
#include "ci/cli/standard_descriptors.hpp"

int main(int argc, char** argv) {
  exitproof::cli::occupy_standard_descriptors();
  return exitproof::cli::run({argv, argv + argc});
}
