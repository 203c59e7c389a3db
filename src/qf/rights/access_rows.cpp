#include "qf/rights/access_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "qf/core/digest.h"
#include "qf/core/instant.h"
#include "qf/describe/field_meanings.h"
#include "qf/describe/reason_words.h"
#include "qf/ledger/csv.h"
#include "qf/output/durable.h"
#include "qf/rights/retention_terms.h"
#include "qf/rights/row_json.h"

namespace qf {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kRowsOnPage = 300;

// What a person provided, of each table: what they wrote and chose. What the program inferred of it is not Article
// 20's.
std::vector<std::string_view> provided_fields(TableId table) {
  switch (table) {
    case TableId::kDecisions: return {"timestamp", "decision_type", "question_text", "user_choice", "rationale"};
    case TableId::kCorrections: return {"timestamp", "field", "field_other", "before", "after"};
    case TableId::kQuestions:
      return {"title", "question_text", "options", "question_type", "bloom_level", "difficulty"};
  }
  return {};
}

std::string plain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The part that Article 20 gives: JSON Lines, CSV and a schema of what the person provided.
class Portability {
 public:
  explicit Portability(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Status add(TableId table, std::string_view project, const Json& row) {
    if (row.contains("actor") && row["actor"] == "machine") return {};
    Files& files = files_[static_cast<std::size_t>(table)];
    const std::string name(table_schema(table).name);
    const auto fields = provided_fields(table);
    if (!files.lines) {
      QF_ASSIGN(files.lines, HashedFile::create(folder_ / (name + ".jsonl"), Readers::kOwner));
      QF_ASSIGN(files.csv, HashedFile::create(folder_ / (name + ".csv"), Readers::kOwner));
      std::string header = "project";
      for (const std::string_view field : fields) header.append(",").append(field);
      QF_CHECK(files.csv->write(header + "\n"));
    }
    Json mine = {{"project", project}};
    std::string line = csv_cell(project);
    for (const std::string_view field : fields) {
      const auto at = row.find(std::string(field));
      line += ",";
      if (at == row.end()) continue;
      mine[std::string(field)] = *at;
      line += csv_cell(plain(*at));
    }
    QF_CHECK(files.lines->write(json_line(mine)));
    return files.csv->write(line + "\n");
  }

  Status finish() {
    Json tables_json = Json::object();
    for (const TableSchema& table : tables()) {
      Files& files = files_[static_cast<std::size_t>(table.id)];
      if (files.lines) {
        QF_CHECK(files.lines->close());
        QF_CHECK(files.csv->close());
      }
      Json properties = {{"project", {{"type", "string"}, {"description", "the project it was made in"}}}};
      for (const std::string_view name : provided_fields(table.id))
        for (const FieldSpec& field : table.fields)
          if (field.name == name)
            properties[std::string(name)] = {{"type", field.type.kind == TypeKind::kList ? "array" : "string"},
                                             {"description", field.meaning}};
      tables_json[std::string(table.name)] = {{"type", "object"}, {"properties", std::move(properties)}};
    }
    const Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                         {"title", "What you provided: a line of each file is one of these"},
                         {"$defs", std::move(tables_json)}};
    return write_file_durably(folder_ / "schema.json", schema.dump(2) + "\n", Readers::kOwner);
  }

