#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exitproof/duration.hpp"

namespace exitproof {

/// One worker process and the two pipes to it. Nothing here blocks, but for the destructor.
class WorkerProcess {
 public:
  /// Starts the command in a process group of its own, its standard error ours. Throws
  /// std::system_error.
  explicit WorkerProcess(const std::vector<std::string>& command);
  /// Closes the worker's input, gives it `end_patience` to end, and kills its group then; whoever else has its output
  /// gets `cleaning_patience`.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  static constexpr Millis end_patience{1'000};
  static constexpr Millis cleaning_patience{15'000};

  /// Queues a line; flush() sends it.
  void send(const std::string& line);
  bool has_unsent() const;
  /// Writes what the pipe takes. False: the worker does not read any more.
  bool flush();

  /// Reads what is there. False: the worker has closed its output.
  bool fill();
  /// The next whole line, without its end.
  std::optional<std::string> take_line();

  int output_fd() const;  ///< poll it for POLLIN
  int input_fd() const;   ///< poll it for POLLOUT while there is something unsent

  /// Closes the worker's input: an idle worker ends by itself.
  void close_input();
  /// SIGKILL to the worker's process group.
  void kill();
  /// How the worker ended, in words, once it has; "is still running" before.
  std::string describe_end();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exitproof
