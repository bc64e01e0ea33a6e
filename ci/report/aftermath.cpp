#include <fmt/format.h>

#include "ci/report/finding_words.hpp"
#include "ci/report/plain_text.hpp"
#include "ci/report/timeline.hpp"

namespace exitproof {
namespace {

std::string named(const Evidence& evidence, const ProcessPath& process) {
  return plain_line(evidence.describe(process));
}

std::string describe_blocked(const BlockedTask& task) {
  std::string text = fmt::format("{} {} {}", task.who.print(), plain_line(task.command), plain_line(task.state()));
  if (task.timed) text += ", a timer will end it";
  if (task.outside) text += ", something outside may end it";
  return text;
}

std::string describe_survivor(const Evidence& evidence, const Survivor& survivor) {
  std::string text = "  " + named(evidence, survivor.process);
  if (survivor.ended_after) {
    return text + fmt::format(" outlived the root by {}\n", describe_duration(*survivor.ended_after));
  }
  text += survivor.stopped ? " is stopped and still there\n" : " is still alive\n";
  for (const std::string& held : survivor.holds) text += fmt::format("      holds {}\n", plain_line(held));
  for (const BlockedTask& task : survivor.blocked) text += fmt::format("      {}\n", describe_blocked(task));
  return text;
}

std::string describe_zombie(const Evidence& evidence, const Zombie& zombie) {
  std::string text = fmt::format("  {} was a zombie of {} for {}", named(evidence, zombie.process),
                                 named(evidence, zombie.parent), describe_duration(zombie.unreaped_for));
  if (zombie.reaped_after) return text + ", then it was reaped\n";
  return text + (zombie.at_parents_end ? ", until its parent ended\n" : ", and was never reaped\n");
}

std::string describe_file(const Evidence& evidence, const FileChange& change) {
  std::string text =
      fmt::format("  {} {} {}", change_kind_name(change.kind), file_type_name(change.type), plain_line(change.path));
  if (change.kind != ChangeKind::deleted && change.type == FileType::regular) {
    text += fmt::format(", {} bytes", change.size);
    if (change.kind == ChangeKind::changed) text += fmt::format(", before {}", change.size_before);
    if (change.replaced) text += ", another file in its place";
    if (change.content_changed == false) text += ", with the same content";
    if (!change.attributes_changed.empty()) text += ", with another " + change.attributes_changed;
  }
  if (change.maker) text += ", by " + named(evidence, change.maker->process());
  return text + '\n';
}

std::string describe_hang(const Hang& hang) {
  const std::string after = hang.asked_by.empty() ? "its start" : plain_line(hang.asked_by);
  const std::string lasted = describe_duration(hang.blocked_for);
  std::string text;
  if (hang.by_timer) {
    text = fmt::format("  it goes on by a timer, {} after {}; {} seen\n", lasted, after, counted(hang.wakes, "wake"));
  } else if (hang.at_once) {
    text = fmt::format("  it hangs: nothing can wake it after {}\n", after);
  } else {
    text = fmt::format("  it has not ended {} after {}\n", lasted, after);
  }
  for (const BlockedTask& task : hang.tasks) text += fmt::format("      {}\n", describe_blocked(task));
  return text;
}

std::string describe_validation(const Validation& validation) {
  return fmt::format("  its validator calls {} {}\n", plain_line(validation.path),
                     validation.whole ? "whole" : "not whole");
}

std::string describe_trespass(const Evidence& evidence, const Trespass& trespass) {
  return fmt::format("  {} took {} away from {} by {}\n", named(evidence, trespass.by.process()),
                     plain_line(trespass.path), named(evidence, trespass.maker.process()), trespass.call);
}

std::string describe_next_run(const Evidence& evidence, const NextRun& next) {
  std::string text = fmt::format("  the next run took {}: ", describe_duration(next.took));
  text += next.root_end ? next.root_end->print() : "it did not end";
  if (next.stopped_by_harness) text += ", when it was asked to end";
  if (!next.failure.empty()) text += "; " + plain_line(next.failure);
  text += '\n';
  const std::string_view said = std::string_view(next.err.head).substr(0, next.err.head.find('\n'));
  if (!said.empty()) text += fmt::format("      says {}\n", plain_line(said));
  for (const FileChange& change : next.files) text += "    " + describe_file(evidence, change);
  for (const Validation& validation : next.validations) text += "    " + describe_validation(validation);
  return text;
}

std::string describe_stack(const std::vector<Frame>& stack) {
  std::string text;
  for (std::size_t i = 0; i < stack.size(); ++i) {
    const Frame& frame = stack[i];
    const std::string module = frame.module.substr(frame.module.rfind('/') + 1);
    text += fmt::format("    #{} {}", i, frame.function.empty() ? "?" : plain_line(frame.function));
    text += frame.file.empty() ? fmt::format("  ({}+{:#x})\n", plain_line(module), frame.offset)
                               : fmt::format("  at {}:{}\n", plain_line(frame.file), frame.line);
  }
  return text;
}

std::string describe_hold(const FaultRecord& record) {
  if (!record.hold) return {};
  const std::string lasted = fmt::format(" for {}", describe_duration(record.hold->lasted));
  return record.hold->cut_short ? lasted + ": the others were never all blocked" : lasted;
}

}  // namespace

std::string describe_faults(const Evidence& evidence) {
  std::string text;
  for (const FaultRecord& record : evidence.faults) {
    text += "  " + record.fault.print();
    if (!record.fired) {
      text += " did not fire" + (record.why_not.empty() ? "" : ": " + plain_line(record.why_not)) + '\n';
      continue;
    }
    text += fmt::format(" fired at {}", describe_duration(record.at));
    if (record.at_thread) text += fmt::format(", {}", named(evidence, record.at_thread->process()));
    if (!record.call.empty()) text += fmt::format(" {} {}", record.fault.site.after ? "after" : "before", record.call);
    if (!record.object.empty()) text += ' ' + plain_line(record.object);
    text += fmt::format("; landed: {}{}\n", landing_name(record.landing), describe_hold(record));
    text += describe_stack(record.stack);
  }
  return text;
}

std::string describe_aftermath(const Evidence& evidence) {
  std::string text = "  the root ";
  if (evidence.root_end) {
    text += fmt::format("ended at {}: {}\n", describe_duration(evidence.root_ended_at), evidence.root_end->print());
  } else {
    text += evidence.cut_by_harness ? "was still running when the run was cut\n" : "did not end\n";
  }
  for (const Survivor& survivor : evidence.survivors) text += describe_survivor(evidence, survivor);
  for (const Zombie& zombie : evidence.zombies) text += describe_zombie(evidence, zombie);
  for (const FileChange& change : evidence.files) text += describe_file(evidence, change);
  for (const Validation& validation : evidence.validations) text += describe_validation(validation);
  for (const Trespass& trespass : evidence.trespasses) text += describe_trespass(evidence, trespass);
  if (evidence.hang) text += describe_hang(*evidence.hang);
  if (!evidence.terminal_changes.empty())
    text += "  the terminal is changed: " + plain_line(evidence.terminal_changes) + '\n';
  if (evidence.next_run) text += describe_next_run(evidence, *evidence.next_run);
  if (evidence.harness_error) text += "  the harness failed: " + plain_line(*evidence.harness_error) + '\n';
  return text;
}

}  // namespace exitproof
