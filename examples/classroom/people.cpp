// Invented teachers and pupils. Addresses and numbers come from ranges that are kept free for fiction.
#include "people.h"

#include <fmt/format.h>

namespace classroom {
namespace {

constexpr std::string_view kFirstNames[] = {"Maria",  "Erik",  "Fatima", "Johan", "Ingrid", "Amir",   "Karin", "Oskar",
                                            "Helena", "David", "Sofia",  "Nils",  "Yasmin", "Gustav", "Elsa",  "Peter"};
constexpr std::string_view kLastNames[] = {"Ek",      "Sandberg", "Nouri", "Hallgren", "Wiklund", "Dahlin", "Rosén",
                                           "Forsman", "Lindh",    "Öberg", "Hassan",   "Palm",    "Ståhl"};
constexpr std::string_view kPupils[] = {"Elin",  "Hugo", "Leila", "Anton", "Wilma",
                                        "Samir", "Tuva", "Isak",  "Nora",  "Milo"};
constexpr std::string_view kClasses[] = {"NA2b", "TE1c", "SA3a", "EK2d", "NA1a"};

constexpr Agreement kAgreements[] = {Agreement::kEverything,         Agreement::kEverything, Agreement::kEverything,
                                     Agreement::kEverything,         Agreement::kEverything, Agreement::kEverything,
                                     Agreement::kEverything,         Agreement::kEverything, Agreement::kTrainingOnly,
                                     Agreement::kTrainingAndSharing, Agreement::kNoRecord,   Agreement::kRefused,
                                     Agreement::kWithdrawn,          Agreement::kExpired};

// Account names hold no letters beyond ASCII.
std::string account(std::string_view first, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < first.size() + last.size() + 1; ++i) {
    const char c = i < first.size() ? first[i] : i == first.size() ? '.' : last[i - first.size() - 1];
    if (c >= 'A' && c <= 'Z')
      out += static_cast<char>(c + 32);
    else if (static_cast<unsigned char>(c) < 0x80)
      out += c;
    else if (static_cast<unsigned char>(c) == 0xc3) {
      const char next = i < first.size() ? first[i + 1] : last[i - first.size()];
      const auto low = static_cast<unsigned char>(next) | 0x20U;  // the second byte of é, å, ä or ö in lower case
      out += low == 0xa9 ? 'e' : low == 0xb6 ? 'o' : 'a';
    }
  }
  return out;
}

}  // namespace

std::vector<Teacher> make_teachers(std::size_t count, std::uint64_t seed) {
  std::vector<Teacher> teachers;
  Random random(seed, "teachers", 0);
  const std::size_t shift = random.below(std::size(kLastNames));
  for (std::size_t i = 0; i < count; ++i) {
    Teacher teacher;
    teacher.number = i;
    teacher.subject_id = fmt::format("teacher-{:02}", i + 1);
    teacher.first_name = kFirstNames[i % std::size(kFirstNames)];
    // 16 and 13 have no common factor: 208 teachers have 208 names; later ones get a number.
    teacher.user = account(teacher.first_name, kLastNames[(i + shift) % std::size(kLastNames)]);
    const std::size_t round = i / (std::size(kFirstNames) * std::size(kLastNames));
    if (round > 0) teacher.user += std::to_string(round + 1);
    teacher.language = i % 3 == 2 ? Language::kEnglish : Language::kSwedish;
    teacher.subject = &subjects()[i % kSubjectCount];
    teacher.agreement = kAgreements[i % std::size(kAgreements)];
    switch (i % 5) {
      case 3:
        teacher.courses = fmt::format("/Users/{}/Library/Mobile Documents/com~apple~CloudDocs/Kurser", teacher.user);
        break;
      case 4: teacher.courses = fmt::format("/home/{}/Dropbox/Courses", teacher.user); break;
      default: teacher.courses = fmt::format("/Users/{}/Nextcloud/Kurser", teacher.user);
    }
    teachers.push_back(std::move(teacher));
  }
  return teachers;
}

std::string consent_csv(const std::vector<Teacher>& teachers) {
  constexpr std::string_view kAll =
      "model_training;question_text;correction_text;rationale_text;share_internal;share_external";
  std::string out = "subject,scope,status,given_at,covers_from,expires_at,method,evidence,recorded_by,notice\n";
  const auto row = [&](const Teacher& teacher, std::string_view scope, std::string_view status,
                       std::string_view given_at, std::string_view covers_from, std::string_view expires_at) {
    out += fmt::format("{},{},{},{},{},{},written form,form-{:03},school office,notice-2026-1\n", teacher.subject_id,
                       scope, status, given_at, covers_from, expires_at, teacher.number + 1);
  };
  for (const Teacher& teacher : teachers) {
    switch (teacher.agreement) {
      case Agreement::kEverything: row(teacher, kAll, "given", "2026-05-04T08:00:00Z", "2026-01-01", ""); break;
      case Agreement::kTrainingOnly:
        row(teacher, "model_training", "given", "2026-05-04T08:10:00Z", "2026-01-01", "");
        break;
      case Agreement::kTrainingAndSharing:
        row(teacher, "model_training;share_internal;share_external", "given", "2026-05-04T08:20:00Z", "2026-01-01", "");
        break;
      case Agreement::kNoRecord: break;
      case Agreement::kRefused: row(teacher, kAll, "refused", "2026-05-04T08:30:00Z", "", ""); break;
      case Agreement::kWithdrawn:
        row(teacher, kAll, "given", "2026-02-02T07:30:00Z", "2026-01-01", "");
        row(teacher, kAll, "withdrawn", "2026-03-10T15:00:00Z", "", "");
        break;
      case Agreement::kExpired:
        row(teacher, kAll, "given", "2026-02-02T07:45:00Z", "2026-01-01", "2026-04-30T00:00:00Z");
        break;
    }
  }
  return out;
}

std::string_view pupil_name(Random& random) { return random.pick(kPupils); }

std::string reason_text(const Subject& subject, Language language, Random& random) {
  std::string out;
  compose(out, random.pick(phrases(language).rationales), subject.lexicon(language), random);
  const bool swedish = language == Language::kSwedish;
  if (!random.chance(3)) return out;
  const std::string_view pupil = pupil_name(random);
  const std::string_view group = random.pick(kClasses);
  switch (random.below(6)) {
    case 0:
      out += fmt::format(
          fmt::runtime(swedish ? " Fråga {0} i {1}, tel 070-174 06 {2}." : " Ask {0} in {1}, phone 070-174 06 {2}."),
          pupil, group, random.between(10, 99));
      break;
    case 1:
      out += fmt::format(fmt::runtime(swedish ? " {0} mejlade {0}.{1}@elev.example om den."
                                              : " {0} wrote from {0}.{1}@pupil.example."),
                         pupil, group);
      break;
    default:
      out += fmt::format(fmt::runtime(swedish ? " {0} i {1} fastnade just här." : " {0} in {1} got stuck just here."),
                         pupil, group);
  }
  return out;
}

}  // namespace classroom
