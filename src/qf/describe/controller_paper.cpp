#include "qf/describe/controller_paper.h"

#include <algorithm>
#include <array>

#include "qf/describe/controller_writing.h"

namespace qf {
namespace {

struct Both {
  std::string_view english, swedish;
};
struct Criterion {
  Both what, known;
};

// The nine criteria of IMY's list, after WP248, and what the program knows of each.
constexpr std::array<Criterion, 9> kCriteria = {{
    {{"evaluates or scores people", "utvärderar eller poängsätter människor"},
     {"the dataset is not for that; a model trained on it could be put to it",
      "datasetet är inte till för det; en modell tränad på det kan användas så"}},
    {{"decides automatically, with effects in law or alike",
      "fattar automatiska beslut med rättslig eller liknande följd"},
     {"no decision about anybody is made", "inget beslut om någon fattas"}},
    {{"watches people systematically", "övervakar människor systematiskt"},
     {"the logs record work, with times; the dataset holds coarse durations only outside the private circle",
      "loggarna visar arbete med tider; utanför den privata kretsen har datasetet bara grova tidsspann"}},
    {{"sensitive data", "känsliga personuppgifter"},
     {"not sought; a text with a hint of them is set apart whole",
      "eftersöks inte; text med tecken på det ställs åt sidan hel"}},
    {{"on a large scale", "i stor omfattning"}, {"see the number of people below", "se antalet personer nedan"}},
    {{"combines sets of data", "samkör uppgiftssamlingar"},
     {"near: logs of several projects and programs are joined for each person",
      "ligger nära: loggar från flera projekt och program kopplas ihop för varje person"}},
    {{"people in a weaker position", "personer i underläge"},
     {"near: employees, and pupils who are spoken of", "ligger nära: anställda, och elever som omtalas"}},
    {{"new technology", "ny teknik"}, {"near: training of language models", "ligger nära: träning av språkmodeller"}},
    {{"keeps people from a service or a contract", "hindrar människor från en tjänst eller ett avtal"},
     {"no: a refusal changes nothing for the person", "nej: ett nej ändrar inget för personen"}},
}};

struct Risk {
  Both risk, measure;
};
constexpr std::array<Risk, 7> kRisks = {{
    {{"Singling out: a teacher is recognised by subject, term and habits.",
      "Utpekande: en lärare känns igen på ämne, termin och vanor."},
     {"k and l over the columns that could do it; few are left out; measured below. Whoever holds the logs can always "
      "join "
      "them with the dataset.",
      "k och l över kolumnerna som kan göra det; små grupper utelämnas; mätt nedan. Den som har loggarna kan alltid "
      "koppla "
      "dem till datasetet."}},
    {{"Linking: the rows of one person, or two versions, are put together to a profile.",
      "Koppling: en persons rader, eller två versioner, läggs ihop till en profil."},
     {"new pseudonyms for each version; none for people in external ones; versions that somebody holds are compared "
      "first. "
      "Within an internal version the rows of a person stay together.",
      "nya pseudonymer för varje version; inga för personer i externa; versioner som någon har jämförs först. I en "
      "intern "
      "version hör en persons rader ihop."}},
    {{"Monitoring: choices and times are used to judge an employee.",
      "Övervakning: val och tider används för att bedöma en anställd."},
     {"purpose stated in card and notice; counts of few people hidden. To keep recipients to it takes a contract.",
      "ändamålet står i kort och information; antal om få personer döljs. Att mottagare håller sig till det kräver "
      "avtal."}},
    {{"Leak in text: a name or a health matter of a pupil survives the masking.",
      "Läcka i text: ett namn eller en elevs hälsouppgift överlever maskeringen."},
     {"two profiles of masking, texts set apart whole, self-test and invented people as gates; recall measured. Some "
      "get "
      "through.",
      "två maskeringsprofiler, text ställs åt sidan hel, självtest och påhittade personer som spärrar; täckning mätt. "
      "Något "
      "slinker igenom."}},
    {{"Agreement that is not free: the controller is the employer.",
      "Samtycke som inte är fritt: den ansvarige är arbetsgivare."},
     {"scope by scope, nothing ticked beforehand, withdrawing is never refused. Whether a no is free of cost, no "
      "program sees.",
      "del för del, inget förkryssat, återkallelse nekas aldrig. Om ett nej är fritt från följder ser inget program."}},
    {{"Models keep what they were trained on after the data are withdrawn.",
      "Modeller behåller det de tränats på efter att uppgifterna dragits in."},
     {"recipients and models are on record; an erasure names them and writes the letters. A model forgets nothing by "
      "that.",
      "mottagare och modeller är registrerade; en radering namnger dem och skriver breven. Ingen modell glömmer av "
      "det."}},
    {{"Loss of key or store: somebody computes whose rows are whose.",
      "Nyckel eller lager kommer bort: någon räknar ut vems raderna är."},
     {"the key lies apart, files for their owner alone; a salt that is destroyed cannot be computed again.",
      "nyckeln ligger för sig, filer bara för ägaren; ett förstört salt kan inte räknas fram igen."}},
}};

void criteria(ControllerWriting& w) {
  std::vector<std::vector<std::string>> rows;
  for (const Criterion& one : kCriteria)
    rows.push_back({w.word(one.what.english, one.what.swedish), w.word(one.known.english, one.known.swedish),
                    w.word("to fill in", "att fylla i")});
  w.paper().table({w.word("criterion", "kriterium"), w.word("what the program knows", "vad programmet vet"),
                   w.word("met: yes or no, and why", "uppfyllt: ja eller nej, och varför")},
                  std::move(rows));
  w.gap("Your judgement of each criterion, in the last column.", "Er bedömning av varje kriterium, i sista kolumnen.");
}

void risks(ControllerWriting& w) {
  std::vector<std::vector<std::string>> rows;
  const std::string open = w.word("to fill in", "att fylla i");
  for (const Risk& one : kRisks)
    rows.push_back(
        {w.word(one.risk.english, one.risk.swedish), w.word(one.measure.english, one.measure.swedish), open, open});
  w.paper().table({w.word("risk", "risk"), w.word("what is done, and what stays", "vad som görs, och vad som återstår"),
                   w.word("likelihood", "sannolikhet"), w.word("severity", "allvar")},
                  std::move(rows));
}

}  // namespace

Paper ropa_paper(const ControllerFacts& facts, const std::string& language) {
  ControllerWriting w(facts, language, "Record of processing activities (Article 30(1) GDPR)",
                      "Register över behandling (artikel 30.1 GDPR)");
  w.heading("(a) Controller and data protection officer", "a) Personuppgiftsansvarig och dataskyddsombud").controller();
  w.heading("(b) Purposes", "b) Ändamål").purposes();
  w.authorisations();
  w.heading("(c) People and data", "c) Registrerade och uppgifter").people();
  w.categories();
  w.heading("(d) Recipients", "d) Mottagare").recipients();
  w.gap("Kinds of recipients to come.", "Slag av kommande mottagare.");
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
        "Vilka som kommer åt loggar, lager, nyckelfil och säkerhetskopior; var de ligger; diskkryptering.");
  return w.take();
}

