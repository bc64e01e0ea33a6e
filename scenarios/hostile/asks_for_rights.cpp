// asks_for_rights --in-a-world [own]: makes calls that root may make outside a world: mounts a tmpfs on /mnt and
// unmounts it, makes a mount namespace by unshare(2), clone(2) and setns(2), a device node, and the new mount
// calls' file system context; prints what each gave. With `own`, a child first moves to a user namespace of its
// own, or ends when it cannot, and only then mounts. Exits 0 whatever happened. Never run it as root outside.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <csignal>
#include <cstring>
#include <string_view>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

void tell(const char* what, bool done) {
  std::printf("%s: %s\n", what, done ? "done" : std::strerror(errno));
}

bool clones() {
  const auto pid = static_cast<pid_t>(syscall(SYS_clone, CLONE_NEWNS | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (pid == 0) _exit(0);
  if (pid > 0) reap(pid);
  return pid > 0;
}

void ask() {
  tell("mount", mount("none", "/mnt", "tmpfs", 0, nullptr) == 0);
  tell("umount", umount2("/mnt", MNT_DETACH) == 0);
  tell("fsopen", syscall(SYS_fsopen, "tmpfs", 0) >= 0);
  tell("mknod", mknod("/tmp/asks_for_rights.null", S_IFCHR | 0600, makedev(1, 3)) == 0);
  unlink("/tmp/asks_for_rights.null");
  tell("mknod of a fifo", mknod("/tmp/asks_for_rights.fifo", S_IFIFO | 0600, 0) == 0);
  unlink("/tmp/asks_for_rights.fifo");
  tell("clone", clones());
  const int own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  tell("setns", setns(own, CLONE_NEWNS) == 0);
  tell("unshare", unshare(CLONE_NEWNS) == 0);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || std::string_view(argv[1]) != "--in-a-world") return 2;
  if (argc == 2) {
    ask();
    return 0;
  }
  const pid_t child = make_child([] {
    if (unshare(CLONE_NEWUSER) == 0) tell("mount", mount("none", "/mnt", "tmpfs", 0, nullptr) == 0);
    std::fflush(stdout);
    return 0;
  });
  return reap_success(child) ? 0 : 1;
}
