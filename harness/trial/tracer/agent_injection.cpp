#include "harness/trial/tracer/agent_injection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "harness/linux/file_access.hpp"
#include "harness/linux/proc_files.hpp"
#include "harness/linux/ptrace.hpp"

namespace exitproof {

namespace {

namespace fs = std::filesystem;

constexpr const char* handlers_library = "libexitproof-agent.so";
constexpr const char* new_library = "libexitproof-new.so";
constexpr const char* usual_loader = "/lib64/ld-linux-x86-64.so.2";

// "python3.11", "python3.13t", "pypy3-c": what a release calls its interpreter, but no "pythonista".
bool is_python(const std::string& executable) {
  const std::string name = fs::path(executable).filename();
  for (const std::string_view start : {"python", "pypy"}) {
    if (name.starts_with(start)) {
      return name.size() == start.size() || std::isalpha(static_cast<unsigned char>(name[start.size()])) == 0;
    }
  }
  return false;
}

bool is_cpp(const sys::ProgramFile& program) {
  return std::any_of(program.needed.begin(), program.needed.end(), [](const std::string& library) {
    return library.starts_with("libstdc++.so") || library.starts_with("libc++.so");
  });
}

// A sanitizer's own library ends the program when another one is loaded before it.
bool must_come_first(const std::string& preloaded) {
  return preloaded.find("san.so") != std::string::npos || preloaded.find("libclang_rt.") != std::string::npos;
}

// The first option that keeps site or the environment from the interpreter; empty when none does.
std::string isolating_option(const std::vector<std::string>& argv) {
  constexpr std::string_view isolating = "EIS";
  constexpr std::string_view with_value = "WX";
  constexpr std::string_view last = "cm";
  for (std::size_t i = 1; i < argv.size() && argv[i].size() > 1 && argv[i].front() == '-'; ++i) {
    for (std::size_t at = 1; at < argv[i].size() && argv[i][1] != '-'; ++at) {
      const char letter = argv[i][at];
      if (isolating.find(letter) != std::string_view::npos) {
        return fmt::format("-{}", letter);
      }
      if (last.find(letter) != std::string_view::npos) {
        return {};
      }
      if (with_value.find(letter) != std::string_view::npos) {
        i += at + 1 == argv[i].size() ? 1U : 0U;
        break;
      }
    }
  }
  return {};
}

// One that is asked for its version or its options ends before any agent could start.
bool runs_a_program(const std::vector<std::string>& argv) {
  constexpr std::array without = {"-V", "-VV", "--version", "-h", "--help", "-?"};
  return argv.size() < 2 || std::find(without.begin(), without.end(), argv[1]) == without.end();
}

}  // namespace

std::string find_agents() {
  std::error_code ignored;
  const fs::path own = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  std::vector<fs::path> folders{own / "agents", own / ".." / "lib" / "exitproof" / "agents"};
  const char* elsewhere = std::getenv("EXITPROOF_AGENTS");
  std::istringstream others(elsewhere == nullptr ? "" : elsewhere);
  for (std::string folder; std::getline(others, folder, ':');) folders.emplace_back(folder);
  for (const fs::path& folder : folders) {
    if (folder.is_absolute() && fs::is_regular_file(folder / handlers_library, ignored)) {
      return fs::canonical(folder, ignored).string();
    }
  }
  return {};
}

AgentInjection::AgentInjection(const Scenario& scenario, std::string folder)
    : folder_(std::move(folder)), inside_(fmt::format("{}", fmt::join(scenario.inside, ","))) {
  statics_ = std::find(scenario.environment.begin(), scenario.environment.end(),
                       std::pair<std::string, std::string>(statics_variable, "1")) != scenario.environment.end();
}

const sys::ProgramFile& AgentInjection::program_of(pid_t pid, const std::string& executable) {
  // By the process, since only that leads to a file that was deleted or lies under another root.
  const std::string path = fmt::format("/proc/{}/exe", pid);
  const sys::FileStamp stamp = sys::FileStamp::of(path).value_or(sys::FileStamp{});
  KnownProgram& known = known_[executable];
  if (known.stamp != stamp) {
    known = {stamp, sys::read_program_file(path)};
  }
  return known.file;
}

std::string AgentInjection::why_not(pid_t pid, const sys::ProgramFile& program, const sys::ProgramStart& start,
                                    const std::string& library) const {
  if (program.interpreter.empty()) {
    return "is static: nothing can be put into it";
  }
  if (program.interpreter != usual_loader) {
    return fmt::format("is loaded by {}, not by the C library that the agent is made for", program.interpreter);
  }
  if (start.is_secure()) {
    return "runs with the rights of its file, and loads only what is trusted";
  }
  if (program.has_sanitizer) {
    return "is built with a sanitizer, which bears no agent before it";
  }
  if (folder_.empty()) {
    return "has no agent, since none is installed beside exitproof";
  }
  if (folder_.find_first_of(": ") != std::string::npos) {
    return fmt::format("has no agent, since the path {} cannot stand in LD_PRELOAD", folder_);
  }
  if (!sys::may_read(pid, library)) {
    return fmt::format("cannot read the agent {}", library);
  }
  return {};
}

// The agents take out an even number of variables, so that the auxiliary vector can be found behind the others.
void AgentInjection::preload(sys::ProgramStart& start, bool with_new) const {
  std::string ours = folder_ + "/" + handlers_library;
  if (with_new) {
    ours += fmt::format(":{}/{}", folder_, new_library);
  }
  const std::string former = start.variable("LD_PRELOAD").value_or("");
  if (statics_) {
    start.set_variable(statics_variable, "1");
  }
  const bool one = former.empty() != start.variable(statics_variable).has_value();
  if (one) {
    start.set_variable("EXITPROOF_PRELOADED", "1");
  }
  if (former.empty()) {
    start.set_variable("LD_PRELOAD", ours);
  } else {
    start.set_variable("LD_PRELOAD", must_come_first(former) ? fmt::format("{}:{}", former, ours)
                                                             : fmt::format("{}:{}", ours, former));
  }
}

// Empty when it was prepared, or need not be.
std::string AgentInjection::prepare_python(pid_t pid, sys::ProgramStart& start) const {
  const std::string agent = folder_ + "/python";
  if (const std::string option = isolating_option(sys::read_argv(pid)); !option.empty()) {
    return fmt::format("is started with {}, and so without its agent", option);
  }
  if (folder_.empty() || !sys::may_read(pid, agent)) {
    return fmt::format("cannot read the agent {}", agent);
  }
  const auto former = start.variable("PYTHONPATH");
  // Else its maker was left before it could tidy up.
  if (!former || (*former != agent && !former->starts_with(agent + ":"))) {
    start.set_variable("PYTHONPATH", former && !former->empty() ? fmt::format("{}:{}", agent, *former) : agent);
    if (former) {
      start.set_variable("EXITPROOF_PYTHONPATH_WAS", *former);
    }
  }
  if (!inside_.empty()) {
    start.set_variable("EXITPROOF_INSIDE", inside_);
  }
  return {};
}

Injected AgentInjection::inject(pid_t pid, const std::string& command, const std::string& executable) {
  Injected result;
  const auto skip = [&](std::string_view check, std::string_view why) {
    result.skipped.push_back(fmt::format("{}: {} {}", check, command, why));
  };
  const sys::ProgramFile& program = program_of(pid, executable);
  auto start = sys::ProgramStart::read(pid);
  if (!start || !program.is_native) {
    if (sys::read_registers(pid)) {
      skip("handlers-once", "is no 64-bit program that an agent could be put into");
    }
    return result;
  }
  if (start->variable("LD_TRACE_LOADED_OBJECTS")) {
    return result;  // it does not run: its libraries are listed
  }
  bool any = false;
  if (const std::string why = why_not(pid, program, *start, folder_ + "/" + handlers_library); !why.empty()) {
    skip("handlers-once", why);
  } else {
    preload(*start, is_cpp(program) && !program.has_own_new);
    any = true;
    if (program.has_own_new) {
      skip("exceptions", "brings its own operator new, whose allocations are not seen");
    } else if (program.has_linked_new && !is_cpp(program)) {
      skip("exceptions", "has operator new linked into it, as by -static-libstdc++: its allocations are not seen");
    }
  }
  if (is_python(executable)) {
    const std::string why = prepare_python(pid, *start);
    any = any || why.empty();
    result.python = why.empty() && runs_a_program(sys::read_argv(pid));
    if (!why.empty()) {
      skip("handlers-once", why);
    }
  }
  if (any && !start->write(pid) && sys::read_registers(pid)) {
    skip("handlers-once", "has no room on its stack for an agent's variables");
    result.python = false;
  }
  return result;
}

}  // namespace exitproof
