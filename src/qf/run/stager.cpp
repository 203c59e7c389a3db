#include "qf/run/stager.h"

#include <algorithm>

#include "qf/core/digest.h"
#include "qf/core/row_codec.h"
#include "qf/core/text.h"

namespace qf {
namespace {

constexpr std::uint64_t kNotStaged = ~std::uint64_t{0};

// The columns whose text is compared between splits.
std::span<const std::size_t> text_columns(TableId table) {
  static constexpr std::size_t kDecisionTexts[] = {column_of<TableId::kDecisions, "question_text">()};
  static constexpr std::size_t kCorrectionTexts[] = {column_of<TableId::kCorrections, "before">(),
                                                     column_of<TableId::kCorrections, "after">()};
  static constexpr std::size_t kQuestionTexts[] = {column_of<TableId::kQuestions, "question_text">()};
  switch (table) {
    case TableId::kDecisions: return kDecisionTexts;
    case TableId::kCorrections: return kCorrectionTexts;
    case TableId::kQuestions: return kQuestionTexts;
  }
  return {};
}

std::optional<std::size_t> sitting_column(TableId table) {
  switch (table) {
    case TableId::kDecisions: return column_of<TableId::kDecisions, "sitting">();
    case TableId::kCorrections: return column_of<TableId::kCorrections, "sitting">();
    case TableId::kQuestions: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string quarantine_id(const KeyedTag& tags, std::string_view subject_key, std::string_view text) {
  std::string named(subject_key);
  named.append(1, '\0').append(text);
  const Fingerprint print = tags.fingerprint(named);
  return to_hex(std::string_view(reinterpret_cast<const char*>(print.bytes.data()), print.bytes.size()));
}

RowKey row_key_of(const KeyedTag& tags, std::string_view project, const TransformedRow& row) {
  // A question has no line of its own: its id within the project stands for it.
  if (row.table == TableId::kQuestions) return tags.row_key(project, tags.fingerprint(row.facts.question), 0);
  return tags.row_key(project, Fingerprint{row.facts.line.hash}, row.facts.line.occurrence);
}

std::string place_of(const Project& project, const Position& at) {
  if (at.line == 0 || at.file >= project.logs.size()) return {};
  return project.logs[at.file].relative + ":" + std::to_string(at.line);
}

RowDigest ProjectStager::pass_context(const TransformedRow& row, const StagedIds& ids) {
  if (contexts_.size() <= row.facts.session) contexts_.resize(row.facts.session + 1);
  ContextDigest& context = contexts_[row.facts.session];
  const RowDigest before = context.of(ids, tags_);
  context.add(row.cells, ids, tags_);
  return before;
}

namespace {

// Counts of this run and of those before it. What was taken back may have left a number below zero until both are
// added.
Tally::Counts both(Tally::Counts counts, const Tally::Counts& more) {
  for (const auto& [name, count] : more) counts[name] += count;
  std::erase_if(counts, [](const auto& one) { return one.second == 0; });
  return counts;
}

}  // namespace

Tally::Counts ProjectStager::masked() const {
  return redaction_ == nullptr ? masked_before_ : both(redaction_->masked(), masked_before_);
}

Tally::Counts ProjectStager::quarantined() const {
  return redaction_ == nullptr ? quarantined_before_ : both(redaction_->quarantined(), quarantined_before_);
}

void ProjectStager::take_back(TransformedRow& row, const TextScopes& scopes, Arena& arena) {
  if (redaction_ == nullptr) return;
  const Tally::Counts masked = redaction_->masked(), quarantined = redaction_->quarantined();
  policy_.apply(row.table, row.cells, scopes, redaction_, arena);
  // Once for what was counted just now, and once for what was counted then.
  const auto subtract = [](Tally::Counts& from, const Tally::Counts& then, const Tally::Counts& now) {
    for (const auto& [name, count] : now) {
      const auto before = then.find(name);
      from[name] -= 2 * (count - (before == then.end() ? 0 : before->second));
    }
  };
  subtract(masked_before_, masked, redaction_->masked());
  subtract(quarantined_before_, quarantined, redaction_->quarantined());
}

void ProjectStager::save(StateWriter& to) {
  to.value(dropped_);
  Tally::Counts now[] = {masked(), quarantined()};
  for (Tally::Counts& counts : now) to.map(counts, [&](std::uint64_t& count) { to.value(count); });
  to.list(contexts_, [&](const ContextDigest& session) { to.array(session.earlier()); });
}

void ProjectStager::load(StateReader& from) {
  from.value(dropped_);
  for (Tally::Counts* counts : {&masked_before_, &quarantined_before_})
    from.map(*counts, [&](std::uint64_t& count) { from.value(count); });
  from.list(contexts_, [&](ContextDigest& session) { from.array(session.earlier()); });
}

Status ProjectStager::end_of_events() { return writer_.end_of_events(); }

Result<std::uint64_t> ProjectStager::take(TransformedRow& row, Arena& arena) {
  const RowPermission permission = permit_.of(row.facts);
  if (permission.drop != DropReason::kNone) {
    dropped_[static_cast<std::size_t>(permission.drop)] +=
        row.facts.step == RowFacts::Step::kTakenBack ? ~std::uint64_t{0} : 1;
    return kNotStaged;
  }
  if (!row.facts.without_corrections.empty() && !policy_.shows_corrections(permission.texts))
    std::copy(row.facts.without_corrections.begin(), row.facts.without_corrections.end(), row.cells.begin());
  if (row.facts.step == RowFacts::Step::kTakenBack) {
    questions_anew_.emplace(row.facts.question);
    take_back(row, permission.texts, arena);
    return kNotStaged;
  }
  std::array<Fingerprint, 2> texts;
  std::size_t text_count = 0;
  for (const std::size_t column : text_columns(row.table)) {
    const Cell& cell = row.cells[column];
    if (cell.is_null()) continue;
    normalise_for_comparison(cell.view(), normal_);
    if (!normal_.empty()) texts[text_count++] = tags_.fingerprint(normal_);
  }
  StagedIds ids;
  if (const auto column = sitting_column(row.table); column && row.cells[*column].tag == Cell::Tag::kInt)
    ids.sitting = static_cast<std::uint32_t>(row.cells[*column].integer);
  policy_.apply(row.table, row.cells, permission.texts, redaction_, arena);
  if (redaction_ != nullptr)
    for (const HeldText& held : redaction_->held())
      held_.push_back({quarantine_id(tags_, subject_, held.text), row.facts.at,
                       row.facts.at.line == 0 ? std::string(row.facts.question) : std::string(), held.table,
                       held.column, held.reason});

  if (!row.facts.question.empty()) {
    ids.has_question = true;
    name_.assign(project_).append(1, '\0').append(row.facts.question);
    ids.question = tags_.fingerprint(name_);
  }
  if (row.facts.decision) {
    ids.has_decision = true;
    ids.decision = tags_.row_key(project_, Fingerprint{row.facts.decision->hash}, row.facts.decision->occurrence);
  }
  StagedEntry entry;
  entry.key = row_key_of(tags_, project_, row);
  content_.clear();
  encode_row(row.cells, content_);
  const std::size_t row_bytes = content_.size();
  content_ += subject_tag_;
  const Sha256Bytes digest = sha256(content_);
  std::copy_n(digest.begin(), entry.content.size(), entry.content.begin());
  if (row.table == TableId::kDecisions) mix(entry.content, pass_context(row, ids));
  if (row.facts.replaces && *row.facts.replaces != kNotStaged)
    writer_.replace(static_cast<std::uint32_t>(*row.facts.replaces));
  if (row.facts.step == RowFacts::Step::kAmended) {
    writer_.amend(entry, ids, std::string_view(content_).substr(0, row_bytes), std::span(texts).first(text_count));
    return kNotStaged;
  }
  const std::uint64_t number = writer_.next_number();
  QF_CHECK(writer_.add(row.facts.session, row.table, entry, ids, std::string_view(content_).substr(0, row_bytes),
                       std::span(texts).first(text_count)));
  return number;
}

Result<StagedProject> ProjectStager::finish(const ProjectFacts& facts, Tally& tally) {
  for (std::size_t reason = 0; reason < dropped_.size(); ++reason)
    if (dropped_[reason] != 0)
      tally.dropped[std::string(text_of(static_cast<DropReason>(reason)).name)] += dropped_[reason];
  for (const auto& [type, count] : masked()) tally.masked[type] += count;
  for (const auto& [reason, count] : quarantined()) tally.quarantined[reason] += count;
  std::vector<StagedSession> sessions;
  for (const SessionFacts& session : facts.sessions)
    sessions.push_back({session.id, session.sittings, session.sittings_with_decisions, false});
  return writer_.finish(std::move(sessions));
}

}  // namespace qf
