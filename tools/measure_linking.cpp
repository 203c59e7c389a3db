// qf-measure-linking: how often the rules of the linker are right, on logs whose links are known. docs/linking.md.
//
// What is known comes from gold_links.json, for all logs in and under its folder, and elsewhere from the ids that the
// lines name. Every log is read twice, with ids and with ids ignored: rules that use them are judged by the first
// reading against gold_links.json, all others by the second.
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qf/ingest/linker.h"
#include "qf/run/reading.h"

namespace {

namespace fs = std::filesystem;
using qf::LinkRuleId;

enum Kind : std::size_t { kSuggestion, kCorrection, kKinds };
constexpr std::array<std::string_view, kKinds> kKindNames = {"suggestion", "correction"};

Kind kind_of(LinkRuleId rule) { return qf::rule_of(rule).name.starts_with("suggestion") ? kSuggestion : kCorrection; }
bool uses_ids(LinkRuleId rule) {
  return rule == LinkRuleId::kSuggestionExplicitId || rule == LinkRuleId::kCorrectionExplicitId;
}

struct Place {
  std::string file;
  std::uint64_t line = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
  friend bool operator==(const Place&, const Place&) = default;
};
struct Join {
  LinkRuleId rule;
  Place from, to;
};

// A decision answers one suggestion and a correction carries out one decision, so the later line is the key.
using Gold = std::array<std::map<Place, Place>, kKinds>;

struct Share {
  std::uint64_t of = 0, right = 0;
  void count(bool is_right) {
    ++of;
    right += is_right ? 1U : 0U;
  }
  void add(const Share& other) {
    of += other.of;
    right += other.right;
  }
  std::optional<double> value() const {
    if (of == 0) return std::nullopt;
    return static_cast<double>(right) / static_cast<double>(of);
  }
};

struct Figures {
  std::array<Share, qf::kLinkRuleCount> rules;
  std::array<Share, kKinds> precision, recall;                    // ids ignored
  std::array<Share, kKinds> precision_with_ids, recall_with_ids;  // only where there is a gold_links.json

  void add(const Figures& other) {
    for (std::size_t i = 0; i < rules.size(); ++i) rules[i].add(other.rules[i]);
    for (std::size_t i = 0; i < kKinds; ++i) {
      precision[i].add(other.precision[i]);
      recall[i].add(other.recall[i]);
      precision_with_ids[i].add(other.precision_with_ids[i]);
      recall_with_ids[i].add(other.recall_with_ids[i]);
    }
  }
};

struct GoldFiles {
  Gold links;
  std::set<std::string> folders;

  // The folders above a log are few, so each is looked up.
  bool covers(const std::string& file) const {
    for (fs::path folder = fs::path(file).parent_path();; folder = folder.parent_path()) {
      if (folders.contains(folder.string())) return true;
      if (folder == folder.parent_path()) return false;
    }
  }
};

std::string real_path(const fs::path& path) { return fs::canonical(path).string(); }

GoldFiles read_gold_files(const fs::path& root) {
  GoldFiles gold;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().filename() != "gold_links.json") continue;
    const fs::path folder = fs::canonical(entry.path()).parent_path();
    gold.folders.insert(folder.string());
    std::ifstream in(entry.path());
    for (const auto& link : nlohmann::json::parse(in)) {
      const std::string kind = link.at("kind");
      const fs::path log = folder / std::string(link.at("file"));
      if (!fs::exists(log)) throw std::runtime_error(fmt::format("{}: no such log", log.string()));
      if (kind != "suggestion" && kind != "correction")
        throw std::runtime_error("gold_links.json: unknown kind " + kind);
      const std::string file = real_path(log);
      const bool is_new = gold.links[kind == "suggestion" ? kSuggestion : kCorrection]
                              .emplace(Place{file, link.at("to_line")}, Place{file, link.at("from_line")})
                              .second;
      if (!is_new)
        throw std::runtime_error(fmt::format("{}:{} is linked twice", log.string(), std::uint64_t{link.at("to_line")}));
    }
  }
  return gold;
}

