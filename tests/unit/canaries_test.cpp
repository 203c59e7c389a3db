#include "qf/run/canaries.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace qf {
namespace {

BuildRequest request_for(Audience audience, TextLevel level) {
  BuildRequest request;
  request.config.audience = audience;
  request.config.text.fill(level);
  return request;
}

TEST(Canaries, NoneComesThroughWhatLeaves) {
  for (const Audience audience : {Audience::kInternal, Audience::kExternal})
    for (const TextLevel level : {TextLevel::kNone, TextLevel::kFeatures, TextLevel::kRedacted}) {
      const auto result = release_canaries(request_for(audience, level));
      ASSERT_TRUE(result) << result.error().message;
      EXPECT_GE(result->planted, 140U);
      EXPECT_EQ(result->survivors, std::vector<std::string>()) << to_string(audience) << ' ' << to_string(level);
    }
}

// What shows that they would be found.
TEST(Canaries, RawTextLetsThemThrough) {
  const auto result = release_canaries(request_for(Audience::kPrivate, TextLevel::kRaw));
  ASSERT_TRUE(result) << result.error().message;
  for (const std::string_view mark :
       {"mail_address", "phone_number", "personal_number", "user_name", "joined_name", "spelled_name", "ordinary_name",
        "bare_phone", "bare_personal_number", "bare_birth_day", "short_birth_day", "student_number"})
    EXPECT_TRUE(std::any_of(result->survivors.begin(), result->survivors.end(), [&](const std::string& one) {
      return one.starts_with(mark) && one.find("data/decisions/") != std::string::npos;
    })) << mark;
}

// A recogniser that fails lets them through, and the gate says so: what it found is planted.
TEST(Canaries, SeeWhichRecogniserFails) {
  struct Failing {
    std::vector<std::string_view> rules;
    std::vector<std::string_view> marks;  // that come through
  };
  const std::vector<Failing> all = {
      {{"known_identity"}, {"user_name", "joined_name", "spelled_name", "ordinary_name"}},
      {{"number_alone"}, {"bare_phone", "bare_birth_day", "short_birth_day", "student_number"}},
      {{"personnummer", "personnummer_spaced", "number_alone"}, {"bare_personal_number"}},
  };
  for (const Failing& one : all) {
    const auto result = release_canaries(request_for(Audience::kInternal, TextLevel::kRedacted), one.rules);
    ASSERT_TRUE(result) << result.error().message;
    for (const std::string_view mark : one.marks)
      EXPECT_TRUE(std::any_of(result->survivors.begin(), result->survivors.end(),
                              [&](const std::string& survivor) {
                                return survivor.starts_with(mark) && survivor.find("data/") != std::string::npos;
                              }))
          << mark << ": " << ::testing::PrintToString(result->survivors);
  }
}

}  // namespace
}  // namespace qf
