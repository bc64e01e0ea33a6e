#pragma once

#include "harness/linux/stack.hpp"
#include "harness/trial/tracer/context.hpp"
#include "harness/trial/tracer/probe_messages.hpp"

namespace exitproof {

/// Keeps the ledger of exit handlers and of who tells of them, in the evidence: handlers, agents, ways out, and what
/// agents could not look at. A process knows its own handlers and those that its maker had when it was made; a
/// program that is executed starts with none.
///
/// A run's calls are looked at only in a process that did not register the handler, since only there they matter
/// (HandlerRun::changed_something): that thread stops at each of its calls meanwhile.
class HandlerBook {
 public:
  HandlerBook(TrialContext& context, sys::StackReader& stacks) : context_(context), stacks_(stacks) {}

  /// Writes down what `task`, which is stopped, tells of agents, handlers and ways out; of a point, that somebody tells
  /// of them. A finish without a start is not the ledger's: it may be a child's that was made in the middle of a run.
  void hear(Task& task, const ProbeMessage& message);

  /// The evidence has been given what `other` has written down so far.
  void continue_from(const HandlerBook& other) {
    entries_ = other.entries_;
    overflown_ = other.overflown_;
  }

  /// `child` was made by `maker`: by fork(2), or with the maker's memory, it knows the same handlers. With
  /// `shares_memory`, what silences the agents of one silences those of the other.
  static void inherit(const Process& maker, Process& child, bool shares_memory);
  /// The process runs another program now.
  void forget_program(Process& process);
  /// A call that `task` is about to make; to be told while Task::each_call.
  void call_to_come(const Task& task, const sys::CallEntry& entry);
  /// At the end of the trial: names the agents that children have inherited, and the Pythons whose agent has said
  /// nothing until they exited.
  void finish();

 private:
  void register_handler(const Task& task, const ProbeMessage& message);
  void take_back(const Task& task, std::uint64_t number);
  void start(Task& task, std::uint64_t number);
  void end(Task& task, const ProbeMessage& message);
  void add_agent(Process& process, const std::string& name);
  void add_silencer(Process& process, std::uint64_t address);
  void add_skipped(std::string text);
  void log(const Task& task, std::string what, const Handler& handler);
  Handler* find(const Process& process, std::uint64_t number);
  /// Whether one entry more can be kept.
  bool has_room();

  TrialContext& context_;
  sys::StackReader& stacks_;
  std::size_t entries_ = 0;
  bool overflown_ = false;
};

}  // namespace exitproof
