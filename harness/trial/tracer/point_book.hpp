#pragma once

#include "harness/linux/stack.hpp"
#include "harness/trial/tracer/context.hpp"
#include "harness/trial/tracer/probe_messages.hpp"

namespace exitproof {

/// A point of the probe, an allocation, a line or a call event that a thread is passing.
struct PassedPoint {
  Point point;                  ///< with its number among those of its name in its thread; 0: it is not counted
  std::uint64_t nth = 0;        ///< that number
  std::string call;             ///< "probe", "new", "line" or "call"
  std::string object;           ///< the point's name, or "FILE:LINE"
  std::string place;            ///< of a line or call event: module, file and line; else empty
  std::optional<Frame> source;  ///< of a line or call event: the program's own place, above the interpreter's
};

/// Counts the points that each thread passes, and writes them down as sites in a survey.
///
/// A program may pass millions of them, and each is a stop: so no more are written down than a search can use.
class PointBook {
 public:
  static constexpr std::uint64_t sites_of_place = 8;     ///< of one place in the code: of such, a search tries three
  static constexpr std::uint64_t sites_of_thread = 256;  ///< of one kind: as many trials as a budget of seconds has
  static constexpr std::uint64_t told_by_thread = 4096;  ///< of one kind: some 0.1 s of stops
  static constexpr std::size_t names_of_thread = 1000;   ///< more are made of data, and would fill our memory

  PointBook(TrialContext& context, sys::StackReader& stacks) : context_(context), stacks_(stacks) {}

  static bool is_point(const ProbeMessage& message);

  /// The point that `message` tells of. `again`: it was told before and is not counted a second time.
  static PassedPoint count(Task& task, const ProbeMessage& message, bool again);

  /// The process runs another program now: its points are other ones. Their numbers go on.
  static void forget_program(Process& process);

  /// Adds a point that was counted to the log and, where sites are asked for, to the sites.
  void record(Task& task, const PassedPoint& passed);

  /// Whether the process need tell no more points of this kind, as far as sites go: nobody asked for any, each of
  /// its threads has enough, or those that have none yet have been waited for long enough.
  bool has_enough(const Task& task, const PassedPoint& passed) const;

 private:
  Site site_of(const Task& task, const PassedPoint& passed) const;
  std::uint64_t key_of(const Task& task, const PassedPoint& passed);
  void say_incomplete(const Task& task, const PassedPoint& passed);

  TrialContext& context_;
  sys::StackReader& stacks_;
};

}  // namespace exitproof
