#pragma once

#include <vector>

#include "exitproof/duration.hpp"

namespace exitproof {

/// Where moments of a trial stand in a picture. Most of a trial happens within a millisecond and its grace takes
/// seconds, so that no scale shows both: moments stand in their order, and the longer it is between two, the farther
/// apart they are, by the logarithm.
class PictureAxis {
 public:
  /// `moments`: all that are asked for, in any order. They fill the place from `left` to `right`, in units of the
  /// picture.
  PictureAxis(std::vector<Micros> moments, double left, double right);

  /// Of a moment that is none of them: the place of the next one.
  double x(Micros moment) const;
  double left() const { return left_; }
  double right() const { return right_; }

 private:
  std::vector<Micros> moments_;  ///< ascending, distinct
  std::vector<double> places_;   ///< of these
  double left_;
  double right_;
};

}  // namespace exitproof
