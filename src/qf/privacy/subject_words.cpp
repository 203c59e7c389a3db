#include "qf/privacy/subject_words.h"

#include <algorithm>
#include <array>
#include <string>

#include "qf/privacy/recognize.h"
#include "qf/privacy/word_lists.h"

namespace qf {
namespace {

// What teachers and their courses say, as it stands in a dictionary: the corpus of the word lists is of news. Also the
// last parts of compounds. Our own list.
constexpr std::string_view kSchoolWords =
    "glömma|glöm|inspektion|arvode|faktura|förening|giro|exempl|kapitl|titl|regl|nyckl|cykl|vinkl|artikl|cirkl|"
    "mönstr|expedition|blogg|köra|kör|ersättning|kollegium|arbetslag|skriv|stryk|byt|höj|sänk|gör|nämn|nämna|"
    "undersök|undersöka|tänk|tänka|sök|söka|läs|hör|se|ge|koordinat|negation|kollegi|skifte|bifoga|abstrahera|"
    "adress|algebra|algoritm|alternativ|ampere|analys|analysera|andel|ange|anpassa|anteckning|använda|apparat|area|"
    "argument|argumentera|art|artikel|atom|avbryta|avrunda|avsnitt|axel|balans|balansera|band|bas|bedöma|bedömning|"
    "begrepp|belägg|beräkna|beräkning|berätta|beskriva|bestämma|betala|betyg|bevis|bevisa|bild|binda|bindning|"
    "biologi|bokstav|brott|bråk|byta|båge|bädda|cell|central|chans|cirkel|citat|data|datum|decimal|definiera|"
    "definition|dekorator|del|delprov|derivata|diagram|dialog|differens|dikt|diktat|diskutera|distraktor|dividera|"
    "division|dokument|drama|dubblett|död|ekologi|ekvation|element|elev|enhet|enkel|ensidig|epok|essä|etanol|"
    "exempel|experiment|exponent|faktor|familj|fara|fart|fel|figur|fil|film|fixa|flöde|flytta|fond|form|formel|"
    "formulera|formulering|forska|fred|frekvens|fråga|funktion|fylla|fysik|fält|färg|färd|följd|förbättra|förenkla|"
    "förintelse|förklara|förklaring|förkorta|förlopp|förslag|förstå|försök|förtydliga|gas|gen|genetik|genre|"
    "geografi|geometri|godkänna|grad|graf|grammatik|grundämne|grupp|gräns|grön|haka|halt|hastighet|hav|himmel|"
    "historia|hjälp|hjälpa|hoppa|hypotes|hypotenusa|häl|hälsa|händelse|hård|hårdhet|höja|höjd|höra|identifiera|"
    "illustrera|importera|individ|inledning|innehåll|instruktion|integral|intervall|inversion|isotop|joker|justera|"
    "jämföra|kalium|karta|kasta|katet|kategori|kedja|kemi|klass|klimat|klocka|kognitiv|kolla|kolumn|kombinera|"
    "kommentar|kommentera|komponent|koncentration|konstant|kontroll|kontrollera|kopia|kopiera|koppla|korrekt|"
    "korrigera|korsord|korta|kraft|kriterium|krock|kropp|krets|kub|kurs|kurva|kvadrat|kvot|källa|kärna|lag|lathund|"
    "ledtråd|lektion|likhet|likvärdig|linje|lista|litium|litteratur|logik|lucka|lund|lådagram|lägga|lämna|längd|"
    "lärare|läsa|lösa|lösning|makt|mall|manöver|markera|markering|mask|maskin|massa|mate|matematik|material|matris|"
    "medel|medelvärde|median|mening|metall|metod|metodik|miljö|mitt|mixtra|modell|modul|molekyl|moment|motivera|"
    "motivering|motsats|multiplicera|mur|mängd|mäta|mätning|natrium|nation|niva|nivå|nod|notera|nyckel|nyckelord|"
    "nytta|nämnare|objekt|omformulera|område|omprov|omprövning|ord|ordning|original|orsak|orimlig|parentes|period|"
    "plan|planera|plats|plugga|plural|poäng|poängsätta|pojke|potens|pris|princip|problem|process|produkt|program|"
    "prov|prova|pröva|publicera|punkt|radera|radie|rad|rationell|reaktion|redigera|redovisa|referens|reflektera|"
    "regel|region|relation|relationell|replik|resonemang|resonera|resultat|riktning|rimlig|risk|rita|roll|roman|rot|"
    "ruta|rymd|räcka|räkna|rätt|rätta|rättning|rörelse|saga|sal|salt|sammanfatta|sammanhang|sannolikhet|sats|scen|"
    "schema|sekvens|sekund|serie|sidan|siffra|signal|sista|situation|skala|skapa|skissa|skola|skrift|skriva|skugga|"
    "skärpa|slå|slutsats|sol|sortera|spegla|spetsa|språk|spänning|stad|start|stava|stavning|stolpe|stor|strategi|"
    "struktur|strunt|stryka|stråle|ström|studera|stycke|styrka|ställa|stöd|subjekt|substantiv|summa|summera|svar|"
    "svara|svårighet|svårighetsgrad|symbol|synonym|syra|system|tabell|tal|talföljd|tangent|tank|tavla|temperatur|"
    "tempus|tenta|teori|term|terminologi|tes|test|testa|text|tid|tillämpa|tillämpning|titel|ton|topp|tolka|trappa|"
    "triangel|tryck|träna|tyda|tydlig|uppgift|uppg|upprepa|uppställning|urval|utgå|utgåva|utvärdera|variabel|"
    "variera|vecka|vektor|verb|verka|verktyg|version|vinkel|visa|volym|vuxen|väga|välja|vändning|värde|värdera|"
    "värma|växt|åtgärd|ämne|ändra|ändring|äpple|ö|öka|övning|översätta|överväga|berg|flod|sjö|älv|vik|kust|land|"
    "folk|krig|kung|rike|kyrka|kultur|religion|buddhism|kristendom|hinduism|judendom|liberalism|marxism|kapitalism|"
    "socialism|nationalism|nationalsång|sång|muskel|nerv|ben|hud|blod|protein|enzym|hormon|kolhydrat|fett|vitamin|"
    "mineral|bakterie|virus|djur|fågel|fisk|insekt|däggdjur|träd|blomma|gräs|svamp|alg|jord|luft|vatten|eld|energi|"
    "kraftverk|motor|bil|båt|tåg|flygplan|dator|skärm|tangentbord|programmering|teknik|databas|nätverk|nätmask|"
    "server|klient|kod|slinga|karbonat|sulfat|nitrat|fosfat|permanganat|klorid|oxid|hydroxid|koefficient|inlogga|"
    "inlämning|logga|rättningsmall|kompis|kille|tjej|pappa|mamma|farbror|kusin|syskon|vikarie|lokalvårdare|provvakt|"
    "granne|handledare|bihandledare|klasskompis|kamrat|kamrattext|åskådare|elevassistent|vaktmästare|förlag|facit|"
    "läsår|termin|kalender|bok|häfte|kapitel|stencil|papper|penna|miniräknare|linjal|passare|rast|lov|helg|aula|"
    "bibliotek|klassrum|korridor|överklaga|överklagande|anmälan|ansökan|blankett|bilaga|underlag|rapport|protokoll|"
    "sammanställning|enkät|intervju|brottsbalk|regeringsform|skollag|diskrimineringslag|läroplan|ämnesplan|kursplan|"
    "paragraf|stadga|förordning";

// Endings of inflection, longest first in effect: each is tried. Of a genitive the s goes first.
constexpr std::array<std::string_view, 32> kInflections = {
    "",     "n",    "en",   "an",    "et",   "t",    "r",   "ar",   "er",  "or",    "na",
    "arna", "erna", "orna", "ns",    "ets",  "ens",  "de",  "te",   "ade", "ad",    "at",
    "ande", "ende", "else", "elsen", "erat", "erad", "are", "aste", "a",   "ningen"};
// What a base may end in where the inflection took its place: räkn-ade → räkna, pojk-ar → pojke.
constexpr std::array<std::string_view, 3> kBaseEndings = {"", "a", "e"};

std::string folded(std::string_view word) {
  std::string result(word);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (is_ascii_upper(result[i])) result[i] = static_cast<char>(result[i] + 0x20);
    const auto byte = static_cast<unsigned char>(result[i]);
    if (i > 0 && static_cast<unsigned char>(result[i - 1]) == 0xC3 && byte >= 0x80 && byte < 0x9F)
      result[i] = static_cast<char>(byte + 0x20);
  }
  return result;
}

// word_hash of what is in lower case already.
std::uint64_t hash_of_lower(std::string_view word) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 0x00000100000001B3ULL;
  return hash;
}

