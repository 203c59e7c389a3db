#include "qf/core/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <utf8proc.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

namespace qf {
namespace {

using namespace std::string_literals;

std::string normalised(std::string_view text) {
  std::string out = "left from before";
  normalise_for_comparison(text, out);
  return out;
}

// The same by utf8proc's own mapping, then white space collapsed one code point at a time.
std::string plainly_normalised(const std::string& text) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                                                  UTF8PROC_CASEFOLD | UTF8PROC_IGNORE));
  EXPECT_GE(length, 0);
  const std::string all(reinterpret_cast<char*>(mapped), static_cast<std::size_t>(length));
  std::free(mapped);  // NOLINT(cppcoreguidelines-no-malloc): utf8proc hands out memory of malloc
  std::string out;
  bool space = false;
  for (std::size_t at = 0; at < all.size();) {
    const char32_t c = decode_utf8(all, at);
    const bool white = c == 0x20 || (c >= 9 && c <= 13) || c == 0x85 || c == 0x1680 || c == 0x2028 || c == 0x2029;
    if (white) {
      space = true;
      continue;
    }
    if (space && !out.empty()) out += ' ';
    space = false;
    append_utf8(c, out);
  }
  return out;
}

// Letters of the fast path, others that fold or combine in special ways, marks and white space, mixed.
std::string random_text(bool plain_only) {
  static const std::vector<std::string> plain = {"a",  "B",  "z",    "Z",    "@", "[", "0", " ",     "  ",
                                                 "\t", "\n", "å",    "Ä",    "ö", "É", "×", "÷",     "Þ",
                                                 "ÿ",  "À",  "\x01", "\x7f", ".", "=", "<", "word ", "Frågan "};
  static const std::vector<std::string> others = {
      "ß",      "µ", "\u0301", "\u0308", "\u0327", "\u0345", "\u00a0", "\u2003", "\u3000", "\u00ad", "\u200b",
      "ﬁ",      "½", "İ",      "Σ",      "ς",      "가",     "\u1100", "\u1161", "\u11a8", "\u0338", "Å",
      "\ufdfa", "😀", "\u2028", "\u0085", "¨",      "“",      "ẞ",      "ŉ",      "\u0344", "\u1e9b", "\ufeff"};
  const std::size_t pieces = *rc::gen::inRange<std::size_t>(0, 60);
  std::string text;
  for (std::size_t i = 0; i < pieces; ++i) {
    const bool other = !plain_only && *rc::gen::inRange(0, 3) == 0;
    const auto& from = other ? others : plain;
    text += from[*rc::gen::inRange<std::size_t>(0, from.size())];
  }
  return text;
}

RC_GTEST_PROP(Normalise, PlainTextIsAsTheSlowPathHasIt, ()) {
  const std::string text = random_text(true);
  RC_ASSERT(normalised(text) == plainly_normalised(text));
}

RC_GTEST_PROP(Normalise, MixedTextIsAsTheSlowPathHasIt, ()) {
  const std::string text = random_text(false);
  RC_ASSERT(normalised(text) == plainly_normalised(text));
}

RC_GTEST_PROP(Normalise, AnyCodePointsAreAsTheSlowPathHasThem, (const std::vector<std::uint32_t>& numbers)) {
  std::string text;
  for (const std::uint32_t number : numbers) {
    const char32_t c = number % 2 == 0 ? number % 0x250 : number % 0x110000;
    if (c < 0xD800 || c > 0xDFFF) append_utf8(c, text);
  }
  RC_ASSERT(normalised(text) == plainly_normalised(text));
}

TEST(ShellQuoted, IsOneWordForAShell) {
  EXPECT_EQ(shell_quoted("a b"), "'a b'");
  EXPECT_EQ(shell_quoted("Åsas 'x'"), R"('Åsas '\''x'\''')");
}

TEST(Normalise, EveryCodePointBetweenLetters) {
  for (char32_t c = 0; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 37) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text = "Aö ";
    append_utf8(c, text);
    text += "E";
    append_utf8(c, text);
    ASSERT_EQ(normalised(text), plainly_normalised(text)) << static_cast<std::uint32_t>(c);
  }
}

