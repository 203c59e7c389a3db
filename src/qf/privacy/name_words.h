// Words that announce a name, and words that are nobody's though they have a capital; lists with | between.
#pragma once

#include <string_view>

namespace qf {

// Words behind which a name stands. Strong ones say so; behind weak ones only what is no ordinary word is a name.
inline constexpr std::string_view kStrongTriggers =
    "heter|hette|hetat|mr|mrs|ms|miss|mx|mister|dr|prof|capt|sgt|sen|gov|rev|president|senator|sir|von|bin|ibn|abu|frk|"
    "fröken|fru|herr|hr|magister|magistern|named|mvh|signerat|undertecknad";
inline constexpr std::string_view kWeakTriggers =
    "eleven|elev|elever|eleverna|kollegan|kollega|kollegorna|kollegor|läraren|lärare|rektor|rektorn|mentor|mentorn|"
    "handledare|handledaren|vikarien|vikarie|"
    "studenten|student|hälsningar|hälsning|hälsn|vh|hej|hejsan|tack|mamma|pappa|mor|far|son|sonen|dotter|dottern|bror|"
    "syster|kompisen|vännen|killen|tjejen|pojken|flickan|"
    "assistenten|resursen|specialpedagogen|kuratorn|kurator|skolsköterskan|doktor|professor|professorn|docent|lektor|"
    "lektorn|adjunkt|handläggare|"
    "pupil|colleague|teacher|principal|dear|hi|hello|hey|thanks|regards|sincerely|cheers|best|love|mom|mum|dad|uncle|"
    "aunt|"
    "brother|sister|friend|sir|madam|doctor|coach|captain|judge|officer|kallas|called|kontakta|ring|fråga|maila|mejla|"
    "contact|ask|tell|sade|säger|sa|said|says";
// Capitalised often, and never a name.
inline constexpr std::string_view kNobody =
    "mvh|hej|hejsan|tack|ring|ringde|mejla|maila|skicka|kontakta|hälsningar|signerat|herr|fru|fröken|frk|mr|mrs|ms|dr|"
    "prof|dear|hi|hello|hey|thanks|regards|best|i|am|pm|ok|us|usa|uk|eu|fn|tv|pdf|html|"
    "it|id|nr|kl|obs|ps|cc|re|fwd|fw|lol|faq|dvd|cd|ceo|vd|se|no|internet|email|mail|www|http|sms|faq|plz|thx|sept|sun|"
    "sat|fri|thu|wed|tue|mon|bloom|blooms|solo|moodle|canvas|"
    "word|excel|google|teams|windows|python|java|linux|wikipedia|facebook|youtube|iphone|ipad|android|microsoft|apple|"
    "chatgpt|quiz|uppgift|fråga|svar|poäng|betyg|prov|kurs|"
    "modul|kapitel|avsnitt|tabell|figur|bilaga|inlämning|tenta|question|answer|points|chapter|section|table|figure|"
    "module|"
    // what sentences of teachers begin with
    "beräkna|motivera|förklara|ange|bestäm|rita|skriv|diskutera|jämför|redogör|analysera|tolka|resonera|lös|visa|"
    "beskriv|definiera|rangordna|matcha|para|välj|markera|fyll|"
    "sortera|identifiera|sammanfatta|utvärdera|reflektera|argumentera|undersök|uppskatta|avgör|härled|bevisa|skissa|"
    "översätt|läs|lyssna|alternativet|alternativen|svaret|"
    "svaren|frågan|frågorna|uppgiften|uppgifterna|texten|bilden|formuleringen|rättningen|rättningsanvisningen|"
    "rättningsmallen|poängen|nivån|provet|provets|lektionen|kursen|"
    "boken|kapitlet|begreppet|begreppen|distraktorn|distraktorerna|distraktorer|feedbacken|återkopplingen|kommentaren|"
    "behåller|ändrar|ändrade|byter|bytte|lägger|la|lade|tog|"
    "sänker|sänkte|höjer|höjde|kortade|förenklade|förtydligade|omformulerade|godkänner|godkänd|avvisar|avvisad|stryker|"
    "strök|rättstavning|stavfel|otydligt|otydlig|lagom|"
    "bloom|blooms|kursmålet|kursmål|lärandemål|kunskapskrav|kunskapskravet|flervalsfråga|flervalsfrågan|essä|essäfråga|"
    "kortsvar|solo";
// With a capital inside a sentence, by the hand of the writer, and still nobody.
inline constexpr std::string_view kSmallWords =
    "this|that|these|those|he|she|it|they|we|you|who|what|when|where|why|how|which|the|an|and|but|or|if|so|for|of|in|"
    "on|at|by|"
    "to|from|with|as|is|are|was|were|be|do|does|did|has|have|had|not|no|yes|please|there|here|then|than|his|her|their|"
    "our|your|"
    "my|its|me|us|them|him|all|any|some|one|only|just|also|very|more|most|can|could|should|would|after|before|about|"
    "because";
}  // namespace qf
