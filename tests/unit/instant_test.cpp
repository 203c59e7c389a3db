#include "qf/core/instant.h"

#include <gtest/gtest.h>

namespace qf {
namespace {

TEST(Instant, ReadsEverySpellingThatTheLogsHold) {
  const std::int64_t second = 1'768'910'324LL * kSecondUs;  // 2026-01-20T11:58:44Z
  const struct {
    const char* text;
    std::int64_t time_us;
    int offset;
  } cases[] = {{"2026-01-20T11:58:44Z", second, 0},
               {"2026-01-20T11:58:44.664Z", second + 664'000, 0},
               {"2026-01-20T11:58:44.664434Z", second + 664'434, 0},
               {"2026-01-20T11:58:44.664434999Z", second + 664'434, 0},
               {"2026-01-20T11:58:44+00:00", second, 0},
               {"2026-01-20T13:58:44+02:00", second, 120},
               {"2026-01-20T06:28:44.5-0530", second + 500'000, -330},
               {"2026-01-20 11:58:44Z", second, 0},
               {"2026-01-20t11:58:44z", second, 0},
               {"2026-01-20T11:57:60Z", second - 44 * kSecondUs, 0}};
  for (const auto& c : cases) {
    const auto instant = parse_instant(c.text);
    ASSERT_TRUE(instant) << c.text;
    EXPECT_EQ(instant->time_us, c.time_us) << c.text;
    EXPECT_EQ(instant->offset_minutes, c.offset) << c.text;
  }
}

TEST(Instant, RefusesWhatWouldHaveToBeGuessed) {
  for (const char* text :
       {"", "2026-01-20", "2026-01-20T11:58:44", "2026-02-30T11:58:44Z", "2026-13-01T00:00:00Z", "2026-01-20T24:00:00Z",
        "2026-01-20T11:58:61Z", "2026-01-20T11:58:44.Z", "2026-01-20T11:58:44Z ", "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "20260120T115844Z"})
    EXPECT_FALSE(parse_instant(text)) << text;
}

TEST(Instant, WritesWhatItReads) {
  for (const char* text :
       {"0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "2026-01-20T11:58:44.000001Z", "9999-12-31T23:59:59Z"})
    EXPECT_EQ(format_instant(parse_instant(text)->time_us), text);
}

TEST(Instant, TermsFollowTheSwedishSchoolYear) {
  EXPECT_EQ(format_term(parse_instant("2026-06-30T23:59:59Z")->time_us), "2026-VT");
  EXPECT_EQ(format_term(parse_instant("2026-07-01T00:00:00Z")->time_us), "2026-HT");
}

TEST(Instant, DurationsFallIntoPowersOfTwo) {
  const auto bucket = [](std::int64_t seconds) { return duration_bucket(seconds * kSecondUs); };
  EXPECT_EQ(bucket(-5), "0");
  EXPECT_EQ(bucket(0), "0");
  EXPECT_EQ(bucket(1), "1");
  EXPECT_EQ(bucket(3), "2-3");
  EXPECT_EQ(bucket(4), "4-7");
  EXPECT_EQ(bucket(2047), "1024-2047");
  EXPECT_EQ(bucket(2048), "2048-3599");
  EXPECT_EQ(bucket(3600), "3600+");
}

}  // namespace
}  // namespace qf
