#include "qf/describe/card.h"

#include <fmt/format.h>

#include <algorithm>

#include "qf/describe/schema_json.h"

namespace qf {
namespace {

constexpr std::string_view kGap = "[More Information Needed]";

std::string or_gap(const std::string& text) { return text.empty() ? std::string(kGap) : markdown_text(text); }

std::string joined(const std::vector<std::string>& parts, std::string_view none = "none") {
  return parts.empty() ? std::string(none) : fmt::format("{}", fmt::join(parts, ", "));
}

std::uint64_t rows_of(const CardFacts& facts, TableId table) {
  std::uint64_t rows = 0;
  for (const CardSplit& split : facts.splits)
    if (split.table == table) rows += split.rows;
  return rows;
}

// The splits of a table that have files, in the order that loaders list them.
std::vector<CardSplit> splits_of(const CardFacts& facts, TableId table) {
  const auto place = [](const std::string& name) {
    return name == "train" ? 0 : name == "validation" ? 1 : name == "test" ? 2 : 3;
  };
  std::vector<CardSplit> found;
  for (const CardSplit& split : facts.splits)
    if (split.table == table && split.rows > 0) found.push_back(split);
  std::sort(found.begin(), found.end(), [&](const CardSplit& a, const CardSplit& b) {
    return std::pair(place(a.split), a.split) < std::pair(place(b.split), b.split);
  });
  return found;
}

bool is_language_code(std::string_view text) {
  return (text.size() == 2 || text.size() == 3) &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

std::string_view size_category(std::uint64_t rows) {
  if (rows < 1'000) return "n<1K";
  if (rows < 10'000) return "1K<n<10K";
  if (rows < 100'000) return "10K<n<100K";
  if (rows < 1'000'000) return "100K<n<1M";
  if (rows < 10'000'000) return "1M<n<10M";
  return rows < 100'000'000 ? "10M<n<100M" : "100M<n<1B";
}

// ---- YAML front matter ----

std::string_view scalar_dtype(TypeKind kind) {
  switch (kind) {
    case TypeKind::kString: return "string";
    case TypeKind::kBool: return "bool";
    case TypeKind::kInt32: return "int32";
    case TypeKind::kInt64: return "int64";
    case TypeKind::kDouble: return "float64";
    case TypeKind::kTimestamp: return "'timestamp[us, tz=UTC]'";
    default: return "";
  }
}

void put_feature(const FieldType& type, std::string indent, std::string_view name, std::string& out);

// What follows the name of a feature: its dtype, or its list or struct, one level deeper.
void put_feature_type(const FieldType& type, const std::string& indent, std::string& out) {
  if (type.child_count == 0) {
    out += fmt::format("{}dtype: {}\n", indent, scalar_dtype(type.kind));
    return;
  }
  const bool is_list = type.kind == TypeKind::kList;
  const FieldType& inner = is_list ? type.members().front().type : type;
  if (inner.child_count == 0) {
    out += fmt::format("{}list: {}\n", indent, scalar_dtype(inner.kind));
    return;
  }
  out += fmt::format("{}{}:\n", indent, is_list ? "list" : "struct");
  for (const ChildType& member : inner.members()) put_feature(member.type, indent, member.name, out);
}

void put_feature(const FieldType& type, std::string indent, std::string_view name, std::string& out) {
  out += fmt::format("{}- name: {}\n", indent, name);
  put_feature_type(type, indent + "  ", out);
}

std::string front_matter(const CardFacts& facts) {
  std::string out = "---\n";
  out += fmt::format("pretty_name: {}\n", yaml_text(facts.name));
  out += fmt::format("license: {}\n", facts.license.empty() ? "other" : yaml_text(facts.license));
  if (facts.license.empty() || facts.license == "other")
    out += fmt::format("license_name: {}\n", yaml_text(facts.license_name.empty() ? "not-stated" : facts.license_name));
  std::vector<std::string> languages;
  for (const auto& [code, rows] : facts.languages)
    if (is_language_code(code) && rows > 0) languages.push_back(yaml_text(code));
  if (!languages.empty()) out += fmt::format("language: [{}]\n", fmt::join(languages, ", "));
  out += "task_categories: [tabular-classification, text-classification]\n";
  out += "annotations_creators: [expert-generated, machine-generated]\n";
  out += fmt::format("size_categories: [\"{}\"]\n", size_category(rows_of(facts, TableId::kDecisions)));
  out += "source_datasets: [original]\n";
  out += "tags: [education, human-ai-interaction, question-generation, tabular, text]\n";

  std::string configs;
  std::string info;
  for (const TableSchema& table : tables()) {
    const auto splits = splits_of(facts, table.id);
    if (splits.empty()) continue;
    configs += fmt::format("- config_name: {}\n", table.name);
    if (configs.find("default: true") == std::string::npos) configs += "  default: true\n";
    configs += "  data_files:\n";
    info += fmt::format("- config_name: {}\n  features:\n", table.name);
    for (const FieldSpec& field : table.fields) put_feature(field.type, "  ", field.name, info);
    info += "  splits:\n";
    for (const CardSplit& split : splits) {
      configs += fmt::format("  - split: {}\n    path: {}\n", yaml_text(split.split),
                             yaml_text(fmt::format("data/{}/{}-*.parquet", table.name, split.split)));
      info += fmt::format("  - name: {}\n    num_bytes: {}\n    num_examples: {}\n", yaml_text(split.split),
                          split.uncompressed_bytes, split.rows);
    }
  }
  if (!configs.empty()) out += "configs:\n" + configs + "dataset_info:\n" + info;
  return out + "---\n";
}

// ---- body ----

// The fields of a role, as code; `except`, those that say the same as the target and those that are empty for this
// audience are left out.
std::string fields_with(const CardFacts& facts, TableId table, Role role,
                        const std::vector<std::string_view>& except = {}) {
  std::vector<std::string> names;
  const TableSchema& schema = table_schema(table);
  for (const FieldSpec& field : schema.fields)
    if (field.role == role && std::find(except.begin(), except.end(), field.name) == except.end() &&
        !facts.withheld.contains(fmt::format("{}.{}", schema.name, field.name)))
      names.push_back(fmt::format("`{}`", field.name));
  return names.empty() ? "none" : joined(names);
}

void put_task(std::string& out, const CardFacts& facts, std::string_view title, std::string_view rows,
              std::string_view targets, TableId table, std::string_view caution,
              const std::vector<std::string_view>& not_features) {
  out += fmt::format(
      "#### {}\n\n- **Rows:** {}\n- **Targets:** {}\n- **Features:** {}\n- **Aftermath, never an input:** {}\n- "
      "**Keys:** {}\n",
      title, rows, targets, fields_with(facts, table, Role::kFeature, not_features),
      fields_with(facts, table, Role::kAftermath), fields_with(facts, table, Role::kKey));
  if (!caution.empty()) out += fmt::format("- **Mind:** {}\n", caution);
  out += "\n";
}

void put_tasks(std::string& out, const CardFacts& facts) {
  constexpr std::string_view kText =
      "`question_text` is a feature only where `question_text_source` is `event` or `history`; `current` may have been "
      "written after the decision. The same holds for what is derived from it: `question_length`, `cue_verb_class`, "
      "`readability`, `answer_position`.";
  out +=
      "### Direct Use\n\nThree kinds of model can be trained. Features are what was known before the decision; a key "
      "joins "
      "rows and is no input.\n\n";
  put_task(out, facts, "Suggest a Bloom level, a difficulty or a question type",
           "`decisions` whose `decision_type` names the one in question and whose `actor` is `teacher`",
           "`user_choice_label` (closed vocabulary), `user_choice_index` (place among the options)",
           TableId::kDecisions, kText,
           {"ai_suggestion", "ai_suggestion_kind", "ai_suggestion_label", "ai_suggestion_index", "ai_confidence"});
  put_task(out, facts, "Foresee whether a suggestion is accepted or rejected",
           "`decisions` whose `outcome` is not `no_suggestion` and whose `actor` is `teacher`", "`outcome`",
           TableId::kDecisions, kText, {});
  put_task(out, facts, "Rewrite a question",
           "`corrections` whose `actor` is `teacher` and where neither `before` nor `after` is cut off", "`after`",
           TableId::kCorrections, "rows hold text only where the text level allows it; see Privacy Considerations.",
           {});
}

void put_structure(std::string& out, const CardFacts& facts) {
  out += "## Dataset Structure\n\n";
  bool any = false;
  for (const TableSchema& table : tables()) {
    const auto splits = splits_of(facts, table.id);
    if (splits.empty()) continue;
    if (!any) out += "| config | one row is | split | rows |\n|---|---|---|---|\n";
    any = true;
    for (const CardSplit& split : splits)
      out +=
          fmt::format("| `{}` | {} | {} | {} |\n", table.name, table.meaning, markdown_text(split.split), split.rows);
  }
  if (!any) out += "This version holds no rows.\n";
  out += fmt::format(
      "\nThe people in one split are in no other. The column `fold` gives folds by person: five, or in an external "
      "version as many as hold k people each, down to one in a small split.\n"
      "Schema version {}; every field's type, unit, privacy class and role is in `schema/`.\n\n",
      kSchemaVersion);
  for (const TableSchema& table : tables()) {
    if (splits_of(facts, table.id).empty()) continue;
    out += fmt::format(
        "<details><summary>Fields of <code>{}</code></summary>\n\n| field | type | role | meaning "
        "|\n|---|---|---|---|\n",
        table.name);
    for (const FieldSpec& field : table.fields)
      out += fmt::format("| `{}` | `{}` | {} | {} |\n", field.name, type_text(field.type), to_string(field.role),
                         markdown_text(field.meaning));
    out += "\n</details>\n\n";
  }
}

void put_creation(std::string& out, const CardFacts& facts) {
  out += fmt::format(
      "## Dataset Creation\n\n### Curation Rationale\n\n{}\n\n### Source Data\n\n#### Initial Data Collection and "
      "Normalization\n\n",
      kGap);
  out += fmt::format(
      "Session logs of QuestionForge, read by qf-dataset {}: events are joined into suggestions, decisions and "
      "corrections by stated rules (`link_rule`, `link_confidence`), never by guess. {} sessions in {} sittings, "
      "{}.\n\n",
      markdown_text(facts.program_version), facts.sessions, facts.sittings,
      facts.first_term.empty()
          ? "terms not stated"
          : fmt::format("terms {} to {}", markdown_text(facts.first_term), markdown_text(facts.last_term)));
  out += "Rows left out, by reason:\n\n";
  if (facts.hides_counts)
    out += "not given: such counts are of few people. Who built the dataset has them.\n";
  else if (facts.dropped.empty())
    out += "none.\n";
  else {
    out += "| reason | rows |\n|---|---|\n";
    for (const auto& [reason, rows] : facts.dropped) out += fmt::format("| {} | {} |\n", markdown_text(reason), rows);
  }
  out += fmt::format(
      "\n#### Who are the source data producers?\n\nTeachers at work on their own questions: {} in this version, "
      "{}.\n\n",
      facts.subjects,
      facts.confirmed_subjects == facts.subjects
          ? "confirmed in the register of people"
          : fmt::format("{} of them confirmed in the register of people, the others guessed from where the logs lay",
                        facts.confirmed_subjects));
  out += "Languages of the question texts: ";
  std::vector<std::string> languages;
  for (const auto& [code, rows] : facts.languages)
    languages.push_back(fmt::format("{} ({} rows)", is_language_code(code) ? code : "unknown", rows));
  out += joined(languages, "not stated") + ".\n\n";
  out += fmt::format(
      "### Annotations\n\n#### Annotation process\n\nNobody was asked to annotate: a label is what a teacher chose "
      "while "
      "working. It shows what they did, not what is right. Agreement between people: {}\n\n"
      "#### Who are the annotators?\n\nThe same teachers; rows whose `actor` is `machine` were decided by a "
      "program.\n\n",
      or_gap(facts.agreement));
}

void put_anonymity(std::string& out, const CardFacts& facts) {
  if (facts.anonymity.empty()) return;
  out +=
      "\nk counts people over the columns below, one table at a time: a row tells nobody from at least k - 1 others by "
      "them. It says nothing about other columns, nor about **all rows of one person together**: such a profile can be "
      "unique where each of its rows is not.\n\n"
      "| config | k | different choices (l) | groups | people with a profile of their own |\n|---|---|---|---|---|\n";
  for (const CardAnonymity& table : facts.anonymity)
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", table.table, table.k,
                       table.table == "decisions" ? std::to_string(table.l) : std::string("–"), table.groups,
                       table.unique_profiles);
  out += "\n| config | column | generalised | information kept |\n|---|---|---|---|\n";
  for (const CardAnonymity& table : facts.anonymity)
    for (const CardAnonymity::Column& column : table.columns)
      out += fmt::format("| `{}` | `{}` | {} | {:.0f} % |\n", table.table, column.name,
                         column.level == 0               ? column.retained < 1 ? "empty where too few share it" : "no"
                         : column.level == column.levels ? "everywhere to nothing (`*`)"
                                                         : "to a coarser value",
                         column.retained * 100);
  out += "\n";
  for (const CardAnonymity& table : facts.anonymity) {
    std::string names;
    for (const std::string& column : table.rare_values_in)
      names += fmt::format("{}`{}`", names.empty() ? "" : ", ", column);
    if (!names.empty())
      out += fmt::format("Of `{}`, values that too few people have are empty in {}.\n\n", table.table, names);
  }
}

void put_privacy(std::string& out, const CardFacts& facts) {
  out +=
      "### Privacy Considerations\n\n**These are personal data.** Pseudonymised is not anonymous: names are replaced "
      "by keyed "
      "pseudonyms, but a row is still about one person, and someone who knows the teacher or their questions may "
      "recognise them.\n\n";
  if (facts.audience == "private")
    out +=
        "This version is **private: it stays with whoever holds the logs.** It was not made for handing on, neither "
        "inside the "
        "organisation nor outside it, and no group size protects the people in it.\n\n";
  else if (facts.audience == "internal")
    out +=
        "This version is **internal**: for use within the organisation that the controller answers for, and nowhere "
        "else.\n\n";
  else
    out +=
        "This version is **external**: for the named recipients, under the terms they agreed to. It holds no session "
        "and no "
        "person's pseudonym.\n\n";
  for (const CardGate& gate : facts.gates)
    if (gate.name == "text_ties" && !gate.passed)
      out += fmt::format(
          "**Texts tie rows together**: {} of the rows hold a text that stands in another row of the same person too, "
          "and "
          "in no row of anybody else. All such rows together are a profile, which k says nothing about.\n\n",
          gate.measured);
  out += fmt::format("- Privacy level: {}\n- Smallest group of people who share what could single them out (k): {}\n",
                     or_gap(facts.privacy_level), facts.k == 0 ? "not measured" : std::to_string(facts.k));
  for (const auto& [field, level] : facts.text_levels)
    out += fmt::format("- Text level, {}: {}\n", markdown_text(field), markdown_text(level));
  put_anonymity(out, facts);
  out +=
      fmt::format("- Only people who agreed are in it, for the time they agreed to. Who answers for the data: {}\n\n",
                  or_gap(facts.controller));
}

void put_limits(std::string& out, const CardFacts& facts) {
  out += "## Bias, Risks, and Limitations\n\n";
  if (facts.subjects == 1)
    out += "- All rows are of **one person**: the dataset says nothing about new teachers.\n";
  else
    out += fmt::format(
        "- {} people are not a sample of teachers: subjects, schools and languages are those that happened to be "
        "logged.\n",
        facts.subjects);
  out +=
      "- An accepted suggestion may have been accepted without being read; suggestions shape choices.\n"
      "- A label is one person's choice at one time, not a right answer.\n";
  for (const std::string& warning : facts.warnings) out += fmt::format("- {}\n", markdown_text(warning));
  out += "\n";
  if (!facts.gates.empty()) {
    out += "| check | passed | measured | required | severity |\n|---|---|---|---|---|\n";
    for (const CardGate& gate : facts.gates)
      out += fmt::format("| {} | {} | {} | {} | {} |\n", markdown_text(gate.name), gate.passed ? "yes" : "no",
                         markdown_text(gate.measured), markdown_text(gate.required), markdown_text(gate.severity));
    out += "\n";
  }
  put_privacy(out, facts);
  out +=
      "### Recommendations\n\nEvaluate on people who are not in the training data: use the splits as they are, or "
      "`fold`. Weigh people, "
      "not rows: a few write most of them. Look at results by language and question type apart.\n\n";
}

}  // namespace

std::string dataset_card(const CardFacts& facts) {
  std::string out = front_matter(facts);
  out += fmt::format("\n# {}\n\n", markdown_text(facts.name));
  if (facts.audience == "private")
    out += "> **Private.** This dataset stays with whoever holds the logs it was made from.\n\n";
  out += fmt::format("Version {}, audience {}.\n\n## Dataset Details\n\n### Dataset Description\n\n{}\n\n",
                     markdown_text(facts.version), markdown_text(facts.audience), or_gap(facts.summary));
  out += fmt::format(
      "What teachers decided while a program helped them to write exam questions: its suggestions, their choices, "
      "their "
      "corrections, and what became of each question.\n\n"
      "- **Curated by:** {}\n- **License:** {}\n- **Content digest:** `{}` (SHA-256 over the rows, the same in every "
      "format)\n\n",
      or_gap(facts.authors), or_gap(facts.license_name.empty() ? facts.license : facts.license_name),
      facts.content_digest.find_first_not_of("0123456789abcdef") == std::string::npos ? facts.content_digest : "");
  out +=
      "### Dataset Sources\n\nLogs of QuestionForge sessions. The manifest names them by keyed digest, size and number "
      "of lines.\n\n## Uses\n\n";
  put_tasks(out, facts);
  out +=
      "### Out-of-Scope Use\n\nJudging, ranking or monitoring teachers; finding out who someone is; grading students; "
      "stating what the right "
      "Bloom level of a question is.\n\n";
  put_structure(out, facts);
  put_creation(out, facts);
  put_limits(out, facts);
  out += fmt::format("## Citation\n\n{}\n\n", or_gap(facts.citation));
  out +=
      "## Glossary\n\n- **Session:** the work on one project. **Sitting:** a part of it without 30 minutes of "
      "silence.\n"
      "- **Decision:** a choice that a teacher (or a program, see `actor`) made. **Correction:** a change to one "
      "field.\n"
      "- **k:** the size of the smallest group of people who look alike in everything that could single them out.\n\n";
  out += fmt::format(
      "## More Information\n\n`manifest.json` lists files and digests, `certificate.json` what is claimed of them, "
      "`schema/` describes each field.\n\n## Dataset Card Authors\n\nWritten by qf-dataset {} from counted facts; gaps "
      "are for people to "
      "fill.\n\n"
      "## Dataset Card Contact\n\n{}\n",
      markdown_text(facts.program_version), or_gap(facts.contact));
  return out;
}

}  // namespace qf
