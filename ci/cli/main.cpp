#include "ci/cli/cli.hpp"

int main(int argc, char** argv) {
  return exitproof::cli::run({argv, argv + argc});
}
