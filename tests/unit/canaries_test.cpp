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
      EXPECT_GE(result->planted, 60U);
      EXPECT_EQ(result->survivors, std::vector<std::string>()) << to_string(audience) << ' ' << to_string(level);
    }
}

// What shows that they would be found.
TEST(Canaries, RawTextLetsThemThrough) {
  const auto result = release_canaries(request_for(Audience::kPrivate, TextLevel::kRaw));
  ASSERT_TRUE(result) << result.error().message;
  for (const std::string_view mark : {"mail_address", "phone_number", "personal_number", "user_name"})
    EXPECT_TRUE(std::any_of(result->survivors.begin(), result->survivors.end(), [&](const std::string& one) {
      return one.starts_with(mark) && one.find("data/decisions/") != std::string::npos;
    })) << mark;
}

}  // namespace
}  // namespace qf
