// report_writer [DEFECT]: two writers make report.0.txt and report.1.txt in the working directory. A report appears
// whole or not at all, and an older one stays until the new one is complete; nothing is left of a report that was
// given up, and what SIGKILL leaves, the next start sweeps away without touching the file of a living writer. Exits 0;
// 1 when a report is missing; by the signal that stopped it.
#include <cstring>
#include <utility>

#include "exitproof/probe.hpp"
#include "scenarios/report_writer/draft.hpp"

using namespace subject;

namespace {

// As Python's KeyboardInterrupt is no Exception, this is none of the library's.
struct Interrupted {
  int signal;
};

// The clean-up can only be forgotten where there is something to clean up.
bool needs_a_name() {
  return !defect::chosen.empty() && !defect::is("writes_in_place");
}

void let_signals_end_us() {
  const sigset_t signals = stop_signals();
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

template <typename Target>
void fill(Target& target) {
  for (int line = 0; line < 3; ++line) {
    if (const int signal = stop_asked()) throw Interrupted{signal};
    exitproof::point("line");
    char text[64];
    std::snprintf(text, sizeof text, "line %d of a report that somebody waits for\n", line);
    target.add(text);
    sleep_ms(20);
  }
}

// The old report is gone when the first byte of the new one is written, or is not.
struct InPlace {
  std::FILE* stream;
  void add(const char* text) const {
    report::check(std::fputs(text, stream) >= 0 && std::fflush(stream) == 0, "write");
  }
};

void write_in_place(const char* name) {
  const InPlace target{std::fopen(name, "we")};
  report::check(target.stream != nullptr, name);
  fill(target);
  report::check(std::fclose(target.stream) == 0, "close");
}

void write_draft(report::Draft& draft) {
  fill(draft);
  draft.publish();
}

void write_report(const char* name) {
  if (defect::is("writes_in_place")) return write_in_place(name);
  if (defect::is("signals_held_too_late")) let_signals_end_us();
  report::Draft draft(name, needs_a_name());
  hold_stop_signals();
  if (!defect::is("catches_std_exception_only")) return write_draft(draft);
  try {
    write_draft(draft);
  } catch (const std::exception&) {
    draft.discard();
    throw;
  }
}

int write_one(int number) noexcept {
  char name[32];
  std::snprintf(name, sizeof name, "report.%d.txt", number);
  try {
    sleep_ms(20 * number);
    write_report(name);
    return 0;
  } catch (const Interrupted& interrupted) {
    end_by(interrupted.signal);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s: %s\n", name, error.what(), std::strerror(errno));
  }
  return 1;
}

struct Writer {
  pid_t pid = 0;
  int ended = -1;  ///< readable when it has
};

bool start(Writer& writer, int number) {
  const pid_t pid = fork_tied([number] { return write_one(number); });
  if (pid < 0) return false;
  writer = {pid, pidfd_of(pid)};
  if (writer.ended >= 0) return true;
  kill(pid, SIGKILL);
  reap(std::exchange(writer.pid, 0));
  return false;
}

bool finish(Writer& writer) {
  close(std::exchange(writer.ended, -1));
  return reap_success(std::exchange(writer.pid, 0));
}

bool run() {
  int stop = stop_descriptor();
  Writer writers[2];
  bool done = start(writers[0], 0) && start(writers[1], 1);
  while (writers[0].pid != 0 || writers[1].pid != 0) {
    pollfd waits[] = {{stop, POLLIN, 0}, {writers[0].ended, POLLIN, 0}, {writers[1].ended, POLLIN, 0}};
    wait_readable(waits, 3);
    for (int i = 0; i < 2; ++i)
      if (waits[i + 1].revents != 0 && !finish(writers[i])) done = false;
    if (waits[0].revents == 0) continue;
    close(std::exchange(stop, -1));
    for (const Writer& writer : writers)
      if (writer.pid != 0) kill(writer.pid, SIGTERM);
  }
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(
      argc, argv,
      {"cleans_up_on_success_only", "catches_std_exception_only", "signals_held_too_late", "lets_go_before_rename",
       "close_unchecked", "sweeps_the_living", "part_before_lock", "writes_in_place"});
  hold_stop_signals();
  try {
    report::sweep();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s: %s\n", argv[0], error.what(), std::strerror(errno));
    return 1;
  }
  const bool done = run();
  if (!done && stop_asked() != 0) end_by(stop_asked());
  return done ? 0 : 1;
}
