#pragma once

#include <cstdint>
#include <map>

#include "exitproof/evidence.hpp"
#include "harness/linux/digest.hpp"
#include "harness/model/steady_events.hpp"

namespace exitproof {

/// Hashes the events of a trial as they happen, kept or not: a quarter of a microsecond each, less than two where a
/// file's name is made a pattern. The stop that brings an event costs eight at least.
class EventDigester {
 public:
  void add(const Event& event);

  /// Of all events so far.
  EventDigest print() const;

 private:
  struct Order {
    sys::Digest digest;
    std::uint64_t events = 0;
    void add(std::string_view text);
  };

  SteadyEvents steady_;
  Order whole_;
  std::map<ProcessPath, Order> threads_;
};

}  // namespace exitproof
