#include "exitproof/evidence.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/model/evidence_names.hpp"

namespace exitproof {

std::string_view phase_name(Phase phase) {
  return phase_names.name(phase);
}

std::string_view event_kind_name(EventKind kind) {
  return event_kind_names.name(kind);
}

std::string_view landing_name(Landing landing) {
  return landing_names.name(landing);
}

std::string_view change_kind_name(ChangeKind kind) {
  return change_kind_names.name(kind);
}

std::string_view file_type_name(FileType type) {
  return file_type_names.name(type);
}

std::string_view next_run_when_name(NextRunWhen when) {
  return next_run_when_names.name(when);
}

std::string state_of(const FileChange& file) {
  return fmt::format("{} {} {} {} {}", file.path, change_kind_name(file.kind), file_type_name(file.type), file.size,
                     file.digest);
}

std::string BlockedTask::state() const {
  if (call == stopped) return fmt::format("is {}", stopped);
  if (call == running) return "runs on and on";
  if (call.empty()) return "waits in no system call";
  return object.empty() ? "waits in " + call : fmt::format("waits in {} of {}", call, object);
}

const ProcessRecord* Evidence::find(const ProcessPath& process) const {
  const auto record = std::ranges::find(processes, process.process(), &ProcessRecord::path);
  return record == processes.end() ? nullptr : &*record;
}

std::string Evidence::describe(const ProcessPath& process) const {
  const ProcessRecord* record = find(process);
  if (!record || record->command.empty()) return fmt::format("process {}", process.print());
  return fmt::format("{} ({})", record->command, process.print());
}

bool Evidence::all_faults_fired() const {
  return faults.size() >= plan.faults.size() && std::ranges::all_of(faults, &FaultRecord::fired);
}

}  // namespace exitproof
