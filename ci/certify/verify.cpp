#include "ci/certify/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <system_error>

#include "ci/certify/certificate.hpp"
#include "ci/certify/certificate_shape.hpp"
#include "ci/certify/files_at_hand.hpp"
#include "ci/certify/sha256.hpp"
#include "ci/certify/whole_file.hpp"
#include "exitproof/parse_error.hpp"
#include "exitproof/seed.hpp"
#include "harness/model/byte_text.hpp"

namespace exitproof {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using State = Checked::State;

std::string digest_in(const Json& owner) {
  return owner.at("digest").at("sha256").get<std::string>();
}

std::string name_in(const Json& owner, const char* key = "name") {
  return bytes_of_text(owner.at(key).get<std::string>());
}

/// What the packages of a distribution install: another machine has other builds of it.
bool is_of_system(const fs::path& program) {
  if (!program.is_absolute()) return false;
  const std::string first = program.lexically_normal().relative_path().begin()->string();
  return first == "usr" || first == "bin" || first == "sbin" || first.starts_with("lib");
}

/// "a folder"; nothing for a regular file, and where nothing is.
std::optional<std::string> what_is_in_place_of(const fs::path& path) {
  std::error_code unknown;
  switch (fs::status(path, unknown).type()) {
    case fs::file_type::none:
    case fs::file_type::not_found:
    case fs::file_type::regular:
      return std::nullopt;
    case fs::file_type::directory:
      return "a folder";
    case fs::file_type::fifo:
      return "a pipe";
    case fs::file_type::socket:
      return "a socket";
    case fs::file_type::block:
    case fs::file_type::character:
      return "a device";
    case fs::file_type::symlink:
    case fs::file_type::unknown:
      return "something else";
  }
  return std::nullopt;
}

class Verification {
 public:
  Verification(const Json& statement, const FilesAtHand& files, CheckedCertificate& checked)
      : statement_(statement), predicate_(statement.at("predicate")), files_(files), checked_(checked) {}

  bool check_sums() {
    const Json sums = certificate_sums(statement_);
    const Json& written = predicate_.at("sums");
    const std::size_t before = checked_.checks.size();
    for (const auto& [member, sum] : sums.items()) {
      if (written.value(member, Json()) != sum)
        say(State::wrong, fmt::format("certificate: its member {} was altered", member));
    }
    for (const auto& [member, sum] : written.items()) {
      if (!sums.contains(member)) say(State::wrong, fmt::format("certificate: its member {} was taken out", member));
    }
    if (checked_.checks.size() != before) return false;
    say(State::good, fmt::format("certificate: {} members agree with their sums", sums.size()));
    return true;
  }

  void check_artefacts() {
    for (const Json& artefact : statement_.at("subject")) {
      checked_.compared_artefact = check_file("artefact", artefact) || checked_.compared_artefact;
    }
    for (const Json& scenario : predicate_.at("scenarios")) {
      for (const Json& file : scenario.at("files")) check_file("file", file);
    }
  }

  /// Each once, whatever scenarios ran it; not again what is an artefact or a file.
  void check_programs() {
    std::set<std::pair<std::string, std::string>> seen;
    const auto see = [&](const Json& file) { return seen.emplace(name_in(file), digest_in(file)).second; };
    for (const Json& artefact : statement_.at("subject")) see(artefact);
    for (const Json& scenario : predicate_.at("scenarios")) {
      for (const Json& file : scenario.at("files")) see(file);
    }
    for (const Json& scenario : predicate_.at("scenarios")) {
      for (const Json& program : scenario.at("programs")) {
        const std::string path = name_in(program, "path");
        const bool has_digest = program.contains("digest");
        if (has_digest) checked_.program_digests.insert(digest_in(program));
        if (!seen.emplace(path, has_digest ? digest_in(program) : "").second) continue;
        if (has_digest) {
          check_one(
              {.kind = "program",
               .name = path,
               .path = (fs::path(path).is_absolute() ? files_.system : files_.folder) / fs::path(path).relative_path(),
               .digest = digest_in(program),
               .if_other = is_of_system(path) ? State::other : State::wrong});
        } else {
          say(State::not_here, fmt::format("program {}: the trials made it, and the certificate has no digest", path));
        }
      }
    }
  }

  void check_trials() {
    const Json& trials = predicate_.at("trials");
    const std::string name = files_.trials.filename().string();
    if (const auto what = what_is_in_place_of(files_.trials)) {
      return say(State::wrong, fmt::format("list of trials {}: expected a file, found {}", name, *what));
    }
    std::error_code unknown;
    if (!fs::exists(files_.trials, unknown)) return say(State::not_here, fmt::format("list of trials {}", name));
    const std::optional<std::string> text = read_whole_file(files_.trials);
    if (!text) return say(State::wrong, fmt::format("list of trials {}: it cannot be read", name));
    if (sha256_of(*text) != digest_in(trials)) {
      return say(State::wrong, fmt::format("list of trials {}: not the one that was certified", name));
    }
    if (const auto wrong = read_trials(*text))
      return say(State::wrong, fmt::format("list of trials {}: {}", name, *wrong));
    say(State::good, fmt::format("list of trials {}: {} trials", name, checked_.trials.size()));
  }

