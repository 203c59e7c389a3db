#include "qf/describe/consent_papers.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "qf/core/digest.h"

namespace qf {
namespace {

struct ScopeWords {
  std::string_view scope, english, swedish;
};
constexpr std::array<ScopeWords, 6> kScopeWords = {{
    {"model_training", "your decisions become rows for training models; without this nothing of yours is used",
     "dina beslut blir rader för träning av modeller; utan detta används inget av dig"},
    {"question_text", "the text of your questions", "texten i dina frågor"},
    {"correction_text",
     "what you corrected, before and after; without this your new wording stands nowhere, not in the question either",
     "det du rättade, före och efter; utan detta står din nya ordalydelse ingenstans, inte heller i frågan"},
    {"rationale_text", "the reasons you wrote", "de skäl du skrev"},
    {"share_internal", "rows may go to people inside the organisation, masked and in groups of at least 5 people",
     "rader får lämnas inom organisationen, maskerade och i grupper om minst 5 personer"},
    {"share_external", "rows may go outside the organisation, masked and in groups of at least 10 people",
     "rader får lämnas utanför organisationen, maskerade och i grupper om minst 10 personer"},
}};

std::string words_of(std::string_view scope, bool swedish) {
  for (const ScopeWords& one : kScopeWords)
    if (one.scope == scope) return std::string(swedish ? one.swedish : one.english);
  return std::string(scope);
}

constexpr std::string_view kEnglish = R"md(# May your work with questions be used to train models?

You choose. You may say yes to some parts and no to others, or to nothing. Saying no, or changing your mind later, has no
consequence for your work or your employment.

- **Who answers for this:** {controller}
- **Who to ask, and where to complain first:** {contact}. You may also complain to the data protection authority.
- **What for:** a dataset from which models learn how teachers choose and correct when they write questions. No decision
  about you is made from it, by a machine or by anyone.
- **Legal basis:** your consent (Article 6(1)(a) of the GDPR).
- **What data:** from this project's logs: your choices, what was suggested to you, corrections, times, and, only where
  you say yes, texts that you wrote. Not your name: rows carry a keyed pseudonym or, outside the organisation, none.
- **How and when it is collected:** from logs that your tool keeps anyway. They are read, never changed. What you agree to
  covers events from the day that you write, and none before it.
- **Where it is kept:** with whoever holds the logs. It goes to others only if you agree to sharing, and only after texts
  are masked. Transfers to other countries: {gap}.
- **How long:** until you withdraw, until your agreement runs out if you set a day, or until the dataset is retired.
- **What could go wrong:** the data is pseudonymised, not anonymous. Who holds the logs or the key can tell which rows are
  yours; masking of text misses something now and then.
- **Your rights:** to see what is kept of you, to take it along, to have it put right, to withdraw at any time, and to be
  erased, with a receipt that anyone can check.

## How to withdraw, and what it does

{withdraw}

From the day that it is on record, nothing of yours goes into a new version. The version in use that rests on what you took
back is withdrawn and its files are removed: at once if whoever runs the dataset says so, else before the next version is
made. Its files stay only under a legal hold. Older versions, which newer ones had replaced, stay with your rows in them
until they are cleared away or you ask to be erased: an erasure takes back every version that holds you. Copies that others
received and models that were trained do not change by themselves. Who they are is on a list, so that they can be told.

## How to answer

Beside this notice lies `consent.json`. Nothing is ticked in it. Put your name into `subject`, as the register has it, and
one line into `consents` for each part you want to answer:

```json
{{"scope": "NAME OF THE PART", "status": "given OR refused", "given_at": "YYYY-MM-DD", "covers_from": "YYYY-MM-DD",
  "expires_at": null, "method": "file", "notice": "THE LAST LINE OF THIS NOTICE"}}
```

)md";
constexpr std::string_view kSwedish = R"md(# Får ditt arbete med frågor användas för att träna modeller?

Du väljer. Du kan säga ja till vissa delar och nej till andra, eller till ingenting. Att säga nej, eller att ändra dig
senare, får inga följder för ditt arbete eller din anställning.

- **Personuppgiftsansvarig:** {controller}
- **Vem du frågar, och klagar hos i första hand:** {contact}. Du kan också klaga hos Integritetsskyddsmyndigheten (IMY).
- **Ändamål:** ett dataset som modeller lär sig av hur lärare väljer och rättar när de skriver frågor. Inget beslut om dig
  fattas utifrån det, varken av en maskin eller av någon annan.
- **Rättslig grund:** ditt samtycke (artikel 6.1 a i dataskyddsförordningen).
- **Vilka uppgifter:** ur det här projektets loggar: dina val, vad som föreslogs, rättelser, tider och, bara där du säger
  ja, texter som du skrivit. Inte ditt namn: raderna bär en nyckelberoende pseudonym eller, utanför organisationen, ingen.
- **Hur och när de samlas in:** ur loggar som ditt verktyg för ändå. De läses och ändras aldrig. Ditt samtycke gäller
  händelser från den dag du skriver, och inga före den.
- **Var de finns:** hos den som har loggarna. De lämnas till andra bara om du samtycker till delning, och bara efter att
  texter har maskerats. Överföring till andra länder: {gap}.
- **Hur länge:** tills du tar tillbaka samtycket, tills det löper ut om du anger en dag, eller tills datasetet avvecklas.
- **Vad som kan gå fel:** uppgifterna är pseudonymiserade, inte anonyma. Den som har loggarna eller nyckeln kan se vilka
  rader som är dina, och maskeringen av text missar något ibland.
- **Dina rättigheter:** att se vad som finns om dig, att ta med dig det, att få det rättat, att när som helst ta tillbaka
  samtycket och att bli raderad, med ett kvitto som vem som helst kan kontrollera.

## Så tar du tillbaka ditt samtycke, och vad som händer då

{withdraw}

Från den dag det är registrerat går inget av ditt in i en ny version. Den gällande version som vilar på det du tagit
tillbaka dras in och dess filer tas bort: genast om den som sköter datasetet begär det, annars innan nästa version görs.
Filerna blir kvar bara under rättsligt hinder. Äldre versioner, som nyare har ersatt, finns kvar med dina rader i tills de
rensas bort eller du begär att bli raderad: en radering drar in alla versioner som innehåller dig. Kopior som andra fått och
modeller som redan tränats ändras inte av sig själva. Vilka de är står i en förteckning, så att de kan underrättas.

## Så svarar du

Bredvid det här beskedet ligger `consent.json`. Inget är ikryssat i den. Skriv ditt namn i `subject`, så som det står i
registret, och en rad i `consents` för varje del du vill svara på:

```json
{{"scope": "DELENS NAMN", "status": "given (ja) ELLER refused (nej)", "given_at": "ÅÅÅÅ-MM-DD",
  "covers_from": "ÅÅÅÅ-MM-DD", "expires_at": null, "method": "file", "notice": "SISTA RADEN I DETTA BESKED"}}
```

)md";

