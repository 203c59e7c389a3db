#include "qf/ledger/mentions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "qf/core/text.h"

namespace qf {
namespace {

struct Word {
  std::size_t begin = 0, end = 0;
  std::string folded;
};

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  bool inside = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const bool letter = is_word_character(decode_utf8(text, at));
    if (letter && !inside) words.push_back({from, at, {}});
    if (letter) words.back().end = at;
    inside = letter;
  }
  for (Word& word : words) word.folded = casefold_nfc(text.substr(word.begin, word.end - word.begin));
  return words;
}

bool is_word(const Word& found, const std::string& wanted) {
  return found.folded == wanted || found.folded == wanted + "s";
}

// A text that a person wrote, about something that is not another person.
struct WrittenText {
  std::string_view table, column;
  bool of_person = false;  // the row is about a person, whose rows an erasure deletes
};
// A controller stays: it is who answers for the data (Article 30), not who typed it.
constexpr std::array<WrittenText, 10> kWritten = {{
    {"version_holds", "reason"},
    {"version_holds", "placed_by"},
    {"version_holds", "lifted_by"},
    {"authorisations", "recorded_by"},
    {"authorisations", "revoked_by"},
    {"authorisations", "dpia"},
    {"recipients", "name"},
    {"recipients", "contact"},
    {"recipients", "recorded_by"},
    {"quarantine_items", "decided_by", true},
}};

// The entries that say what those columns say, why a version was taken back, and who had something destroyed.
constexpr std::array<std::string_view, 12> kKinds = {"hold_placed",          "hold_lifted",     "controller_authorised",
                                                     "controller_revoked",   "recipient_added", "quarantine_released",
                                                     "quarantine_destroyed", "version_revoked", "retention_decided",
                                                     "retention_applied",    "key_destroyed",   "key_rotated"};
constexpr std::array<std::string_view, 5> kMembers = {"reason", "by", "dpia", "name", "contact"};

bool mentions(const nlohmann::json& body, const PersonNames& names) {
  return std::any_of(kMembers.begin(), kMembers.end(), [&](std::string_view member) {
    const auto value = body.find(member);
    return value != body.end() && value->is_string() && names.in(value->get_ref<const std::string&>());
  });
}

// Distinct texts of a column that name the person outside the rows about them, and in how many rows each stands.
Result<std::vector<std::pair<std::string, std::int64_t>>> texts_naming(const Database& database, const WrittenText& in,
                                                                       const PersonNames& names,
                                                                       std::string_view subject_key) {
  QF_ASSIGN(Statement rows,
            database.prepare(fmt::format("SELECT {1}, count(*) FROM {0} WHERE {1} IS NOT NULL {2} GROUP BY "
                                         "{1} ORDER BY {1}",
                                         in.table, in.column, in.of_person ? "AND subject_key != ?1" : "")));
  if (in.of_person) QF_CHECK(rows.bind(subject_key));
  std::vector<std::pair<std::string, std::int64_t>> found;
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return found;
    if (names.in(rows.text(0))) found.emplace_back(rows.text(0), rows.integer(1));
  }
}

// What is told of a row that names somebody, beside the columns of kWritten; and when it was recorded.
struct ToldTable {
  std::string_view table, columns, at;
};
constexpr std::array<ToldTable, 4> kTold = {{
    {"version_holds", "audience, version", "placed_at"},
    {"authorisations", "controller, audience", "recorded_at"},
    {"recipients", "audience, version", "recorded_at"},
    {"quarantine_items", "decision, decided_by", "coalesce(decided_at, found_at)"},
}};

}  // namespace

Result<std::vector<NamingRow>> rows_naming(const Database& database, const PersonNames& names,
                                           std::string_view subject_key) {
  std::vector<NamingRow> found;
  for (const ToldTable& told : kTold) {
    std::vector<std::string> columns;
    bool of_person = false;
    for (std::string_view rest = told.columns; !rest.empty();) {
      const std::size_t end = std::min(rest.find(", "), rest.size());
      columns.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    const std::size_t context = columns.size();
    for (const WrittenText& one : kWritten) {
      if (one.table != told.table) continue;
      of_person = of_person || one.of_person;
      if (std::find(columns.begin(), columns.end(), one.column) == columns.end()) columns.emplace_back(one.column);
    }
    QF_ASSIGN(Statement rows,
              database.prepare(fmt::format("SELECT {}, {} FROM {} {} ORDER BY {}", fmt::join(columns, ", "), told.at,
                                           told.table, of_person ? "WHERE subject_key != ?1" : "", told.at)));
    if (of_person) QF_CHECK(rows.bind(subject_key));
    for (;;) {
      QF_ASSIGN(const bool more, rows.next());
      if (!more) break;
      NamingRow row;
      row.table = told.table;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string text(rows.text(static_cast<int>(i)));
        if (text.empty()) continue;
        if ((i >= context || columns[i] == "decided_by") && names.in(text)) row.naming.push_back(columns[i]);
        row.says[columns[i]] = text;
      }
      row.at_us = rows.integer(static_cast<int>(columns.size()));
      if (!row.naming.empty()) found.push_back(std::move(row));
    }
  }
  return found;
}

