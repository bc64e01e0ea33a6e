#pragma once

#include <sys/ipc.h>
#include <sys/shm.h>

// A System V segment of a fixed key: it stays until somebody removes it, and so shows whether somebody did. See
// shmget(2).
namespace segment {

/// Makes it, or takes over the one that a killed run left. -1: there is none.
inline int make(key_t key) {
  return shmget(key, 4096, IPC_CREAT | 0600);
}

/// Async-signal-safe.
inline void remove(int id) {
  shmctl(id, IPC_RMID, nullptr);
}

}  // namespace segment
