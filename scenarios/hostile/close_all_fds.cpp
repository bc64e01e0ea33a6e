// close_all_fds: closes every descriptor up to the highest number, as daemons do, then makes and reaps a child
// and lives on for 200 ms. Exits 0.
#include "scenarios/subject.hpp"

using namespace subject;

int main() {
  must(close_range(0, ~0U, 0) == 0, "close_range");
  const bool good = reap_success(make_child([] { return 0; }));
  sleep_ms(200);
  return good ? 0 : 1;
}