Paper dpia_paper(const ControllerFacts& facts, const std::string& language) {
  ControllerWriting w(facts, language, "Data protection impact assessment (Article 35(7) GDPR), draft",
                      "Konsekvensbedömning (artikel 35.7 GDPR), utkast");
  w.note(
      "This draft holds what the program knows and measured. It is no assessment before a person has filled the gaps "
      "and signed.",
      "Utkastet innehåller det programmet vet och har mätt. Det är ingen bedömning förrän en människa fyllt i luckorna "
      "och undertecknat.");
  w.heading("Is one needed? (IMY's list, Article 35(4))", "Behövs en? (IMY:s förteckning, artikel 35.4)");
  w.say("Two criteria or more call for one. Three are near, so the answer to begin from is yes.",
        "Två kriterier eller fler kräver en. Tre ligger nära, så utgångspunkten är ja.");
  criteria(w);
  w.heading("(a) What is done, and why", "a) Vad som görs och varför").purposes();
  w.say(
      "Logs of QuestionForge are read where they lie. Records of decisions, corrections and questions are taken from "
      "them, "
      "matched with the register of people and their agreements, reduced by the field rules, masked, grouped, and "
      "written "
      "as a version: a folder of tables with a card, a manifest and a certificate. Its audience is private (whoever "
      "holds "
      "the logs), internal (the controller's own people) or external.",
      "QuestionForges loggar läses där de ligger. Poster om beslut, rättelser och frågor tas ur dem, jämförs med "
      "registret "
      "över personer och deras samtycken, minskas enligt fältreglerna, maskeras, grupperas och skrivs som en version: "
      "en "
      "mapp med tabeller, kort, manifest och intyg. Mottagarkretsen är private (den som har loggarna), internal (den "
      "ansvariges egna) eller external (andra).");
  w.controller();
  w.people();
  w.categories();
  w.recipients();
  w.heading("(b) Necessity and proportionality", "b) Nödvändighet och proportionalitet");
  w.say(
      "Two keys open every row that leaves: the controller's authorisation and the person's own agreement, scope by "
      "scope, with nothing ticked beforehand. By default no text leaves, only features of it.",
      "Två nycklar krävs för varje rad som lämnas: den ansvariges godkännande och personens eget samtycke, del för "
      "del, "
      "utan något förkryssat. Som standard lämnas ingen text, bara egenskaper hos den.");
  w.authorisations();
  w.agreements();
  w.gap(
      "Why the purpose cannot be reached with less, and whether consent is free where the controller is the employer.",
      "Varför ändamålet inte kan nås med mindre, och om samtycket är fritt när den ansvarige är arbetsgivare.");
  w.gap(
      "Where the basis is not consent or research: the test of compatibility with what the logs were kept for (Article "
      "6(4)).",
      "Om grunden inte är samtycke eller forskning: prövningen av förenlighet med det loggarna förs för (artikel "
      "6.4).");
  w.terms();
  w.heading("(c) Risks to people", "c) Risker för personer");
  risks(w);
  w.gap("Likelihood and severity of each, as you judge them, with the views of the people concerned (Article 35(9)).",
        "Sannolikhet och allvar för var och en, enligt er bedömning, med de berördas synpunkter (artikel 35.9).");
  w.heading("(d) Measures, with measured evidence", "d) Åtgärder, med uppmätta belägg").measures();
  w.evidence();
  w.rights_done();
  w.gap(
      "What risk is left, whether it is accepted and by whom; the data protection officer's advice (Article 35(2)); "
      "prior "
      "consultation (Article 36) if it is high.",
      "Vilken risk som återstår, om den godtas och av vem; dataskyddsombudets råd (artikel 35.2); förhandssamråd "
      "(artikel "
      "36) om den är hög.");
  w.signatures();
  return w.take();
}

