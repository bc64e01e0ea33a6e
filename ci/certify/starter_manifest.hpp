#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ci/certify/manifest.hpp"
#include "exitproof/campaign.hpp"

namespace exitproof {

/// What `exitproof init` knows of a command.
struct StarterFacts {
  std::vector<std::string> command;
  std::string directory = {};          ///< where it runs, as a manifest names it; empty: in the manifest's folder
  std::vector<std::string> artefacts;  ///< files of the command, as a manifest names them
  /// What the user said of it, by the settings' names.
  std::map<std::string, std::vector<std::string>, std::less<>> said;
  const CampaignResult* survey = nullptr;  ///< null: there is none
};

/// Whether a manifest, which is UTF-8, can name these bytes.
bool can_stand_in_manifest(std::string_view bytes);

/// A first manifest for the command, with a comment for each thing that a person may want to say. It can be parsed.
std::string starter_manifest(const StarterFacts& facts);

}  // namespace exitproof
