#pragma once

#include <string>
#include <unordered_map>

#include "exitproof/catalog.hpp"
#include "exitproof/site.hpp"

namespace exitproof {

/// The site as a survey knows it: without what a fault adds to it.
std::string place_of(Site site);

/// Finds what a survey saw of a site. The catalog must outlive it.
class SurveyedPlaces {
 public:
  SurveyedPlaces() = default;
  explicit SurveyedPlaces(const Catalog& catalog);

  /// Null when no fault-free run passed it.
  const SiteRecord* find(const Site& site) const;

 private:
  std::unordered_map<std::string, const SiteRecord*> sites_;
};

}  // namespace exitproof
