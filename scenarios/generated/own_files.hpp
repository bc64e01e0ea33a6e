#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "scenarios/generated/own_state.hpp"

namespace generated::play {

inline std::string folder_of(const File& file) {
  if (file.kind == FileKind::output || file.kind == FileKind::locked) return ".";
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

inline void name_file(std::size_t index) {
  const File& file = tree.files[index];
  const std::string pid = file.with_pid ? std::to_string(getpid()) + "." : "";
  std::snprintf(files[index].path, sizeof files[index].path, "%s/%s%s%s", folder_of(file).c_str(), pid.c_str(),
                file.name.c_str(), file.by_rename ? ".part" : "");
}

inline bool is_partial(std::size_t index) {
  return tree.files[index].by_rename ? !files[index].published : files[index].halves != 3;
}

inline void open_file(std::size_t index) {
  const File& file = tree.files[index];
  OpenFile& opened = files[index];
  name_file(index);
  if (file.kind == FileKind::unnamed) {
    opened.fd = open(folder_of(file).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    opened.made = opened.fd >= 0;
    return;
  }
  int flags = O_CREAT | O_RDWR | O_CLOEXEC;
  if (file.kind == FileKind::exclusive) flags |= O_EXCL;
  if (file.kind == FileKind::temporary || file.kind == FileKind::output) flags |= O_TRUNC;
  opened.made = file.kind != FileKind::exclusive;  // a signal that comes between removes what may be there
  opened.fd = open(opened.path, flags, 0600);
  if (opened.fd >= 0) {
    opened.made = true;
    return;
  }
  opened.made = false;
  if (errno == EEXIST) _exit(locked_out_status);
  if (me().fails_on_error) give_up();
}

inline void write_half(std::size_t index, unsigned half) {
  OpenFile& opened = files[index];
  if (!opened.made) return;
  const std::string text = half_text(tree.files[index], half) + "\n";
  if (write(opened.fd, text.data(), text.size()) == static_cast<ssize_t>(text.size())) {
    opened.halves |= 1U << half;
  } else if (me().fails_on_error) {
    give_up();
  }
}

inline void publish(std::size_t index) {
  OpenFile& opened = files[index];
  if (!opened.made) return;
  const std::string name = folder_of(tree.files[index]) + "/" + tree.files[index].name;
  must(rename(opened.path, name.c_str()) == 0, "rename");
  opened.published = true;
}

inline void take_lock(std::size_t index) {
  if (files[index].made && flock(files[index].fd, LOCK_EX | LOCK_NB) != 0) _exit(locked_out_status);
}

inline void remove_file(std::size_t index) {
  if (files[index].made && tree.files[index].kind != FileKind::unnamed) unlink(files[index].path);
}

}  // namespace generated::play