// Of the corpus' words only long ones count, since names resemble short ones (Baran, bara).
bool is_known_base(std::string_view base) {
  static const WordSet words(kSchoolWords);
  const std::uint64_t hash = hash_of_lower(base);
  return words.holds(hash) || (base.size() >= 6 && (word_bits(hash) & kSwedishWord) != 0);
}

// Whether the folded word, or its end behind three letters or more, is a form of a known word.
bool is_form(std::string_view word) {
  static const WordSet short_heads(
      "mall|grad|prov|area|text|bild|kurs|ruta|nivå|lag|mur|död|mask|bok|ord|tal|del|fel|lista");
  for (const std::string_view ending : kInflections) {
    if (word.size() < ending.size() + 3 || !word.ends_with(ending)) continue;
    for (const std::string_view base_ending : kBaseEndings) {
      const std::string base = std::string(word.substr(0, word.size() - ending.size())) + std::string(base_ending);
      if (is_known_base(base)) return true;
      for (std::size_t from = 3; from + 3 <= base.size() && from < 24; ++from) {
        const std::string_view tail = std::string_view(base).substr(from);
        if ((static_cast<unsigned char>(tail[0]) & 0xC0) == 0x80) continue;
        // Short tails are those of names too: Faisal, Roland.
        if (tail.size() >= 5 ? is_known_base(tail) : from >= 4 && short_heads.holds(hash_of_lower(tail))) return true;
      }
    }
  }
  return false;
}

