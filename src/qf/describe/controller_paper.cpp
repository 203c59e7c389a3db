#include "qf/describe/controller_paper.h"

#include <fmt/format.h>

namespace qf {
namespace {

class Writing {
 public:
  Writing(const ControllerFacts& facts, const std::string& language, std::string_view english,
          std::string_view swedish)
      : facts_(facts), swedish_(language == "sv"), paper_(std::string(swedish_ ? swedish : english), language) {}

  std::string word(std::string_view english, std::string_view swedish) const {
    return std::string(swedish_ ? swedish : english);
  }
  Writing& heading(std::string_view english, std::string_view swedish) {
    paper_.heading(2, word(english, swedish));
    return *this;
  }
  Writing& say(std::string_view english, std::string_view swedish) {
    paper_.paragraph(word(english, swedish));
    return *this;
  }
  Writing& gap(std::string_view english, std::string_view swedish) {
    paper_.gap(word(english, swedish));
    return *this;
  }
  Writing& note(std::string_view english, std::string_view swedish) {
    paper_.note(word(english, swedish));
    return *this;
  }

  void controller() {
    if (facts_.controller.empty() && facts_.authorisations.empty())
      gap("Controller (the school authority or university, not the teacher), its representative and contact.",
          "Personuppgiftsansvarig (skolhuvudmannen eller lärosätet, inte läraren), företrädare och kontaktuppgifter.");
    else
      paper_.paragraph(word("Controller: ", "Personuppgiftsansvarig: ") +
                       (facts_.controller.empty() ? facts_.authorisations.front().controller : facts_.controller) +
                       (facts_.contact.empty() ? std::string() : ", " + facts_.contact));
    gap("Data protection officer, with contact.", "Dataskyddsombud, med kontaktuppgifter.");
  }

  void purposes() {
    say("To train and evaluate models that help teachers write exam questions: which suggestions are accepted, changed or "
        "rejected, and how. Not for judging, ranking or following up any single person.",
        "Att träna och utvärdera modeller som hjälper lärare att skriva provfrågor: vilka förslag som godtas, ändras eller "
        "förkastas, och hur. Inte för att bedöma, rangordna eller följa upp någon enskild person.");
  }

  void authorisations() {
    std::vector<std::vector<std::string>> rows;
    for (const auto& one : facts_.authorisations)
      rows.push_back({one.controller, one.basis, one.dpia, one.audience, one.until,
                      one.revoked_on.empty() ? word("in force until then", "gäller dit") :
                                               word("revoked ", "återkallat ") + one.revoked_on});
    if (rows.empty())
      note("No controller has authorised that anything leaves whoever holds the logs; nothing can.",
           "Ingen personuppgiftsansvarig har godkänt att något lämnar den som har loggarna; inget kan göra det.");
    paper_.table({word("controller", "ansvarig"), word("basis", "rättslig grund"), "DPIA",
                  word("audience", "mottagarkrets"), word("until", "till"), word("state", "läge")},
                 std::move(rows));
  }

  void people() {
    paper_.paragraph(fmt::format(fmt::runtime(word(
                                     "Teachers and other staff who write questions with QuestionForge: {} people confirmed in the "
                                     "register, {} projects. Pupils and colleagues may be named in free text; such texts are masked "
                                     "or set apart before anything leaves.",
                                     "Lärare och annan personal som skriver frågor med QuestionForge: {} personer bekräftade i "
                                     "registret, {} projekt. Elever och kollegor kan nämnas i fri text; sådan text maskeras eller "
                                     "ställs åt sidan innan något lämnas ut.")),
                                 facts_.people, facts_.projects));
  }

  void categories() {
    std::map<std::string, std::string> by_class;
    for (const auto& field : facts_.fields) {
      std::string& list = by_class[field.privacy_class];
      list += (list.empty() ? "" : ", ") + field.table + "." + field.name;
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& [name, list] : by_class) rows.push_back({name, list});
    paper_.table({word("class", "klass"), word("fields", "fält")}, std::move(rows));
  }

  void recipients() {
    std::vector<std::vector<std::string>> rows;
    for (const auto& one : facts_.recipients) rows.push_back({one.name, one.version, one.given_on, one.models});
    if (rows.empty()) say("No recipient is on record.", "Ingen mottagare är registrerad.");
    paper_.table({word("recipient", "mottagare"), "version", word("given on", "lämnad"), word("models", "modeller")},
                 std::move(rows));
  }

