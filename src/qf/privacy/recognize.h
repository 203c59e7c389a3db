// The finders and checks that the table of recognisers is made of, and what they share.
#pragma once

#include <string>

#include "qf/privacy/recognizers.h"

namespace qf {

// Characters, ASCII only.
constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_ascii_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_hex_digit(char c) { return is_ascii_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
// A letter or digit, or a byte of any letter outside ASCII.
constexpr bool is_wordlike(char c) {
  return is_ascii_digit(c) || is_ascii_letter(c) || (static_cast<unsigned char>(c) & 0x80) != 0;
}

// The character at `at`, or 0 outside the text.
inline char char_at(std::string_view text, std::size_t at) { return at < text.size() ? text[at] : '\0'; }
// Whether neither side of [begin, end) goes on with a letter or digit.
bool stands_alone(std::string_view text, std::size_t begin, std::size_t end);
// Whether no digit before or behind, over a hyphen or full stop, makes [begin, end) part of a longer number.
bool digits_alone(std::string_view text, std::size_t begin, std::size_t end);
// The value of at most nine digits.
int number_of(std::string_view digits);
// The digits of a candidate, without what separates them.
std::string digits_of(std::string_view text);
// Luhn's check over all digits (ISO/IEC 7812-1, annex B).
bool luhn(std::string_view digits);
// Whether year, month and day are a day of the Gregorian calendar.
bool is_date(int year, int month, int day);
// Whether the word is one of those in a list with | between; letter case does not count.
bool is_one_of(std::string_view word, std::string_view list);
bool ends_with_one_of(std::string_view word, std::string_view list);

// "von", "de", "al": small words inside names (known_names.cpp).
bool is_particle(std::string_view word);

// Digits from one run on, with what may separate them: at each of at most twelve runs the candidate so far.
struct DigitGroups {
  static constexpr std::size_t kMost = 12;
  std::string digits;
  std::string shape;  // the lengths of the runs and the separators: "6-4", "3 2 4"
};
// Calls `see(groups, begin, end)` for the run at `run` alone, then joined with the next, and so on, while not more
// than three separating characters stand between two runs and there are not more than `most` digits.
template <class See>
void join_digits(const Document& document, std::size_t run, std::size_t most, See see) {
  const auto& runs = document.tokens.digits;
  const std::string_view text = document.text();
  DigitGroups groups;
  for (std::size_t i = run; i < runs.size() && i < run + DigitGroups::kMost; ++i) {
    if (i > run) {
      const std::string_view between = text.substr(runs[i - 1].end, runs[i].begin - runs[i - 1].end);
      if (between.size() > 3 || between.find_first_not_of(" -./()+_") != std::string_view::npos) return;
      groups.shape += between;
    }
    if (groups.digits.size() + (runs[i].end - runs[i].begin) > most) return;
    groups.digits += text.substr(runs[i].begin, runs[i].end - runs[i].begin);
    groups.shape += std::to_string(runs[i].end - runs[i].begin);
    see(groups, runs[run].begin, runs[i].end);
  }
}

// What no check can say more about.
Verdict possible(const Document& document, Candidate candidate);
Verdict confirmed(const Document& document, Candidate candidate);

// Swedish numbers for people and organisations (recognize_identity.cpp).
void find_personal_number(const Document&, std::size_t run, std::vector<Candidate>& found);
Verdict check_personal_number(const Document&, Candidate);
void find_spaced_personal_number(const Document&, std::size_t run, std::vector<Candidate>& found);
Verdict check_spaced_personal_number(const Document&, Candidate);
Verdict check_coordination_number(const Document&, Candidate);
void find_interim_number(const Document&, std::size_t run, std::vector<Candidate>& found);
Verdict check_interim_number(const Document&, Candidate);
void find_organisation_number(const Document&, std::size_t run, std::vector<Candidate>& found);
Verdict check_organisation_number(const Document&, Candidate);
void find_us_ssn(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_bare_us_ssn(const Document&, std::size_t run, std::vector<Candidate>& found);
Verdict check_us_ssn(const Document&, Candidate);
void find_parted_personal_number(const Document&, std::size_t run, std::vector<Candidate>& found);
Verdict check_parted_personal_number(const Document&, Candidate);
Verdict check_parted_coordination_number(const Document&, Candidate);
void find_vat_number(const Document&, std::size_t run, std::vector<Candidate>& found);
Verdict check_vat_number(const Document&, Candidate);

// Days of birth and ages (recognize_birth.cpp).
void find_birth_date(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_abbreviated_birth_date(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_age(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_age_of_somebody(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_age_in_words(const Document&, std::size_t token, std::vector<Candidate>& found);

// Telephone (recognize_phone.cpp).
void find_swedish_phone(const Document&, std::size_t run, std::vector<Candidate>& found);
Verdict check_swedish_phone(const Document&, Candidate);
void find_international_phone(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_american_phone(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_any_phone(const Document&, std::size_t run, std::vector<Candidate>& found);

// Accounts and cards (recognize_account.cpp).
void find_iban(const Document&, std::size_t token, std::vector<Candidate>& found);
Verdict check_iban(const Document&, Candidate);
void find_card(const Document&, std::size_t run, std::vector<Candidate>& found);
Verdict check_card(const Document&, Candidate);
void find_bankgiro(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_plusgiro(const Document&, std::size_t run, std::vector<Candidate>& found);
Verdict check_giro(const Document&, Candidate);

// Machines and their addresses (recognize_net.cpp).
void find_email(const Document&, std::size_t mark, std::vector<Candidate>& found);
void find_spoken_email(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_url(const Document&, std::size_t mark, std::vector<Candidate>& found);
void find_domain(const Document&, std::size_t token, std::vector<Candidate>& found);
Verdict check_url(const Document&, Candidate);
void find_path(const Document&, std::size_t mark, std::vector<Candidate>& found);
void find_ipv4(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_ipv6(const Document&, std::size_t mark, std::vector<Candidate>& found);
void find_mac(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_uuid(const Document&, std::size_t run, std::vector<Candidate>& found);

// Places and groups of people (recognize_place.cpp).
void find_swedish_address(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_english_address(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_post_town(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_post_code(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_post_code_behind_place(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_school(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_company(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_employer(const Document&, std::size_t token, std::vector<Candidate>& found);

// Accounts of people and groups (recognize_account_name.cpp).
void find_account_name(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_mention(const Document&, std::size_t mark, std::vector<Candidate>& found);
void find_id_number(const Document&, std::size_t run, std::vector<Candidate>& found);
void find_class(const Document&, std::size_t token, std::vector<Candidate>& found);

// What is said of accounts in words (recognize_login.cpp).
void find_stated_name(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_account_beside(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_labelled_staff(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_labelled_student(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_labelled_user(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_student_account(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_key(const Document&, std::size_t token, std::vector<Candidate>& found);
void find_stated_secret(const Document&, std::size_t token, std::vector<Candidate>& found);

}  // namespace qf
