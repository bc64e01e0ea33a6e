#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "ci/cli/interrupts.hpp"
#include "ci/report/console.hpp"

namespace exitproof::cli {

/// Standard output for results and standard error for progress. A reader that has gone (`| head`) is
/// taken as a request to end by SIGPIPE. Standard output that cannot be written throws std::system_error; what standard
/// error does not take is lost.
class Output {
 public:
  explicit Output(Interrupts& interrupts);

  /// Colour only on a terminal, and not against NO_COLOR or TERM=dumb.
  const Paint& paint() const { return paint_; }

  /// Writes to standard output, or, when results go there as JSON, to standard error.
  void print(std::string_view text);
  void use_stderr() { results_fd_ = 2; }
  /// Writes to standard output, whatever else goes there.
  void print_document(std::string_view text);
  /// Rewrites the progress line, at most ten times a second; nothing where standard error is no terminal.
  void show_progress(std::string_view text);
  void clear_progress();

 private:
  void write_all(int fd, std::string_view text);

  Interrupts& interrupts_;
  Paint paint_;
  int results_fd_ = 1;
  bool shows_progress_ = false;
  bool line_is_there_ = false;
  std::chrono::steady_clock::time_point last_shown_;
};

}  // namespace exitproof::cli
