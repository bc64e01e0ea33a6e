#include "properties/scenarios/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "exitproof/invariant.hpp"

namespace exitproof {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view schema = "exitproof/detection-matrix/1";
constexpr double runs_of_survey = 3;

Json json_of(const MatrixRow& row) {
  Json also = Json::array();
  for (const Defect::Also& one : row.also) also.push_back({{"invariant", one.invariant}, {"reason", one.reason}});
  return {{"scenario", row.scenario},
          {"defect", row.defect},
          {"invariant", row.invariant},
          {"window", row.window},
          {"seconds", row.seconds},
          {"also", also},
          {"search",
           {{"found", row.search.found},
            {"runs", row.search.runs},
            {"took_ms", row.search.took.count()},
            {"plan", row.search.plan},
            {"others", row.search.others}}},
          {"chance", {{"runs", row.chance.runs}, {"hits", row.chance.hits}, {"took_ms", row.chance.took.count()}}}};
}

MatrixRow row_of(const Json& json) {
  MatrixRow row;
  row.scenario = json.at("scenario");
  row.defect = json.at("defect");
  row.invariant = json.at("invariant");
  row.window = json.at("window");
  row.seconds = json.at("seconds");
  for (const Json& one : json.at("also")) {
    row.also.push_back({.invariant = one.at("invariant"), .reason = one.at("reason")});
  }
  const Json& search = json.at("search");
  row.search = {.found = search.at("found"),
                .runs = search.at("runs"),
                .took = Millis{search.at("took_ms").get<Millis::rep>()},
                .plan = search.at("plan"),
                .others = search.at("others")};
  const Json& chance = json.at("chance");
  row.chance = {
      .runs = chance.at("runs"), .hits = chance.at("hits"), .took = Millis{chance.at("took_ms").get<Millis::rep>()}};
  return row;
}

std::string seconds(Millis time) {
  return fmt::format("{:.1f}", static_cast<double>(time.count()) / 1'000);
}

/// What a column says: found by this invariant, rightly by this one too, or not.
std::string_view mark(const MatrixRow& row, std::string_view invariant) {
  if (row.invariant == invariant) return "●";
  const bool also = std::ranges::any_of(row.also, [&](const auto& one) { return one.invariant == invariant; });
  return also ? "○" : "";
}

std::string table_of_invariants(const DetectionMatrix& matrix) {
  std::string text = "| scenario | defect |";
  std::string line = "|---|---|";
  for (const Invariant& invariant : all_invariants()) {
    text += fmt::format(" {} |", invariant.name);
    line += ":-:|";
  }
  text += '\n' + line + '\n';
  for (const MatrixRow& row : matrix.rows) {
    text += fmt::format("| {} | {} |", row.scenario, row.defect);
    for (const Invariant& invariant : all_invariants()) text += fmt::format(" {} |", mark(row, invariant.name));
    text += '\n';
  }
  return text;
}

std::string table_of_runs(const DetectionMatrix& matrix) {
  std::string text =
      "| scenario | defect | runs | seconds | runs by chance | seconds | gain | plan |\n"
      "|---|---|--:|--:|--:|--:|--:|---|\n";
  for (const MatrixRow& row : matrix.rows) {
    const bool met = row.chance.hits > 0;
    text += fmt::format("| {} | {}{} | {} | {} | {}{:.0f} | {} | {}{:.1f} | {} |\n", row.scenario, row.defect,
                        row.window ? " *(window)*" : "",
                        row.search.found ? std::to_string(row.search.runs) : fmt::format("> {}", row.search.runs),
                        seconds(row.search.took), met ? "" : "> ", row.chance.runs_to_hit(), seconds(row.chance.took),
                        met ? "" : "> ", row.gain(), row.search.found ? '`' + row.search.plan + '`' : "not found");
  }
  return text;
}

std::string reasons(const DetectionMatrix& matrix) {
  std::string text;
  for (const MatrixRow& row : matrix.rows) {
    for (const Defect::Also& one : row.also) {
      text += fmt::format("- {}, {}: {} too, since {}.\n", row.scenario, row.defect, one.invariant, one.reason);
    }
  }
  return text;
}

/// Where chance is the shorter way, even with the survey's runs on its side.
std::string slower_rows(const DetectionMatrix& matrix) {
  std::string text;
  for (const MatrixRow& row : matrix.rows) {
    const double by_chance = row.chance.runs_to_hit();
    const bool sooner = row.chance.hits > 0 && by_chance + runs_of_survey < static_cast<double>(row.search.runs);
    if (!sooner) continue;
    text += fmt::format("- {}, {}: {} runs, {:.0f} by chance.\n", row.scenario, row.defect, row.search.runs, by_chance);
  }
  return text;
}

}  // namespace

double MatrixRow::gain() const {
  return chance.runs_to_hit() / static_cast<double>(std::max<std::uint64_t>(search.runs, 1));
}

void DetectionMatrix::put(MatrixRow row) {
  const auto same = std::ranges::find_if(rows, [&](const MatrixRow& other) {
    return std::tie(other.scenario, other.defect) == std::tie(row.scenario, row.defect);
  });
  if (same != rows.end()) {
    *same = std::move(row);
  } else {
    const auto after = std::ranges::upper_bound(rows, row.scenario, {}, &MatrixRow::scenario);
    rows.insert(after, std::move(row));
  }
}

double DetectionMatrix::median_gain_of_windows() const {
  std::vector<double> gains;
  for (const MatrixRow& row : rows) {
    if (row.window) gains.push_back(row.search.found ? row.gain() : 0);
  }
  if (gains.empty()) return 0;
  std::ranges::sort(gains);
  return gains[(gains.size() - 1) / 2];
}

MatrixRow matrix_row(const Manifest& manifest, const Defect& defect) {
  MatrixRow row;
  row.scenario = manifest.name;
  row.defect = defect.name;
  row.invariant = defect.invariant;
  row.window = defect.window;
  row.seconds = defect.seconds;
  row.also = defect.also;
  return row;
}

std::string matrix_to_json(const DetectionMatrix& matrix) {
  Json rows = Json::array();
  for (const MatrixRow& row : matrix.rows) rows.push_back(json_of(row));
  return Json{{"schema", schema}, {"seed", matrix.seed}, {"rows", rows}}.dump(1) + '\n';
}

DetectionMatrix matrix_from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("schema") != schema) throw std::runtime_error("it is no detection matrix");
    DetectionMatrix matrix;
    matrix.seed = json.at("seed");
    for (const Json& row : json.at("rows")) matrix.rows.push_back(row_of(row));
    return matrix;
  } catch (const Json::exception& error) {
    throw std::runtime_error(fmt::format("it is no detection matrix: {}", error.what()));
  }
}

