#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "scenarios/generated/tree_description.hpp"

/// What became of a description that was played.
namespace generated {

struct HandlerPlay {
  std::size_t handler = 0;
  std::size_t by = 0;
  bool changed = false;
  bool finished = false;
};

struct UnreapedChild {
  std::size_t parent = 0;
  std::size_t child = 0;
  int for_ms = 0;
};

struct PlayedFile {
  bool exists = false;
  bool published = false;
  unsigned halves = 0;
};

/// `closing`: it is at its end, and what it held is closed already; its parent and its children do not know yet.
enum class Mode : std::uint8_t { unborn, ops, exit_handlers, signal_handler, closing, ended };

struct PlayedProcess {
  Mode mode = Mode::unborn;
  int parent = -1;  ///< now; -1: nobody of the tree
  std::size_t pc = 0;
  bool waiting = false;  ///< the op at pc has begun, and waits for time
  int due = 0;
  std::array<Reaction, 3> reactions{};
  bool ignores_children = false;
  std::optional<int> parent_death_signal;
  std::size_t group = 0;
  std::vector<int> pending;  ///< signals that it will meet before anything else
  bool stop = false;
  int status = 0;
  bool told_word = false;
  bool zombie = false;
  int ended_at = 0;
  int exit_status = 0;
  int end_signal = 0;             ///< 0: it exited
  int caught = 0;                 ///< the signal whose cleaning handler runs
  std::uint32_t made = 0;         ///< files that it knows of as made
  std::uint32_t cleaned = 0;      ///< by the handler that runs
  std::vector<std::size_t> list;  ///< exit handlers
  int handler_part = 0;
  std::uint32_t forked = 0;  ///< its children
  std::uint32_t told = 0;
};

/// Everything that a run leaves behind to be judged.
struct Played {
  std::vector<PlayedProcess> processes;
  std::vector<PlayedFile> files;
  std::vector<HandlerPlay> handler_plays;
  std::vector<std::size_t> registered;  ///< handlers, by order
  std::vector<UnreapedChild> unreaped;
  std::vector<std::size_t> trespassed;  ///< files that another took away from their living maker
  std::vector<std::size_t> struck;
  std::optional<Reaction> landing;  ///< of the first struck process; nothing: SIGKILL, or an error
  bool fired = false;
  bool hung = false;
  bool end_asked = false;
  bool vague = false;  ///< what is one step here was cut in two: nothing can be said
  std::uint32_t lock_holders = 0;
};

}  // namespace generated