 private:
  struct Files {
    std::optional<HashedFile> lines, csv;
  };
  std::filesystem::path folder_;
  std::array<Files, kTableCount> files_;
};

// What a row is about, in a few words for a table.
std::string gist(TableId table, const Json& row) {
  const auto of = [&](const char* field) { return row.contains(field) ? plain(row[field]) : std::string(); };
  std::string text;
  if (table == TableId::kDecisions) text = of("decision_type") + ": " + of("user_choice") + " · " + of("rationale");
  if (table == TableId::kCorrections)
    text = of("field") + of("field_other") + ": " + of("before") + " → " + of("after");
  if (table == TableId::kQuestions) text = of("title") + " · " + of("question_text");
  constexpr std::size_t kMostBytes = 240;
  if (text.size() > kMostBytes) {
    std::size_t cut = kMostBytes;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    text = text.substr(0, cut) + "…";
  }
  return text;
}

// Why a field leaves changed or not at all: the first thing that stands in its way.
std::string why_changed(const Policy& policy, TableId table, std::string_view field, const TextScopes& scopes) {
  for (const FieldRule& rule : field_rules()) {
    if (rule.table != table || rule.field != field) continue;
    if (rule.action == RuleAction::kPrivateOnly) return "private only";
    if (rule.note == RuleNote::kNotExternal && policy.audience() == Audience::kExternal)
      return "would tie rows together";
    const bool agreed = rule.group == TextGroup::kCorrection  ? scopes.correction
                        : rule.group == TextGroup::kRationale ? scopes.rationale
                                                              : scopes.question;
    if (!agreed && rule.action != RuleAction::kTextFeature) return "text not agreed to";
    return "text level " + std::string(to_string(policy.levels()[static_cast<std::size_t>(rule.group)]));
  }
  return "no rule names it";
}

// The fields that leave changed, or not at all.
std::vector<std::string> changed_fields(TableId table, ConstRow before, ConstRow after) {
  std::vector<std::string> changed;
  const auto fields = table_schema(table).fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (leaves_changed(cell_json(fields[i].type, before[i]), cell_json(fields[i].type, after[i])))
      changed.emplace_back(fields[i].name);
  return changed;
}

// Why fields of a row stand changed in a version, or not at all: field → why; and which of them are only coarser.
struct Changes {
  std::map<std::string, std::string> why;
  std::set<std::string> coarser;
};

// Fields that a version says coarser than they were read, or not at all.
std::vector<std::string> coarser_fields(const PublishedValues& values, const ReadRow& row, ConstRow safe) {
  std::vector<std::string> coarser;
  const auto published = values.find({row.table, row.key});
  if (published == values.end()) return coarser;
  const auto fields = table_schema(row.table).fields;
  const auto columns = coarser_columns(row.table);
  for (std::size_t i = 0; i < columns.size() && i < published->second.size(); ++i) {
    const FieldSpec& field = fields[columns[i]];
    if (leaves_changed(cell_json(field.type, safe[columns[i]]), published->second[i])) coarser.emplace_back(field.name);
  }
  return coarser;
}

Changes changes_in(const VersionSettings& settings, RowFate& fate, const ReadRow& row, Arena& arena) {
  Changes changes;
  const RowPermission permission = fate.permission(row);
  const RowFate::Safe safe = fate.safe(row, permission.texts, arena);
  const auto fields = table_schema(row.table).fields;
  const bool apart = !row.without_corrections.empty() && !fate.policy().shows_corrections(permission.texts);
  if (permission.drop == DropReason::kNone)
    for (const std::string& field : changed_fields(row.table, row.cells, safe.cells)) {
      const auto column = static_cast<std::size_t>(
          std::find_if(fields.begin(), fields.end(), [&](const FieldSpec& one) { return one.name == field; }) -
          fields.begin());
      const auto said = [&](ConstRow cells) { return cell_json(fields[column].type, cells[column]); };
      const bool of_correction = apart && said(row.cells) != said(row.without_corrections) &&
                                 said(row.without_corrections) == said(safe.cells);
      changes.why[field] = of_correction ? "what a correction put in, which is not agreed to or kept back"
                                         : why_changed(fate.policy(), row.table, field, permission.texts);
    }
  for (const std::string& field : coarser_fields(settings.published, row, safe.cells)) {
    changes.coarser.insert(field);
    changes.why.try_emplace(field, "coarser, or nothing: too few people share it");
  }
  return changes;
}

const RecordedProject* recorded_project(const AccessReading& reading, std::string_view name) {
  if (reading.newest == nullptr) return nullptr;
  for (const RecordedProject& project : reading.newest->record->projects)
    if (project.name == name) return &project;
  return nullptr;
}

// Whether a row came into the logs after the build had read them.
bool is_later(const RecordedProject& recorded, const VersionFacts& version, const ReadRow& row) {
  if (row.has_time && row.time_us > version.created_at_us) return true;
  const std::size_t colon = row.place.rfind(':');
  if (colon == std::string::npos) return false;
  const std::string_view log = std::string_view(row.place).substr(0, colon);
  const std::uint64_t line = std::strtoull(row.place.c_str() + colon + 1, nullptr, 10);
  for (const RecordedFile& file : recorded.logs)
    if (file.relative == log) return line > file.lines;
  return false;
}

class RowWriter {
 public:
  RowWriter(const AccessReading& reading, AccessFacts& facts, HashedFile& raw, Portability& portability)
      : reading_(reading), facts_(facts), raw_(raw), portability_(portability) {}

