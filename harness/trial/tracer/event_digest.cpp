#include "harness/trial/tracer/event_digest.hpp"

#include <string>

namespace exitproof {

void EventDigester::Order::add(std::string_view text) {
  digest.add(std::to_string(text.size()));  // two texts are not one that joins them
  digest.add(":");
  digest.add(text);
  ++events;
}

void EventDigester::add(const Event& event) {
  const auto steady = steady_.next(event);
  if (!steady) {
    return;
  }
  whole_.add(event.who.print() + ' ' + steady->text);
  if (steady->in_thread) {
    threads_[event.who].add(steady->text);
  }
}

EventDigest EventDigester::print() const {
  EventDigest printed;
  printed.whole = whole_.digest.print();
  printed.events = whole_.events;
  Order all;
  for (const auto& [thread, order] : threads_) {
    printed.threads.push_back({thread, order.events, order.digest.print()});
    all.add(thread.print() + ' ' + printed.threads.back().digest);
  }
  printed.by_thread = all.digest.print();
  return printed;
}

}  // namespace exitproof