  void terms() {
    std::vector<std::vector<std::string>> rows;
    for (const auto& term : facts_.terms)
      rows.push_back({term.name, word(term.period_en, term.period_sv), word(term.then_en, term.then_sv)});
    paper_.table({word("data", "uppgifter"), word("period", "tid"), word("then", "därefter")}, std::move(rows));
  }

  void measures() {
    paper_.list(
        {word("Direct identifiers leave only as keyed pseudonyms, new for each version; the key lies outside the store. "
              "Pseudonymised data are personal data still.",
              "Direkta identifierare lämnas bara som nyckelberoende pseudonymer, nya för varje version; nyckeln ligger "
              "utanför arkivet. Pseudonymiserade uppgifter är fortfarande personuppgifter."),
         word("A field that no rule names does not leave; text leaves masked, or not at all, outside the private circle.",
              "Ett fält som ingen regel nämner lämnas inte; text lämnas maskerad eller inte alls utanför den privata kretsen."),
         word("Groups of fewer than 5 (internal) or 10 (external) people are generalised or left out.",
              "Grupper med färre än 5 (internt) eller 10 (externt) personer generaliseras eller utelämnas."),
         word("Consent and controller's authorisation are checked for every row; withdrawal revokes what rests on it.",
              "Samtycke och den ansvariges godkännande kontrolleras för varje rad; återkallelse drar in det som vilar på det."),
         word("Files for their owner alone; an audit log chained by hashes; signed receipts of erasure and retention.",
              "Filer bara för ägaren; en revisionslogg kedjad med kontrollsummor; undertecknade kvitton på radering och "
              "gallring.")});
  }

  void evidence() {
    if (facts_.versions.empty()) note("No version is live: nothing was measured yet.", "Ingen version gäller: inget är mätt än.");
    for (const auto& version : facts_.versions) {
      paper_.heading(3, version.name);
      paper_.paragraph(fmt::format("{}: {}. {}: {}. {}: {}.", word("made on", "skapad"), version.created_on,
                                   word("texts", "texter"), version.text_levels,
                                   word("what was done to its rows", "vad som gjorts med raderna"), version.privacy_level));
      std::vector<std::vector<std::string>> rows;
      for (const auto& gate : version.gates)
        rows.push_back({gate.name, gate.passed ? word("passed", "klarad") : word("not passed", "inte klarad"),
                        gate.measured, gate.required});
      paper_.table({word("gate", "spärr"), word("result", "utfall"), word("measured", "mätt"), word("asked", "krav")},
                   std::move(rows));
      counts(word("groups", "grupper"), version.groups);
      counts(word("rows left out", "utelämnade rader"), version.dropped);
      counts(word("masked", "maskerat"), version.masked);
      counts(word("texts set apart", "texter åt sidan"), version.quarantined);
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& test : facts_.self_tests)
      rows.push_back({test.profile, fmt::format("{} / {}", test.covered, test.planted),
                      test.passed ? word("passed", "klarad") : word("not passed", "inte klarad")});
    paper_.heading(3, word("Self-test of the redaction, run for this paper", "Självtest av maskeringen, kört för denna handling"));
    paper_.table({"profile", word("planted values covered", "inlagda värden täckta"), word("result", "utfall")},
                 std::move(rows));
    paper_.paragraph(fmt::format(fmt::runtime(word("Floor: {:.0f} %. Measured recall on texts it was not tuned on: docs/redaction.md; attacks "
                                                   "on groups: docs/anonymity.md. No recognizer finds everything.",
                                                   "Golv: {:.0f} %. Uppmätt täckning på texter den inte trimmats på: docs/redaction.md; angrepp på "
                                                   "grupper: docs/anonymity.md. Ingen igenkänning hittar allt.")),
                                 facts_.self_test_floor * 100));
  }

  void rights_done() {
    paper_.table({word("right", "rättighet"), word("times", "gånger")},
                 {{word("answers about access (Article 15)", "svar om tillgång (artikel 15)"), std::to_string(facts_.access_requests)},
                  {word("erasures (Article 17)", "raderingar (artikel 17)"), std::to_string(facts_.erasures)},
                  {word("withdrawn agreements (Article 7(3))", "återkallade samtycken (artikel 7.3)"), std::to_string(facts_.withdrawals)},
                  {word("versions under legal hold", "versioner under rättsligt hinder"), std::to_string(facts_.holds)},
                  {word("texts awaiting a person's decision", "texter som väntar på en människas beslut"),
                   std::to_string(facts_.awaiting_decision)}});
  }