Paper transparency_paper(const ControllerFacts& facts, const std::string& language) {
  ControllerWriting w(facts, language, "Notice to you whose logs are used (Article 13 GDPR), draft",
                      "Information till dig vars loggar används (artikel 13 GDPR), utkast");
  w.heading("Who answers for it", "Vem som ansvarar").controller();
  w.heading("What for, and on which ground", "Varför, och på vilken grund").purposes();
  w.authorisations();
  w.say(
      "Beside that, each use needs your own agreement. You may say no to all or to parts, and take it back at any "
      "time; "
      "nothing follows from that for you.",
      "Därutöver krävs ditt eget samtycke till varje användning. Du kan säga nej till allt eller till delar, och ta "
      "tillbaka det när som helst; det får inga följder för dig.");
  const bool other_ground = std::any_of(facts.authorisations.begin(), facts.authorisations.end(), [](const auto& one) {
    return one.basis.find("6(1)(f)") != std::string::npos || one.basis.find("6.1 f") != std::string::npos;
  });
  if (other_ground)
    w.gap("The legitimate interests that are pursued (Article 13(1)(d)).",
          "De berättigade intressen som eftersträvas (artikel 13.1 d).");
  w.heading("Which data", "Vilka uppgifter");
  w.say("They come from the logs that QuestionForge writes in your own projects.",
        "De kommer från loggarna som QuestionForge skriver i dina egna projekt.");
  w.categories();
  w.say("You can see the very rows before you answer: ask for the page that the command preview makes.",
        "Du kan se själva raderna innan du svarar: be om sidan som kommandot preview gör.");
  w.heading("Who receives them", "Vilka som får dem").recipients();
  w.say("What leaves is pseudonymised. For you, and for whoever holds the logs or the key, it stays personal data.",
        "Det som lämnas ut är pseudonymiserat. För dig, och för den som har loggarna eller nyckeln, är det fortfarande "
        "personuppgifter.");
  w.gap("Recipients or kinds of recipients to come, and transfers outside the EU/EEA.",
        "Kommande mottagare eller slag av mottagare, och överföringar utanför EU/EES.");
  w.heading("How long", "Hur länge").terms();
  w.heading("Your rights", "Dina rättigheter");
  w.paper().list(
      {w.word("See and receive what is kept of you (Articles 15, 20).",
              "Se och få det som finns om dig (artikel 15, 20)."),
       w.word("Have it corrected, erased or restricted, and object (Articles 16–18, 21).",
              "Få det rättat, raderat eller begränsat, och invända (artikel 16–18, 21)."),
       w.word(
           "Take back your agreement (Article 7(3)); what was done before stays lawful. A model that was trained "
           "before "
           "forgets nothing by that.",
           "Ta tillbaka ditt samtycke (artikel 7.3); det som gjorts innan förblir lagligt. En modell som redan tränats "
           "glömmer inget av det."),
       w.word("Complain to the supervisory authority (in Sweden IMY, imy.se).",
              "Klaga hos tillsynsmyndigheten (IMY, imy.se).")});
  w.gap("To whom you turn to use them; an answer comes within a month.",
        "Vem du vänder dig till för att använda dem; svar kommer inom en månad.");
  w.say("You need not give these data, and no automated decision about you is made (Article 22).",
        "Du måste inte lämna uppgifterna, och inget automatiserat beslut om dig fattas (artikel 22).");
  w.note(
      "A draft: the controller decides its final words. Before the data are used for anything else, you are told so.",
      "Ett utkast: den ansvarige avgör de slutliga orden. Innan uppgifterna används till något annat får du veta det.");
  return w.take();
}

}  // namespace qf
