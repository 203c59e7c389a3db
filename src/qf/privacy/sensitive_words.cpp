#include "qf/privacy/sensitive_words.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <string>
#include <unordered_map>
#include <vector>

#include "qf/privacy/recognize.h"

namespace qf {
namespace {

// The words of one category. A compound has its meaning in its first part or its last, and an inflection at its end;
// so most stand here as beginnings.
struct Category {
  std::string_view name;
  std::string_view alone;       // see Weight
  std::string_view words;       // whole words
  std::string_view beginnings;  // also of compounds and inflections: autismdiagnos, diabetiker
  std::string_view endings;     // also of compounds: läkarbedömningens diagnoser, hörselnedsättning
};
constexpr std::array<Category, 7> kCategories = {{
    {"health",
     "sjukskriven|sjukskrivning|sjukskrivna|sjukanmäld|sjukanmälde|elevhälsan|elevhälsoteam|utbränd|utmattningssyndrom|"
     "självskadar|särskola|åtgärdsprogram|bup",
     "adhd|npf|bup|hiv|aids|cp|ptsd|ocd|sjuk|sjuka|sjukt|sjukdom|sjukdomen|sjukhus|sjukhuset|rehab|medicin|"
     "medicinen|mediciner|behandling|behandlingen|terapi|terapeut|terapeuten|psykolog|psykologen|kurator|kuratorn|"
     "logoped|logopeden|gravid|abort|abortera|missfall|opererad|opererades|opereras|döv|döva|blind|stammar|stamning|"
     "slaganfall|stroke|hjärtfel|hjärtinfarkt|rullstol|rullstolen|permobil|hörapparat|deaf|ill|illness|sick|"
     "diagnosis|diagnosed|anxiety|therapy|therapist|medication|wheelchair|pregnant|pregnancy|addiction|addict|"
     "surgery|hospital|hospitalized|hospitalised|chemo|stutters|suicide|suicidal|bulimia",
     "autis|asperger|tourette|dyslex|dyslekt|dyskalkyl|dyscalcul|diabet|epilep|astma|asthma|allerg|celiaki|gluten|"
     "cancer|leukemi|leukaemi|tumör|cellgift|kemoterapi|chemotherap|depress|deprimerad|antidepress|ångest|panikattack|"
     "panikångest|psykisk|psykos|psykiatri|psychiatr|psychosis|bipol|schizo|borderline|anorexi|anorect|"
     "bulimi|ätstör|självmord|suicid|självskad|utmattning|utbränd|missbruk|alkoholis|alcoholi|narkoman|drogberoende|"
     "spelberoende|migrän|migraine|reuma|skolios|fibromyalgi|crohn|cystisk|kronisk|funktionsned|funktionshind|"
     "funktionsvari|hörselska|hörselned|synned|synska|rörelsehind|rullstols|cp-|adhd-|add-|npf-|hiv-|bup-|disab|"
     "sjukskriv|sjukanmäl|sjukhus|medicinering|medicinera|sömnproblem|sömnstör|språkstör|särskol|insulin|transplant",
     "diagnos|diagnosen|diagnoser|diagnosis|nedsättning|nedsättningen|nedsatt|störning|störningen|syndrom|syndromet|"
     "sjukdom|sjukdomen|allergi|allergin|cancer|medicin|fobi|skada|skadan|skadad|skadade|sjuka"},
    {"religion", "",
     "muslim|muslimen|muslimer|muslimerna|muslimsk|muslimska|muslims|kristen|kristna|kristet|jude|juden|judar|judarna|"
     "judisk|judiska|hindu|hinduer|hindus|sikh|sikher|sikhs|shia|sunni|shiamuslim|eid|fastar|fastade|slöja|slöjan|"
     "sjal|hijab|hijaben|niqab|burka|turban|turbanen|kippa|halal|kosher|bönemattan|dop|döpas|döpt|religion|"
     "religionen|troende|religiös|religiösa|religious|imam|imamen|imamens|präst|prästen|pastor|pastorn|rabbin|"
     "rabbinen|diakon|nunna|munk|ramadan|moské|moskén|synagoga|synagogan|christian|christians|jewish|jew|jews|islam|"
     "christianity|devout|believer|priest|vicar|rabbi|mosque|synagogue|headscarf|veil|fasting|mormon|quaker|"
     "hasidic|jehovas|jehovah|jehovah's|kyrkan|kyrkans|församlingen|konfirmation|konfirmationen",
     "konfirmand|konfirmera|pingstvän|frikyrk|baptist|missionsförbund|katoli|cathol|protestant|ortodox|orthodox|"
     "pentecost|evangeli|buddhist|ateist|atheis|agnosti|muslimsk|ramadan-",
     ""},
    {"union", "facket|fackligt|fackombud|facklig|lärarförbundet|strejkar",
     "fackets|fackföreningen|strejk|strejkade|lo|tco|saco|union|unions|unionised|unionized|strike",
     "fackför|fackmedlem|fackanslut|skyddsombud", ""},
    {"origin", "",
     "rom|romer|romen|romsk|romska|roma|romani|same|samen|samer|samisk|samiska|sápmi|etnicitet|etnisk|etniska|hudfärg|"
     "mörkhyad|race|ethnicity|ethnic|asyl|asylum|ensamkommande|papperslös|papperslösa|undocumented|uppehållstillstånd|"
     "utvisning|utvisas|utvisad|utvisats|deported|deportation|migrationsverket|adopterad|stateless|statslös|"
     "kurd|kurden|kurder|kurdish|syrier|syrian|assyrier|afghan|afghanen|irakier|iraqi|iranier|iranian|somali|somalisk|"
     "somaliska|eritrean|etiopier|turk|turken|turkar|arab|araber|palestinier|palestinian|libanes|bosnier|bosnian|"
     "serb|serben|serber|kroat|kosovoalban|alban|albaner|ryss|ryssen|ukrainare|polack|polacken|kines|kinesen|vietnames|"
     "thailändare|finne|finnen|chilenare|gambier|nigerian|kongoles|tjetjen|uigur|tatar|hazar|beduin|tornedaling",
     "invandr|immigra|flykting|refugee|asylsök|nyanländ|somalier|afghaner|eritrean|latinamerikan|romskt", ""},
    {"orientation", "",
     "bög|bögen|bögar|gay|lesbisk|lesbiska|lesbian|lesbians|flata|queer|hbtq|lgbtq|sexualitet|sexuality|transgender|"
     "transkille|transtjej|ickebinär|nonbinary",
     "homosexu|bisexu|transperson|transsexu|transkvinna|transman|könskorriger|könsdysfori|könsidentitet|icke-binär|"
     "non-binary|hbtq",
     ""},
    {"politics", "",
     "moderat|moderaten|moderaterna|liberal|liberalen|liberalerna|centern|sosse|sossarna|sverigedemokraterna|"
     "kommunfullmäktige|regionfullmäktige|riksdagsledamot|partimedlem|partiaktiv|röstar|röstade|republican|republicans|"
     "democrat|democrats|communist|voted|far-right|far-left|högerextrem|högerextrema|vänsterextrem|afa|brexiteer|tory",
     "socialdemokrat|sverigedemokrat|vänsterparti|centerparti|miljöparti|kristdemokrat|folkparti|kommunis|nazis|"
     "neonazis|fascis|feministiskt|piratparti",
     ""},
    {"protected", "", "kvinnojouren|sekretessmarkerad|sekretessmarkering|personskydd", "", ""},
}};

// Words that mean something only together: the second stands within `reach` words behind the first.
struct Phrase {
  std::string_view category;
  std::string_view first;
  std::string_view second;
  std::size_t reach;
};
constexpr std::array<Phrase, 19> kPhrases = {{
    {"health", "särskilt", "stöd", 1},
    {"health", "skär|skar|skadar", "sig", 1},
    {"health", "mår|mådde|må", "dåligt", 2},
    {"health", "hearing|visually|visual", "aid|aids|impaired|impairment|loss", 1},
    {"health", "cerebral", "palsy", 1},
    {"health", "mental", "health|illness", 1},
    {"health", "self", "harm|harms|harming", 2},
    {"health", "eating|panic", "disorder|attacks", 1},
    {"protected", "skyddad|skyddade|skyddat|hemlig|hemligt", "identitet|personuppgifter|boende|adress|nummer", 1},
    {"protected", "protected|secret", "identity|address", 1},
    {"orientation", "två|two", "mammor|pappor|mums|moms|mothers|dads|fathers", 1},
    {"religion", "jehovas|jehovah's", "vittnen|vittne|witness|witnesses", 1},
    {"religion", "bär|wears|wearing", "slöja|kors|sjal|kippa|veil|headscarf|cross", 2},
    {"politics", "member|medlem", "party|parti|partiet", 6},
    {"politics", "sitter|kandiderar|ställer", "fullmäktige|kommunfullmäktige|riksdagen|nämnden", 3},
    {"origin", "från|from",
     "syrien|irak|iran|afghanistan|somalia|eritrea|etiopien|turkiet|kurdistan|palestina|gaza|libanon|bosnien|kosovo|"
     "serbien|albanien|ukraina|ryssland|tjetjenien|kina|vietnam|rumänien|bulgarien|gambia|nigeria|kongo|sudan|uganda|"
     "pakistan|bangladesh|syria|iraq|ethiopia|turkey|palestine|lebanon|bosnia|ukraine|congo",
     1},
    {"origin", "utländsk|invandrad|foreign|migrant|immigrant", "bakgrund|background|förälder|föräldrar|parents", 1},
    {"origin", "annat|another", "modersmål|hemspråk", 1},
    {"health", "extra", "anpassningar", 1},
}};

// "afghansk bakgrund", "Kurdish background": any adjective of a people, short of those that are of something else.
constexpr std::string_view kBackground =
    "bakgrund|påbrå|härkomst|ursprung|rötter|background|origin|descent|heritage|roots|ancestry";
constexpr std::string_view kOtherBackground =
    "historisk|teoretisk|ekonomisk|social|akademisk|svensk|teknisk|pedagogisk|politisk|praktisk|estetisk|musikalisk|"
    "klassisk|vetenskaplig|statistisk|english|academic|economic|historic|dramatic|scientific|electronic|basic|public|"
    "graphic|artistic|specific|static|generic|british|swedish";

constexpr std::string_view kPupilWords =
    "elev|eleven|elevens|elever|eleverna|elevernas|pupil|pupils|skolbarn|barnet|barnets|dottern|sonen|vårdnadshavare|"
    "vårdnadshavaren|målsman|föräldrarna|föräldrar|mentorselev|mentorselever";
constexpr std::string_view kPronouns =
    "hon|han|honom|henne|hennes|hans|hen|hens|jag|mig|min|mitt|mina|du|dig|he|she|him|her|his|hers|i|me|my|they";
constexpr std::string_view kPersonNouns =
    "elev|eleven|elevens|elever|eleverna|elevernas|pupil|pupils|pupil's|student|studenten|studentens|studenter|"
    "studenterna|students|barn|barnet|barnets|barnen|barnens|child|children|kid|kids|pojke|pojken|pojkens|pojkar|"
    "pojkarna|flicka|flickan|flickans|flickor|flickorna|kille|killen|killens|killar|killarna|tjej|tjejen|tjejens|"
    "tjejer|tjejerna|grabben|grabbarna|tösen|boy|boys|girl|girls|guy|guys|familj|familjen|familjens|family|family's|"
    "mamma|mamman|mammas|mammans|mammor|pappa|pappan|pappas|pappans|pappor|mor|modern|far|fadern|förälder|föräldern|"
    "föräldrar|föräldrarna|föräldrarnas|son|sonen|sonens|söner|dotter|dottern|dotterns|döttrar|bror|brodern|broder|"
    "bröder|brorsan|syster|systern|systrar|syrran|syskon|syskonen|syskonet|tvilling|tvillingarna|kusin|kusinen|"
    "farmor|mormor|morfar|farfar|moster|faster|farbror|morbror|maken|makan|fru|frun|mannen|sambo|sambon|pojkvän|"
    "pojkvännen|flickvän|flickvännen|father|mother|parents|parent|mum|mom|dad|daughter|brother|sister|siblings|twin|"
    "twins|cousin|wife|husband|uncle|aunt|grandmother|grandfather|kompis|kompisen|kompisar|vän|vännen|friend|"
    "friends|kollega|kollegan|kollegans|kollegor|kollegorna|colleague|colleagues|lärare|läraren|lärarens|rektor|"
    "rektorn|rektorns|mentor|mentorn|vikarie|vikarien|assistenten|grannen|klasskamrat|klasskamraten|klasskompis|"
    "kamraten|kamrater|teacher|classmate|classmates|neighbour|neighbor|principal|vårdnadshavare|vårdnadshavaren|"
    "målsman|gruppen|klassen";

// Beginnings or endings of words, found by three bytes before any is compared.
class Parts {
 public:
  void add(std::string_view part, std::size_t category, bool ending) {
    const std::size_t at = place(ending ? part.substr(part.size() - 3) : part);
    filter_[at] = true;
    parts_.emplace(at, Part{std::string(part), category});
  }
  bool may_begin(std::string_view word) const { return filter_[place(word)]; }
  bool may_end(std::string_view word) const { return filter_[place(word.substr(word.size() - 3))]; }
  // The category of one that the folded word begins with, or SIZE_MAX.
  std::size_t beginning_of(std::string_view folded) const {
    return find(place(folded), [&](std::string_view part) { return folded.starts_with(part); });
  }
  std::size_t ending_of(std::string_view folded) const {
    return find(place(folded.substr(folded.size() - 3)),
                [&](std::string_view part) { return folded.size() > part.size() && folded.ends_with(part); });
  }

