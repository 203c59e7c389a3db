#include "qf/privacy/sensitive.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "qf/privacy/recognize.h"

namespace qf {
namespace {

// Words of the special categories. Strong: said of a person and of nothing else in a school. Weak: taught too.
struct Category {
  std::string_view name;
  std::string_view strong;
  std::string_view weak;
};
constexpr std::array<Category, 6> kCategories = {{
    {"health",
     "sjukskriven|sjukskrivning|sjukskrivna|sjukanmäld|sjukanmälde|dyslexi|dyslektiker|dyskalkyli|adhd|autism|asperger|"
     "aspergers|npf|npf-diagnos|bup|"
     "elevhälsan|elevhälsoteam|utbränd|utmattning|utmattningssyndrom|självmord|självskadar|ätstörning|anorexi|"
     "särskola|anpassad|åtgärdsprogram|särskilt "
     "stöd|sjukhus|psykolog|kurator|dyslexia|dyslexic|autistic|bipolar|suicidal|anorexia",
     "sjuk|sjuka|diagnos|diagnosen|depression|deprimerad|ångest|cancer|diabetes|epilepsi|astma|allergi|allergisk|"
     "gravid|hiv|missbruk|alkoholist|rehab|medicin|"
     "mediciner|medicinering|behandling|funktionsnedsättning|funktionshinder|synskadad|hörselskadad|rullstol|"
     "sick|illness|diagnosis|diagnosed|depressed|anxiety|epilepsy|asthma|pregnant|medication|disability|disabled|"
     "therapy|wheelchair|addiction"},
    {"religion", "",
     "muslim|muslimer|muslimsk|kristen|kristna|judisk|jude|judar|katolik|katolsk|hindu|buddhist|ateist|ramadan|fastar|"
     "slöja|hijab|moské|synagoga|religion|religiös|konfirmation|"
     "christian|jewish|jew|catholic|atheist|mosque|synagogue|religious|hindus|muslims"},
    {"union", "facket|fackligt|fackombud|facklig|lärarförbundet|strejkar",
     "strejk|lo|tco|saco|union|unionised|unionized|strike"},
    {"origin", "",
     "invandrare|flykting|asylsökande|nyanländ|nyanlända|ensamkommande|rom|romer|same|samer|etnicitet|hudfärg|refugee|"
     "immigrant|ethnicity|asylum|race"},
    {"orientation", "",
     "homosexuell|bisexuell|lesbisk|bög|gay|lesbian|transperson|transsexuell|hbtq|sexualitet|bisexual|homosexual|"
     "transgender"},
    {"politics", "",
     "socialdemokrat|moderat|sverigedemokrat|vänsterpartist|liberal|centerpartist|miljöpartist|kristdemokrat|kommunist|"
     "nazist|partimedlem|röstar|röstade|"
     "republican|democrat|communist|voted"},
}};

constexpr std::string_view kPupilWords =
    "elev|eleven|elevens|elever|eleverna|elevernas|pupil|pupils|skolbarn|barnet|barnets|dottern|sonen|vårdnadshavare|"
    "vårdnadshavaren|målsman|föräldrarna|föräldrar|mentorselev|mentorselever";
// Words that speak of one person.
constexpr std::string_view kPersonWords =
    "hon|han|honom|henne|hennes|hans|hen|hens|jag|mig|min|mitt|mina|du|dig|he|she|him|her|his|hers|i|me|my|they|"
    "kollega|kollegan|läraren|rektorn|"
    "eleven|elevens|elev|pupil|student|studenten|barnet|mamma|pappa|teacher|colleague";

struct WordMeaning {
  std::uint8_t category = 0;
  bool strong = false;
};

struct Lexicon {
  std::unordered_map<std::uint64_t, WordMeaning> words;
  std::unordered_map<std::uint64_t, bool> pupils, persons;
  std::array<bool, 4096> filter{};

