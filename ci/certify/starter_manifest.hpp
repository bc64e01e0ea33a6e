#pragma once

#include <string>
#include <vector>

#include "ci/certify/manifest.hpp"
#include "exitproof/campaign.hpp"

namespace exitproof {

/// What `exitproof init` knows of a command.
struct StarterFacts {
  std::vector<std::string> command;
  std::vector<std::string> artefacts;  ///< files of the command, as a manifest names them
  /// What the user said of it, by the settings' names.
  std::map<std::string, std::vector<std::string>, std::less<>> said;
  const CampaignResult* survey = nullptr;  ///< null: there is none
};

/// A first manifest for the command, with a comment for each thing that a person may want to say. It can be parsed.
std::string starter_manifest(const StarterFacts& facts);

}  // namespace exitproof
