// shim: a chain of programs as pyenv's python3 is one: this one executes sh, which makes four processes, then
// executes sh again, which executes this one again, which makes one child. A correct tracer sees one root
// process with four programs in turn, its children 0.1 to 0.4 below sh, and 0.5 below the last program. Prints
// "done" and exits 0.
#include <climits>
#include <cstdlib>
#include <string>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr char script[] =
    "name=$(basename \"$1\"); folder=$(dirname \"$1\"); : \"$(uname -s)\"; /bin/true; "
    "exec /bin/sh -c 'exec \"$0\" last' \"$folder/$name\"";

}  // namespace

int main(int argc, char**) {
  if (argc > 1) {
    const bool good = reap_success(make_child([] { return 0; }));
    std::puts("done");
    return good ? 0 : 1;
  }
  char own[PATH_MAX] = {};
  must(readlink("/proc/self/exe", own, sizeof own - 1) > 0, "readlink");
  execl("/bin/sh", "sh", "-c", script, "sh", own, nullptr);
  must(false, "execl");
}
