// passes_points MODE [COUNT]: passes places where the harness can strike, and says on stdout what happens there.
// save: three times the point "save", under a scope guard; an exception of one is caught. threads: the same in a
// second thread. lines, calls, new: COUNT messages as an agent sends them, until one has enough.
#include <sys/mman.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "exitproof/probe.hpp"
#include "scenarios/subject.hpp"

using namespace subject;

namespace {

void say(const std::string& line) {
  const std::string text = line + "\n";
  must(write(1, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "write");
}

void caught(int) {
  say("caught");
}

void save_thrice() {
  const auto guard = exitproof::scope_guard([] { say("guard"); }, "say so");
  auto released = exitproof::scope_guard([] { say("never"); }, "released");
  released.release();
  for (int n = 1; n <= 3; ++n) {
    try {
      exitproof::point("save");
      exitproof::point("other");
      say("saved " + std::to_string(n));
    } catch (const exitproof::injected_fault& fault) {
      say(std::string("thrown at ") + fault.what());
    }
  }
}

/// One message as an agent sends it; false when it need tell no more.
bool tell(exitproof_probe_message kind, int n) {
  static char text[EXITPROOF_TEXT_MAX + 1];
  const bool is_new = kind == EXITPROOF_NEW;
  std::snprintf(text, sizeof text, "%s\n/usr/lib/%s.py\nwork", n % 2 == 0 ? "even" : "report",
                n % 2 == 0 ? "even" : "report");
  const auto line = static_cast<std::uintptr_t>(n % 20);
  const long answer =
      is_new ? exitproof_probe(kind, 0, 0, 0) : exitproof_probe(kind, reinterpret_cast<std::uintptr_t>(text), line, 0);
  if (answer == EXITPROOF_THROW) say("raise " + std::string(is_new ? "bad_alloc" : text) + " in " + std::to_string(n));
  if (answer == EXITPROOF_ENOUGH) say("enough at " + std::to_string(n));
  if (answer < 0) say("nobody listens");
  return answer == EXITPROOF_GO_ON;
}

int tell_all(exitproof_probe_message kind, int count) {
  int told = 1;
  while (told <= count && tell(kind, told)) ++told;
  if (told > count) say("told all");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  const int count = argc > 2 ? std::atoi(argv[2]) : 1;
  must(signal(SIGTERM, caught) != SIG_ERR && signal(SIGINT, caught) != SIG_ERR, "signal");
  if (mode == "save") {
    save_thrice();
  } else if (mode == "threads") {
    std::thread(save_thrice).join();
  } else if (mode == "lines") {
    return tell_all(EXITPROOF_LINE, count);
  } else if (mode == "calls") {
    return tell_all(EXITPROOF_CALL, count);
  } else if (mode == "new") {
    return tell_all(EXITPROOF_NEW, count);
  } else {
    return 2;
  }
  return 0;
}