// Symbols of elements that are no given names.
constexpr std::string_view kElements =
    "H|He|Li|Be|B|C|N|O|F|Ne|Na|Mg|Al|Si|P|S|Cl|Ar|K|Ca|Sc|Ti|V|Cr|Mn|Fe|Co|Ni|Cu|Zn|Ga|Ge|As|Se|Br|Kr|Rb|Sr|Y|Zr|"
    "Nb|Mo|Ag|Cd|Sn|Sb|Te|I|Xe|Cs|Ba|W|Pt|Au|Hg|Tl|Pb|Bi|Rn|Ra|U";
constexpr std::string_view kLoneElements =
    "|Mg|Zn|Fe|Cu|Cl|Br|Ca|Ag|Au|Pb|Sn|Hg|Ne|Xe|Kr|Mn|Cr|Ni|Si|He|Be|Ba|Cs|Rb|Pt|Cd|";
constexpr std::string_view kUnits =
    "|Pa|kPa|hPa|MPa|GPa|Hz|kHz|MHz|GHz|Js|Nm|Ns|Wh|kWh|MWh|eV|keV|MeV|GeV|Ws|As|Ah|mAh|Vs|Wb|Bq|Gy|Sv|mSv|dB|kJ|MJ|kN|"
    "MN|kW|MW|GW|mV|kV|mA|Ci|Da|kDa|MB|GB|kB|TB|Mbit|Gbit|kbit|Kbit|lm|lx|cd|rad|sr|kat|mol|Mol|";

bool in_list_with_case(std::string_view list, std::string_view word) {
  return list.find("|" + std::string(word) + "|") != std::string_view::npos;
}

// Whether the letters are symbols of elements throughout, two or more: NaOH, HCl, KMnO.
bool is_formula(std::string_view word) {
  static const WordSet elements(kElements);
  std::size_t at = 0, symbols = 0;
  while (at < word.size()) {
    if (!is_ascii_upper(word[at])) return false;
    const bool two = at + 1 < word.size() && word[at + 1] >= 'a' && word[at + 1] <= 'z';
    if (!elements.holds(word_hash(word.substr(at, two ? 2 : 1)))) return false;
    at += two ? 2 : 1;
    ++symbols;
  }
  return symbols >= 2;
}

