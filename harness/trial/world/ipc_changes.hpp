#pragma once

#include <cstdint>
#include <optional>

#include "exitproof/evidence.hpp"
#include "harness/linux/ipc_objects.hpp"

namespace exitproof {

/// The System V object as a change of the trial: "sysv-shm:KEY:ID" and so on, created.
FileChange created_object(const sys::IpcObject& object);

/// What the call makes or finds: nothing when it is none of shmget(2), semget(2), msgget(2).
std::optional<sys::IpcKind> ipc_kind_of_call(std::uint64_t number);

/// Removes the object from the caller's IPC namespace. False when it is not there or another user's.
bool remove_object(sys::IpcKind kind, int id);

}  // namespace exitproof
