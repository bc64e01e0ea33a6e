#include "harness/linux/ipc_objects.hpp"

#include <fcntl.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

#include <sstream>

#include "exitproof/parse_error.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {

namespace {

// /proc/sysvipc/shm prints this bit of a segment that lives only until its last user detaches.
constexpr std::uint64_t marked_for_removal = 01000;

constexpr const char* path_of(IpcKind kind) {
  switch (kind) {
    case IpcKind::shared_memory:
      return "/proc/sysvipc/shm";
    case IpcKind::semaphores:
      return "/proc/sysvipc/sem";
    case IpcKind::messages:
      return "/proc/sysvipc/msg";
  }
  return "";
}

// How many objects there are, at a hundredth of the cost of reading the list.
int count_of(IpcKind kind) {
  switch (kind) {
    case IpcKind::shared_memory: {
      shm_info info{};
      checked(::shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&info)), "shmctl(SHM_INFO)");
      return info.used_ids;
    }
    case IpcKind::semaphores: {
      seminfo info{};
      checked(::semctl(0, 0, SEM_INFO, &info), "semctl(SEM_INFO)");
      return info.semusz;
    }
    case IpcKind::messages: {
      msginfo info{};
      checked(::msgctl(0, MSG_INFO, reinterpret_cast<msqid_ds*>(&info)), "msgctl(MSG_INFO)");
      return info.msgpool;
    }
  }
  return 0;
}

std::string read_text(const char* path) {
  const UniqueFd file(checked(::open(path, O_RDONLY | O_CLOEXEC), std::string("open ") + path));
  std::string text;
  char buffer[4096];
  for (;;) {
    const auto got = checked(::read(file.get(), buffer, sizeof buffer), std::string("read ") + path);
    if (got == 0) {
      return text;
    }
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace

std::vector<IpcObject> parse_sysvipc(IpcKind kind, std::string_view text) {
  std::vector<IpcObject> objects;
  std::istringstream lines{std::string(text)};
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    IpcObject object;
    object.kind = kind;
    std::uint64_t mode = 0;
    std::istringstream fields(line);
    // All three kinds begin with key, id, mode and size; the mode alone is octal.
    if (!(fields >> object.key >> object.id >> std::oct >> mode >> std::dec >> object.size)) {
      throw ParseError(1, "key, id, mode and size of a System V object", line);
    }
    if (kind != IpcKind::shared_memory || (mode & marked_for_removal) == 0) {
      objects.push_back(object);
    }
  }
  return objects;
}

std::vector<IpcObject> read_ipc_objects() {
  std::vector<IpcObject> objects;
  for (const auto kind : {IpcKind::shared_memory, IpcKind::semaphores, IpcKind::messages}) {
    if (count_of(kind) == 0) {
      continue;
    }
    const auto found = parse_sysvipc(kind, read_text(path_of(kind)));
    objects.insert(objects.end(), found.begin(), found.end());
  }
  return objects;
}

}  // namespace exitproof::sys
