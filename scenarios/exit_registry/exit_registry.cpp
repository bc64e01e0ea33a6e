// exit_registry [DEFECT]: a program with exit functions of its own and of a library, and two workers. It runs the exit
// functions explicitly, before it tears down what they need; so do its workers, which leave by _exit with what they
// have registered themselves. The library keeps lines for journal.txt, and its own exit function, which was registered
// first and therefore comes last, is what writes them; a worker's writes share.N.txt. Exits 0; 1 when a file could not
// be made; 128 + N when signal N asked it to end.
#include <cstring>

#include "scenarios/exit_registry/registry.hpp"
#include "scenarios/orderly.hpp"
#include "scenarios/whole_file.hpp"

using namespace subject;

namespace {

bool all_written = true;

namespace library {

char lines[256];
bool closed = false;

// What comes after the end is lost; the least that is owed then is to say so.
void keep(const char* line) {
  if (!closed) std::strncat(lines, line, sizeof lines - std::strlen(lines) - 1);
  if (closed && !defect::is("torn_down_first")) all_written = false;
}

void write_out() {
  if (closed) return;
  closed = true;
  if (!write_whole("journal.txt", lines)) all_written = false;
}

void open() {
  keep("begin\n");
  registry::add(write_out, "library::write_out");
}

}  // namespace library

void add_totals() {
  library::keep("totals: 2 workers\n");
}

int share = -1;
char share_name[32];

void write_share() {
  if (!write_all(share, "a share of the work\n") || fsync(share) != 0 || !give_name(share, share_name)) {
    all_written = false;
  }
}

int leave() {
  if (!defect::is("worker_leaves_at_once")) registry::run_all();
  return all_written ? 0 : 1;
}

int work(int number) {
  if (!defect::is("keeps_inherited") && !defect::is("forgets_too_late")) registry::forget_parents();
  share = open(".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
  if (share < 0) {
    all_written = false;
    return leave();
  }
  if (defect::is("forgets_too_late")) registry::forget_parents();
  std::snprintf(share_name, sizeof share_name, "share.%d.txt", number);
  registry::add(write_share, "write_share");
  sleep_ms(30);
  return leave();
}

// Ends the program from wherever it is, even from the middle of an exit function.
void run_all_and_leave(int number) {
  registry::run_all();
  _exit(128 + number);
}

void end_on_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) signal(number, run_all_and_leave);
  const sigset_t signals = stop_signals();
  sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

void run_workers() {
  pid_t workers[2];
  for (int i = 0; i < 2; ++i) workers[i] = fork_tied([i] { return work(i + 1); });
  for (const pid_t worker : workers)
    if (worker < 0 || !reap_success(worker)) all_written = false;
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(argc, argv,
                 {"worker_leaves_at_once", "runs_without_clearing", "wrong_order", "torn_down_first", "keeps_inherited",
                  "forgets_too_late", "signal_enters_again"});
  hold_stop_signals();
  library::open();
  registry::add(add_totals, "add_totals");
  run_workers();
  if (defect::is("signal_enters_again")) end_on_signals();
  if (defect::is("torn_down_first")) library::write_out();
  registry::run_all();
  library::write_out();  // the program's own teardown
  if (const int asked = stop_asked()) return 128 + asked;
  return all_written ? 0 : 1;
}
