#include "exitproof/errnos.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace exitproof {

namespace {

constexpr std::size_t most = 4;

struct Row {
  std::string_view call;
  std::array<int, most> errors;  // the rest is 0
};

constexpr Row table[] = {
    {"open", {ENOSPC, EMFILE, EACCES, EROFS}},
    {"openat", {ENOSPC, EMFILE, EACCES, EROFS}},
    {"openat2", {ENOSPC, EMFILE, EACCES, EROFS}},
    {"creat", {ENOSPC, EMFILE, EACCES, EROFS}},

    {"write", {ENOSPC, EIO, EFBIG}},
    {"writev", {ENOSPC, EIO, EFBIG}},
    {"pwrite64", {ENOSPC, EIO, EFBIG}},
    {"pwritev", {ENOSPC, EIO, EFBIG}},
    {"pwritev2", {ENOSPC, EIO, EFBIG}},
    {"sendfile", {EIO, ENOMEM}},
    {"copy_file_range", {ENOSPC, EIO, ENOMEM}},
    {"splice", {ENOMEM}},
    {"tee", {ENOMEM}},

    {"read", {EIO}},
    {"readv", {EIO}},
    {"pread64", {EIO}},
    {"preadv", {EIO}},
    {"preadv2", {EIO}},

    {"close", {EIO, ENOSPC}},

    {"rename", {ENOSPC, EACCES, EROFS}},
    {"renameat", {ENOSPC, EACCES, EROFS}},
    {"renameat2", {ENOSPC, EACCES, EROFS}},

    {"unlink", {EIO, EACCES, EROFS}},
    {"unlinkat", {EIO, EACCES, EROFS}},
    {"rmdir", {EACCES, EROFS, EBUSY}},

    {"mkdir", {ENOSPC, EACCES, EROFS}},
    {"mkdirat", {ENOSPC, EACCES, EROFS}},
    {"mknod", {ENOSPC, EACCES, EROFS}},
    {"mknodat", {ENOSPC, EACCES, EROFS}},

    {"link", {ENOSPC, EIO, EACCES, EROFS}},
    {"linkat", {ENOSPC, EIO, EACCES, EROFS}},
    {"symlink", {ENOSPC, EIO, EACCES, EROFS}},
    {"symlinkat", {ENOSPC, EIO, EACCES, EROFS}},

    {"truncate", {EIO, EFBIG, EACCES}},
    {"ftruncate", {EIO, EFBIG}},
    {"fallocate", {ENOSPC, EIO}},

    {"fsync", {EIO, ENOSPC}},
    {"fdatasync", {EIO, ENOSPC}},
    {"sync_file_range", {EIO, ENOSPC, ENOMEM}},
    {"syncfs", {EIO, ENOSPC}},

    {"chmod", {EIO, EROFS, EPERM}},
    {"fchmod", {EIO, EROFS, EPERM}},
    {"fchmodat", {EIO, EROFS, EPERM}},
    {"chown", {EIO, EROFS, EPERM}},
    {"fchown", {EIO, EROFS, EPERM}},
    {"lchown", {EIO, EROFS, EPERM}},
    {"fchownat", {EIO, EROFS, EPERM}},
    {"utime", {EACCES, EROFS, EPERM}},
    {"utimes", {EACCES, EROFS, EPERM}},
    {"utimensat", {EACCES, EROFS, EPERM}},
    {"setxattr", {ENOSPC, EDQUOT, EPERM}},
    {"lsetxattr", {ENOSPC, EDQUOT, EPERM}},
    {"fsetxattr", {ENOSPC, EDQUOT, EPERM}},

    {"flock", {ENOLCK}},
    {"fcntl", {ENOLCK}},

    {"shmget", {ENOSPC, ENOMEM}},
    {"shmat", {ENOMEM}},
    {"semget", {ENOSPC, ENOMEM}},
    {"msgget", {ENOSPC, ENOMEM}},
    {"mq_open", {ENOSPC, EMFILE, ENOMEM}},

    {"fork", {EAGAIN, ENOMEM}},
    {"vfork", {EAGAIN, ENOMEM}},
    {"clone", {EAGAIN, ENOMEM}},
    {"clone3", {EAGAIN, ENOMEM}},

    {"execve", {ENOMEM, EACCES}},
    {"execveat", {ENOMEM, EACCES}},

    {"bind", {EADDRINUSE, EACCES}},
    {"listen", {EADDRINUSE}},
    {"connect", {ECONNREFUSED, ETIMEDOUT}},
    {"accept", {EMFILE, ECONNABORTED, ENOMEM}},
    {"accept4", {EMFILE, ECONNABORTED, ENOMEM}},

    {"sendto", {ECONNRESET, EPIPE, ENOBUFS, ENOMEM}},
    {"sendmsg", {ECONNRESET, EPIPE, ENOBUFS, ENOMEM}},
    {"recvfrom", {ECONNREFUSED, ENOMEM}},
    {"recvmsg", {ECONNREFUSED, ENOMEM}},
};

}  // namespace

std::span<const int> legal_errnos(std::string_view call) {
  const auto* row = std::ranges::find(table, call, &Row::call);
  if (row == std::end(table)) return {};
  const auto end = std::ranges::find(row->errors, 0);
  return {row->errors.begin(), end};
}

bool can_return(std::string_view call, int error) {
  return std::ranges::count(legal_errnos(call), error) > 0;
}

}  // namespace exitproof