PersonNames::PersonNames(const std::vector<std::string>& spellings) {
  const auto add = [this](std::vector<std::string> name) {
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.push_back(std::move(name));
  };
  for (const std::string& spelling : spellings) {
    std::vector<std::string> name;
    for (Word& word : words_of(spelling)) name.push_back(std::move(word.folded));
    if (name.empty()) continue;
    if (name.size() > 1) {
      // "Svensson, Anna"
      std::vector<std::string> turned(name.end() - 1, name.end());
      turned.insert(turned.end(), name.begin(), name.end() - 1);
      add(std::move(turned));
    }
    add(std::move(name));
  }
}

std::vector<PersonNames::Span> PersonNames::found_in(std::string_view text) const {
  const std::vector<Word> words = words_of(text);
  std::vector<Span> found;
  for (std::size_t at = 0; at < words.size();) {
    std::size_t longest = 0;
    for (const auto& name : names_) {
      bool here = at + name.size() <= words.size();
      for (std::size_t i = 0; here && i < name.size(); ++i) here = is_word(words[at + i], name[i]);
      if (here) longest = std::max(longest, name.size());
    }
    if (longest != 0) found.push_back({words[at].begin, words[at + longest - 1].end});
    at += std::max<std::size_t>(longest, 1);
  }
  return found;
}

bool PersonNames::in(std::string_view text) const { return !found_in(text).empty(); }

std::string PersonNames::masked(std::string_view text) const {
  std::string out;
  std::size_t from = 0;
  for (const Span& span : found_in(text)) {
    out.append(text.substr(from, span.begin - from)).append(kErasedName);
    from = span.end;
  }
  return out.append(text.substr(from));
}

Result<std::vector<std::string>> spellings_of(const Database& database, std::string_view subject_key) {
  QF_ASSIGN(Statement rows, database.prepare("SELECT subject FROM project_owners WHERE subject_key = ?1 UNION "
                                             "SELECT subject FROM project_owner_history WHERE subject_key = ?1 UNION "
                                             "SELECT subject FROM consent_events WHERE subject_key = ?1 ORDER BY 1"));
  QF_CHECK(rows.bind(subject_key));
  std::vector<std::string> spellings = {std::string(subject_key)};
  for (;;) {
    QF_ASSIGN(const bool more, rows.next());
    if (!more) return spellings;
    spellings.emplace_back(rows.text(0));
  }
}

std::map<std::string, std::int64_t> Mentions::counted() const {
  auto all = fields;
  if (!entries.empty()) all["audit_entries"] = static_cast<std::int64_t>(entries.size());
  return all;
}

Result<Mentions> find_mentions(const Database& database, const PersonNames& names, std::string_view subject_key) {
  Mentions found;
  for (const WrittenText& one : kWritten) {
    QF_ASSIGN(const auto texts, texts_naming(database, one, names, subject_key));
    for (const auto& [text, rows] : texts) found.fields[std::string(one.table)] += rows;
  }
  QF_ASSIGN(Statement bodies, database.prepare("SELECT seq, kind, body FROM chain JOIN chain_bodies USING (seq) "
                                               "WHERE subject_key != ?1 ORDER BY seq"));
  QF_CHECK(bodies.bind(subject_key));
  for (;;) {
    QF_ASSIGN(const bool more, bodies.next());
    if (!more) return found;
    if (std::find(kKinds.begin(), kKinds.end(), bodies.text(1)) == kKinds.end()) continue;
    const auto body = nlohmann::json::parse(bodies.text(2), nullptr, false);
    if (body.is_object() && mentions(body, names)) found.entries.push_back(bodies.integer(0));
  }
}

Status mask_mentions(const Database& database, const PersonNames& names, std::string_view subject_key) {
  QF_ASSIGN(Transaction transaction, database.begin());
  QF_ASSIGN(const Mentions found, find_mentions(database, names, subject_key));
  for (const WrittenText& one : kWritten) {
    QF_ASSIGN(const auto texts, texts_naming(database, one, names, subject_key));
    QF_ASSIGN(Statement write,
              database.prepare(fmt::format("UPDATE {0} SET {1} = ?2 WHERE {1} = ?1", one.table, one.column)));
    for (const auto& [text, rows] : texts) QF_CHECK(write.run(text, names.masked(text)));
  }
  // The table is append-only but for those who stand in `erasing`: here whoever the entries are about, or nobody.
  QF_ASSIGN(Statement open, database.prepare("INSERT INTO erasing (subject_key) SELECT subject_key FROM chain_bodies "
                                             "WHERE seq = ?1 ON CONFLICT DO NOTHING"));
  QF_ASSIGN(Statement remove, database.prepare("DELETE FROM chain_bodies WHERE seq = ?1"));
  for (const std::int64_t seq : found.entries) {
    QF_CHECK(open.run(seq));
    QF_CHECK(remove.run(seq));
  }
  QF_CHECK(database.execute("DELETE FROM erasing"));
  return transaction.commit();
}

}  // namespace qf