std::vector<Join> read_joins(const fs::path& root, bool use_ids) {
  std::vector<Join> joins;
  qf::ReadPlan plan;
  plan.threads = 1;
  plan.transform.text_features = false;
  plan.transform.link.use_explicit_ids = use_ids;
  plan.transform.link.keep_joined = true;
  plan.tag = [](std::string_view) { return std::string("other"); };
  const auto each = [&](const qf::Project& project, qf::RowSink&, qf::ProjectReading&& reading) -> qf::Status {
    std::vector<std::string> names;
    for (const qf::LogFile& log : project.logs) names.push_back(real_path(log.path));
    for (const qf::JoinedLines& one : reading.rows.joined)
      joins.push_back({one.rule, {names[one.from.file], one.from.line}, {names[one.to.file], one.to.line}});
    return {};
  };
  const auto read = qf::read_all(
      {root}, plan, [](const qf::Project&) { return std::make_unique<qf::NoRows>(); }, each);
  if (!read) throw std::runtime_error(read.error().message);
  return joins;
}

class Measurement {
 public:
  Measurement(fs::path root, bool list_faults) : root_(std::move(root)), list_faults_(list_faults) {}

  Figures measure() {
    const GoldFiles files = read_gold_files(root_);
    const auto with_ids = read_joins(root_, true), without_ids = read_joins(root_, false);
    Gold gold = files.links;
    std::array<std::set<Place>, kKinds> known_from;
    for (const Join& join : with_ids)
      if (uses_ids(join.rule) && !files.covers(join.to.file)) gold[kind_of(join.rule)].emplace(join.to, join.from);
    for (std::size_t kind = 0; kind < kKinds; ++kind)
      for (const auto& [to, from] : gold[kind]) known_from[kind].insert(from);

    Figures figures;
    for (const Join& join : with_ids) {
      if (!files.covers(join.to.file)) continue;
      const bool right = is_right(join, gold);
      figures.precision_with_ids[kind_of(join.rule)].count(right);
      if (!uses_ids(join.rule)) continue;
      figures.rules[static_cast<std::size_t>(join.rule)].count(right);
      if (!right) fault("wrong, by ids", join);
    }
    for (const Join& join : without_ids) {
      const Kind kind = kind_of(join.rule);
      // Beside a log's own ids nothing is known of lines that have none.
      if (!files.covers(join.to.file) && !gold[kind].contains(join.to) && !known_from[kind].contains(join.from))
        continue;
      const bool right = is_right(join, gold);
      figures.rules[static_cast<std::size_t>(join.rule)].count(right);
      figures.precision[kind].count(right);
      if (!right) fault("wrong", join);
    }
    for (std::size_t kind = 0; kind < kKinds; ++kind) {
      const auto found = by_place(without_ids, static_cast<Kind>(kind)),
                 found_with_ids = by_place(with_ids, static_cast<Kind>(kind));
      for (const auto& [to, from] : gold[kind]) {
        const auto in = [&, &at = to, &before = from](const std::map<Place, Place>& joins) {
          const auto one = joins.find(at);
          return one != joins.end() && one->second == before;
        };
        figures.recall[kind].count(in(found));
        if (!in(found) && list_faults_)
          fmt::print(stderr, "missed: {} {}:{} -> {}\n", kKindNames[kind], to.file, from.line, to.line);
        if (files.covers(to.file)) figures.recall_with_ids[kind].count(in(found_with_ids));
      }
    }
    return figures;
  }

 private:
  // That a decision holds its suggestion is what the log itself says; wrong is only to have overlooked the line that
  // made it.
  static bool is_right(const Join& join, const Gold& gold) {
    const auto& links = gold[kind_of(join.rule)];
    const auto found = links.find(join.to);
    if (found == links.end()) return join.rule == LinkRuleId::kSuggestionInEvent;
    return found->second == join.from;
  }

  static std::map<Place, Place> by_place(const std::vector<Join>& joins, Kind kind) {
    std::map<Place, Place> found;
    for (const Join& join : joins)
      if (kind_of(join.rule) == kind) found.emplace(join.to, join.from);
    return found;
  }

  void fault(std::string_view what, const Join& join) const {
    if (list_faults_)
      fmt::print(stderr, "{}: {} {}:{} -> {}\n", what, qf::rule_of(join.rule).name, join.to.file, join.from.line,
                 join.to.line);
  }