 private:
  struct Part {
    std::string text;
    std::size_t category;
  };
  // Upper and lower case fall together, of ASCII letters and of the second bytes of Å, Ä, Ö.
  static std::size_t place(std::string_view three) {
    return static_cast<std::size_t>((three[0] & 0x1F) << 10 | (three[1] & 0x1F) << 5 | (three[2] & 0x1F));
  }
  template <class Match>
  std::size_t find(std::size_t at, Match match) const {
    for (auto [one, end] = parts_.equal_range(at); one != end; ++one)
      if (match(one->second.text)) return one->second.category;
    return SIZE_MAX;
  }
  std::unordered_multimap<std::size_t, Part> parts_;
  std::bitset<32768> filter_;
};

struct Lexicon {
  struct Meaning {
    std::uint8_t category = 0;
    Weight weight = Weight::kWithPerson;
  };
  std::unordered_map<std::uint64_t, Meaning> words;
  std::vector<WordSet> firsts, seconds;
  WordSet background{kBackground}, other_background{kOtherBackground};
  Parts beginnings, endings;
  std::array<bool, 4096> filter{};

  Lexicon() {
    const auto each = [](std::string_view list, auto visit) {
      while (!list.empty()) {
        const std::size_t end = std::min(list.find('|'), list.size());
        visit(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
      }
    };
    for (std::size_t i = 0; i < kCategories.size(); ++i) {
      const auto take = [&](Weight weight) {
        return [this, i, weight](std::string_view word) {
          words[word_hash(word)] = {static_cast<std::uint8_t>(i), weight};
        };
      };
      each(kCategories[i].words, take(Weight::kWithPerson));
      each(kCategories[i].alone, take(Weight::kAlone));
      each(kCategories[i].beginnings, [&](std::string_view part) { beginnings.add(part, i, false); });
      each(kCategories[i].endings, [&](std::string_view part) { endings.add(part, i, true); });
    }
    for (const Phrase& phrase : kPhrases) {
      firsts.emplace_back(phrase.first);
      seconds.emplace_back(phrase.second);
      each(phrase.first, [&](std::string_view word) { filter[word_hash(word) & 4095] = true; });
    }
    for (const auto& [hash, meaning] : words) filter[hash & 4095] = true;
    each(kBackground, [&](std::string_view word) { filter[word_hash(word) & 4095] = true; });
  }
};

const Lexicon& lexicon() {
  static const Lexicon made;
  return made;
}

std::string folded(std::string_view word) {
  std::string result(word);
  for (std::size_t i = 0; i < result.size(); ++i) {
    auto& c = result[i];
    if (is_ascii_upper(c)) c = static_cast<char>(c + 0x20);
    const auto byte = static_cast<unsigned char>(c);
    if (i > 0 && static_cast<unsigned char>(result[i - 1]) == 0xC3 && byte >= 0x80 && byte < 0x9F)
      c = static_cast<char>(byte + 0x20);
  }
  return result;
}

// The phrase that begins at this word, as an index into kPhrases.
std::size_t phrase_at(const Tokens& tokens, std::size_t at) {
  const auto& all = tokens.all;
  for (std::size_t p = 0; p < kPhrases.size(); ++p) {
    if (!lexicon().firsts[p].holds(all[at].hash)) continue;
    for (std::size_t i = at + 1; i < all.size() && i <= at + kPhrases[p].reach && all[i].word(); ++i)
      if (lexicon().seconds[p].holds(all[i].hash)) return p;
  }
  return SIZE_MAX;
}

// "afghansk bakgrund": the word before says whose.
bool background_of_a_people(const Tokens& tokens, std::size_t at) {
  if (at == 0 || !lexicon().background.holds(tokens.all[at].hash)) return false;
  const Token& before = tokens.all[at - 1];
  const std::string_view word = tokens.view(before);
  return before.word() && before.letters > 4 && !lexicon().other_background.holds(before.hash) &&
         (word.ends_with("sk") || word.ends_with("skt") || word.ends_with("ska") ||
          (before.has(kCapital) && (word.ends_with("ish") || word.ends_with("an") || word.ends_with("ese"))));
}

}  // namespace

std::optional<SensitiveWord> sensitive_word(const Tokens& tokens, std::size_t at) {
  const Lexicon& known = lexicon();
  const Token& token = tokens.all[at];
  const std::string_view word = tokens.view(token);
  if (known.filter[token.hash & 4095]) {
    if (const auto one = known.words.find(token.hash); one != known.words.end())
      return SensitiveWord{kCategories[one->second.category].name, one->second.weight};
    if (const std::size_t phrase = phrase_at(tokens, at); phrase != SIZE_MAX)
      return SensitiveWord{kPhrases[phrase].category, phrase == 0 ? Weight::kAlone : Weight::kWithPerson};
    if (background_of_a_people(tokens, at)) return SensitiveWord{"origin", Weight::kWithPerson};
  }
  // Shorter words are whole ones.
  if (word.size() < 5 || !(known.beginnings.may_begin(word) || known.endings.may_end(word))) return std::nullopt;
  const std::string lower = folded(word);
  std::size_t category = known.beginnings.beginning_of(lower);
  if (category == SIZE_MAX) category = known.endings.ending_of(lower);
  if (category == SIZE_MAX) return std::nullopt;
  return SensitiveWord{kCategories[category].name, Weight::kWithPerson};
}

bool is_pupil_word(std::uint64_t hash) {
  static const WordSet words(kPupilWords);
  return words.holds(hash);
}

bool is_person_noun(std::uint64_t hash) {
  static const WordSet words(kPersonNouns);
  return words.holds(hash);
}

bool is_person_word(std::uint64_t hash) {
  static const WordSet words(kPronouns);
  return words.holds(hash) || is_person_noun(hash);
}

}  // namespace qf
