#include "qf/ingest/corrected_wordings.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace qf {
namespace {

TEST(CorrectedWordings, KnowTextsHoweverTheyAreSpaced) {
  CorrectedWordings wordings;
  EXPECT_TRUE(wordings.empty());
  wordings.add("Vad  är en cell?", false);
  EXPECT_TRUE(wordings.contains(" Vad är en\ncell? "));
  EXPECT_FALSE(wordings.contains("Vad är en cell? Och en vävnad?"));
}

TEST(CorrectedWordings, KnowWhatBeginsAsOneThatWasCutOff) {
  CorrectedWordings wordings;
  wordings.add("Vad är en...", true);
  EXPECT_TRUE(wordings.contains("Vad är en cell?"));
  EXPECT_TRUE(wordings.contains("Vad är en"));
  EXPECT_FALSE(wordings.contains("Vad är"));
}

TEST(CorrectedWordings, ACutOffOneCountsAlsoWhereTheSameTextWasThereInFull) {
  CorrectedWordings wordings;
  wordings.add("Vad är", false);
  wordings.add("Vad är...", true);
  EXPECT_TRUE(wordings.contains("Vad är en cell?"));
}

TEST(CorrectedWordings, HoldNothingOfATextWithoutWords) {
  CorrectedWordings wordings;
  wordings.add(" \n", false);
  wordings.add("...", true);
  EXPECT_TRUE(wordings.empty());
  EXPECT_FALSE(wordings.contains(""));
}

// Against the plain definition, with texts of two letters so that many begin with another; and after being written and
// read again.
TEST(CorrectedWordings, AnswerAsAListWould) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const auto text = [&] {
      std::string made;
      for (auto left = random() % 6; left > 0; --left) made += "ab"[random() % 2];
      return made;
    };
    struct One {
      std::string text;
      bool cut_off;
    };
    std::vector<One> all;
    CorrectedWordings wordings;
    for (auto left = random() % 12; left > 0; --left) {
      all.push_back({text(), random() % 2 == 0});
      wordings.add(all.back().text, all.back().cut_off);
    }
    ByteWriter written;
    wordings.save(written);
    ByteReader reader(written.bytes());
    CorrectedWordings read;
    read.load(reader);
    EXPECT_TRUE(reader.ok() && reader.at_end());
    for (int i = 0; i < 30; ++i) {
      const std::string said = text();
      bool expected = false;
      for (const One& one : all)
        if (!one.text.empty()) expected |= one.cut_off ? said.starts_with(one.text) : said == one.text;
      EXPECT_EQ(wordings.contains(said), expected);
      EXPECT_EQ(read.contains(said), expected);
    }
  }
}

TEST(CorrectedWordings, ReadDamagedBytesToTheirEnd) {
  const std::string bytes(12, '\xff');
  ByteReader reader(bytes);
  CorrectedWordings read;
  read.load(reader);
  EXPECT_FALSE(reader.ok());
  EXPECT_TRUE(read.empty());
}

}  // namespace
}  // namespace qf
