#include "qf/ledger/consent.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "qf/core/instant.h"
#include "qf/ledger/consent_states.h"
#include "qf/ledger/expired_bodies.h"

namespace qf {
namespace {

namespace fs = std::filesystem;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
std::int64_t day(std::string_view text) { return *parse_day_or_instant(text); }

ConsentEvent event(ConsentStatus status, std::int64_t given_at, std::int64_t covers_from,
                   std::optional<std::int64_t> expires_at = std::nullopt, std::int64_t recorded_at = 0) {
  ConsentEvent made;
  made.statement.subject = "Anna";
  made.statement.status = status;
  made.statement.given_at_us = given_at;
  made.statement.covers_from_us = covers_from;
  made.statement.expires_at_us = expires_at;
  made.recorded_at_us = recorded_at;
  return made;
}
ConsentEvent given(std::int64_t at, std::int64_t from, std::optional<std::int64_t> until = std::nullopt) {
  return event(ConsentStatus::kGiven, at, from, until);
}
ConsentEvent withdrawn(std::int64_t at) { return event(ConsentStatus::kWithdrawn, at, at); }
ConsentEvent refused(std::int64_t at) { return event(ConsentStatus::kRefused, at, at); }

ConsentReason reason(const std::vector<ConsentEvent>& events, std::int64_t as_of, std::int64_t event_time,
                     Scope scope = Scope::kModelTraining) {
  const Permission permission = LedgerView::from({}, events, as_of).may_use("anna", scope, event_time);
  EXPECT_EQ(permission.allowed, permission.reason == ConsentReason::kGiven);
  return permission.reason;
}

using enum ConsentReason;

TEST(ConsentRules, WithoutARecordNothingIsAllowed) {
  EXPECT_EQ(reason({}, 100, 50), kNoRecord);
  // Of another person, of another scope, or not yet made: no record.
  EXPECT_EQ(LedgerView::from({}, std::vector{given(10, 0)}, 100).may_use("bo", Scope::kModelTraining, 50).reason,
            kNoRecord);
  EXPECT_EQ(reason({given(10, 0)}, 100, 50, Scope::kQuestionText), kNoRecord);
  EXPECT_EQ(reason({given(101, 0)}, 100, 50), kNoRecord);
}

TEST(ConsentRules, AgreementCoversItsPeriodAndItsBoundaries) {
  EXPECT_EQ(reason({given(100, 100)}, 100, 100), kGiven);
  EXPECT_EQ(reason({given(100, 100)}, 99, 100), kNoRecord);
  EXPECT_EQ(reason({given(100, 100)}, 200, 99), kOutsidePeriod);
  EXPECT_EQ(reason({given(100, 20)}, 200, 20), kGiven);
  EXPECT_EQ(reason({given(100, 20)}, 200, 19), kOutsidePeriod);
  EXPECT_EQ(reason({given(100, 20, 300)}, 299, 299), kGiven);
  EXPECT_EQ(reason({given(100, 20, 300)}, 299, 300), kOutsidePeriod);
  EXPECT_EQ(reason({given(100, 20, 300)}, 300, 50), kExpired);
  // A period that has not begun as of the build.
  EXPECT_EQ(reason({given(100, 150)}, 149, 160), kOutsidePeriod);
  EXPECT_EQ(reason({given(100, 150)}, 150, 160), kGiven);
}

TEST(ConsentRules, TheLaterStatementCounts) {
  const std::vector<ConsentEvent> both = {given(100, 0), withdrawn(200)};
  EXPECT_EQ(reason(both, 199, 50), kGiven);
  EXPECT_EQ(reason(both, 200, 50), kWithdrawn);
  // Whatever the order of recording.
  EXPECT_EQ(reason({withdrawn(200), given(100, 0)}, 200, 50), kWithdrawn);
  // Given anew: the new period alone.
  const std::vector<ConsentEvent> anew = {given(100, 0), withdrawn(200), given(300, 300)};
  EXPECT_EQ(reason(anew, 300, 300), kGiven);
  EXPECT_EQ(reason(anew, 300, 299), kOutsidePeriod);
  EXPECT_EQ(reason({given(100, 0), refused(200)}, 300, 50), kRefused);
  EXPECT_EQ(reason({refused(100), given(200, 0)}, 300, 50), kGiven);
  // An expiry is not undone by the agreement before it.
  EXPECT_EQ(reason({given(100, 0), given(200, 0, 250)}, 250, 50), kExpired);
  // At one instant, the one recorded later.
  EXPECT_EQ(reason({given(100, 0), withdrawn(100)}, 100, 50), kWithdrawn);
  EXPECT_EQ(reason({withdrawn(100), given(100, 0)}, 100, 50), kGiven);
}

TEST(ConsentRules, WhenAStatementWasRecordedDoesNotMatter) {
  EXPECT_EQ(reason({event(ConsentStatus::kGiven, 100, 0, std::nullopt, 9'999)}, 100, 50), kGiven);
  EXPECT_EQ(reason({given(100, 0), event(ConsentStatus::kWithdrawn, 150, 150, std::nullopt, 9'999)}, 200, 50),
            kWithdrawn);
}

TEST(ConsentRules, AgreeWithAPlainReading) {
  EXPECT_TRUE(rc::check("may_use is the rule, read out", [] {
    std::vector<ConsentEvent> events;
    for (const auto& [at, kind] : *rc::gen::container<std::vector<std::pair<int, int>>>(
             rc::gen::pair(rc::gen::inRange(0, 12), rc::gen::inRange(0, 5)))) {
      if (kind == 0) events.push_back(withdrawn(at));
      if (kind == 1) events.push_back(refused(at));
      if (kind == 2) events.push_back(given(at, at));
      if (kind == 3) events.push_back(given(at, at - 5));
      if (kind == 4) events.push_back(given(at, at, at + 4));
    }
    const std::int64_t as_of = *rc::gen::inRange(-1, 16), time = *rc::gen::inRange(-6, 18);
    const ConsentEvent* last = nullptr;
    for (const ConsentEvent& e : events)
      if (e.statement.given_at_us <= as_of &&
          (last == nullptr || e.statement.given_at_us >= last->statement.given_at_us))
        last = &e;
    bool allowed = last != nullptr && last->statement.status == ConsentStatus::kGiven;
    if (allowed) {
      const auto& s = last->statement;
      allowed = s.covers_from_us <= as_of && s.covers_from_us <= time &&
                (!s.expires_at_us || (as_of < *s.expires_at_us && time < *s.expires_at_us));
    }
    RC_ASSERT(LedgerView::from({}, events, as_of).may_use("anna", Scope::kModelTraining, time).allowed == allowed);
  }));
}

TEST(LedgerViewForm, IsTheSameForEqualPermissions) {
  const auto canonical = [](const std::vector<ConsentEvent>& events, std::int64_t as_of,
                            std::string_view key = "anna") {
    std::string out;
    LedgerView::from({}, events, as_of).append_canonical(out, key);
    return out;
  };
  const std::string plain = canonical({given(100, 0)}, 200);
  EXPECT_TRUE(plain.starts_with("4:anna\nmodel_training given 0 "));
  // Another as-of instant, a detour, or evidence change nothing.
  EXPECT_EQ(canonical({given(100, 0)}, 900), plain);
  EXPECT_EQ(canonical({refused(50), given(100, 0), withdrawn(901)}, 900), plain);
  ConsentEvent with_evidence = given(100, 0);
  with_evidence.statement.evidence = "binder 3";
  EXPECT_EQ(canonical({with_evidence}, 200), plain);
  // A different answer changes it.
  EXPECT_NE(canonical({given(100, 1)}, 200), plain);
  EXPECT_NE(canonical({given(100, 0, 300)}, 200), plain);
  EXPECT_NE(canonical({given(100, 0), withdrawn(150)}, 200), plain);
  EXPECT_NE(canonical({given(100, 0)}, 200, "bo"), plain);
  EXPECT_EQ(canonical({}, 1, "bo"), canonical({given(100, 0)}, 200, "bo"));
}

class Consent : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "qf-consent-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    database_.emplace(std::move(*Database::open(folder_ / "ledger.db", DatabaseMode::kCreate)));
  }
  void TearDown() override {
    database_.reset();
    fs::remove_all(folder_);
  }
  Result<ConsentImport> import(const std::string& content, std::int64_t at_us = 1) {
    std::ofstream(folder_ / "consent.csv", std::ios::binary) << content;
    const auto statements = read_consent_csv(folder_ / "consent.csv");
    if (!statements) return tl::unexpected<Error>(statements.error());
    return record_consent(*database_, *statements, at_us);
  }
  std::string error_of(const std::string& content) {
    const auto result = import(content);
    return result ? "no error" : result.error().message;
  }

  fs::path folder_;
  std::optional<Database> database_;
};

constexpr const char* kHeader =
    "subject,scope,status,given_at,covers_from,expires_at,method,evidence,recorded_by,notice\n";

TEST_F(Consent, ImportsScopesAndTimes) {
  const auto result =
      import(std::string(kHeader) +
                 "Åsa,model_training; question_text;,given,2026-01-15,,2027-01-01T00:00:00+01:00,paper,\"binder 3, p. "
                 "4\",dpo,v2\n"
                 "Bo,model_training,refused,2026-01-16T08:30:00Z,,,,,,\n",
             500);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->recorded, 3U);
  const auto events = list_consent(*database_);
  ASSERT_EQ(events->size(), 3U);
  const ConsentStatement& first = (*events)[0].statement;
  EXPECT_EQ(first.subject, "Åsa");
  EXPECT_EQ(first.scope, Scope::kModelTraining);
  EXPECT_EQ((*events)[1].statement.scope, Scope::kQuestionText);
  EXPECT_EQ(first.given_at_us, day("2026-01-15"));
  EXPECT_EQ(first.covers_from_us, first.given_at_us);
  EXPECT_EQ(first.expires_at_us, day("2026-12-31T23:00:00Z"));
  EXPECT_EQ(first.evidence, "binder 3, p. 4");
  EXPECT_EQ(first.notice, "v2");
  EXPECT_EQ((*events)[0].recorded_at_us, 500);
  EXPECT_EQ(list_consent(*database_, "BO")->size(), 1U);
  EXPECT_FALSE((*list_consent(*database_, "BO"))[0].statement.expires_at_us);
}

TEST_F(Consent, TheSameRowTwiceIsRecordedOnce) {
  const std::string row = "Anna,model_training,given,2026-01-01,,,paper,,dpo,\n";
  ASSERT_TRUE(import(kHeader + row + row));
  const auto again = import(kHeader + row, 99);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->recorded, 0U);
  EXPECT_EQ(again->known, 1U);
  EXPECT_EQ(list_consent(*database_)->size(), 1U);
  // After a withdrawal an old row, imported once more, brings nothing back.
  const std::array scopes = {Scope::kModelTraining};
  ASSERT_TRUE(withdraw_consent(*database_, "anna", scopes, day("2026-02-01"), "", "anna", day("2026-02-01")));
  ASSERT_TRUE(import(kHeader + row, day("2026-03-01")));
  const auto view = LedgerView::load(*database_, day("2026-03-01"));
  EXPECT_EQ(view->may_use("anna", Scope::kModelTraining, day("2026-01-10")).reason, kWithdrawn);
}

TEST_F(Consent, SaysWhereARowIsWrongAndImportsNothing) {
  const std::string good = std::string(kHeader) + "Anna,model_training,given,2026-01-01,,,,,,\n";
  EXPECT_TRUE(has(error_of(good + "Bo,question_txt,given,2026-01-01,,,,,,\n"),
                  "consent.csv, line 3, column scope: not a known scope; the nearest is \"question_text\""));
  EXPECT_TRUE(has(error_of(good + "Bo,model_training,gave,2026-01-01,,,,,,\n"),
                  "line 3, column status: not a known status; the nearest is \"given\""));
  EXPECT_TRUE(
      has(error_of(good + "Bo,model_training,given,01/02/2026,,,,,,\n"), "line 3, column given_at: not a time"));
  EXPECT_TRUE(has(error_of(good + "Bo,model_training,given,,,,,,,\n"), "line 3, column given_at: not a time"));
  EXPECT_TRUE(
      has(error_of(good + "Bo,model_training,given,2026-02-30,,,,,,\n"), "line 3, column given_at: not a time"));
  EXPECT_TRUE(
      has(error_of(good + "Bo,model_training,given,2026-01-01,x,,,,,\n"), "line 3, column covers_from: not a time"));
  EXPECT_TRUE(has(error_of(good + "Bo,model_training,given,2026-01-01,,2026-01-01,,,,\n"),
                  "line 3, column: expires_at: not later than given_at"));
  EXPECT_TRUE(has(error_of(good + "Bo,;,given,2026-01-01,,,,,,\n"), "line 3, column scope: no scope is named"));
  EXPECT_TRUE(has(error_of(good + "unknown,model_training,given,2026-01-01,,,,,,\n"), "line 3, column subject"));
  EXPECT_TRUE(has(error_of("subject,scope,state,given_at\n"), "column 3 has no known name; the nearest is \"status\""));
  EXPECT_TRUE(has(error_of("subject,scope,status\n"), "column given_at is missing"));
  EXPECT_TRUE(list_consent(*database_)->empty());
  // What stands in the row is not repeated.
  EXPECT_FALSE(has(error_of(good + "Bo,Anna Svensson,given,2026-01-01,,,,,,\n"), "Svensson"));
}

TEST_F(Consent, IsAppendOnly) {
  ASSERT_TRUE(import(std::string(kHeader) + "Anna,model_training,given,2026-01-01,,,,,,\n"));
  for (const char* sql :
       {"UPDATE consent_events SET status = 'refused'", "DELETE FROM consent_events",
        "REPLACE INTO consent_events SELECT id, subject, subject_key, scope, 'refused', given_at, covers_from, "
        "expires_at, method, evidence, recorded_by, notice, recorded_at FROM consent_events"}) {
    const auto changed = database_->execute(sql);
    ASSERT_FALSE(changed) << sql;
    EXPECT_EQ(changed.error().code, ErrorCode::kRefused);
    EXPECT_TRUE(has(changed.error().message, "append-only"));
  }
  EXPECT_EQ((*list_consent(*database_))[0].statement.status, ConsentStatus::kGiven);
}

TEST_F(Consent, IsGivenAndWithdrawnByHand) {
  const std::array scopes = {Scope::kModelTraining, Scope::kRationaleText};
  ConsentStatement terms;
  terms.given_at_us = 1'000;
  terms.covers_from_us = 0;
  terms.method = "command";
  EXPECT_EQ(give_consent(*database_, " Anna ", scopes, terms, 1'000)->recorded, 2U);
  const std::array one = {Scope::kRationaleText};
  EXPECT_EQ(withdraw_consent(*database_, "ANNA", one, 2'000, "", "dpo", 2'000)->recorded, 1U);
  const auto before = LedgerView::load(*database_, 1'999), after = LedgerView::load(*database_, 2'000);
  EXPECT_TRUE(before->may_use("anna", Scope::kRationaleText, 500).allowed);
  EXPECT_EQ(after->may_use("anna", Scope::kRationaleText, 500).reason, kWithdrawn);
  EXPECT_TRUE(after->may_use("anna", Scope::kModelTraining, 500).allowed);
  EXPECT_EQ(list_consent(*database_)->front().statement.subject, "Anna");

  EXPECT_FALSE(give_consent(*database_, "manual", scopes, terms, 1));
  EXPECT_FALSE(give_consent(*database_, "Bo", {}, terms, 1));
  terms.method = "a\x01";
  EXPECT_FALSE(give_consent(*database_, "Bo", scopes, terms, 1));
  EXPECT_TRUE(list_consent(*database_, "Bo")->empty());
  // A withdrawal is never refused for want of an agreement.
  EXPECT_EQ(withdraw_consent(*database_, "Cy", one, 1, "", "", 1)->recorded, 1U);
}

TEST_F(Consent, AnAgreementThatRanOutIsNotedOnceForAllTime) {
  ASSERT_TRUE(import(std::string(kHeader) + "Anna,model_training,given,2026-01-01,,2026-02-01,,,,\n"));
  const std::int64_t recorded_us = (*list_consent(*database_))[0].recorded_at_us;
  const std::int64_t now_us = std::max(recorded_us, *parse_day_or_instant("2026-03-01"));
  EXPECT_EQ(*note_expired_consent(*database_, now_us), 1U);
  EXPECT_EQ(*note_expired_consent(*database_, now_us + 1), 0U);
  // When the time of the entry's body is over, when it was made is what is left of it.
  ASSERT_TRUE(remove_bodies_before(*database_, now_us + 2));
  EXPECT_EQ(*note_expired_consent(*database_, now_us + 2), 0U);
  // What comes on record only then is news.
  const std::array scopes = {Scope::kModelTraining};
  ConsentStatement terms;
  terms.given_at_us = 1'000;
  terms.covers_from_us = 0;
  terms.expires_at_us = 2'000;
  ASSERT_TRUE(give_consent(*database_, "Bo", scopes, terms, now_us + 3));
  EXPECT_EQ(*note_expired_consent(*database_, now_us + 3), 1U);
  EXPECT_EQ(*note_expired_consent(*database_, now_us + 4), 0U);
}

TEST_F(Consent, TheViewKnowsTheRegister) {
  const std::vector<ProjectClaim> claims = {{"p", "Anna"}};
  ASSERT_TRUE(confirm_owners(*database_, claims, 5));
  const auto view = LedgerView::load(*database_, 1);
  ASSERT_NE(view->owner("p"), nullptr);
  EXPECT_EQ(view->owner("p")->subject_key, "anna");
  EXPECT_EQ(view->owner("q"), nullptr);
  EXPECT_EQ(view->as_of_us(), 1);
}

std::string json_error(std::string_view content) {
  const auto statements = parse_consent_json(content, "consent.json");
  return statements ? "no error" : statements.error().message;
}

TEST(ConsentJson, ReadsTheFormatOfItsSchema) {
  const auto statements = parse_consent_json(R"({"version": 1, "subject": "Anna", "consents": [
    {"scopes": ["model_training", "question_text"], "status": "given", "given_at": "2026-01-15", "covers_from": "2025-08-01",
     "expires_at": null, "method": "form", "evidence": "", "recorded_by": "Anna", "notice": "v1"},
    {"scope": "share_external", "status": "refused", "given_at": "2026-01-15T10:00:00Z"}]})",
                                             "consent.json");
  ASSERT_TRUE(statements) << statements.error().message;
  ASSERT_EQ(statements->size(), 3U);
  EXPECT_EQ((*statements)[1].scope, Scope::kQuestionText);
  EXPECT_EQ((*statements)[1].covers_from_us, day("2025-08-01"));
  EXPECT_EQ((*statements)[1].method, "form");
  EXPECT_FALSE((*statements)[0].expires_at_us);
  EXPECT_EQ((*statements)[2].status, ConsentStatus::kRefused);
  EXPECT_EQ((*statements)[2].covers_from_us, (*statements)[2].given_at_us);
}

TEST(ConsentJson, SaysWhereItIsWrong) {
  const auto with = [](std::string_view consents) {
    return json_error(R"({"version": 1, "subject": "Anna", "consents": [)" + std::string(consents) + "]}");
  };
  EXPECT_TRUE(has(json_error("{\n\"version\": 1,\n Anna"), "consent.json, line 3: not valid JSON"));
  EXPECT_FALSE(has(json_error("{\n\"version\": 1,\n Anna"), "Anna"));
  EXPECT_TRUE(has(json_error(""), "not valid JSON"));
  EXPECT_TRUE(has(json_error("[]"), "an object is needed"));
  EXPECT_TRUE(has(json_error(R"({"version": 2, "subject": "a", "consents": []})"), "version: must be 1"));
  EXPECT_TRUE(has(json_error(R"({"version": 1, "version": 1, "subject": "a", "consents": []})"), "stands twice"));
  EXPECT_TRUE(has(json_error(R"({"version": 1, "subjct": "a", "consents": []})"), "nearest is \"subject\""));
  EXPECT_TRUE(has(json_error(R"({"version": 1, "subject": "a"})"), "consents: a list"));
  EXPECT_TRUE(has(json_error(R"({"version": 1, "subject": 7, "consents": []})"), "subject: a string"));
  EXPECT_TRUE(has(with("3"), "consents[0]: an object"));
  EXPECT_TRUE(has(with(R"({"status": "given", "given_at": "2026-01-01"})"), "consents[0]: either"));
  EXPECT_TRUE(
      has(with(R"({"scope": "x", "scopes": [], "status": "given", "given_at": "2026-01-01"})"), "consents[0]: either"));
  EXPECT_TRUE(has(with(R"({"scope": "share_extern", "status": "given", "given_at": "2026-01-01"})"),
                  "consents[0] scope: not a known scope; the nearest is \"share_external\""));
  EXPECT_TRUE(has(with(R"({"scope": "share_external", "status": 1, "given_at": "2026-01-01"})"),
                  "consents[0] status: a string"));
  EXPECT_TRUE(has(with(R"({"scopes": [], "status": "given", "given_at": "2026-01-01"})"), "no scope is named"));
  EXPECT_NE(json_error(std::string(100'000, '[')), "no error");
  EXPECT_NE(json_error(R"({"version": 1, "subject": "a", "consents": [{"scope": [[[[[[[[[[1]]]]]]]]]]}]})"),
            "no error");
}

}  // namespace
}  // namespace qf