  Lexicon() {
    const auto each = [](std::string_view list, auto visit) {
      while (!list.empty()) {
        const std::size_t end = std::min(list.find('|'), list.size());
        visit(word_hash(list.substr(0, end)));
        list.remove_prefix(std::min(end + 1, list.size()));
      }
    };
    for (std::size_t i = 0; i < kCategories.size(); ++i) {
      each(kCategories[i].weak, [&](std::uint64_t hash) { words[hash] = {static_cast<std::uint8_t>(i), false}; });
      each(kCategories[i].strong, [&](std::uint64_t hash) { words[hash] = {static_cast<std::uint8_t>(i), true}; });
    }
    each(kPupilWords, [&](std::uint64_t hash) { pupils[hash] = true; });
    each(kPersonWords, [&](std::uint64_t hash) { persons[hash] = true; });
    for (const auto& [hash, meaning] : words) filter[hash & 4095] = true;
    for (const auto& [hash, yes] : pupils) filter[hash & 4095] = true;
    for (const auto& [hash, yes] : persons) filter[hash & 4095] = true;
  }
};

// What is known of one sentence while it is read.
struct Sentence {
  std::size_t category = SIZE_MAX, pupil = SIZE_MAX;  // tokens
  WordMeaning meaning;
  bool person_word = false;
};

bool speaks_of(const Finding& one) {
  switch (one.type) {
    case EntityType::kPerson:
    case EntityType::kPersonalNumber:
    case EntityType::kCoordinationNumber:
    case EntityType::kInterimNumber:
    case EntityType::kStudentId: return true;
    default: return false;
  }
}

}  // namespace

std::string_view to_string(QuarantineReason reason) {
  return reason == QuarantineReason::kSpecialCategory ? "special_category" : "suspected_pupil";
}

std::optional<Quarantine> find_quarantine(const Tokens& tokens, RedactionProfile profile,
                                          std::span<const Finding> found) {
  static const Lexicon lexicon;
  const bool strict = profile == RedactionProfile::kStrict;
  const auto within = [&](std::size_t begin, std::size_t end, auto wanted) {
    // The findings stand in order and do not overlap.
    auto one = std::upper_bound(found.begin(), found.end(), begin,
                                [](std::size_t byte, const Finding& other) { return byte < other.end; });
    for (; one != found.end() && one->begin < end; ++one)
      if (wanted(*one)) return true;
    return false;
  };
  std::size_t from = 0;
  while (from < tokens.all.size()) {
    // A sentence; a masked person in an earlier redaction speaks of somebody too.
    Sentence sentence;
    std::size_t to = from;
    bool placeholder = false;
    do {
      const Token& token = tokens.all[to];
      if (token.kind == TokenKind::kPlaceholder) {
        const std::string_view written = tokens.view(token);
        placeholder = placeholder || written.starts_with("[PERSON_") || written.starts_with("[SE_") ||
                      written.starts_with("[STUDENT_");
      }
      if (!token.word() || !lexicon.filter[token.hash & 4095]) continue;
      if (const auto word = lexicon.words.find(token.hash);
          word != lexicon.words.end() && (sentence.category == SIZE_MAX || word->second.strong)) {
        sentence.category = to;
        sentence.meaning = word->second;
      }
      if (lexicon.pupils.contains(token.hash)) sentence.pupil = to;
      if (lexicon.persons.contains(token.hash)) sentence.person_word = true;
    } while (++to < tokens.all.size() &&
             !(tokens.all[to].has(kSentenceStart) &&
               (tokens.all[to].has(kAfterNewline) || tokens.view(tokens.all[to - 1]) != ":")));
    if (sentence.category != SIZE_MAX || sentence.pupil != SIZE_MAX) {
      const std::size_t begin = tokens.all[from].begin, end = tokens.all[to - 1].end;
      const bool person = placeholder || within(begin, end, speaks_of);
      const auto reason = [&](QuarantineReason why, std::string_view category, std::size_t at) {
        return Quarantine{why, category, tokens.all[at].begin, tokens.all[at].end};
      };
      if (sentence.category != SIZE_MAX) {
        const bool counts = strict ? sentence.meaning.strong || person || sentence.person_word : person;
        if (counts)
          return reason(QuarantineReason::kSpecialCategory, kCategories[sentence.meaning.category].name,
                        sentence.category);
      }
      // In a question "eleven Kalle" is an example, unless a class or a number makes him real.
      const bool real = within(begin, end, [](const Finding& one) {
        return one.type == EntityType::kClass || one.type == EntityType::kStudentId ||
               one.type == EntityType::kPersonalNumber || one.rule == "known_identity";
      });
      if (sentence.pupil != SIZE_MAX && person && (strict || real))
        return reason(QuarantineReason::kSuspectedPupil, "pupil", sentence.pupil);
    }
    from = to;
  }
  return std::nullopt;
}

}  // namespace qf