  // `fates`: what becomes of a row under the settings of each version, in their order.
  Status add(const PersonProject& whose, RowFate& fate, std::span<RowFate> fates, AccessFacts::Project& project,
             const ReadRow& row, Arena& arena) {
    ++project.rows;
    ++facts_.all_rows;
    Json values = row_json(row.table, row.cells);
    reading_.mask->mask_row(row.table, values);
    QF_CHECK(portability_.add(row.table, whose.project->name, values));

    const RowPermission permission = fate.permission(row);
    std::vector<std::string> kept;
    for (const PersonsVersion& version : *reading_.versions)
      if (version.rows.contains({row.table, row.key})) kept.push_back(version.name());
    const std::string table(table_schema(row.table).name);
    for (const std::string& version : kept) ++facts_.kept_in[version];
    Json changes = Json::object();
    std::vector<std::string> changed;  // a version each
    for (std::size_t i = 0; i < reading_.settings.size(); ++i) {
      const PersonsVersion& version = *reading_.settings[i].version;
      if (!version.rows.contains({row.table, row.key})) continue;
      const Changes found = changes_in(reading_.settings[i], fates[i], row, arena);
      changes[version.name()] = found.why;
      std::vector<std::string> fields;
      for (const auto& [field, why] : found.why) {
        fields.push_back(field);
        AccessFacts::Changed& entry = facts_.changed[version.name()][fmt::format("{}.{}", table, field)];
        if (found.coarser.contains(field)) ++entry.coarser;
        if (++entry.rows > 1) continue;
        entry.meaning_en = field_meaning(row.table, field, "en");
        entry.meaning_sv = field_meaning(row.table, field, "sv");
      }
      if (!fields.empty()) changed.push_back(fmt::format("{}: {}", version.name(), fmt::join(fields, ", ")));
    }
    std::string nowhere;
    std::string fate_en, fate_sv;
    if (!kept.empty()) {
      fate_en = "kept in " + fmt::format("{}", fmt::join(kept, ", "));
      fate_sv = "finns i " + fmt::format("{}", fmt::join(kept, ", "));
    } else if (permission.drop != DropReason::kNone) {
      ++facts_.dropped[std::string(text_of(permission.drop).name)];
      fate_en = "left out: " + reason_in_words(permission.drop, "en");
      fate_sv = "utelämnad: " + reason_in_words(permission.drop, "sv");
    } else {
      nowhere = why_nowhere(whose.project->name, row);
      ++facts_.nowhere[nowhere];
      fate_en = "permitted, in no version";
      fate_sv = "tillåten, i ingen version";
    }
    const std::string day = row.has_time ? format_day(row.time_us) : std::string();
    const Json line = {
        {"project", whose.project->name},
        {"place", row.place},
        {"table", table},
        {"kept_in", kept},
        {"left_out", permission.drop == DropReason::kNone ? Json() : Json(text_of(permission.drop).name)},
        {"in_no_version_because", nowhere.empty() ? Json() : Json(nowhere)},
        {"changed_fields", std::move(changes)},
        {"row", values}};
    if (facts_.rows.size() < kRowsOnPage)
      facts_.rows.push_back({day, row.place, table, gist(row.table, values), std::move(fate_en), std::move(fate_sv),
                             fmt::format("{}", fmt::join(changed, "; "))});
    return raw_.write(json_line(line));
  }

