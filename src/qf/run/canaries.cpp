#include "qf/run/canaries.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "qf/core/whole_file.h"
#include "qf/ledger/authorisations.h"
#include "qf/ledger/consent.h"
#include "qf/ledger/people.h"
#include "qf/output/parquet_reader.h"
#include "qf/store/recover.h"
#include "qf/store/scratch.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

constexpr int kPeople = 10;                               // as many as the strictest audience asks for
constexpr std::int64_t kFirstUs = 1'772'000'000'000'000;  // 2026-02-25

struct Mark {
  std::string name, text;
  bool in_texts;  // the redaction must mask it; else it is an id, which the ledger may know
};

// A person that nobody is called: what stands in the ids of their logs and in their texts.
struct Canary {
  std::string user, session, question;
  std::string mail, number, phone;
};

Canary canary(int i) {
  return {fmt::format("zqvarnkvist{}", i),    fmt::format("zqsession-{:04}-canary", i),
          fmt::format("zqfraga{}x", i),       fmt::format("zqvarnkvist{}.lind@zqskolan.example.se", i),
          fmt::format("19900101-98{:02}", 2), fmt::format("070-17406{:02}", 35 + i)};
}

std::vector<Mark> marks_of(const Canary& one) {
  return {{"user_name", one.user, true},    {"session_id", one.session, false}, {"question_id", one.question, false},
          {"mail_address", one.mail, true}, {"phone_number", one.phone, true},  {"personal_number", one.number, true}};
}

Status write_text(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) return failure(ErrorCode::kIo, path.string() + ": cannot be written");
  return {};
}

// A project with a mark in every id and every text that an event may hold, and in names of events, tools and fields.
Status write_project(const fs::path& root, const Canary& one) {
  const fs::path folder = root / one.user;
  QF_CHECK(write_text(folder / "session.yaml", fmt::format("session:\n  id: {}\nsource:\n  original_path: "
                                                           "/Users/{}/Kurser/BIOG001X/prov.md\n",
                                                           one.session, one.user)));
  const std::string text =
      fmt::format("Skriv till {}, ring {}, nummer {}, hälsa {}.", one.mail, one.phone, one.number, one.user);
  std::string log;
  std::int64_t at = kFirstUs;
  const auto add = [&](const char* event, nlohmann::json data, const std::string& tool = "m3_stage1") {
    at += 20'000'000;
    const auto seconds = at / 1'000'000;
    log += nlohmann::json{{"ts", fmt::format("2026-02-{:02}T{:02}:{:02}:{:02}.000Z", 1 + (seconds / 86400) % 27,
                                             (seconds / 3600) % 24, (seconds / 60) % 60, seconds % 60)},
                          {"v", 1},
                          {"session_id", one.session},
                          {"mcp", "qf-scaffolding"},
                          {"tool", tool},
                          {"event", event},
                          {"level", "info"},
                          {"data", std::move(data)}}
               .dump() +
           "\n";
  };
  constexpr std::array<const char*, 3> kChoices = {"Remember", "Understand", "Apply"};
  for (int sitting = 0; sitting < 3; ++sitting) {
    at += 7'200'000'000;
    for (int i = 0; i < 3; ++i) {
      const std::string question = fmt::format("{}{}", one.question, i);
      add("user_decision", {{"question_id", question},
                            {"decision_type", i == 2 ? one.user : "bloom_level"},
                            {"options_presented", {kChoices[0], kChoices[1], kChoices[2], text}},
                            {"user_choice", i == 2 ? text : kChoices[static_cast<std::size_t>(i)]},
                            {"ai_suggestion", text},
                            {"question_text", text},
                            {"question_type", i == 0 ? text : "essay"},
                            {"difficulty", text},
                            {"bloom_level", text},
                            {"module", i == 0 ? one.user : "m3"},
                            {"stage", 1},
                            {"rationale", text}});
      add("correction_made", {{"question_id", question},
                              {"field", i == 0 ? one.user : "question_text"},
                              {"correction_type", text},
                              {"before", text},
                              {"after", text + " Kort."}});
      add("ai_suggestion",
          {{"question_id", question}, {"decision_type", "bloom_level"}, {"suggestion", text}, {"reasoning", text}},
          one.user);
    }
    add(one.user.c_str(), {{"path", "/Users/" + one.user + "/x.md"}});
  }
  QF_CHECK(write_text(folder / "logs" / "session.jsonl", log));
  return write_text(
      folder / "questions" / (one.question + "0.md"),
      fmt::format("# {} {}\n^type essay\n^identifier {}0\n^title {}\n\n@field: question_text\n{}\n@end_field\n",
                  one.question + "0", text, one.question, text, text));
}

