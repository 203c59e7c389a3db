#include "qf/run/canaries.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "qf/core/instant.h"
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
  std::string joined, spelled;  // the name as part of a longer word, and letter by letter
  // Numbers that are the whole value of a field.
  std::int64_t bare_phone = 0, bare_number = 0, birth_day = 0, short_birth_day = 0, student = 0;

  // The register's name. The first half is an ordinary word too (to live), which texts write in lower case.
  std::string display() const { return "Bo " + user; }
};

Canary canary(int i) {
  return {fmt::format("zqvarnkvist{}", i),
          fmt::format("zqsession-{:04}-canary", i),
          fmt::format("zqfraga{}x", i),
          fmt::format("zqvarnkvist{}.lind@zqskolan.example.se", i),
          fmt::format("19900101-98{:02}", 2),
          fmt::format("070-17406{:02}", 35 + i),
          fmt::format("kontaktZqvarnkvist{}", i),
          "Z-q-v-a-r-n-k-v-i-s-t",
          701'740'635 + i,
          199'001'019'802,
          19'811'210 + i,
          811'210 + i,
          683'517 + i};
}

// In lower case, behind a word that points at a person.
constexpr std::string_view kNamedByAWord = "av bo i zqkorridoren";

std::vector<Mark> marks_of(const Canary& one) {
  return {{"user_name", one.user, true},
          {"session_id", one.session, false},
          {"question_id", one.question, false},
          {"mail_address", one.mail, true},
          {"phone_number", one.phone, true},
          {"personal_number", one.number, true},
          {"joined_name", one.joined, true},
          {"spelled_name", one.spelled, true},
          {"ordinary_name", std::string(kNamedByAWord), true},
          {"bare_phone", std::to_string(one.bare_phone), true},
          {"bare_personal_number", std::to_string(one.bare_number), true},
          {"bare_birth_day", std::to_string(one.birth_day), true},
          {"short_birth_day", std::to_string(one.short_birth_day), true},
          {"student_number", std::to_string(one.student), true}};
}

// What stands in a field by itself.
std::vector<nlohmann::json> values_of(const Canary& one) {
  return {fmt::format("{} {}_lo @{} {} {}.", one.joined, one.user, one.user, one.spelled, kNamedByAWord),
          one.bare_phone,
          one.bare_number,
          std::to_string(one.birth_day),
          one.short_birth_day,
          fmt::format("{}.0", one.short_birth_day),
          std::to_string(one.student),
          {{"nummer", one.short_birth_day}, {"andra", {one.bare_phone, std::to_string(one.student)}}}};
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
    log += nlohmann::json{{"ts", format_instant(at)},
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
    // Once is enough, and each build waits for it.
    const std::vector<nlohmann::json> values = sitting == 0 ? values_of(one) : std::vector<nlohmann::json>();
    for (std::size_t i = 0; const nlohmann::json& value : values) {
      const std::string question = fmt::format("{}v{}", one.question, i++),
                        written = value.is_string() ? value.get<std::string>() : value.dump();
      add("user_decision", {{"question_id", question},
                            {"decision_type", "bloom_level"},
                            {"options_presented", {value, kChoices[0]}},
                            {"user_choice", value},
                            {"ai_suggestion", value},
                            {"question_text", written},
                            {"question_type", "essay"},
                            {"difficulty", written},
                            {"module", "m3"},
                            {"stage", 1},
                            {"rationale", written}});
      add("correction_made",
          {{"question_id", question}, {"field", "points"}, {"before", value}, {"after", {value, 2}}});
    }
    add(one.user.c_str(), {{"path", "/Users/" + one.user + "/x.md"}});
  }
  QF_CHECK(write_text(folder / "logs" / "session.jsonl", log));
  return write_text(
      folder / "questions" / (one.question + "0.md"),
      fmt::format("# {} {}\n^type essay\n^identifier {}0\n^title {}\n\n@field: question_text\n{}\n@end_field\n\n"
                  "@field: options\nA. {}\nB. {}\nC. {}\n@end_field\n",
                  one.question + "0", text, one.question, text, text, one.bare_phone, one.birth_day, one.student));
}

// The people agree to everything, and a controller answers for the audience.
Status agree(const Store& store, const std::vector<Canary>& people, std::string_view audience) {
  QF_ASSIGN(const WritableStore open, open_for_change(store, IfMissing::kMake));
  std::vector<ProjectClaim> claims;
  std::vector<ConsentStatement> statements;
  for (const Canary& one : people) {
    // The register says another name than the paths do: the first day shows that it means this project.
    claims.push_back({one.session, one.display(), ProjectAnchor{"", format_day(kFirstUs)}});
    for (std::size_t scope = 0; scope < kScopeCount; ++scope) {
      ConsentStatement& given = statements.emplace_back();
      given.subject = one.display();
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

bool is_number(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

// A number only where no letter and no digit goes on with it: digests and times hold any row of digits.
bool holds(std::string_view bytes, std::string_view mark) {
  const bool number = is_number(mark);
  const auto goes_on = [&](std::size_t at) {
    return at < bytes.size() && std::isalnum(static_cast<unsigned char>(bytes[at])) != 0;
  };
  for (std::size_t at = bytes.find(mark); at != std::string_view::npos; at = bytes.find(mark, at + 1))
    if (!number || ((at == 0 || !goes_on(at - 1)) && !goes_on(at + mark.size()))) return true;
  return false;
}

void find_marks(std::string_view bytes, const std::vector<Mark>& marks, bool only_texts, const std::string& place,
                std::set<std::string>& found) {
  for (const Mark& mark : marks)
    if ((mark.in_texts || !only_texts) && holds(bytes, mark.text)) found.insert(mark.name + " in " + place);
}

// In whole files a short number may be a size or a count: it is looked for in values alone.
bool is_in_values_alone(const Mark& mark) { return is_number(mark.text) && mark.text.size() < 8; }

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

Result<CanaryResult> release_canaries(const BuildRequest& request, std::span<const std::string_view> without) {
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
  inner.now_us = kFirstUs + 100 * kDayUs;
  inner.canaries = false;
  inner.redact_without.assign(without.begin(), without.end());
  const Store store(inner.store);
  QF_CHECK(agree(store, people, to_string(request.config.audience)));
  QF_ASSIGN(const BuildResult built, build(inner));
  if (built.version.empty()) {
    std::string gates;
    for (const GateResult& gate : built.gates)
      if (!gate.passed && gate.severity == Severity::kRefuse) gates += " " + gate.name;
    return failure(ErrorCode::kInternal, "the build of invented people was refused (gates:" + gates +
                                             "): what a real one would let through is not known, and so nothing is "
                                             "published");
  }

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
    std::erase_if(looked_for, is_in_values_alone);
    if (!published) std::erase_if(looked_for, [](const Mark& mark) { return mark.name == "user_name"; });
    find_marks(bytes, looked_for, !published, place, found);
    if (published && at->path().extension() == ".parquet") QF_CHECK(look_into(at->path(), marks, place, found));
  }
  if (error) return failure(ErrorCode::kIo, folder.path().string() + ": " + error.message());
  result.survivors.assign(found.begin(), found.end());
  return result;
}

}  // namespace qf
