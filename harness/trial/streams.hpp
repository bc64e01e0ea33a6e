#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exitproof/evidence.hpp"
#include "harness/linux/digest.hpp"
#include "harness/linux/terminal.hpp"
#include "harness/linux/unique_fd.hpp"
#include "harness/trial/line_counter.hpp"
#include "harness/trial/tree/call_reader.hpp"

namespace exitproof {

/// The subject's stdout and stderr, drained and digested, the first MiB kept.
class Streams {
 public:
  /// Makes the pipes. With `wait_for_eof`, stdin is a pipe too, which end_input() closes. `once` as Contract::once, whose
  /// lines are counted.
  Streams(bool wait_for_eof, const std::vector<std::string>& once);
  /// The same pipes, of which nothing has been read; what is in them now is forgotten.
  std::unique_ptr<Streams> anew() const;

  /// The ends that the subject is given; close_given() when it has them.
  int given_in() const { return given_in_.get(); }
  int given_out() const { return given_out_.get(); }
  int given_err() const { return given_err_.get(); }
  void close_given();

  /// How to know a write to one of them.
  GivenOutputs identities(const sys::Terminal& terminal, bool on_terminal) const;

  /// -1 once the subject has closed it.
  int out() const { return out_.get(); }
  int err() const { return err_.get(); }

  /// Reads all that is there; with `on_terminal`, the terminal's output counts as stdout. Does not
  /// block; returns whether anything came. At most 16 MiB at once, so that a flood cannot hold us.
  bool drain(const sys::Terminal& terminal, bool on_terminal);
  void end_input() { input_.reset(); }
  /// The reader of stdout goes away: writes to it fail with EPIPE from now on (pipe(7)). What was there is read first.
  void close_out(const sys::Terminal& terminal);

  /// Whether a line of stdout or stderr is in what was kept: for `--ready out:REGEX`.
  std::string text() const { return out_received_.head + err_received_.head; }
  std::size_t text_size() const { return out_received_.head.size() + err_received_.head.size(); }
  void finish(Evidence& evidence) const;

  /// How much the pipe of stdout holds; a subject can change that (F_SETPIPE_SZ of fcntl(2)).
  int room() const;

 private:
  explicit Streams(const std::vector<std::string>& once);
  /// What came from one descriptor.
  struct Received {
    explicit Received(const std::vector<std::string>& once) : lines(once) {}
    sys::Digest digest;
    std::uint64_t bytes = 0;
    std::string head;
    LineCounter lines;
    OutputStream stream() const { return {bytes, digest.print(), head}; }
  };
  /// `ended` is set when nobody can write there any more.
  static bool drain_one(int fd, Received& received, bool& ended);

  std::vector<std::string> once_;
  sys::UniqueFd given_in_, given_out_, given_err_;
  sys::UniqueFd input_, out_, err_;
  Received out_received_, err_received_;
};

}  // namespace exitproof
