#pragma once

#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "scenarios/generated/tree_description.hpp"
#include "scenarios/subject.hpp"

/// One process of a played tree.
namespace generated::play {

using subject::must;

struct OpenFile {
  char path[256] = {};
  int fd = -1;
  bool made = false;
  bool published = false;
  unsigned halves = 0;
};

struct Child {
  pid_t pid = 0;
  int word = -1;   // written to
  int ready = -1;  // read from
  bool told = false;
};

// What a process of the tree knows of itself; a fork copies it.
inline Description tree;
inline std::size_t self = 0;
inline pid_t parent_pid = 0;
inline int word_fd = -1;
inline int ready_fd = -1;
inline int stop_pipe[2] = {-1, -1};
inline std::vector<OpenFile> files;
inline std::vector<Child> children;
inline std::vector<std::size_t> handlers;
inline volatile sig_atomic_t stop = 0;  // an orderly end is asked for
inline int status = 0;
inline std::size_t at = 0;  // this step

inline const Process& me() {
  return tree.processes[self];
}

inline bool in_teardown() {
  return at >= me().teardown;
}

inline void close_fd(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

// Something has failed: its next step is the first of its end.
inline void give_up() {
  status = 1;
  if (!in_teardown()) at = me().teardown - 1;
}

inline void child_failed() {
  if (me().fails_with_child) give_up();
}

}  // namespace generated::play
