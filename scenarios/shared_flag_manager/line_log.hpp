#pragma once

#include <fcntl.h>

#include <cstdio>
#include <string>

#include "scenarios/careful.hpp"
#include "scenarios/defect.hpp"

// A log of which every line is there or is not: each is written at once, and cut off where that fails.
class LineLog {
 public:
  explicit LineLog(const char* path) : path_(path) {}

  /// Starts the log anew, whatever a run before has left of it.
  bool open() {
    if (defect::is("log_left_open")) return open_buffered();
    file_ = ::open(path_, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    return file_ >= 0;
  }

  bool write(const std::string& line) {
    if (stream_ != nullptr) return std::fprintf(stream_, "%s\n", line.c_str()) > 0;
    const std::string text = line + '\n';
    if (careful::write_all(file_, text)) {
      whole_ += static_cast<off_t>(text.size());
      return true;
    }
    if (ftruncate(file_, whole_) != 0) std::perror(path_);
    return false;
  }

  /// What a disk could not keep may be told here only.
  bool close() {
    if (stream_ != nullptr) return std::fclose(stream_) == 0;
    return file_ < 0 || ::close(file_) == 0;
  }

 private:
  // What is in the buffer when the process ends without closing is lost, in the middle of a line.
  bool open_buffered() {
    stream_ = std::fopen(path_, "we");
    return stream_ != nullptr && std::setvbuf(stream_, buffer_, _IOFBF, sizeof buffer_) == 0;
  }

  const char* path_;
  int file_ = -1;
  off_t whole_ = 0;
  std::FILE* stream_ = nullptr;
  char buffer_[4];
};