  void agreements() {
    std::vector<std::vector<std::string>> rows;
    for (const auto& [scope, count] : facts_.people_by_scope) rows.push_back({scope, std::to_string(count)});
    paper_.table({word("scope", "omfattning"), word("people whose agreement stands", "personer vars samtycke gäller")},
                 std::move(rows));
  }

  Paper take() { return std::move(paper_); }
  Paper& paper() { return paper_; }

 private:
  void counts(const std::string& what, const std::map<std::string, std::string>& of) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& [name, count] : of) rows.push_back({name, count});
    paper_.table({what, word("count", "antal")}, std::move(rows));
  }

  const ControllerFacts& facts_;
  bool swedish_;
  Paper paper_;
};

}  // namespace

Paper ropa_paper(const ControllerFacts& facts, const std::string& language) {
  Writing w(facts, language, "Record of processing activities (Article 30(1) GDPR)",
            "Register över behandling (artikel 30.1 GDPR)");
  w.paper().paragraph(facts.name + ", " + facts.written_on);
  w.heading("(a) Controller and data protection officer", "a) Personuppgiftsansvarig och dataskyddsombud").controller();
  w.heading("(b) Purposes", "b) Ändamål").purposes();
  w.authorisations();
  w.heading("(c) People and data", "c) Registrerade och uppgifter").people();
  w.categories();
  w.heading("(d) Recipients", "d) Mottagare").recipients();
  w.heading("(e) Transfers to third countries", "e) Överföring till tredjeland");
  w.say("The program transfers nothing: it writes folders on this machine and asks no network.",
        "Programmet överför inget: det skriver mappar på denna maskin och använder inget nätverk.");
  w.gap("For each recipient above: in which country, and on which ground of Chapter V.",
        "För varje mottagare ovan: i vilket land och på vilken grund i kapitel V.");
  w.heading("(f) Periods", "f) Tidsfrister").terms();
  w.gap("Archive class of the logs (public record or working material) and the reference of the disposal decision.",
        "Loggarnas arkivklass (allmän handling eller arbetsmaterial) och gallringsbeslutets beteckning.");
  w.heading("(g) Security (Article 32)", "g) Säkerhet (artikel 32)").measures();
  w.gap("Who has access to logs, store, key file and backups; where they lie; encryption of the disks.",
        "Vilka som kommer åt loggar, arkiv, nyckelfil och säkerhetskopior; var de ligger; diskkryptering.");
  return w.take();
}

Paper dpia_paper(const ControllerFacts& facts, const std::string& language) {
  Writing w(facts, language, "Data protection impact assessment (Article 35(7) GDPR), draft",
            "Konsekvensbedömning avseende dataskydd (artikel 35.7 GDPR), utkast");
  w.paper().paragraph(facts.name + ", " + facts.written_on);
  w.note("This draft holds what the program knows and measured. It is no assessment before a person has filled the gaps "
         "and signed.",
         "Utkastet innehåller det programmet vet och har mätt. Det är ingen bedömning förrän en människa fyllt i luckorna "
         "och undertecknat.");
  w.heading("Is one needed? (IMY's list, Article 35(4))", "Behövs en? (IMY:s förteckning, artikel 35.4)");
  w.say("Two criteria or more call for one. Near here: people in a position of dependence (employees), new technology, and "
        "matching of data from several sources. So the answer to begin from is yes.",
        "Två kriterier eller fler kräver en. Här ligger nära: personer i beroendeställning (anställda), ny teknik och "
        "samkörning av uppgifter från flera källor. Utgångspunkten är alltså ja.");
  w.gap("Your judgement of each criterion.", "Er bedömning av varje kriterium.");
  w.heading("(a) What is done, and why", "a) Vad som görs och varför").purposes();
  w.controller();
  w.people();
  w.categories();
  w.recipients();
  w.heading("(b) Necessity and proportionality", "b) Nödvändighet och proportionalitet");
  w.say("Two keys open every row that leaves: the controller's authorisation and the person's own agreement, scope by "
        "scope, with nothing ticked beforehand. By default no text leaves, only features of it.",
        "Två nycklar krävs för varje rad som lämnas: den ansvariges godkännande och personens eget samtycke, del för del, "
        "utan något förkryssat. Som standard lämnas ingen text, bara egenskaper hos den.");
  w.authorisations();
  w.agreements();
  w.gap("Why the purpose cannot be reached with less, and whether consent is free where the controller is the employer.",
        "Varför ändamålet inte kan nås med mindre, och om samtycket är fritt när den ansvarige är arbetsgivare.");
  w.terms();
  w.heading("(c) Risks to people", "c) Risker för personer");
  w.paper().list({w.word("Singling out: a teacher is recognised by subject, term and habits. Whoever holds the logs can always join "
                         "them with the dataset.",
                         "Utpekande: en lärare känns igen på ämne, termin och vanor. Den som har loggarna kan alltid koppla dem "
                         "till datasetet."),
                  w.word("Monitoring: choices and times are used to judge an employee.",
                         "Övervakning: val och tider används för att bedöma en anställd."),
                  w.word("Leak in text: a name or a health matter of a pupil survives the masking.",
                         "Läcka i text: ett namn eller en elevs hälsouppgift överlever maskeringen."),
                  w.word("Models keep what they were trained on after the data are withdrawn.",
                         "Modeller behåller det de tränats på efter att uppgifterna dragits in.")});
  w.gap("Likelihood and severity of each, as you judge them, with the views of the people concerned (Article 35(9)).",
        "Sannolikhet och allvar för var och en, enligt er bedömning, med de berördas synpunkter (artikel 35.9).");
  w.heading("(d) Measures, with measured evidence", "d) Åtgärder, med uppmätta belägg").measures();
  w.evidence();
  w.rights_done();
  w.gap("What risk is left, whether it is accepted and by whom; the data protection officer's advice (Article 35(2)); prior "
        "consultation (Article 36) if it is high.",
        "Vilken risk som återstår, om den godtas och av vem; dataskyddsombudets råd (artikel 35.2); förhandssamråd (artikel "
        "36) om den är hög.");
  return w.take();
}