bool is_number(const Tokens& tokens, std::size_t at) {
  return at < tokens.all.size() && tokens.all[at].kind == TokenKind::kNumber;
}

// NullPointerException, GeoGebra; but not McDonald, LeBron, AnnaBerg.
bool is_name_in_code(std::string_view word) {
  std::size_t second = 1;
  while (second < word.size() && !is_ascii_upper(word[second])) ++second;
  if (second < 3 || second + 2 >= word.size()) return false;
  const std::string_view first = word.substr(0, second);
  return !is_one_of(first, "mac|van|von|del|des|dos|den|der") && (word_bits(word_hash(first)) & kGivenName) == 0 &&
         (word_bits(word_hash(word)) & (kGivenName | kSurname)) == 0;
}

}  // namespace

bool is_swedish_form(std::string_view word) {
  const std::string lower = folded(word);
  const std::size_t hyphen = lower.rfind('-');
  const std::string_view last = std::string_view(lower).substr(hyphen == std::string::npos ? 0 : hyphen + 1);
  return last.size() >= 3 && is_form(last);
}

bool is_subject_word(const Tokens& tokens, std::size_t at) {
  // Bloom and SOLO in both languages, feasts, and what other tools write with a capital.
  static const WordSet words(
      "remember|understand|apply|analyze|analyse|evaluate|create|minnas|förstå|tillämpa|tillämpning|analysera|analys|"
      "värdera|värdering|skapa|kunskap|förståelse|faktakunskap|unistrukturell|multistrukturell|prestrukturell|"
      "relationell|"
      "utvidgad|kognitiv|metakognitiv|boolean|string|true|false|null|none|void|integer|exception|error|"
      "ramadan|påsk|påsken|pingst|advent|jul|julen|midsommar|chanukka|hanukka|hanukkah|pesach|diwali|easter|christmas|"
      "passover|thanksgiving|halloween|holi|vesak|"
      "ai|doi|qti|cas|ean|isbn|issn|dnr|uppg|cc|by-sa|gdpr|geogebra|inspera|kahoot|wikipedia|quizlet|digiexam|exam|"
      "override|world|not|found|wifi|whatsapp|tiktok|tfn|pwd|distraktor|kap");
  static const WordSet months(
      "january|february|march|april|may|june|july|august|september|october|november|december|"
      "januari|februari|mars|maj|juni|juli|augusti|oktober");
  const Token& token = tokens.all[at];
  const std::string_view word = tokens.view(token);
  if (words.holds(token.hash)) return true;
  // Sal B25, Delprov C
  static const WordSet things(
      "sal|rum|delprov|uppgift|uppg|fråga|fig|figur|tabell|version|modul|bilaga|alternativ|sida|kap");
  if (things.holds(token.hash) && at + 1 < tokens.all.size()) {
    const Token& next = tokens.all[at + 1];
    if (next.kind == TokenKind::kNumber || next.has(kHasDigit) || (next.has(kCapital) && next.letters == 1))
      return true;
  }
  if (months.holds(token.hash)) {
    const auto month = [&](std::size_t i) {
      return i < tokens.all.size() && tokens.all[i].word() && months.holds(tokens.all[i].hash);
    };
    const std::string_view before = at > 0 ? tokens.view(tokens.all[at - 1]) : std::string_view();
    if (is_number(tokens, at + 1) || (at > 0 && is_number(tokens, at - 1)) ||
        is_one_of(before, "in|during|since|until|early|late|mid|of|under|sedan") || month(at + 2) ||
        (at > 1 && month(at - 2)))
      return true;
  }
  if (word.size() <= 4 && in_list_with_case(kUnits, word) && at > 0 &&
      (is_number(tokens, at - 1) || is_one_of(tokens.view(tokens.all[at - 1]), "·|*|/|⁻")))
    return true;
  if (word.size() == 2 && in_list_with_case(kLoneElements, word)) return true;
  if (token.has(kInnerCapital) && !token.has(kHyphenated)) return is_formula(word) || is_name_in_code(word);
  return token.has(kAllCapitals) && word.size() <= 5 && (is_formula(word) && word.size() >= 3);
}