TEST(Normalise, SaysWhatTwoTextsShare) {
  EXPECT_EQ(normalised("  Vad är\t\n OSMOS?  "), "vad är osmos?");
  EXPECT_EQ(normalised("ÅÄÖ ÉTUDE"), "åäö étude");
  EXPECT_EQ(normalised("A\u030angstro\u0308m"), normalised("Ångström"));
  EXPECT_EQ(normalised("STRASSE"), normalised("Straße"));
  EXPECT_EQ(normalised("ﬁn\u00a0text"), "fin text");
  EXPECT_EQ(normalised(""), "");
  EXPECT_EQ(normalised(" \u3000\t"), "");
  EXPECT_EQ(normalised("?!"), "?!");
  EXPECT_EQ(normalised("a\0b"s), "a\0b"s);
  EXPECT_EQ(normalised("a\xFF"
                       "b"),
            "a\uFFFD"
            "b");
  EXPECT_EQ(normalised("abc\xC3"), "abc\uFFFD");
}

TEST(Normalise, TakesLinearTimeOnALongRunOfMarks) {
  std::string text = "a";
  for (int i = 0; i < 300'000; ++i) text += i % 2 == 0 ? "\u0315" : "\u0327";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(normalised(text).size(), text.size());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
  std::string alternating;
  for (int i = 0; i < 300'000; ++i) alternating += i % 2 == 0 ? "a" : "\ufdfa";
  normalise_for_comparison(alternating, text);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
}

TEST(Utf8, NamesTheFirstBadByte) {
  EXPECT_FALSE(first_invalid_utf8(""));
  EXPECT_FALSE(first_invalid_utf8("Räksmörgås 😀 \u0000\U0010FFFF"s));
  const std::vector<std::string> bad = {"\x80",
                                        "\xBF",
                                        "\xC0\x80",
                                        "\xC1\xBF",
                                        "\xC3",
                                        "\xE0\x9F\xBF",
                                        "\xED\xA0\x80",
                                        "\xED\xBF\xBF",
                                        "\xE2\x82",
                                        "\xF0\x8F\xBF\xBF",
                                        "\xF4\x90\x80\x80",
                                        "\xF5\x80\x80\x80",
                                        "\xFF",
                                        "\xC3\x28",
                                        "\xF0\x9F\x98"};
  for (const std::string& sequence : bad)
    for (const std::size_t before : {0U, 1U, 7U, 8U, 9U, 64U}) {
      const std::string text = std::string(before, 'a') + "ö" + sequence + "zzzzzzzzzz";
      EXPECT_EQ(first_invalid_utf8(text), before + 2) << before;
    }
}

RC_GTEST_PROP(Utf8, AgreesWithADecoderOfOneCodePointAtATime, (const std::vector<std::uint8_t>& bytes)) {
  std::string text = "aaaaaaaaö";
  for (const std::uint8_t byte : bytes) text.push_back(static_cast<char>(byte));
  std::optional<std::size_t> expected;
  for (std::size_t at = 0; at < text.size() && !expected;) {
    utf8proc_int32_t c = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + at,
                                         static_cast<utf8proc_ssize_t>(text.size() - at), &c);
    if (length <= 0)
      expected = at;
    else
      at += static_cast<std::size_t>(length);
  }
  RC_ASSERT(first_invalid_utf8(text) == expected);
}

TEST(Utf8, WritesAndReadsEveryCodePoint) {
  for (char32_t c = 0; c <= 0x10FFFF; c += c < 0x11000 ? 1 : 97) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    append_utf8(c, text);
    std::size_t at = 0;
    ASSERT_EQ(decode_utf8(text, at), c);
    ASSERT_EQ(at, text.size());
    ASSERT_FALSE(first_invalid_utf8(text));
  }
}

