#include "harness/trial/tracer/sandbox.hpp"

#include <fmt/format.h>

#include "harness/linux/ptrace.hpp"

namespace exitproof {

namespace {

void write_silencers(pid_t tid, AgentVoices& voices, bool silent) {
  const std::uint32_t word = silent ? 1 : 0;
  for (const std::uint64_t address : voices.silencers) {
    sys::write_memory(tid, address, &word, sizeof word);
  }
  voices.silent = silent;
}

// It has said nothing meanwhile, and goes on only when its child has left its memory.
bool waits_for_vfork_child(const Process& process) {
  return process.tasks.size() == 1 && process.tasks.front()->in_vfork;
}

}  // namespace

void silence_agents(TrialContext& context, Task& task) {
  Process& own = *task.process;
  for (Process* process : context.tree.alive()) {
    const bool shares = process == &own || (process->voices == own.voices && !waits_for_vfork_child(*process));
    if (shares && !process->sandboxed) {
      process->sandboxed = context.now();
      context.log(EventKind::note, process->path, {}, "puts a filter upon its calls");
    }
  }
  if (own.voices->silencers.empty() || own.voices->silent) {
    return;
  }
  write_silencers(task.tid, *own.voices, true);
  context.skip(fmt::format("exceptions: {} put a filter on its own calls: from then on nothing can be thrown in it",
                           own.command));
}

void give_voice_back(Task& maker) {
  if (maker.process->voices->silent && !maker.process->sandboxed) {
    write_silencers(maker.tid, *maker.process->voices, false);
  }
}

}  // namespace exitproof