  fs::path root_;
  bool list_faults_;
};

std::string figure(const Share& share) { return share.value() ? fmt::format("{:.3f}", *share.value()) : "-"; }

nlohmann::json json_of(const Share& share, std::string_view of, std::string_view right, std::string_view quotient) {
  nlohmann::json json = {{of, share.of}, {right, share.right}, {quotient, nullptr}};
  if (share.value()) json[std::string(quotient)] = *share.value();
  return json;
}

nlohmann::json json_of(const Figures& figures) {
  nlohmann::json rules = nlohmann::json::object(), kinds = nlohmann::json::object();
  for (std::size_t i = 0; i < figures.rules.size(); ++i) {
    const qf::LinkRule& rule = qf::rule_of(static_cast<LinkRuleId>(i));
    auto& one = rules[std::string(rule.name)] = json_of(figures.rules[i], "links", "correct", "precision");
    one["stated"] = rule.precision;
  }
  for (std::size_t i = 0; i < kKinds; ++i) {
    auto& one = kinds[std::string(kKindNames[i])];
    one["without_ids"] = json_of(figures.precision[i], "links", "correct", "precision");
    one["without_ids"].update(json_of(figures.recall[i], "gold", "found", "recall"));
    one["with_ids"] = json_of(figures.precision_with_ids[i], "links", "correct", "precision");
    one["with_ids"].update(json_of(figures.recall_with_ids[i], "gold", "found", "recall"));
  }
  return {{"rules", rules}, {"kinds", kinds}};
}

void print_markdown(const Figures& figures) {
  fmt::print("| rule | links | correct | precision |\n|---|---:|---:|---:|\n");
  for (std::size_t i = 0; i < figures.rules.size(); ++i) {
    const Share& share = figures.rules[i];
    fmt::print("| `{}` | {} | {} | {} |\n", qf::rule_of(static_cast<LinkRuleId>(i)).name, share.of, share.right,
               figure(share));
  }
  fmt::print(
      "\n| kind | known links | found | recall | precision | recall with ids | precision with ids "
      "|\n|---|---:|---:|---:|---:|---:|---:|\n");
  for (std::size_t i = 0; i < kKinds; ++i)
    fmt::print("| {} | {} | {} | {} | {} | {} | {} |\n", kKindNames[i], figures.recall[i].of, figures.recall[i].right,
               figure(figures.recall[i]), figure(figures.precision[i]), figure(figures.recall_with_ids[i]),
               figure(figures.precision_with_ids[i]));
}

constexpr std::string_view kUsage =
    "qf-measure-linking [--json] [--faults] FOLDER...\n\n"
    "Judges the rules that link suggestions, decisions and corrections, on logs whose links are known.\n"
    "  --json    the figures as JSON, for each folder and for all together\n"
    "  --faults  lists on stderr every link that is wrong or missed, by file and line\n\n"
    "Example:\n  qf-measure-linking tests/linking\n";

}  // namespace

int main(int argc, char** argv) {
  bool as_json = false, faults = false;
  std::vector<std::string> folders;
  for (const std::string_view word : std::vector<std::string_view>(argv + 1, argv + argc)) {
    if (word == "--json")
      as_json = true;
    else if (word == "--faults")
      faults = true;
    else if (word.starts_with("-"))
      return fmt::print("{}", kUsage), word == "--help" ? 0 : 2;
    else
      folders.emplace_back(word);
  }
  if (folders.empty()) return fmt::print("{}", kUsage), 2;
  try {
    Figures all;
    nlohmann::json sets = nlohmann::json::object();
    for (const std::string& folder : folders) {
      const Figures figures = Measurement(folder, faults).measure();
      all.add(figures);
      sets[folder] = json_of(figures);
      if (!as_json && folders.size() > 1) {
        fmt::print("## {}\n\n", folder);
        print_markdown(figures);
        fmt::print("\n");
      }
    }
    if (as_json) {
      nlohmann::json json = json_of(all);
      json["sets"] = std::move(sets);
      fmt::print("{}\n", json.dump(2));
    } else {
      if (folders.size() > 1) fmt::print("## All together\n\n");
      print_markdown(all);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "qf-measure-linking: {}\n", error.what());
    return 1;
  }
  return 0;
}
