// English words and sentences, invented for this school.
#include "vocabulary.h"

namespace classroom {
namespace {

using W = std::string_view;

constexpr W kBioTopics[] = {
    "osmosis",      "photosynthesis",    "cell respiration",       "gene expression",     "mitosis",
    "meiosis",      "the food web",      "the circulatory system", "the immune response", "the nerve impulse",
    "inheritance",  "natural selection", "the nitrogen cycle",     "enzyme action",       "hormonal control",
    "gas exchange", "speciation"};
constexpr W kBioFactors[] = {
    "temperature",    "oxygen supply",           "salt concentration", "light intensity",   "pH",
    "carbon dioxide", "the number of predators", "water content",      "a single mutation", "glucose supply",
    "surface area",   "competition for food"};
constexpr W kBioSettings[] = {"a peat bog",          "a heated greenhouse",   "a sprinting athlete",
                              "a bacterial culture", "a spruce plantation",   "a coral nursery",
                              "rising bread dough",  "an isolated island",    "a patient with fever",
                              "a leaf in the shade", "the lining of the gut", "a freshly dug pond"};
constexpr W kBioConditions[] = {"the cell is placed in pure water",
                                "the population is halved",
                                "one enzyme is missing",
                                "nights grow longer",
                                "oxygen runs out",
                                "two species share a niche",
                                "the signal is blocked",
                                "a gene is switched off",
                                "the temperature rises by %n degrees",
                                "the body loses fluid"};
constexpr W kBioClaims[] = {"plants breathe only at night",       "genes decide everything",
                            "every bacterium is harmful",         "animals adapt because they want to",
                            "energy is recycled in a food chain", "antibiotics cure viral infections",
                            "cells can grow without limit"};

constexpr W kPhyTopics[] = {"inertia",
                            "friction",
                            "momentum",
                            "mechanical energy",
                            "projectile motion",
                            "the electric field",
                            "a voltage divider",
                            "induction",
                            "standing waves",
                            "refraction",
                            "the Doppler effect",
                            "heat transfer",
                            "radioactive decay",
                            "the photoelectric effect",
                            "circular motion",
                            "density",
                            "fluid pressure"};
constexpr W kPhyFactors[] = {"mass",        "speed",  "the angle", "resistance",     "wavelength", "distance",
                             "temperature", "charge", "current",   "air resistance", "the slope",  "frequency"};
constexpr W kPhySettings[] = {"a sledge on ice", "a train in a bend", "a playground swing", "a series circuit",
                              "a water tank",    "a block on a ramp", "a violin string",    "an orbiting satellite",
                              "a glass prism",   "a braking bicycle", "a lift that starts", "a flask of tea"};
constexpr W kPhyConditions[] = {"the speed doubles",
                                "the circuit is broken",
                                "the mass grows to %n kg",
                                "friction disappears",
                                "the current is %n milliamperes",
                                "light passes from air into water",
                                "the spring is stretched by %n centimetres",
                                "the source approaches",
                                "the force acts for %n seconds"};
constexpr W kPhyClaims[] = {"heavy things always fall faster",  "current is used up in a lamp",
                            "a force is needed to keep moving", "cold flows in through a window",
                            "weight is the same as mass",       "a vacuum sucks",
                            "sound is fastest in air"};

constexpr W kHisTopics[] = {
    "the French Revolution", "industrialisation",     "colonial rule",   "the Reformation",
    "the Cold War",          "the suffrage movement", "Viking trade",    "the interwar years",
    "the age of migration",  "the Enlightenment",     "the slave trade", "decolonisation",
    "emigration to America", "the peace of 1919",     "the Black Death", "the enclosure of land"};
constexpr W kHisFactors[] = {"the price of bread", "a growing middle class", "the power of the church",
                             "new technology",     "the cost of war",        "population growth",
                             "the press",          "trade routes",           "a weak monarchy",
                             "failed harvests",    "popular movements",      "rivalry between powers"};
constexpr W kHisSettings[] = {"a port around 1700",  "a mill town in the 1870s",    "a chaplain's letter",
                              "a tax roll",          "a pamphlet of 1789",          "a diary from Gothenburg",
                              "a propaganda poster", "the minutes of a parliament", "a map of trade routes",
                              "a rune stone",        "a speech in a square",        "a factory bill"};
constexpr W kHisConditions[] = {
    "the source is contemporary",    "the author stood to gain",      "two sources disagree",
    "it is seen by the peasants",    "the period is cut to %n years", "neighbouring countries are compared",
    "women's conditions come first", "the war has lasted %n months",  "only a copy survives"};
constexpr W kHisClaims[] = {"history always moves forward",
                            "one man caused the war",
                            "a source either lies or tells the truth",
                            "everybody lived alike in the Middle Ages",
                            "industry raised living standards at once",
                            "neutrality means that nothing happens",
                            "peasants had no power at all"};

constexpr W kMatTopics[] = {"the quadratic function",
                            "the derivative",
                            "the straight line",
                            "exponential growth",
                            "the laws of logarithms",
                            "conditional probability",
                            "the normal distribution",
                            "polynomial division",
                            "the definite integral",
                            "the arithmetic sequence",
                            "the sine function",
                            "simultaneous equations",
                            "the laws of powers",
                            "percentage change",
                            "the vector",
                            "the limit"};
constexpr W kMatFactors[] = {
    "the coefficient of x", "the constant term", "the exponent", "the domain",
    "the number of trials", "the base",          "the angle",    "the sign of the discriminant",
    "the growth factor",    "the step length",   "the mean",     "the gradient"};
constexpr W kMatSettings[] = {
    "a loan of %n thousand",   "a ball thrown upwards", "a bacterial culture", "a raffle with %n tickets",
    "a rectangular field",     "a phone contract",      "a draining barrel",   "a sample inspection",
    "a staircase of %n steps", "a chessboard",          "a queue for tickets", "a profit curve"};
constexpr W kMatConditions[] = {"x = %n",
                                "the derivative is zero",
                                "the coefficient changes sign",
                                "the sample is doubled",
                                "the discriminant is negative",
                                "the rate is %n per mille",
                                "two events are independent",
                                "the lines are parallel",
                                "the graph moves %n steps to the right"};
constexpr W kMatClaims[] = {"a minus sign always means a negative number",
                            "a graph is a photograph of the motion",
                            "the root of a sum is the sum of the roots",
                            "a larger denominator makes a larger fraction",
                            "the mean is always one of the values",
                            "a six is due after a long wait",
                            "x is always unknown"};

constexpr W kSweTopics[] = {"the narrator's point of view",
                            "the turning point",
                            "the plan of a speech",
                            "the rhetorical question",
                            "metaphor",
                            "summary writing",
                            "word order in Swedish",
                            "dialect and status",
                            "the thesis of an argument",
                            "rhythm in verse",
                            "loan words",
                            "character development",
                            "citing a source",
                            "punctuation",
                            "the folk tale",
                            "irony"};
constexpr W kSweFactors[] = {"word choice",
                             "what the reader knows",
                             "tense",
                             "sentence length",
                             "genre",
                             "the sender's purpose",
                             "imagery",
                             "the audience",
                             "the ideals of the time",
                             "dialogue",
                             "repetition",
                             "paragraphing"};
constexpr W kSweSettings[] = {"a letter to the editor",
                              "an opening paragraph",
                              "a wedding speech",
                              "a crime story",
                              "a page of a diary",
                              "an advertisement",
                              "an article about school meals",
                              "a prose poem",
                              "a summary of %n words",
                              "a radio interview",
                              "a message to a manager",
                              "a ballad"};
constexpr W kSweConditions[] = {
    "the narrator is unreliable", "the text is read aloud",      "the recipient is unknown",
    "the thesis comes last",      "the text is cut by %n words", "the clause is moved to the front",
    "the dialogue is taken out",  "the quotation has no source", "the tense shifts"};
constexpr W kSweClaims[] = {"a summary may hold opinions",  "a metaphor always needs the word like",
                            "long sentences are better",    "dialect is bad language",
                            "the narrator is the author",   "a comma marks a breath",
                            "facts are enough as arguments"};

constexpr W kQuestions[] = {"Which statement about %t is most accurate when %c?",
                            "Explain how %f affects %t in %s.",
                            "A pupil says that %k. What is wrong with that, considering %t?",
                            "Compare %t with %u and name one difference that matters in %s.",
                            "What happens to %t in %s if %c?",
                            "What part does %f play in %t when %c?",
                            "Give an example of %t from %s and justify it.",
                            "Rank %f and %g by how much they matter for %t in %s.",
                            "Why is %f not enough to explain %t in %s?",
                            "Judge the claim that %k, using %t and %s.",
                            "Which option best shows how %f and %t are connected?",
                            "How could you investigate %t in %s within %n minutes?",
                            "Describe step by step what happens in %s when %c, and relate it to %t.",
                            "Which conclusion about %t is reasonable if %f changes in %s?",
                            "Task %n: use %t to interpret %s when %c.",
                            "What would you measure or read first in %s to understand %t?"};
constexpr W kOptions[] = {"%f alone decides the course of %t", "%t depends mostly on %f",   "%f does not matter in %s",
                          "both %f and %g affect %t",          "it is because %k",          "%t stops when %c",
                          "%f rises while %g falls",           "it cannot be told from %s", "%g takes the place of %f",
                          "%t is easier to see in %s"};
constexpr W kCorrect[] = {"Right! You saw that %f belongs with %t.", "Good, you tell %t from %u.",
                          "Yes, it shows clearly in %s.", "Correct. Think about what happens when %c."};
constexpr W kIncorrect[] = {"Not quite. Read about %t again and watch %f.", "Many believe that %k, but it is not so.",
                            "You are mixing up %t and %u.", "Try the thought that %c."};
constexpr W kRationales[] = {"This tests understanding of %t, not memory.",
                             "The class keeps mixing up %t and %u.",
                             "We have not covered %f yet.",
                             "Too hard as a first question about %t.",
                             "We need more questions where %c.",
                             "Right level after the practical on %s.",
                             "The distractor that %k catches the very misconception we saw.",
                             "I want reasoning about %f, not a formula.",
                             "We talked about %s on Tuesday.",
                             "The wording must be simpler for second language pupils.",
                             "Task %n asks the same thing already.",
                             "The suggestion overrates what they know about %t.",
                             "Good suggestion, close to the national test."};
constexpr W kNotes[] = {"Added the field about %t myself",
                        "The format broke when I pasted the test on %s",
                        "Rather use %f here",
                        "The heading should be %t",
                        "Fixed the spelling in the question on %t",
                        "Now matches the template of chapter %n"};
constexpr W kSkips[] = {"Duplicate of task %n", "Belongs to the next chapter on %t", "Has no key",
                        "Too close to the one on %u", "Dropped, %f is not part of the course"};
constexpr W kEndings[] = {
    " Give a short reason.",       " Answer in two sentences at most.", " Choose one option.",
    " Start from the text above.", " Use the terms from the lesson.",   " Write whole sentences."};

constexpr Phrases kPhrases = {kQuestions, kOptions, kCorrect, kIncorrect, kRationales, kNotes, kSkips, kEndings};

}  // namespace

std::array<Lexicon, kSubjectCount> english_lexicons() {
  return {{{kBioTopics, kBioFactors, kBioSettings, kBioConditions, kBioClaims},
           {kPhyTopics, kPhyFactors, kPhySettings, kPhyConditions, kPhyClaims},
           {kHisTopics, kHisFactors, kHisSettings, kHisConditions, kHisClaims},
           {kMatTopics, kMatFactors, kMatSettings, kMatConditions, kMatClaims},
           {kSweTopics, kSweFactors, kSweSettings, kSweConditions, kSweClaims}}};
}

const Phrases& english_phrases() { return kPhrases; }

}  // namespace classroom
