#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "ci/pages/completions.hpp"
#include "ci/pages/man_page.hpp"

namespace {

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::trunc | std::ios::binary);
  file << text << std::flush;
  if (!file) throw std::system_error(errno, std::generic_category(), "writing " + path.string());
}

void write_all(const std::filesystem::path& folder) {
  using namespace exitproof::pages;
  exitproof::cli::Command command;
  exitproof::cli::declare(command);
  const CommandPages pages = read_pages(command);
  write(folder / "man/exitproof.1", command_man_page(pages));
  for (const VerbPage& verb : pages.verbs) {
    write(folder / fmt::format("man/exitproof-{}.1", verb.name), verb_man_page(pages, verb));
  }
  write(folder / "completions/bash/exitproof", bash_completion(pages));
  write(folder / "completions/zsh/_exitproof", zsh_completion(pages));
  write(folder / "completions/fish/exitproof.fish", fish_completion(pages));
}

}  // namespace

// exitproof_pages FOLDER: writes manual pages and completions there.
int main(int argc, char** argv) try {
  if (argc != 2) {
    fmt::print(stderr, "usage: exitproof_pages FOLDER\n");
    return 2;
  }
  write_all(argv[1]);
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "exitproof_pages: {}\n", error.what());
  return 1;
}
