#pragma once

namespace exitproof::cli {

/// Turns SIGINT, SIGTERM and SIGHUP into something that can be polled, and ignores SIGPIPE. What the
/// parent had us ignore stays ignored, but for SIGTERM. One at a time per process.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  /// Readable once a signal has come; never read from.
  int fd() const;
  /// The first signal that came; 0 when none did.
  int signal() const;
  /// As if the signal had come: for a reader of our output that has gone.
  void request(int signal);
  /// Ends the process by the signal that came.
  [[noreturn]] void die() const;
};

}  // namespace exitproof::cli
