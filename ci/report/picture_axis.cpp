#include "ci/report/picture_axis.hpp"

#include <algorithm>
#include <cmath>

namespace exitproof {
namespace {

// Of two moments that follow each other at once, against a factor of ten in their distance.
constexpr double least_gap = 1.0;
constexpr double gap_of_ten = 1.5;

double gap_between(Micros earlier, Micros later) {
  return least_gap + gap_of_ten * std::log10(1.0 + static_cast<double>((later - earlier).count()) / 100.0);
}

}  // namespace

PictureAxis::PictureAxis(std::vector<Micros> moments, double left, double right)
    : moments_(std::move(moments)), left_(left), right_(right) {
  std::ranges::sort(moments_);
  moments_.erase(std::unique(moments_.begin(), moments_.end()), moments_.end());
  double place = 0;
  for (std::size_t i = 0; i < moments_.size(); ++i) {
    if (i > 0) place += gap_between(moments_[i - 1], moments_[i]);
    places_.push_back(place);
  }
  const double scale = place > 0 ? (right - left) / place : 0;
  for (double& at : places_) at = left + at * scale;
}

double PictureAxis::x(Micros moment) const {
  const auto next = std::ranges::lower_bound(moments_, moment);
  if (next == moments_.end()) return right_;
  return places_[static_cast<std::size_t>(next - moments_.begin())];
}

}  // namespace exitproof
