// Whom courses are about: people whose names are the content of a question, not somebody in the room.
// The list is our own; a course adds its own words by configuration.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "qf/privacy/names.h"

namespace qf {
namespace {

// Given names before a surname; a surname alone is enough. "|" between people.
constexpr std::string_view kEponyms =
    // biology, chemistry, medicine
    "Gregor Mendel|Charles Darwin|Alfred Russel Wallace|Carl von Linné|Carl Carolus Linnaeus|Hans Adolf Krebs|Camillo "
    "Golgi|Louis Pasteur|Robert Koch|"
    "Alexander Fleming|Edward Jenner|Francis Crick|James Watson|Rosalind Franklin|Barbara McClintock|Thomas Hunt "
    "Morgan|Jean-Baptiste Lamarck|"
    "Ernst Haeckel|Robert Hooke|Antonie van Leeuwenhoek|Theodor Schwann|Matthias Schleiden|Rudolf "
    "Virchow|Hippokrates|Hippocrates|Galenos|Andreas Vesalius|"
    "William Harvey|Ivan Pavlov|Lynn Margulis|Rachel Carson|Jane Goodall|Melvin Calvin|Peter Mitchell|Frederick "
    "Sanger|Kary Mullis|Emmanuelle Charpentier|"
    "Jennifer Doudna|Svante Pääbo|Hardy Weinberg|Santiago Ramón Cajal|Luigi Galvani|Otto Warburg|Antoine "
    "Lavoisier|Dmitri Mendelejev|Dmitri Mendeleev|"
    "John Dalton|Amedeo Avogadro|Svante Arrhenius|Jöns Jacob Jac Berzelius|Carl Wilhelm Scheele|Linus Pauling|Gilbert "
    "Lewis|Johannes Brønsted|Robert Bunsen|"
    "Fritz Haber|Carl Bosch|Alfred Nobel|Marie Curie|Pierre Curie|Irène Joliot-Curie|Robert Boyle|Jacques "
    "Charles|Joseph Gay-Lussac|Henri Le Chatelier|"
    "Friedrich Wöhler|August Kekulé|Joseph Priestley|Humphry Davy|Jacobus van 't Hoff|Walther Nernst|Josiah Willard "
    "Gibbs|Hermann Hess|"
    // physics, astronomy
    "Isaac Newton|Albert Einstein|Galileo Galilei|Nicolaus Nikolaus Kopernikus|Nicolaus Copernicus|Johannes "
    "Kepler|Tycho Brahe|Niels Bohr|Max Planck|Werner Heisenberg|"
    "Erwin Schrödinger|Paul Dirac|Enrico Fermi|Wolfgang Pauli|Ernest Rutherford|Joseph John Thomson|James "
    "Chadwick|Lise Meitner|Otto Hahn|Michael Faraday|"
    "James Clerk Maxwell|André-Marie Ampère|Alessandro Volta|Georg Ohm|Heinrich Hertz|Nikola Tesla|Thomas "
    "Edison|Charles-Augustin Coulomb|Hans Christian Ørsted|"
    "Blaise Pascal|Arkimedes|Archimedes|Daniel Bernoulli|Evangelista Torricelli|James Prescott Joule|James "
    "Watt|William Thomson Kelvin|Lord Kelvin|Anders Celsius|"
    "Daniel Fahrenheit|Anders Ångström|Christian Doppler|Willebrord Snell|Christiaan Huygens|Thomas Young|Albert "
    "Michelson|Hendrik Lorentz|Edwin Hubble|"
    "Stephen Hawking|Richard Feynman|Henri Becquerel|Wilhelm Röntgen|Ludwig Boltzmann|Sadi Carnot|Rudolf "
    "Clausius|Robert Hooke|Gustav Kirchhoff|Emil Lenz|"
    "Johannes Rydberg|Johann Balmer|Louis de Broglie|Arthur Compton|Peter Higgs|Andrija Mohorovičić|Alfred "
    "Wegener|Charles Richter|Vera Rubin|"
    // mathematics, computing
    "Pythagoras|Euklides|Euclid|René Descartes|Pierre de Fermat|Leonhard Euler|Carl Friedrich Gauss|Bernhard "
    "Riemann|Gottfried Wilhelm Leibniz|Joseph-Louis Lagrange|"
    "Pierre-Simon Laplace|Joseph Fourier|Augustin-Louis Cauchy|Évariste Galois|Niels Henrik Abel|David Hilbert|Kurt "
    "Gödel|Georg Cantor|Emmy Noether|"
    "Srinivasa Ramanujan|Thomas Bayes|Andrej Markov|Siméon Poisson|Jacob Bernoulli|Brook Taylor|Colin Maclaurin|John "
    "Venn|George Boole|Leonardo Fibonacci|Heron|"
    "Alan Turing|Ada Lovelace|Charles Babbage|Grace Hopper|Edsger Dijkstra|Donald Knuth|John von Neumann|Claude "
    "Shannon|Tim Berners-Lee|Linus Torvalds|"
    "Ronald Fisher|Karl Pearson|William Gosset|Charles Spearman|Francis Galton|Rensis Likert|"
    // philosophy, psychology, society
    "Sokrates|Socrates|Platon|Plato|Aristoteles|Aristotle|Immanuel Kant|Friedrich Nietzsche|Søren Kierkegaard|Georg "
    "Wilhelm Friedrich Hegel|Karl Marx|"
    "Friedrich Engels|John Locke|Thomas Hobbes|David Hume|Jean-Jacques Rousseau|Charles-Louis Montesquieu|François "
    "Voltaire|Jeremy Bentham|John Stuart Mill|Adam Smith|"
    "John Maynard Keynes|Milton Friedman|Friedrich Hayek|David Ricardo|Max Weber|Émile Durkheim|Michel Foucault|Pierre "
    "Bourdieu|Jürgen Habermas|"
    "John Rawls|Hannah Arendt|Simone de Beauvoir|Jean-Paul Sartre|Ludwig Wittgenstein|Bertrand Russell|Karl "
    "Popper|Thomas Kuhn|Konfucius|Confucius|Buddha|"
    "Sigmund Freud|Carl Gustav Jung|Burrhus Frederic Skinner|Jean Piaget|Lev Vygotskij|Lev Vygotsky|Abraham "
    "Maslow|Erik Homburger Erikson|Albert Bandura|Stanley Milgram|"
    "Philip Zimbardo|John Dewey|Benjamin Bloom|Maria Montessori|Paulo Freire|John Bowlby|Mary Ainsworth|Lawrence "
    "Kohlberg|Urie Bronfenbrenner|Daniel Kahneman|"
    "Howard Gardner|John Hattie|Ellen Key|Geert Hofstede|Vilfredo Pareto|Frederick Taylor|Michael Porter|"
    // history, religion
    "Gustav Vasa|Drottning Kristina|Karl XII|Gustav II Adolf|Axel Oxenstierna|Gustav III|Napoleon Bonaparte|Adolf "
    "Hitler|Benito Mussolini|Josef Stalin|Vladimir Lenin|"
    "Lev Trotskij|Mao Zedong|Winston Churchill|Franklin Delano Roosevelt|Theodore Roosevelt|Abraham Lincoln|George "
    "Washington|Thomas Jefferson|Martin Luther|Jean Calvin|"
    "Martin Luther King|Nelson Mandela|Mahatma Gandhi|Julius Caesar|Augustus|Alexander den "
    "store|Kleopatra|Cleopatra|Christofer Columbus|Christopher Columbus|Vasco da Gama|"
    "Ferdinand Magellan|Marco Polo|Djingis khan|Otto von Bismarck|Ludvig XIV|Maximilien Robespierre|Karl den "
    "store|Olof Palme|Hjalmar Branting|Per Albin Hansson|Tage Erlander|"
    "Raoul Wallenberg|Dag Hammarskjöld|Anne Frank|Joseph McCarthy|John Fitzgerald Kennedy|Richard Nixon|Ronald "
    "Reagan|Michail Gorbatjov|Leonid Brezjnev|Nikita Chrusjtjov|"
    "Fidel Castro|Simón Bolívar|Rosa Parks|Rosa Luxemburg|Emmeline Pankhurst|Jesus "
    "Kristus|Jesus|Muhammed|Mohammed|Mose|Moses|Abraham|Paulus|Maria Magdalena|Siddhartha Gautama|"
    // literature, art, music
    "William Shakespeare|August Strindberg|Selma Lagerlöf|Astrid Lindgren|Carl Michael Bellman|Esaias Tegnér|Gustaf "
    "Fröding|Karin Boye|Tomas Tranströmer|Vilhelm Moberg|"
    "Harry Martinson|Pär Lagerkvist|Hjalmar Söderberg|Edith Södergran|Henrik Ibsen|Hans Christian Andersen|Johann "
    "Wolfgang von Goethe|Friedrich Schiller|Franz Kafka|"
    "Thomas Mann|Bertolt Brecht|Fjodor Dostojevskij|Lev Tolstoj|Anton Tjechov|Jane Austen|Charlotte Brontë|Charles "
    "Dickens|Mary Shelley|Virginia Woolf|James Joyce|"
    "George Orwell|Oscar Wilde|Edgar Allan Poe|Mark Twain|Ernest Hemingway|John "
    "Steinbeck|Homeros|Homer|Sofokles|Vergilius|Dante Alighieri|Francesco Petrarca|"
    "Giovanni Boccaccio|Miguel de Cervantes|Gustave Flaubert|Victor Hugo|Émile Zola|Charles Baudelaire|Albert "
    "Camus|Marcel Proust|Gabriel García Márquez|Toni Morrison|"
    "Johann Sebastian Bach|Wolfgang Amadeus Mozart|Ludwig van Beethoven|Franz Schubert|Frédéric Chopin|Richard "
    "Wagner|Antonio Vivaldi|Joseph Haydn|"
    "Leonardo da Vinci|Michelangelo|Rafael|Rembrandt|Vincent van Gogh|Claude Monet|Pablo Picasso|Salvador Dalí|Frida "
    "Kahlo|Edvard Munch|Anders Zorn|Carl Larsson";

// Surnames in the list that many in a classroom bear too: these only with their given name.
constexpr std::string_view kOnlyInFull =
    "|Smith|Young|Taylor|Thomson|Morgan|Watson|Franklin|Wallace|Carson|Mitchell|Harvey|Lewis|Jenner|Fleming|Fisher|"
    "Pearson|Gardner|Porter|Frank|King|Parks|Lindgren|Hansson|Larsson|"
    "Andersen|Moberg|Martinson|Söderberg|Mann|Adolf|Kristina|Luther|Key|Friedman|Russell|Abraham|Rafael|Homer|Moses|"
    "Mohammed|Muhammed|Jesus|Charles|Charpentier|Hahn|Koch|Boye|Twain|"
    "Mill|Bloom|Weber|Jung|Columbus|Polo|Austen|Joyce|Hughes|Kuhn|Rubin|Erikson|Skinner|Kennedy|Washington|Lincoln|"
    "Jefferson|Nixon|Wilde|Lenz|Wagner|Hess|Davy|Key|Abel|Cantor|Noether|"
    "Mendelejev|Sanger|Chadwick|Zorn|Palme|Branting|Erlander|Wallenberg|Morrison|Magdalena|store|Heron|Augustus|"
    "Galvani|Bosch|Boole|Venn|Hooke|";

struct Eponyms {
  // From the hash of a surname to the hashes of the given names it may stand with; surnames that stand alone too.
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> given;
  std::unordered_map<std::uint64_t, bool> alone;