TEST(Casefold, MakesSpellingsOfANameEqual) {
  EXPECT_EQ(casefold_nfc("ÅSA"), casefold_nfc("A\u030asa"));
  EXPECT_EQ(casefold_nfc("Weiß"), casefold_nfc("WEISS"));
  EXPECT_EQ(casefold_nfc("Per  Öberg "), "per  öberg ");
  EXPECT_NE(casefold_nfc("x²"), casefold_nfc("x2"));
  EXPECT_EQ(casefold_nfc("A\xFF"), "A\xFF");
  EXPECT_EQ(casefold_nfc(""), "");
}

TEST(Words, AreRunsOfLettersAndDigits) {
  EXPECT_EQ(count_words(""), 0U);
  EXPECT_EQ(count_words(" ?! – …"), 0U);
  EXPECT_EQ(count_words("Förklara hur 3 celler överlever."), 5U);
  EXPECT_EQ(count_words("ÅÄÖ-prov"), 2U);
  EXPECT_EQ(count_words("细胞 是"), 2U);
  EXPECT_EQ(count_words("a\u0308pple"), 1U);
  EXPECT_EQ(count_words("a\u00a0b×c"), 3U);
}

// The textbook table, as the measure of the bit-parallel one.
int plain_distance(const std::string& a, const std::string& b) {
  const auto points = [](const std::string& text) {
    std::vector<char32_t> all;
    for (std::size_t at = 0; at < text.size();) all.push_back(decode_utf8(text, at));
    return all;
  };
  const auto x = points(a), y = points(b);
  std::vector<std::vector<int>> table(x.size() + 1, std::vector<int>(y.size() + 1, 0));
  for (std::size_t i = 0; i <= x.size(); ++i)
    for (std::size_t j = 0; j <= y.size(); ++j) {
      if (i == 0 || j == 0) {
        table[i][j] = static_cast<int>(i + j);
        continue;
      }
      table[i][j] =
          std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (x[i - 1] == y[j - 1] ? 0 : 1)});
    }
  return table[x.size()][y.size()];
}

RC_GTEST_PROP(EditDistance, IsThatOfTheTextbook, ()) {
  const auto any = [] {
    static const std::vector<std::string> letters = {"a", "b", "c", "å", "ö", "😀"};
    const std::size_t length = *rc::gen::inRange<std::size_t>(0, 220);
    const std::size_t kinds = *rc::gen::inRange<std::size_t>(1, 7);
    std::string text;
    for (std::size_t i = 0; i < length; ++i) text += letters[*rc::gen::inRange<std::size_t>(0, kinds)];
    return text;
  };
  const std::string a = any(), b = any();
  RC_ASSERT(edit_distance(a, b, 1000) == plain_distance(a, b));
}

TEST(EditDistance, KnowsItsLimits) {
  EXPECT_EQ(edit_distance("", "", 0), 0);
  EXPECT_EQ(edit_distance("", "åäö", 3), 3);
  EXPECT_EQ(edit_distance("sitting", "kitten", 10), 3);
  EXPECT_EQ(edit_distance("år", "ar", 2), 1);
  EXPECT_EQ(edit_distance(std::string(64, 'a'), std::string(65, 'b'), 100), 65);
  EXPECT_FALSE(edit_distance("åäö", "abcd", 3));
  EXPECT_FALSE(edit_distance("abcd", "a", 3));
  EXPECT_FALSE(edit_distance("a\xFF", "a", 10));
}

TEST(NearestName, SuggestsOnlyWhatIsNear) {
  constexpr std::string_view kKnown[] = {"min_sessions", "min_subjects", "ratios", "text", "k"};
  EXPECT_EQ(nearest_name("min_sesions", kKnown), "min_sessions");
  EXPECT_EQ(nearest_name("ration", kKnown), "ratios");
  EXPECT_EQ(nearest_name("Text", kKnown), "text");
  EXPECT_EQ(nearest_name("audience", kKnown), "");
  EXPECT_EQ(nearest_name("x", kKnown), "");
  EXPECT_EQ(nearest_name("", kKnown), "");
  EXPECT_EQ(nearest_name(std::string(10'000, 'x'), kKnown), "");
}

}  // namespace
}  // namespace qf