// How to take an agreement back. `whom`: whom to tell, "" where nobody said.
std::string withdrawing(std::string_view whom, bool swedish) {
  const std::string to = !whom.empty() ? std::string(whom) : swedish ? "den som frågade" : "whoever asked";
  return swedish ? fmt::format(
                       "När som helst, utan skäl: lägg till en rad med `\"status\": \"withdrawn\"` och dagen som "
                       "`given_at` sist i `consents` i `consent.json` i projektets mapp, eller säg till {}.",
                       to)
                 : fmt::format(
                       "At any time, without a reason: add a line with `\"status\": \"withdrawn\"` and the day as "
                       "`given_at` at the end of `consents` in `consent.json` in the project's folder, or say so "
                       "to {}.",
                       to);
}

std::string state_words(std::string_view state, bool swedish) {
  if (state == "given") return swedish ? "ja" : "yes";
  if (state == "refused") return swedish ? "nej" : "no";
  if (state == "withdrawn") return swedish ? "återkallat" : "withdrawn";
  if (state == "expired") return swedish ? "har löpt ut" : "has run out";
  return std::string(state);
}

constexpr std::string_view kStoragePeriod =
    "until it is withdrawn, runs out or the person is erased; versions are retired after 24 months";

std::string_view dpv_status(std::string_view state) {
  if (state == "given") return "dpv:ConsentGiven";
  if (state == "refused") return "dpv:ConsentRefused";
  if (state == "withdrawn") return "dpv:ConsentWithdrawn";
  return "dpv:ConsentExpired";
}

