#include "ci/certify/machine_versions.hpp"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

#include "exitproof/shell_quote.hpp"

namespace exitproof {
namespace {

namespace fs = std::filesystem;

/// Interpreters that print their version and end. Any other program might do anything when it is started.
constexpr std::array<std::string_view, 7> interpreters{"bash", "lua", "node", "perl", "php", "python", "ruby"};

bool is_interpreter(const fs::path& path) {
  std::string name = path.filename().string();
  while (!name.empty() && (name.back() == '.' || (name.back() >= '0' && name.back() <= '9'))) name.pop_back();
  return std::ranges::find(interpreters, name) != interpreters.end();
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

std::string version_of(const fs::path& path) {
  const std::string line = fmt::format("exec {} --version </dev/null 2>&1", shell_quote(path.string()));
  FILE* pipe = ::popen(line.c_str(), "re");
  if (pipe == nullptr) return {};
  std::array<char, 1024> said{};
  const std::size_t count = std::fread(said.data(), 1, said.size(), pipe);
  const int status = ::pclose(pipe);
  return status == 0 ? first_line({said.data(), count}) : std::string();
}

utsname machine() {
  utsname name{};
  ::uname(&name);
  return name;
}

}  // namespace

std::string kernel_version() {
  const utsname name = machine();
  return fmt::format("{} {}", name.sysname, name.release);
}

std::string machine_architecture() {
  return machine().machine;
}

std::string libc_version() {
  return fmt::format("glibc {}", ::gnu_get_libc_version());
}

std::vector<RunProgram> programs_of(const std::vector<Evidence>& runs, FileDigests& digests) {
  std::set<fs::path> paths;
  for (const Evidence& run : runs) {
    for (const ProcessRecord& process : run.processes) {
      std::error_code unknown;
      const fs::path real = fs::canonical(process.executable, unknown);
      if (!process.executable.empty()) paths.insert(unknown ? fs::path(process.executable) : real);
    }
  }
  std::vector<RunProgram> programs;
  for (const fs::path& path : paths) {
    RunProgram& program = programs.emplace_back(RunProgram{.path = path.string(), .digest = {}, .version = {}});
    try {
      program.digest = digests.of(path);
    } catch (const std::system_error&) {
      continue;  // it was there in the world of a trial only
    }
    if (is_interpreter(path)) program.version = version_of(path);
  }
  return programs;
}

}  // namespace exitproof