bool is_human_verb(std::uint64_t hash) {
  static const WordSet verbs(
      "tyckte|tycker|tyckt|sa|sade|säger|frågade|frågar|ville|vill|fick|får|kunde|skulle|ska|höll|håller|ringde|"
      "ringer|mejlade|mejlar|mailade|skrev|skriver|påpekade|påpekar|menar|menade|hjälpte|hjälper|gick|går|kom|"
      "kommer|hade|har|blev|bad|ber|gjorde|gör|tog|tar|gav|ger|undrar|undrade|föreslår|föreslog|godkände|godkänner|"
      "ändrade|ändrar|lade|la|lägger|rättade|rättar|kollade|kollar|missade|missar|behöver|behövde|klarade|klarar|"
      "löste|löser|svarade|svarar|lärde|visade|hittade|hittar|såg|ser|läste|läser|tror|trodde|vet|visste|kände|"
      "känner|jobbar|jobbade|arbetar|bor|bodde|heter|hette|undervisar|skickade|skickar|reagerade|klagade|klagar|"
      "påstår|påstod|hävdar|använder|använde|valde|väljer|berättade|berättar|förstod|förstår|glömde|slutade|började|"
      "satt|sitter|pratade|pratar|köper|köpte|kastar|sparar|springer|cyklar|äter|åt|said|says|asked|asks|told|"
      "thinks|thought|found|finds|wants|wanted|wrote|writes|suggested|suggests|agreed|agrees|noticed|complained|"
      "argued|argues|pointed|helped|helps|taught|teaches|called|emailed|mailed|got|had|has|went|came|made|took|gave|"
      "felt|knows|knew|needs|needed|failed|passed|struggled|showed|marked|graded|rejected|approved|objected|prefers|"
      "preferred|did|does|would|will|could");
  return verbs.holds(hash);
}

bool is_name_and_word(std::uint64_t hash) {
  static const WordSet words(
      "ek|alm|ask|lind|björk|gran|tall|al|lönn|hassel|rönn|berg|holm|ström|sjö|dal|lund|lilja|ros|rosa|rose|viola|"
      "linnea|malva|ester|dag|sten|stål|sköld|siv|sol|saga|stig|love|jack|bo|klara|max|rut|ruta|modig|frank|frisk|"
      "rask|stark|penny|bill|björn|varg|per|liv|tor|mark|will|grace|hope|joy|faith|page|drew|rob|pat|art|may|june|"
      "april|august|summer|autumn|amber|pearl|ruby|iris|daisy|violet|olive|ivy|heather|holly|jasmine|basil|dean|"
      "chase|chance|sterling|miles|grant|lance|pierce|norm|guy|hans|alma|stella|vega|luna|nova|gloria|victoria|"
      "villa|sander|ebba|flora|fauna|mira|lava|vera|carmen|opal|jade|ginger|rusty|sandy|rocky|sonny|woody|earnest|"
      "frost|hjort|falk|örn|svan|lax|kvist|löv|blom|ljung|hall|borg|mur|fors|ö|åker|äng|hed|vik|strand|hav|sand|ler|"
      "mo|glad|blank|quick|sweet|long|short|young|cook|baker|king|bishop|field|stone|wood|brook|forest|lake|rivers|"
      "bush");
  return words.holds(hash);
}

bool is_named_after_somebody(std::uint64_t hash) {
  static const WordSet heads(
      "lag|lagar|lagen|sats|satsen|sjukdom|komet|paradox|effekt|konstant|konstanten|formel|formeln|formler|cykel|"
      "cykeln|ekvation|ekvationer|princip|principen|tal|teorem|syndrom|algoritm|olikhet|identitet|triangel|talföljd|"
      "kurva|transform|serie|integral|fördelning|kedja|modell|atommodell|behovstrappa|hårdhetsskala|taxonomi|"
      "tillstånd|obestämdhetsrelation|kriterium|regel|regler|postulat|experiment|pendel|skala|rör|nyckel|rakkniv|"
      "law|laws|theorem|disease|comet|effect|constant|formula|cycle|equation|equations|principle|number|numbers|"
      "syndrome|algorithm|inequality|triangle|sequence|taxonomy|hierarchy|razor|rule|rules|lemma|criterion");
  return heads.holds(hash);
}

}  // namespace qf