// The people agree to everything, and a controller answers for the audience.
Status agree(const Store& store, const std::vector<Canary>& people, std::string_view audience) {
  QF_ASSIGN(const WritableStore open, open_for_change(store, IfMissing::kMake));
  std::vector<ProjectClaim> claims;
  std::vector<ConsentStatement> statements;
  for (const Canary& one : people) {
    claims.push_back({one.session, one.user});
    for (std::size_t scope = 0; scope < kScopeCount; ++scope) {
      ConsentStatement& given = statements.emplace_back();
      given.subject = one.user;
      given.scope = static_cast<Scope>(scope);
      given.given_at_us = given.covers_from_us = 1;
    }
  }
  QF_ASSIGN([[maybe_unused]] const PeopleImport people_known, confirm_owners(open.ledger, claims, 1));
  QF_ASSIGN([[maybe_unused]] const ConsentImport recorded, record_consent(open.ledger, statements, 1));
  if (audience == "private") return {};
  QF_ASSIGN(
      [[maybe_unused]] const std::int64_t id,
      add_authorisation(open.ledger, {0, "canary", "consent", "canary", std::string(audience), 1LL << 60, "", 1}));
  return {};
}

void find_marks(std::string_view bytes, const std::vector<Mark>& marks, bool only_texts, const std::string& place,
                std::set<std::string>& found) {
  for (const Mark& mark : marks)
    if ((mark.in_texts || !only_texts) && bytes.find(mark.text) != std::string_view::npos)
      found.insert(mark.name + " in " + place);
}

void find_in_cell(const Cell& cell, const std::vector<Mark>& marks, const std::string& place,
                  std::set<std::string>& found) {
  if (cell.tag == Cell::Tag::kText) find_marks(cell.view(), marks, false, place, found);
  for (const Cell& child : cell.children()) find_in_cell(child, marks, place, found);
}

// The values of a data file, which its bytes do not show.
Status look_into(const fs::path& file, const std::vector<Mark>& marks, const std::string& place,
                 std::set<std::string>& found) {
  for (const TableSchema& table : tables()) {
    if (file.parent_path().filename() != table.name) continue;
    QF_ASSIGN(TableReader reader, TableReader::open(file));
    QF_CHECK(reader.for_each_row(table.id, [&](ConstRow row) -> Status {
      for (const Cell& cell : row) find_in_cell(cell, marks, place, found);
      return {};
    }));
  }
  return {};
}

}  // namespace

Result<CanaryResult> release_canaries(const BuildRequest& request) {
  QF_ASSIGN(const ScratchFolder folder, ScratchFolder::create("canaries"));
  std::vector<Canary> people;
  std::vector<Mark> marks;
  for (int i = 0; i < kPeople; ++i) {
    people.push_back(canary(i));
    QF_CHECK(write_project(folder.path() / "logs", people.back()));
    for (Mark& mark : marks_of(people.back())) marks.push_back(std::move(mark));
  }
  BuildRequest inner;
  inner.paths = {folder.path() / "logs"};
  inner.store = folder.path() / "store";
  inner.key_file = folder.path() / "key";
  inner.config = request.config;
  inner.config.min_sessions = 0;
  inner.config.min_subjects = 0;
  inner.now_us = kFirstUs + 100LL * 86'400'000'000;
  inner.canaries = false;
  const Store store(inner.store);
  QF_CHECK(agree(store, people, to_string(request.config.audience)));
  QF_ASSIGN(const BuildResult built, build(inner));
  if (built.version.empty())
    return failure(ErrorCode::kInternal,
                   "the build of invented people was refused: what a real one would let through "
                   "is not known, and so nothing is published");

  CanaryResult result;
  result.planted = marks.size();
  std::set<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder.path(), error), end; !error && at != end; at.increment(error)) {
    const std::string place = fs::relative(at->path(), folder.path(), error).string();
    if (place.starts_with("logs") || !at->is_regular_file(error)) continue;
    const bool published = at->path().string().starts_with(built.path.string());
    QF_ASSIGN(const std::string bytes, read_whole_file(at->path()));
    // The ledger knows who people are, and the store's private state which folders it read: not what they wrote.
    std::vector<Mark> looked_for = marks;
    if (!published) std::erase_if(looked_for, [](const Mark& mark) { return mark.name == "user_name"; });
    find_marks(bytes, looked_for, !published, place, found);
    if (published && at->path().extension() == ".parquet") QF_CHECK(look_into(at->path(), marks, place, found));
  }
  if (error) return failure(ErrorCode::kIo, folder.path().string() + ": " + error.message());
  result.survivors.assign(found.begin(), found.end());
  return result;
}

}  // namespace qf
