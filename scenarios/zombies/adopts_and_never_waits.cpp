// adopts_and_never_waits living|ended|reaps [MS]: the root is a subreaper. Its child makes a grandchild and ends;
// the root reaps the child, and the grandchild, which is handed on to it, ends after that (living) or has ended
// before its maker (ended). The root lives on for MS (600) and never reaps it, but for `reaps`. Exits 0.
// `no-zombies` is violated by the root, not by the child that made it; with `reaps` it holds.
#include <sys/prctl.h>

#include <cstdlib>
#include <string_view>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

void await_end_of_any() {
  siginfo_t info{};
  must(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0, "waitid");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view how = argc > 1 ? argv[1] : "living";
  must(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0, "prctl");
  int open_till_handed_on[2];
  must(pipe(open_till_handed_on) == 0, "pipe");
  const pid_t child = make_child([&] {
    make_child([&] {
      close(open_till_handed_on[1]);
      char none;
      return how == "ended" || read(open_till_handed_on[0], &none, 1) == 0 ? 0 : 1;
    });
    close(open_till_handed_on[1]);
    if (how == "ended") await_end_of_any();
    return 0;
  });
  if (!reap_success(child)) return 1;
  close(open_till_handed_on[1]);
  await_end_of_any();
  if (how == "reaps") must(wait(nullptr) > 0, "wait");
  sleep_ms(argc > 2 ? std::atoi(argv[2]) : 600);
  return 0;
}
