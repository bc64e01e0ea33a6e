#include "properties/search/place.hpp"

#include <variant>

namespace exitproof {

std::string place_of(Site site) {
  site.after = false;
  site.delay = Millis{0};
  if (std::holds_alternative<QuietPoint>(site.point)) site.process.reset();
  return site.print();
}

SurveyedPlaces::SurveyedPlaces(const Catalog& catalog) {
  for (const auto* sites : {&catalog.stable, &catalog.unstable}) {
    for (const SiteRecord& record : *sites) sites_.emplace(place_of(record.site), &record);
  }
}

const SiteRecord* SurveyedPlaces::find(const Site& site) const {
  const auto found = sites_.find(place_of(site));
  return found != sites_.end() ? found->second : nullptr;
}

}  // namespace exitproof
