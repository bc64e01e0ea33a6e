#include "harness/trial/world/ipc_changes.hpp"

#include <fmt/format.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>

namespace exitproof {

namespace {

std::string describe(const sys::IpcObject& object) {
  const auto named = [&](const char* kind) {
    return fmt::format("{}:0x{:08x}:{}", kind, static_cast<std::uint32_t>(object.key), object.id);
  };
  switch (object.kind) {
    case sys::IpcKind::shared_memory:
      return named("sysv-shm");
    case sys::IpcKind::semaphores:
      return named("sysv-sem");
    case sys::IpcKind::messages:
      return named("sysv-msg");
  }
  return {};
}

FileType type_of(sys::IpcKind kind) {
  switch (kind) {
    case sys::IpcKind::shared_memory:
      return FileType::shm_segment;
    case sys::IpcKind::semaphores:
      return FileType::semaphore_set;
    case sys::IpcKind::messages:
      return FileType::message_queue;
  }
  return FileType::shm_segment;
}

}  // namespace

FileChange created_object(const sys::IpcObject& object) {
  return {describe(object), ChangeKind::created, type_of(object.kind), object.size, {}, {}};
}

std::optional<sys::IpcKind> ipc_kind_of_call(std::uint64_t number) {
  switch (number) {
    case SYS_shmget:
      return sys::IpcKind::shared_memory;
    case SYS_semget:
      return sys::IpcKind::semaphores;
    case SYS_msgget:
      return sys::IpcKind::messages;
    default:
      return std::nullopt;
  }
}

bool remove_object(sys::IpcKind kind, int id) {
  switch (kind) {
    case sys::IpcKind::shared_memory:
      return ::shmctl(id, IPC_RMID, nullptr) == 0;
    case sys::IpcKind::semaphores:
      return ::semctl(id, 0, IPC_RMID) == 0;
    case sys::IpcKind::messages:
      return ::msgctl(id, IPC_RMID, nullptr) == 0;
  }
  return false;
}

}  // namespace exitproof
