#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exitproof/scenario.hpp"
#include "harness/linux/elf_image.hpp"
#include "harness/linux/program_file.hpp"
#include "harness/linux/program_start.hpp"

namespace exitproof {

/// The folder of the agents that belong to this program, absolute and without symbolic links: `agents` beside its
/// executable, `../lib/exitproof/agents` from there, or an absolute path among those that the variable EXITPROOF_AGENTS
/// names, joined by colons: the first that has them. Empty when there is none.
std::string find_agents();

/// What was put into a program.
struct Injected {
  /// What cannot be looked at in it, each as "check: why".
  std::vector<std::string> skipped;
  /// It is a Python that finds its agent when it starts, and will tell of it, unless it is one that the agent is not for.
  bool python = false;
};

/// Puts the agents into each program of the subject, through the environment that it is about to start with. A
/// program that clears the environment before it executes another one changes nothing of that, a failed exec leaves no
/// trace, and each agent takes its variables back before the program can see them.
class AgentInjection {
 public:
  /// `folder` as from find_agents().
  AgentInjection(const Scenario& scenario, std::string folder);

  /// At PTRACE_EVENT_EXEC of a process. `command` and `executable` as its record names it.
  Injected inject(pid_t pid, const std::string& command, const std::string& executable);

 private:
  struct KnownProgram {
    sys::FileStamp stamp;
    sys::ProgramFile file;
  };

  const sys::ProgramFile& program_of(pid_t pid, const std::string& executable);
  std::string why_not(pid_t pid, const sys::ProgramFile& program, const sys::ProgramStart& start,
                      const std::string& library) const;
  void preload(sys::ProgramStart& start, bool with_new) const;
  std::string prepare_python(pid_t pid, sys::ProgramStart& start) const;

  std::string folder_;
  std::string inside_;    ///< the scenario's modules, joined by commas
  bool statics_ = false;  ///< static destructors are to be told of too
  std::map<std::string, KnownProgram> known_;
};

}  // namespace exitproof
