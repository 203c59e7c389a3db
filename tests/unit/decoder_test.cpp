#include "qf/ingest/decoder.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "qf/ingest/event_table.h"
#include "qf/ingest/line_reader.h"

namespace qf {
namespace {

struct Decoded {
  EventBatch batch;
  DecodeFacts facts;
  std::uint64_t rejected(RejectReason reason) const { return facts.rejected[static_cast<std::size_t>(reason)]; }
};

Decoded decode(const std::string& lines) {
  Decoded decoded;
  LineDecoder decoder([](std::string_view) { return std::string("other"); });
  const std::string padded = lines + std::string(kLinePadding, '\0');
  decoder.decode(std::string_view(padded).substr(0, lines.size()), {0, 1}, decoded.batch, decoded.facts);
  return decoded;
}

std::string envelope(const std::string& event, const std::string& data, const std::string& tool = "m3_stage1") {
  return R"({"ts":"2026-01-20T11:58:44.664Z","v":1,"session_id":"s","mcp":"qf-scaffolding","tool":")" + tool +
         R"(","event":")" + event + R"(","level":"info","data":)" + data + "}\n";
}

const std::string kGood = envelope("user_decision", R"({"decision_type":"bloom_level","user_choice":"Apply"})");

TEST(Decoder, ABadLineCostsNoNeighbour) {
  const Decoded d = decode(kGood + "{\"ts\": nope}\n" + kGood);
  EXPECT_EQ(d.facts.lines, 3U);
  EXPECT_EQ(d.batch.events.size(), 2U);
  EXPECT_EQ(d.rejected(RejectReason::kBadJson), 1U);
  ASSERT_EQ(d.facts.rejected_lines.size(), 1U);
  EXPECT_EQ(d.facts.rejected_lines[0].at.line, 2U);
}

TEST(Decoder, SaysWhyALineIsRejected) {
  const struct {
    std::string line;
    RejectReason reason;
  } cases[] = {
      {"[1]\n", RejectReason::kNotAnObject},
      {"{\"a\": NaN}\n", RejectReason::kNotFiniteNumber},
      {"{\"a\": -Infinity}\n", RejectReason::kNotFiniteNumber},
      {"{\"a\": 1e400}\n", RejectReason::kNumberOutOfRange},
      {"{\"a\": 18446744073709551616}\n", RejectReason::kNumberOutOfRange},
      {"{\"a\": \"\\ud800\"}\n", RejectReason::kLoneSurrogate},
      {"{\"a\": \"\xff\"}\n", RejectReason::kBadUtf8},
      {"{\"a\": " + std::string(2000, '[') + std::string(2000, ']') + "}\n", RejectReason::kTooDeep},
      {"{\"ts\":\"2026-01-20T11:58:44Z\",\"v\":2,\"session_id\":\"s\",\"mcp\":\"m\",\"tool\":\"t\",\"event\":\"e\","
       "\"level\":\"info\"}\n",
       RejectReason::kUnknownVersion},
      {"{\"ts\":\"2026-01-20T11:58:44Z\",\"v\":1,\"mcp\":\"m\",\"tool\":\"t\",\"event\":\"e\",\"level\":\"info\"}\n",
       RejectReason::kMissingField},
      {"{\"ts\":5,\"v\":1,\"session_id\":\"s\",\"mcp\":\"m\",\"tool\":\"t\",\"event\":\"e\",\"level\":\"info\"}\n",
       RejectReason::kWrongType},
      {"{\"ts\":\"yesterday\",\"v\":1,\"session_id\":\"s\",\"mcp\":\"m\",\"tool\":\"t\",\"event\":\"e\",\"level\":"
       "\"info\"}\n",
       RejectReason::kBadTimestamp},
      {"{\"ts\":\"2026-01-20T11:58:44Z\",\"ts\":\"2026-01-20T11:58:45Z\",\"v\":1,\"session_id\":\"s\",\"mcp\":\"m\","
       "\"tool\":\"t\",\"event\":\"e\",\"level\":\"info\"}\n",
       RejectReason::kDuplicateKey},
      {envelope("user_decision", R"({"decision_type":"a","user_choice":1,"user_choice":2})"),
       RejectReason::kDuplicateKey},
      {envelope("user_decision", R"({"decision_type":"a"})"), RejectReason::kMissingField},
      {envelope("user_decision", R"({"decision_type":7,"user_choice":1})"), RejectReason::kWrongType},
  };
  for (const auto& c : cases) {
    const Decoded d = decode(c.line);
    EXPECT_EQ(d.rejected(c.reason), 1U) << c.line.substr(0, 120);
    EXPECT_TRUE(d.batch.events.empty());
  }
}

TEST(Decoder, BadUtf8IsLocatedByItsByte) {
  const Decoded d = decode("{\"a\": \"ok\xc3\x28\"}\n");
  ASSERT_EQ(d.facts.rejected_lines.size(), 1U);
  EXPECT_EQ(d.facts.rejected_lines[0].byte_offset, 9U);
}

