#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace exitproof::sys {

enum class IpcKind : std::uint8_t { shared_memory, semaphores, messages };

/// A System V object, see sysvipc(7).
struct IpcObject {
  IpcKind kind = IpcKind::shared_memory;
  std::int32_t key = 0;  ///< 0: IPC_PRIVATE
  int id = 0;
  std::uint64_t size = 0;  ///< bytes of memory or of queued messages; number of semaphores
  bool operator==(const IpcObject&) const = default;
};

/// Reads the text of /proc/sysvipc/shm, sem or msg; see proc_sysvipc(5). Throws ParseError.
std::vector<IpcObject> parse_sysvipc(IpcKind kind, std::string_view text);

/// The System V objects of the caller's IPC namespace that are not marked for removal.
/// Throws std::system_error.
std::vector<IpcObject> read_ipc_objects();

}  // namespace exitproof::sys