  Eponyms() {
    std::string_view list = kEponyms;
    while (!list.empty()) {
      const std::size_t end = std::min(list.find('|'), list.size());
      std::vector<std::string_view> words;
      std::string_view person = list.substr(0, end);
      while (!person.empty()) {
        const std::size_t space = std::min(person.find(' '), person.size());
        words.push_back(person.substr(0, space));
        person.remove_prefix(std::min(space + 1, person.size()));
      }
      const std::string surname(words.back());
      const bool common = kOnlyInFull.find("|" + surname + "|") != std::string_view::npos;
      for (const std::string& form : {surname, surname + "s"}) {
        auto& names = given[word_hash(form)];
        for (std::size_t i = 0; i + 1 < words.size(); ++i) names.push_back(word_hash(words[i]));
        alone[word_hash(form)] = alone[word_hash(form)] || !common || words.size() == 1;
      }
      list.remove_prefix(std::min(end + 1, list.size()));
    }
  }
};

}  // namespace

bool is_eponym(const Tokens& tokens, std::size_t first, std::size_t last) {
  static const Eponyms eponyms;
  const auto names = eponyms.given.find(tokens.all[last].hash);
  if (names == eponyms.given.end()) return false;
  if (first == last) return eponyms.alone.find(tokens.all[last].hash)->second;
  bool full = false;
  for (std::size_t i = first; i < last; ++i) {
    const Token& token = tokens.all[i];
    if (!token.word()) continue;
    const bool initial = token.letters == 1;
    const bool given = std::find(names->second.begin(), names->second.end(), token.hash) != names->second.end();
    if (!initial && !given) return false;
    full = true;
  }
  return full;
}

}  // namespace qf