TEST(Decoder, SalvagesAWholeLineBehindHalfAOne) {
  const Decoded d = decode(kGood.substr(0, 40) + kGood);
  EXPECT_EQ(d.facts.lines, 1U);
  EXPECT_EQ(d.facts.salvaged, 1U);
  EXPECT_EQ(d.batch.events.size(), 1U);
}

TEST(Decoder, TwoWholeLinesWithoutALineEndAreTwoLines) {
  const Decoded d = decode(kGood.substr(0, kGood.size() - 1) + kGood);
  EXPECT_EQ(d.facts.lines, 2U);
  EXPECT_EQ(d.batch.events.size(), 2U);
}

TEST(Decoder, EveryCutOfALineIsEitherReadOrRejectedButNeverLost) {
  for (std::size_t cut = 1; cut + 1 < kGood.size(); ++cut) {
    const Decoded d = decode(kGood.substr(0, cut) + "\n" + kGood);
    EXPECT_EQ(d.batch.events.size(), 1U) << cut;
    EXPECT_EQ(d.facts.lines, 2U);
  }
}

TEST(Decoder, KeepsTheTypeOfAChoice) {
  const struct {
    const char* json;
    JsonKind kind;
    const char* bytes;
  } cases[] = {{"\"Apply\"", JsonKind::kString, "Apply"},
               {"20", JsonKind::kNumber, "20"},
               {"true", JsonKind::kBoolean, "true"},
               {R"({"easy": 1, "hard": [2, 3]})", JsonKind::kObject, R"({"easy":1,"hard":[2,3]})"},
               {"[1, \"a\"]", JsonKind::kArray, "[1,\"a\"]"}};
  for (const auto& c : cases) {
    const Decoded d =
        decode(envelope("user_decision", std::string(R"({"decision_type":"x","user_choice":)") + c.json + "}"));
    ASSERT_EQ(d.batch.events.size(), 1U) << c.json;
    const auto* body = std::get<const DecisionBody*>(d.batch.events[0].body);
    EXPECT_EQ(body->choice.kind, c.kind);
    EXPECT_EQ(body->choice.bytes, c.bytes);
  }
}

TEST(Decoder, ConfidenceComesOnOneScale) {
  const auto confidence = [](const char* number) {
    const Decoded d =
        decode(envelope("ai_suggestion", std::string(R"({"suggestion":"a","confidence":)") + number + "}"));
    return std::get<const SuggestionBody*>(d.batch.events.at(0).body)->confidence;
  };
  EXPECT_DOUBLE_EQ(*confidence("0.85").unit, 0.85);
  EXPECT_DOUBLE_EQ(*confidence("85").unit, 0.85);
  EXPECT_DOUBLE_EQ(*confidence("85").logged, 85);
  EXPECT_DOUBLE_EQ(*confidence("1").unit, 1);
  EXPECT_FALSE(confidence("101").unit);
  EXPECT_FALSE(confidence("-0.1").unit);
  const Decoded m5 =
      decode(envelope("question_parsed", R"({"question_id":"Q1","type":"essay","type_confidence":1})", "m5_start"));
  EXPECT_DOUBLE_EQ(*std::get<const SuggestionBody*>(m5.batch.events.at(0).body)->confidence.unit, 0.01);
}

TEST(Decoder, DuplicatesWhereNothingIsReadAreOnlyNoted) {
  const Decoded d = decode(envelope("user_decision", R"({"decision_type":"a","user_choice":1,"x":1,"x":2})"));
  EXPECT_EQ(d.batch.events.size(), 1U);
  EXPECT_EQ(d.facts.duplicates_elsewhere, 1U);
}

TEST(EventTable, EveryRowCanBeReachedByItsName) {
  std::set<const EventType*> reached;
  for (const EventType& type : event_types())
    for (const Layout layout : {Layout::kRfc001, Layout::kFlat, Layout::kPipeline, Layout::kStep1, Layout::kStep3}) {
      if ((type.layouts & in(layout)) == 0) continue;
      const std::string name = type.prefix.empty() ? std::string(type.name) : std::string(type.prefix) + "x";
      reached.insert(find_event_type(layout, type.tool, name));
    }
  for (const EventType& type : event_types()) EXPECT_TRUE(reached.contains(&type)) << type.name;
}

TEST(EventTable, EveryLineOfEveryTypeWithoutItsRequiredFieldsIsRejected) {
  for (const EventType& type : event_types()) {
    if ((type.layouts & in(Layout::kRfc001)) == 0 || !type.prefix.empty()) continue;
    const bool needs = std::any_of(type.fields.begin(), type.fields.end(),
                                   [](const BodyField& f) { return f.need == Need::kRequired; });
    const Decoded d =
        decode(envelope(std::string(type.name), "{}", type.tool.empty() ? "other_tool" : std::string(type.tool)));
    EXPECT_EQ(d.batch.events.empty(), needs || type.name == "correction_made") << type.name;
    EXPECT_EQ(d.facts.lines, 1U);
  }
}

}  // namespace
}  // namespace qf