 private:
  // Why a permitted row is in no version, from the record of the newest; several reasons where it cannot tell.
  std::string why_nowhere(std::string_view project, const ReadRow& row) const {
    const RecordedProject* recorded = recorded_project(reading_, project);
    if (recorded == nullptr) return std::string(kNotBuilt);
    if (is_later(*recorded, reading_.newest->facts, row)) return std::string(kAfterLatestBuild);
    std::vector<std::string_view> reasons;
    for (const DropReason reason : {DropReason::kSharedText, DropReason::kSmallGroup})
      if (const auto name = text_of(reason).name; recorded->dropped.contains(name)) reasons.push_back(name);
    if (has_allowed_more()) reasons.push_back(kAllowedSince);
    if (reasons.empty()) reasons.push_back(kNotTold);
    return fmt::format("{}", fmt::join(reasons, "|"));
  }

  bool has_allowed_more() const {
    const auto& permissions = reading_.newest->record->permissions;
    const auto then = permissions.find(reading_.ledger->tags.subject_tag(reading_.subject_key));
    std::string allowed;
    reading_.ledger->view.append_canonical(allowed, reading_.subject_key);
    return then == permissions.end() || then->second != to_hex(sha256(allowed));
  }

  const AccessReading& reading_;
  AccessFacts& facts_;
  HashedFile& raw_;
  Portability& portability_;
};

}  // namespace

Status read_persons_rows(const AccessReading& reading, AccessFacts& facts) {
  QF_ASSIGN(HashedFile raw, HashedFile::create(reading.out / "raw" / "rows.jsonl", Readers::kOwner));
  Portability portability(reading.out / "portability");
  QF_ASSIGN(const Discovery found, discover(reading.places));
  QF_ASSIGN(const ProjectList list, list_projects(found));
  for (const Project& project : list.projects) {
    // Another person's project is not read further than its beginning.
    const PersonProject guessed = person_of(*reading.ledger, project);
    if (guessed.subject.confirmed && guessed.subject.key != reading.subject_key) continue;
    QF_ASSIGN(const PersonProject whose, settled_person_of(*reading.ledger, project, reading.out / "raw"));
    if (whose.subject.key != reading.subject_key) continue;
    QF_ASSIGN(RowFate fate,
              RowFate::make(*reading.ledger, whose, reading.config, reading.authority ? &*reading.authority : nullptr));
    std::vector<RowFate> fates;
    for (const VersionSettings& one : reading.settings) {
      QF_ASSIGN(RowFate its,
                RowFate::make(*reading.ledger, whose, one.config, one.authority ? &*one.authority : nullptr));
      fates.push_back(std::move(its));
    }
    AccessFacts::Project entry;
    entry.name = project.name;
    RowWriter writer(reading, facts, raw, portability);
    QF_ASSIGN(const auto skipped,
              reread(*reading.ledger, project, reading.out / "raw", [&](const ReadRow& row, Arena& arena) {
                return writer.add(whose, fate, fates, entry, row, arena);
              }));
    entry.state_en = skipped.empty() ? "read again" : fmt::format("read again, but for {} files", skipped.size());
    entry.state_sv = skipped.empty() ? "lästa på nytt" : fmt::format("lästa på nytt, utom {} filer", skipped.size());
    std::set<std::string> due_on;
    for (const LogFile& log : project.logs)
      if (const auto due_us = log_due_us(log.path)) due_on.insert(format_day(*due_us));
    entry.log_due_on = fmt::format("{}", fmt::join(due_on, ", "));
    if (const RecordedProject* recorded = recorded_project(reading, project.name))
      entry.dropped_at_build.insert(recorded->dropped.begin(), recorded->dropped.end());
    facts.projects.push_back(std::move(entry));
  }
  QF_CHECK(portability.finish());
  return raw.close();
}

}  // namespace qf