Paper transparency_paper(const ControllerFacts& facts, const std::string& language) {
  Writing w(facts, language, "Notice to you whose logs are used (Article 13 GDPR), draft",
            "Information till dig vars loggar används (artikel 13 GDPR), utkast");
  w.paper().paragraph(facts.name + ", " + facts.written_on);
  w.heading("Who answers for it", "Vem som ansvarar").controller();
  w.heading("What for, and on which ground", "Varför, och på vilken grund").purposes();
  w.authorisations();
  w.say("Beside that, each use needs your own agreement. You may say no to all or to parts, and take it back at any time; "
        "nothing follows from that for you.",
        "Därutöver krävs ditt eget samtycke till varje användning. Du kan säga nej till allt eller till delar, och ta "
        "tillbaka det när som helst; det får inga följder för dig.");
  w.heading("Which data", "Vilka uppgifter").categories();
  w.say("They come from the logs that QuestionForge writes in your own projects.",
        "De kommer från loggarna som QuestionForge skriver i dina egna projekt.");
  w.heading("Who receives them", "Vilka som får dem").recipients();
  w.say("What leaves is pseudonymised. For you, and for whoever holds the logs or the key, it stays personal data.",
        "Det som lämnas ut är pseudonymiserat. För dig, och för den som har loggarna eller nyckeln, är det fortfarande "
        "personuppgifter.");
  w.gap("Recipients or kinds of recipients to come, and transfers outside the EU/EEA.",
        "Kommande mottagare eller slag av mottagare, och överföringar utanför EU/EES.");
  w.heading("How long", "Hur länge").terms();
  w.heading("Your rights", "Dina rättigheter");
  w.paper().list({w.word("See and receive what is kept of you (Articles 15, 20).", "Se och få det som finns om dig (artikel 15, 20)."),
                  w.word("Have it corrected, erased or restricted, and object (Articles 16–18, 21).",
                         "Få det rättat, raderat eller begränsat, och invända (artikel 16–18, 21)."),
                  w.word("Take back your agreement (Article 7(3)); what was done before stays lawful.",
                         "Ta tillbaka ditt samtycke (artikel 7.3); det som gjorts innan förblir lagligt."),
                  w.word("Complain to the supervisory authority (in Sweden IMY, imy.se).",
                         "Klaga hos tillsynsmyndigheten (IMY, imy.se).")});
  w.say("You need not give these data, and no automated decision about you is made (Article 22).",
        "Du måste inte lämna uppgifterna, och inget automatiserat beslut om dig fattas (artikel 22).");
  w.note("A draft: the controller decides its final words; `consent ask` writes the versioned notice with its form.",
         "Ett utkast: den ansvarige avgör de slutliga orden; `consent ask` skriver den versionsmärkta informationen med "
         "formulär.");
  return w.take();
}

}  // namespace qf
