#pragma once

#include <array>
#include <string>
#include <string_view>

#include "scenarios/generated/tree_description.hpp"

/// A description for people.
namespace generated {

template <typename Enum, std::size_t count>
std::string name_in(const std::array<std::string_view, count>& names, Enum value) {
  return std::string(names.at(static_cast<std::size_t>(value)));
}

inline std::string text_of(Reaction reaction) {
  constexpr std::array<std::string_view, 5> names{"default", "ignored", "orderly end", "clean up and exit",
                                                  "clean up and raise"};
  return name_in(names, reaction);
}

inline std::string text_of(Wait wait) {
  constexpr std::array<std::string_view, 8> names{"rest",
                                                  "for the word or its pipe's end",
                                                  "for the word only",
                                                  "for the word, watching its parent",
                                                  "for a timer",
                                                  "for a signal",
                                                  "for a signal; killed with its parent",
                                                  "for a signal; SIGTERM with its parent's death"};
  return name_in(names, wait);
}

inline std::string text_of(Tell tell) {
  constexpr std::array<std::string_view, 5> names{"nothing", "the word", "closing the pipe", "SIGTERM", "SIGKILL"};
  return name_in(names, tell);
}

inline std::string text_of(const Description& tree, const Process& process, const Op& op) {
  constexpr std::array<std::string_view, 16> names{
      "arm",  "register handler", "open", "write",  "publish",           "lock", "fork", "await", "ready", "wait",
      "tell", "linger",           "reap", "remove", "remove if partial", "end"};
  std::string text = name_in(names, op.kind);
  switch (op.kind) {
    case OpKind::handler: {
      const Handler& handler = tree.handlers[op.index];
      text += " " + handler.name;
      if (handler.file >= 0) text += " that removes " + tree.files[static_cast<std::size_t>(handler.file)].name;
      if (handler.guarded) text += " (guarded)";
      break;
    }
    case OpKind::open:
    case OpKind::write:
    case OpKind::publish:
    case OpKind::lock:
    case OpKind::remove:
    case OpKind::remove_partial: {
      constexpr std::array<std::string_view, 5> kinds{"temporary", "unnamed", "output", "exclusive", "locked"};
      const File& file = tree.files[op.index];
      text += " " + file.name;
      if (op.kind == OpKind::open) {
        text += " (" + name_in(kinds, file.kind) + (file.with_pid ? ", with the pid" : "") +
                (file.by_rename ? ", as .part" : "") + (file.in_signals ? "" : ", unknown to signal handlers") + ")";
      }
      if (op.kind == OpKind::write) text += " half " + std::to_string(op.half);
      break;
    }
    case OpKind::fork:
    case OpKind::await:
    case OpKind::reap:
      text += " " + tree.processes[op.index].path;
      break;
    case OpKind::tell:
      text += " " + tree.processes[op.index].path + " by " + text_of(tree.processes[op.index].told);
      break;
    case OpKind::linger:
      text += " " + std::to_string(op.index) + " ms";
      break;
    case OpKind::wait:
      text += " " + text_of(process.wait);
      break;
    case OpKind::arm:
    case OpKind::ready:
    case OpKind::end:
      break;
  }
  if (op.in_thread != 0) text += " in thread " + std::to_string(op.in_thread);
  return text;
}

inline std::string text_of(const Description& tree, const Process& process) {
  constexpr std::array<std::string_view, 4> births{"fork", "fork and exec", "two forks", "two forks and exec"};
  constexpr std::array<std::string_view, 3> groups{"", ", own group", ", own session"};
  std::string text = process.path + " " + process.name + ": " + name_in(births, process.birth) +
                     name_in(groups, process.group) + "; TERM " + text_of(process.reactions[0]) + ", INT " +
                     text_of(process.reactions[1]) + ", HUP " + text_of(process.reactions[2]);
  if (process.ignores_children) text += "; SIGCHLD ignored";
  if (!process.forgets_handlers) text += "; keeps inherited handlers";
  if (!process.runs_handlers) text += "; ends without handlers";
  if (process.keeps_ends) text += "; keeps inherited pipe ends";
  if (process.keeps_own_end) text += "; keeps the writing end of its own pipe";
  if (!process.fails_on_error) text += "; goes on after errors";
  if (!process.fails_with_child) text += "; goes on after its children's failures";
  if (!process.honest_when_stopped) text += "; status 0 when stopped";
  text += "\n";
  for (std::size_t i = 0; i < process.ops.size(); ++i) {
    text += (i == process.teardown ? "  -- its end --\n" : "");
    text += "  " + point_name(i) + " " + text_of(tree, process, process.ops[i]) + "\n";
  }
  return text;
}

inline std::string text_of(const Description& tree) {
  std::string text =
      "seed " + std::to_string(tree.seed) + ", zombies after " + std::to_string(tree.zombie_ms) + " ms\n";
  for (const Process& process : tree.processes) text += text_of(tree, process);
  return text;
}

}  // namespace generated