  void check_manifest() {
    const Json& certified = predicate_.at("manifest");
    const bool asked_for = files_.manifest.has_value();
    const fs::path path = asked_for ? *files_.manifest : files_.folder / name_in(certified);
    std::error_code unknown;
    if (!asked_for && !fs::exists(path, unknown)) return say(State::not_here, "manifest " + path.filename().string());
    if (const auto what = what_is_in_place_of(path)) {
      throw ManifestError(fmt::format("{}: expected a manifest, found {}", path.string(), *what));
    }
    ReleaseManifest manifest = read_release_manifest(path);
    const bool same = sha256_of(manifest.text) == digest_in(certified);
    try {
      expand_tests(manifest);
    } catch (const ManifestError& error) {
      if (!same) return say(State::wrong, fmt::format("manifest {}: not the one that was certified", path.string()));
      return say(State::not_here, fmt::format("contracts of {}: {}", path.string(), error.what()));
    }
    const bool all_same = check_contracts(manifest);
    say_new_files(manifest);
    if (same) {
      checked_.manifest = path;
      return say(State::good, fmt::format("manifest {}", path.filename().string()));
    }
    say(State::wrong, fmt::format("manifest {}: not the one that was certified{}", path.string(),
                                  all_same ? ", though no scenario asks or promises anything else" : ""));
  }

 private:
  void say(State state, std::string what) { checked_.checks.push_back({state, std::move(what)}); }

  /// Fills in the trials; what is wrong with the first that is none.
  std::optional<std::string> read_trials(std::string_view text) {
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      try {
        TrialLine line = trial_line_from_json(text.substr(begin, end - begin));
        FaultPlan::parse(line.plan);
        checked_.trials.push_back(std::move(line));
      } catch (const ParseError& error) {
        const std::size_t number = checked_.trials.size() + 1;
        checked_.trials.clear();
        return fmt::format("line {}: expected {}, found {}", number, error.expected(), error.found());
      }
      begin = end + 1;
    }
    return std::nullopt;
  }

  struct ToCompare {
    std::string_view kind;
    std::string name;
    fs::path path;
    std::string digest;
    State if_other = State::wrong;
  };

  /// Whether it was compared.
  bool check_file(std::string_view kind, const Json& file) {
    const std::string name = name_in(file);
    return check_one({.kind = kind, .name = name, .path = files_.folder / name, .digest = digest_in(file)});
  }

  bool check_one(const ToCompare& one) {
    const auto& [kind, name, path, digest, if_other] = one;
    std::error_code unknown;
    if (const auto what = what_is_in_place_of(path)) {
      say(State::wrong, fmt::format("{} {}: expected a file, found {}", kind, name, *what));
      return false;
    }
    if (!fs::exists(path, unknown)) {
      say(State::not_here, fmt::format("{} {}", kind, name));
      return false;
    }
    try {
      const bool same = sha256_of_file(path) == digest;
      say(same ? State::good : if_other,
          fmt::format("{} {}{}", kind, name, same ? "" : ": not the file that was certified"));
      return true;
    } catch (const std::system_error& error) {
      say(State::not_here, fmt::format("{} {}: cannot be read, {}", kind, name, error.code().message()));
      return false;
    }
  }

  /// The globs are the manifest's, and what they name is the folder's: a file may have come since.
  void say_new_files(const ReleaseManifest& manifest) {
    const auto say_those = [&](std::string_view kind, const std::vector<PlacedText>& globs, const Json& certified) {
      std::set<std::string> known;
      for (const Json& file : certified) known.insert(name_in(file));
      for (const PlacedText& glob : globs) {
        for (const NamedFile& file : files_there(manifest, glob)) {
          if (!known.insert(file.name).second) continue;
          say(State::other, fmt::format("{} {}: the manifest names it, and it was not certified", kind, file.name));
        }
      }
    };
    say_those("artefact", manifest.artefacts, statement_.at("subject"));
    for (const Json& scenario : predicate_.at("scenarios")) {
      const auto same =
          std::ranges::find(manifest.scenarios, scenario.at("name").get<std::string>(), &ManifestScenario::name);
      if (same != manifest.scenarios.end()) say_those("file", same->files, scenario.at("files"));
    }
  }