nlohmann::ordered_json or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

// What of a person's data an agreement is about.
std::vector<std::string_view> data_categories(std::string_view scope) {
  if (scope == "question_text") return {"texts of questions and answer options that the person wrote"};
  if (scope == "correction_text") return {"texts before and after the person's corrections"};
  if (scope == "rationale_text") return {"reasons in the person's words"};
  return {"choices", "what was suggested", "corrections without their texts", "times", "keyed pseudonyms"};
}

nlohmann::ordered_json recipients_of(std::string_view scope, const ConsentReceiptFacts& facts) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  const bool internal = scope == "share_internal", external = scope == "share_external";
  list.push_back(internal   ? "people inside the controller's organisation"
                 : external ? "people outside the controller's organisation"
                            : "whoever holds the logs; others only by a share_ scope");
  for (const std::string& name : internal ? facts.received_internal : facts.received_external)
    if (internal || external) list.push_back(name);
  return list;
}

nlohmann::ordered_json event_json(const AgreedTerm& term) {
  return {{"@type", dpv_status(term.state)},
          {"scope", term.scope},
          {"event_state", term.state},
          {"event_time", term.said_on},
          {"covers_from", term.covers_from},
          {"valid_until", or_null(term.expires_on)},
          {"method", term.method},
          {"evidence", term.evidence},
          {"recorded_by", term.recorded_by},
          {"recorded_on", term.recorded_on},
          {"dpv:hasNotice", term.notice},
          {"notice_sha256", or_null(term.notice_sha256)},
          {"notice_language", or_null(term.notice_language)}};
}

}  // namespace

ConsentNotice consent_notice(const NoticeFacts& facts, std::string_view language) {
  const bool swedish = language == "sv";
  const std::string gap = swedish ? "[fylls i av den som frågar]" : "[to be filled in by whoever asks]";
  const std::string controller = facts.controller.empty() ? gap : facts.controller;
  const std::string contact = facts.contact.empty() ? gap : facts.contact;
  std::string text = fmt::format(fmt::runtime(swedish ? kSwedish : kEnglish), fmt::arg("controller", controller),
                                 fmt::arg("contact", contact), fmt::arg("gap", gap),
                                 fmt::arg("withdraw", withdrawing(contact, swedish)));
  for (const ScopeWords& one : kScopeWords)
    text += fmt::format("- `{}`: {}\n", one.scope, words_of(one.scope, swedish));
  text += "\n";
  ConsentNotice notice;
  notice.sha256 = to_hex(sha256(text));
  notice.id = fmt::format("notice-{}-{}-{}", kNoticeVersion, language, notice.sha256.substr(0, 12));
  notice.markdown = text + notice.id + "\n";
  return notice;
}

std::string empty_consent_form(std::string_view subject) {
  const nlohmann::ordered_json form = {{"version", 1},
                                       {"subject", subject},
                                       {"how_to_withdraw", withdrawing("", true) + " / " + withdrawing("", false)},
                                       {"consents", nlohmann::ordered_json::array()}};
  return form.dump(2) + "\n";
}

