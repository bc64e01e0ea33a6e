#include "exitproof/gtest/init.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "exitproof/worker.hpp"
#include "properties/gtest/program.hpp"
#include "properties/gtest/subject_table.hpp"
#include "properties/gtest/test_place.hpp"

namespace exitproof::gtest {
namespace {

constexpr int exit_harness_failed = 99;
constexpr std::string_view json_option = "--exitproof_json=";

Program& own_program() {
  static Program own;
  return own;
}

/// `--cpu K`, as a WorkerPool appends it.
[[noreturn]] void work(const std::vector<std::string>& words) {
  unsigned cpu = 0;
  if (words.size() > 1) std::from_chars(words[1].data(), words[1].data() + words[1].size(), cpu);
  // A test program lies anywhere: where it has no agents beside it, those of this library are meant.
  ::setenv("EXITPROOF_AGENTS", EXITPROOF_OWN_AGENTS, 0);
  try {
    std::exit(serve_trials(cpu) ? EXIT_SUCCESS : exit_harness_failed);
  } catch (const std::exception& error) {
    fmt::print(stderr, "exitproof: {}\n", error.what());
    std::exit(exit_harness_failed);
  }
}

[[noreturn]] void be_subject(const std::vector<std::string>& words) {
  const Subject::Body body = words.empty() ? nullptr : find_subject(words.front());
  if (body == nullptr) {
    fmt::print(stderr, "exitproof: this program has no subject \"{}\"\n", words.empty() ? "" : words.front());
    std::exit(exit_harness_failed);
  }
  std::exit(body({words.begin() + 1, words.end()}));
}

/// What the option says; it is taken out of the arguments.
std::string take_json_folder(int* argc, char** argv) {
  const char* variable = std::getenv("EXITPROOF_JSON_DIR");
  std::string folder = variable == nullptr ? "" : variable;
  const auto kept = std::remove_if(argv, argv + *argc, [&](const char* argument) {
    const std::string_view word = argument;
    if (!word.starts_with(json_option)) return false;
    folder = word.substr(json_option.size());
    return true;
  });
  *argc = static_cast<int>(kept - argv);
  argv[*argc] = nullptr;
  return folder.empty() ? folder : std::filesystem::absolute(folder).string();
}

}  // namespace

const Program& program() {
  return own_program();
}

std::string program_file() {
  const std::filesystem::path link = "/proc/self/exe";
  std::error_code unreadable;
  const std::filesystem::path file = std::filesystem::read_symlink(link, unreadable);
  return !unreadable && std::filesystem::exists(file, unreadable) ? file.string() : link.string();
}

void init(int* argc, char** argv) {
  const std::string word = *argc > 1 ? argv[1] : "";
  if (word == worker_word) work({argv + 2, argv + *argc});
  if (word == subject_word) be_subject({argv + 2, argv + *argc});
  own_program() = {.invoked_as = *argc > 0 ? argv[0] : program_file(), .json_folder = take_json_folder(argc, argv)};
  watch_tests();
}

}  // namespace exitproof::gtest