  static std::vector<NamedFile> files_there(const ReleaseManifest& manifest, const PlacedText& glob) {
    try {
      return files_of(manifest, {glob});
    } catch (const ManifestError&) {
      return {};  // what is not here was said
    }
  }

  bool check_contracts(const ReleaseManifest& manifest) {
    std::map<std::string, Json> asked;
    for (const ManifestScenario& scenario : manifest.scenarios) asked.emplace(scenario.name, asked_of(scenario));
    bool all_same = true;
    const auto wrong = [&](std::string what) {
      all_same = false;
      say(State::wrong, std::move(what));
    };
    for (const Json& scenario : predicate_.at("scenarios")) {
      const auto name = scenario.at("name").get<std::string>();
      const auto here = asked.extract(name);
      if (here.empty()) {
        wrong(fmt::format("scenario {}: was certified, and the manifest has none of that name", name));
      } else if (digest_of_json(here.mapped()) != scenario.at("asked_digest").at("sha256").get<std::string>()) {
        const std::string parts = parts_that_differ(here.mapped(), scenario.at("asked"));
        wrong(fmt::format("contract of {}: {} {} not as certified", name, parts,
                          parts.find(',') == std::string::npos ? "is" : "are"));
      }
    }
    for (const auto& [name, unused] : asked)
      wrong(fmt::format("scenario {}: is in the manifest and was not certified", name));
    return all_same;
  }

  const Json& statement_;
  const Json& predicate_;
  const FilesAtHand& files_;
  CheckedCertificate& checked_;
};

std::uint64_t number_of(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

bool CheckedCertificate::any(State state) const {
  return std::ranges::any_of(checks, [&](const Checked& one) { return one.state == state; });
}

CheckedCertificate check_certificate(std::string_view text, const FilesAtHand& files) {
  CheckedCertificate checked;
  Json statement;
  try {
    statement = parse_certificate(text);
  } catch (const ParseError& error) {
    checked.checks.push_back(
        {State::wrong, fmt::format("certificate: expected {}, found {}", error.expected(), error.found())});
    return checked;
  }
  Verification verification(statement, files, checked);
  if (!verification.check_sums()) return checked;
  checked.seed = number_of(statement.at("predicate").at("seed").get<std::string>());
  verification.check_artefacts();
  verification.check_programs();
  verification.check_trials();
  verification.check_manifest();
  return checked;
}

std::vector<TrialLine> sample_trials(const std::vector<TrialLine>& trials, double percent, std::uint64_t seed) {
  const double wanted = std::ceil(static_cast<double>(trials.size()) * percent / 100);
  const std::size_t count =
      std::clamp(static_cast<std::size_t>(wanted), std::size_t{1}, std::max<std::size_t>(trials.size(), 1));
  std::vector<std::size_t> left(trials.size());
  std::iota(left.begin(), left.end(), 0);
  std::set<std::size_t> chosen;
  for (std::size_t i = 0; i < count && !left.empty(); ++i) {
    const std::uint64_t draw = draw_below(split_seed(seed, fmt::format("rerun {}", i)), left.size());
    chosen.insert(left[draw]);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(draw));
  }
  std::vector<TrialLine> sample;
  for (const std::size_t index : chosen) sample.push_back(trials[index]);
  return sample;
}

std::vector<std::string> other_programs(const std::vector<RunProgram>& ran, const std::set<std::string>& certified) {
  std::vector<std::string> others;
  for (const RunProgram& program : ran) {
    if (!program.digest.empty() && !certified.contains(program.digest)) others.push_back(program.path);
  }
  return others;
}

std::vector<std::string> differences(const std::vector<TrialLine>& before, const std::vector<TrialLine>& again) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const TrialLine& old = before[i];
    if (i >= again.size()) {
      found.push_back(fmt::format("{}: {} was not made again", old.scenario, old.plan));
      continue;
    }
    TrialLine now = again[i];
    std::erase_if(now.violations, [&](const std::string& violation) {
      const auto is_among = [&](const std::vector<std::string>& all) {
        return std::ranges::find(all, violation) != all.end();
      };
      // What is among both was more than the first fault shows, and counts.
      return is_among(old.known) && !is_among(old.violations);
    });
    if (now.violations.empty() && now.verdict == verdict_name(Verdict::violated)) {
      now.verdict = verdict_name(Verdict::held);
    }
    if (now.verdict != old.verdict) {
      found.push_back(fmt::format("{}: {} was {} and is {}", old.scenario, old.plan, old.verdict, now.verdict));
    } else if (now.violations != old.violations) {
      found.push_back(fmt::format("{}: {} violates something else: {}, not {}", old.scenario, old.plan,
                                  fmt::join(now.violations, ", "), fmt::join(old.violations, ", ")));
    }
  }
  return found;
}

}  // namespace exitproof
