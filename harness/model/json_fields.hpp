#pragma once

#include <concepts>
#include <type_traits>

#include "exitproof/evidence.hpp"
#include "exitproof/scenario.hpp"

/// The fields of every record that has a JSON form, each named once: writing and reading go
/// through the same list. A visitor is called as `visitor("name", field)`. They lie in the records'
/// namespace, where argument-dependent lookup finds them.
namespace exitproof {

template <typename Record, typename Plain>
concept MaybeConst = std::same_as<std::remove_const_t<Record>, Plain>;

template <typename Visitor, MaybeConst<Frame> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("module", record.module);
  visitor("offset", record.offset);
  visitor("function", record.function);
  visitor("file", record.file);
  visitor("line", record.line);
}

template <typename Visitor, MaybeConst<ProcessRecord> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("path", record.path);
  visitor("maker", record.maker);
  visitor("pid", record.pid);
  visitor("command", record.command);
  visitor("executable", record.executable);
  visitor("argv", record.argv);
  visitor("born_us", record.born);
  visitor("died_us", record.died);
  visitor("end", record.end);
  visitor("reaping", record.reaping);
  visitor("reaped_us", record.reaped);
  visitor("reaper", record.reaper);
  visitor("struck", record.struck);
  visitor("way_out", record.way_out);
  visitor("sandboxed_us", record.sandboxed);
}

template <typename Visitor, MaybeConst<HandlerRun> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("thread", record.thread);
  visitor("started_us", record.started);
  visitor("finished_us", record.finished);
  visitor("raised", record.raised);
  visitor("changed_something", record.changed_something);
}

template <typename Visitor, MaybeConst<Handler> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("registrar", record.registrar);
  visitor("number", record.number);
  visitor("kind", record.kind);
  visitor("name", record.name);
  visitor("file", record.file);
  visitor("line", record.line);
  visitor("of_runtime", record.of_runtime);
  visitor("registered_us", record.registered);
  visitor("unregistered_us", record.unregistered);
  visitor("lost_by_exec", record.lost_by_exec);
  visitor("runs", record.runs);
}

template <typename Visitor, MaybeConst<AgentRecord> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("process", record.process);
  visitor("name", record.name);
}

template <typename Visitor, MaybeConst<Event> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("at_us", record.at);
  visitor("kind", record.kind);
  visitor("who", record.who);
  visitor("call", record.call);
  visitor("object", record.object);
  visitor("result", record.result);
  visitor("site", record.site);
}

template <typename Visitor, MaybeConst<ThreadDigest> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("thread", record.thread);
  visitor("events", record.events);
  visitor("digest", record.digest);
}

template <typename Visitor, MaybeConst<EventDigest> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("whole", record.whole);
  visitor("by_thread", record.by_thread);
  visitor("events", record.events);
  visitor("threads", record.threads);
}

template <typename Visitor, MaybeConst<SiteRecord> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("site", record.site);
  visitor("command", record.command);
  visitor("call", record.call);
  visitor("object", record.object);
  visitor("regular_file", record.regular_file);
  visitor("stack_key", record.stack_key);
  visitor("phase", record.phase);
  visitor("alive", record.alive);
}

template <typename Visitor, MaybeConst<Hold> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("lasted_us", record.lasted);
  visitor("cut_short", record.cut_short);
}

template <typename Visitor, MaybeConst<FaultRecord> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("fault", record.fault);
  visitor("fired", record.fired);
  visitor("why_not", record.why_not);
  visitor("at_us", record.at);
  visitor("at_thread", record.at_thread);
  visitor("struck", record.struck);
  visitor("landing", record.landing);
  visitor("call", record.call);
  visitor("object", record.object);
  visitor("stack", record.stack);
  visitor("hold", record.hold);
  visitor("refused_removals", record.refused_removals);
}

template <typename Visitor, MaybeConst<BlockedTask> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("who", record.who);
  visitor("command", record.command);
  visitor("call", record.call);
  visitor("object", record.object);
  visitor("timed", record.timed);
  visitor("outside", record.outside);
}

template <typename Visitor, MaybeConst<Survivor> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("process", record.process);
  visitor("ended_after_us", record.ended_after);
  visitor("stopped", record.stopped);
  visitor("blocked", record.blocked);
  visitor("holds", record.holds);
}

template <typename Visitor, MaybeConst<Zombie> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("process", record.process);
  visitor("parent", record.parent);
  visitor("unreaped_for_us", record.unreaped_for);
  visitor("at_parents_end", record.at_parents_end);
  visitor("reaped_after_us", record.reaped_after);
}