std::string matrix_to_markdown(const DetectionMatrix& matrix) {
  const auto windows = std::ranges::count_if(matrix.rows, &MatrixRow::window);
  std::string text = fmt::format(
      "# The detection matrix\n\n"
      "Every deliberate mistake of the programs in `scenarios/` ({} of them), by which invariant it is found, and how "
      "soon. This page is written by `ci/extended matrix`; `detection-matrix.json` beside it says the same to "
      "programs.\n\n"
      "## Defects and invariants\n\n"
      "● finds it; ○ rightly finds it too, for the reason given below.\n\n",
      matrix.rows.size());
  text += table_of_invariants(matrix) + '\n' + reasons(matrix);
  text += fmt::format(
      "\n## How soon\n\n"
      "Runs of the subject and seconds until the invariant is first violated, with seed {}: the search as `exitproof "
      "run` makes it, the three surveys counted, with all kinds of faults that the manifest names; and by chance, the "
      "naive way, which sends SIGKILL, SIGINT or SIGTERM to the root at a moment drawn uniformly from the time that a "
      "run takes, judges by the same invariants, and needs no survey. By chance: the mean of as many runs as it took "
      "to meet the mistake several times, or `>` as many as were made in vain. A *window* is wrong only in a few "
      "calls' width: chance needs fifty runs and more. What takes a failing call or allocation, a pause, or two "
      "faults, is out of its reach.\n\n",
      matrix.seed);
  text += table_of_runs(matrix);
  text += fmt::format("\nOver the {} windows the median gain, in runs, is at least {:.1f}.\n", windows,
                      matrix.median_gain_of_windows());
  if (const std::string slower = slower_rows(matrix); !slower.empty()) {
    text +=
        "\nChance meets these sooner, by more than the survey, since they are wrong during much of a run:\n\n" + slower;
  }
  return text;
}

}  // namespace exitproof