std::string consent_receipt_text(const ConsentReceiptFacts& facts, std::string_view language) {
  const bool swedish = language == "sv";
  const auto say = [&](std::string_view english, std::string_view in_swedish) {
    return swedish ? in_swedish : english;
  };
  std::string out = fmt::format("# {}\n\n{}: {}\n{}: {}\n{}: {}\n\n", say("Receipt of consent", "Kvitto på samtycke"),
                                say("Person", "Person"), facts.subject, say("Controller", "Personuppgiftsansvarig"),
                                facts.controller.empty() ? say("not on record", "inte registrerad") : facts.controller,
                                say("As of", "Per"), facts.made_at);
  out += fmt::format("## {}\n\n", say("What holds now", "Vad som gäller nu"));
  for (const AgreedTerm& term : facts.in_force) {
    out +=
        fmt::format("- {} (`{}`): **{}**", words_of(term.scope, swedish), term.scope, state_words(term.state, swedish));
    if (term.state == "given")
      out += fmt::format(", {} {}{}", say("for events from", "för händelser från"), term.covers_from,
                         term.expires_on.empty() ? "" : fmt::format(" {} {}", say("until", "till"), term.expires_on));
    out += "\n";
  }
  for (const ScopeWords& one : kScopeWords) {
    bool said = false;
    for (const AgreedTerm& term : facts.in_force) said = said || term.scope == one.scope;
    if (!said)
      out += fmt::format("- {} (`{}`): {}\n", words_of(one.scope, swedish), one.scope,
                         say("nothing was said, which counts as no", "inget har sagts, vilket räknas som nej"));
  }
  out += fmt::format("\n## {}\n\n", say("What was said, and how", "Vad som har sagts, och hur"));
  for (const auto& one : facts.asked)
    out += fmt::format("- {} {}: {}{}\n", one.on, say("handed the notice", "fick beskedet"), one.notice,
                       facts.history.empty() ? say("; no answer is on record", "; inget svar är registrerat") : "");
  for (const AgreedTerm& term : facts.history)
    out += fmt::format(
        "- {} `{}`: {}; {}: {}; {}: {}; {}: {}; {}: {}; {} {}\n", term.said_on, term.scope,
        state_words(term.state, swedish), say("how", "hur"), term.method.empty() ? "–" : term.method,
        say("evidence", "underlag"), term.evidence.empty() ? "–" : term.evidence, say("recorded by", "registrerat av"),
        term.recorded_by.empty() ? "–" : term.recorded_by, say("notice", "besked"),
        term.notice.empty() ? "–"
        : term.notice_sha256.empty()
            ? term.notice + " " + std::string(say("(not one that was written here)", "(inget som skrivits här)"))
            : term.notice,
        say("recorded on", "registrerat"), term.recorded_on);
  out += fmt::format("\n## {}\n\n{}\n", say("How to withdraw", "Så tar du tillbaka samtycket"),
                     withdrawing(facts.controller, swedish));
  return out;
}

std::string consent_receipt_json(const ConsentReceiptFacts& facts) {
  using Json = nlohmann::ordered_json;
  Json processing = Json::array(), events = Json::array();
  for (const AgreedTerm& term : facts.in_force)
    processing.push_back({{"@type", "dpv:Process"},
                          {"dpv:hasPurpose", {{"@type", "dpv:Purpose"}, {"dct:title", words_of(term.scope, false)}}},
                          {"scope", term.scope},
                          {"dpv:hasPersonalData", data_categories(term.scope)},
                          {"dpv:hasRecipient", recipients_of(term.scope, facts)},
                          {"dpv:hasStorageCondition", kStoragePeriod},
                          {"dpv:hasLegalBasis", "dpv:Consent"},
                          {"dpv:hasConsentStatus", dpv_status(term.state)},
                          {"covers_from", term.covers_from},
                          {"valid_until", or_null(term.expires_on)}});
  for (const auto& one : facts.asked)
    events.push_back({{"@type", "dpv:ConsentRequested"},
                      {"event_state", "requested"},
                      {"event_time", one.on},
                      {"dpv:hasNotice", one.notice}});
  for (const AgreedTerm& term : facts.history) events.push_back(event_json(term));
  Json record = {{"@context", {{"dpv", "https://w3id.org/dpv#"}, {"dct", "http://purl.org/dc/terms/"}}},
                 {"@type", "dpv:ConsentRecord"},
                 {"schema_version", "ISO/IEC TS 27560:2023"},
                 {"dct:created", facts.made_at},
                 {"dpv:hasDataSubject", facts.subject},
                 {"dpv:hasDataController", or_null(facts.controller)},
                 {"dpv:hasJurisdiction", "EU (GDPR); Sweden"},
                 {"processing", std::move(processing)},
                 {"events", std::move(events)},
                 {"withdrawal_method", withdrawing(facts.controller, false)}};
  record["record_id"] = to_hex(sha256(record.dump())).substr(0, 32);
  return record.dump();
}

}  // namespace qf