template <typename Visitor, MaybeConst<FileChange> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("path", record.path);
  visitor("kind", record.kind);
  visitor("type", record.type);
  visitor("size", record.size);
  visitor("digest", record.digest);
  visitor("maker", record.maker);
  visitor("size_before", record.size_before);
  visitor("replaced", record.replaced);
  visitor("ends_line", record.ends_line);
  visitor("mode", record.mode);
  visitor("content_changed", record.content_changed);
  visitor("attributes_changed", record.attributes_changed);
}

template <typename Visitor, MaybeConst<OutputStream> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("bytes", record.bytes);
  visitor("digest", record.digest);
  visitor("head", record.head);
}

template <typename Visitor, MaybeConst<Validation> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("path", record.path);
  visitor("whole", record.whole);
  visitor("failure", record.failure);
}

template <typename Visitor, MaybeConst<Trespass> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("by", record.by);
  visitor("maker", record.maker);
  visitor("call", record.call);
  visitor("path", record.path);
}

template <typename Visitor, MaybeConst<Hang> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("at_once", record.at_once);
  visitor("blocked_for_us", record.blocked_for);
  visitor("skipped_us", record.skipped);
  visitor("tasks", record.tasks);
  visitor("asked_by", record.asked_by);
  visitor("by_timer", record.by_timer);
  visitor("wakes", record.wakes);
}

template <typename Visitor, MaybeConst<NextRun> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("root_end", record.root_end);
  visitor("failure", record.failure);
  visitor("stopped_by_harness", record.stopped_by_harness);
  visitor("files", record.files);
  visitor("validations", record.validations);
  visitor("out", record.out);
  visitor("err", record.err);
  visitor("took_us", record.took);
}

template <typename Visitor, MaybeConst<Evidence> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("plan", record.plan);
  visitor("processes", record.processes);
  visitor("events", record.events);
  visitor("digest", record.digest);
  visitor("sites", record.sites);
  visitor("faults", record.faults);
  visitor("root_end", record.root_end);
  visitor("root_ended_at_us", record.root_ended_at);
  visitor("reached", record.reached);
  visitor("end_was_asked", record.end_was_asked);
  visitor("stopped_by_harness", record.stopped_by_harness);
  visitor("cut_by_harness", record.cut_by_harness);
  visitor("waits_on", record.waits_on);
  visitor("survivors", record.survivors);
  visitor("zombies", record.zombies);
  visitor("files", record.files);
  visitor("hang", record.hang);
  visitor("terminal_changes", record.terminal_changes);
  visitor("out", record.out);
  visitor("err", record.err);
  visitor("once_lines", record.once_lines);
  visitor("validations", record.validations);
  visitor("trespasses", record.trespasses);
  visitor("handlers", record.handlers);
  visitor("agents", record.agents);
  visitor("next_run", record.next_run);
  visitor("bound_a_socket", record.bound_a_socket);
  visitor("denied", record.denied);
  visitor("skipped", record.skipped);
  visitor("lasting_changes", record.lasting_changes);
  visitor("harness_error", record.harness_error);
  visitor("stops", record.stops);
  visitor("took_us", record.took);
  visitor("skipped_time_us", record.skipped_time);
  visitor("skips", record.skips);
  visitor("from_snapshot", record.from_snapshot);
  visitor("blocked_on_timers_us", record.blocked_on_timers);
}

template <typename Visitor, MaybeConst<Contract> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("grace_ms", record.grace);
  visitor("zombie_ms", record.zombie);
  visitor("outlives", record.outlives);
  visitor("outputs", record.outputs);
  visitor("allowed", record.allowed);
  visitor("after_kill", record.after_kill);
  visitor("validators", record.validators);
  visitor("logs", record.logs);
  visitor("restart", record.restart);
  visitor("once", record.once);
  visitor("runtime_handlers", record.runtime_handlers);
}

template <typename Visitor, MaybeConst<Scenario> Record>
void visit_fields(Visitor& visitor, Record& record) {
  visitor("command", record.command);
  visitor("working_directory", record.working_directory);
  visitor("environment", record.environment);
  visitor("stdin_file", record.stdin_file);
  visitor("tty", record.tty);
  visitor("ready", record.ready);
  visitor("drive", record.drive);
  visitor("stop", record.stop);
  visitor("timeout_ms", record.timeout);
  visitor("cpus", record.cpus);
  visitor("own_network", record.own_network);
  visitor("fresh_network", record.fresh_network);
  visitor("world", record.world);
  visitor("time_mode", record.time_mode);
  visitor("snapshots", record.snapshots);
  visitor("agents", record.agents);
  visitor("inside", record.inside);
  visitor("contract", record.contract);
}

}  // namespace exitproof
