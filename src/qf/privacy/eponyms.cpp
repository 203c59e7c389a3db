// Whom courses are about: people whose names are the content of a question, not somebody in the room.
// The list is our own; a course adds its own words by configuration.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "qf/privacy/names.h"
#include "qf/privacy/recognize.h"

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
    // more of them, and gods and figures of tales
    "Christopher Polhem|Dmitrij Mendelejev|Marie Antoinette|Greta Thunberg|Elin Wägner|Leo Tolstoj|Mary "
    "Wollstonecraft|Émilie du Châtelet|Sofia Kovalevskaja|Hypatia|Ibn Sina|Avicenna|Averroës|Al Khwarizmi|Birger "
    "Jarl|Zarah Leander|Folke Bernadotte|Fredrika Bremer|Erving Goffman|Edmond Halley|James Parkinson|Alois "
    "Alzheimer|Edward Simpson|Hermann Schwarz|Burrill Crohn|Gaspard Coriolis|Friedrich Mohs|Bartolomeo "
    "Eustachi|Henry Heimlich|Reginald Punnett|Max Lorenz|Corrado Gini|Johannes van der Waals|Germain Hess|Norman "
    "Webb|Joseph Stefan|Wilhelm Wien|Ernst Mach|Osborne Reynolds|Henry Moseley|Ludwig Prandtl|Robert "
    "Oppenheimer|Chien-Shiung Wu|Katherine Johnson|Jocelyn Bell|Carl Sagan|Neil Armstrong|Jurij Gagarin|Valentina "
    "Teresjkova|Alan Guth|Georges Lemaître|Emil Fischer|Glenn Seaborg|Dorothy Hodgkin|Ignaz Semmelweis|Joseph "
    "Lister|Florence Nightingale|Elisabeth Blackwell|Tu Youyou|Alexander von Humboldt|Alfred Kinsey|Konrad "
    "Lorenz|Nikolaas Tinbergen|Harry Harlow|Solomon Asch|Elisabeth Loftus|Noam Chomsky|Ferdinand de "
    "Saussure|Roland Barthes|Judith Butler|Jacques Derrida|Jean Baudrillard|Theodor Adorno|Max Horkheimer|Georg "
    "Simmel|Robert Merton|Talcott Parsons|Anthony Giddens|Zygmunt Bauman|Ulrich Beck|Thomas Piketty|Amartya "
    "Sen|Joseph Schumpeter|Thomas Malthus|Knut Wicksell|Gunnar Myrdal|Alva Myrdal|Niccolò Machiavelli|Baruch "
    "Spinoza|Arthur Schopenhauer|Epikuros|Epictetus|Seneca|Cicero|Herakleitos|Parmenides|Thales|Demokritos|"
    "Thomas av Aquino|Thomas Aquinas|Augustinus|Francis Bacon|Mary Anning|Nils Holgersson|Pippi Långstrump|"
    "Elizabeth I|Henrik VIII|Ludvig XVI|Karl X Gustav|Karl XI|Gustav IV Adolf|Erik XIV|Johan "
    "III|Sten Sture|Engelbrekt Engelbrektsson|Magnus Ladulås|Heliga Birgitta|Axel von Fersen|Jean Baptiste "
    "Bernadotte|Per Brahe|Ebba Brahe|Louis De Geer|Arvid Horn|Lars Johan Hierta|Saddam Hussein|Usama bin Laden|Yasser "
    "Arafat|Yitzhak Rabin|Ho Chi Minh|Pol Pot|Kim Il Sung|Desmond Tutu|Malcolm X|Harriet "
    "Tubman|Frederick Douglass|Sitting Bull|Che Guevara|Salvador Allende|Augusto Pinochet|Francisco Franco|Jeanne "
    "d'Arc|Katarina den stora|Peter den store|Ivan den förskräcklige|Nikolaj II|Grigorij Rasputin|Franz "
    "Ferdinand|Gavrilo Princip|Heinrich Himmler|Joseph Goebbels|Hermann Göring|Adolf Eichmann|Sophie Scholl|"
    "Oskar Schindler|Eva Braun|Erwin Rommel|Dwight Eisenhower|Douglas MacArthur|Charles de Gaulle|Harry "
    "Truman|Woodrow Wilson|Neville Chamberlain|Josip Broz Tito|Nicolae Ceausescu|Lech Walesa|Vaclav Havel|"
    "Gustaf Adolf Lysholm|Carl Jonas Love Almqvist|Johan Ludvig Runeberg|Zacharias Topelius|Viktor Rydberg|Verner "
    "von Heidenstam|Erik Axel Karlfeldt|Pär Rådström|Stig Dagerman|Moa Martinson|Ivar Lo-Johansson|Eyvind "
    "Johnson|Elsa Beskow|Tove Jansson|Astrid Lindgren|Sylvia Plath|Emily Dickinson|Walt Whitman|Robert Frost|Arthur "
    "Miller|Tennessee "
    "Williams|Scott Fitzgerald|William Faulkner|Harper Lee|Maya Angelou|Chinua Achebe|Margaret Atwood|Doris "
    "Lessing|Emily Brontë|Thomas Hardy|Samuel Beckett|Agatha Christie|Arthur Conan Doyle|Bram Stoker|Lewis "
    "Carroll|Roald Dahl|Mary Wollstonecraft Shelley|Lord Byron|John Keats|William Wordsworth|William "
    "Blake|John Milton|Geoffrey Chaucer|Daniel Defoe|Jonathan Swift|Knut Hamsun|Sigrid Undset|Karen Blixen|Halldór "
    "Laxness|Alexandre Dumas|Jules Verne|Stendhal|Honoré de Balzac|Molière|Jean Racine|Pierre Corneille|Heinrich "
    "Heine|Heinrich Böll|Günter Grass|Hermann Hesse|Rainer Maria Rilke|Aleksandr Pusjkin|Nikolaj Gogol|Boris "
    "Pasternak|Pablo Neruda|Jorge Luis Borges|Isabel Allende|John Lennon|"
    "Ingmar Bergman|Alfred Hitchcock|Charlie Chaplin|Walt "
    "Disney|Georg Friedrich Händel|Pjotr Tjajkovskij|Igor Stravinskij|Giuseppe Verdi|Giacomo Puccini|Robert "
    "Schumann|Clara Schumann|Johannes Brahms|Franz Liszt|Edvard Grieg|Jean Sibelius|Hugo Alfvén|Gustav "
    "Mahler|Claude Debussy|Maurice Ravel|Andy Warhol|Hilma af Klint|Gustav Klimt|Paul Gauguin|Paul Cézanne|Auguste "
    "Rodin|Edgar Degas|Henri Matisse|Albrecht Dürer|Sandro Botticelli|Caravaggio|Johannes Vermeer|Diego "
    "Velázquez|Francisco Goya|Zeus|Apollon|Odysseus|Akilles|Oidipus|"
    "Antigone|Macbeth|Hamlet|Othello|Beowulf|Macbeths|Frankenstein|Dracula|Sherlock Holmes|Don Quijote|"
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
    "Galvani|Bosch|Boole|Venn|Hooke|Simpson|Parkinson|Jarl|Leander|Bernadotte|Bremer|Schwarz|Webb|Mach|Wien|Stefan|"
    "Johnson|Bell|Armstrong|Fischer|Lister|Blackwell|Youyou|Wu|Lorenz|Butler|Merton|Parsons|Beck|Sen|Myrdal|Bacon|"
    "Anning|Holgersson|Victoria|I|VIII|XVI|Gustav|XI|XIV|III|Sture|Engelbrektsson|Birgitta|Fersen|Brahe|Horn|Hierta|"
    "Busch|Carlsson|Bildt|Brundtland|Bush|Clinton|Hussein|Minh|Pot|Sung|Yousafzai|X|Douglass|Bull|Franco|stora|II|"
    "Ferdinand|Princip|Braun|Scholl|Wilson|Truman|Chamberlain|Tito|Havel|Lysholm|Almqvist|Rydberg|Heidenstam|"
    "Karlfeldt|Dagerman|Lo-Johansson|Beskow|Jansson|Fossum|Mankell|Khemiri|Frost|Miller|Williams|Fitzgerald|Lee|Hardy|"
    "Christie|Doyle|Carroll|Dahl|Keats|Blake|Milton|Swift|Grass|Jackson|Mercury|Bergman|Grieg|Holmes|"
    "Antoinette|Dumas|Allende|Heine|Schumann|Andersen|Rowling|Trump|Obama|Mahler|Klint|Goya|Alfvén|Punnett|Lessing|"
    "Sina|Laden|Rabin|Tutu|Gini|Crohn|Hess|Geer|Verdi|Verne|Hesse|Moseley|Reynolds|Sagan|Asch|Harlow|Loftus|Seneca|"
    "Thales|";

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
    if (!initial && !given && !is_particle(tokens.view(token))) return false;
    full = full || given || (initial && eponyms.alone.find(tokens.all[last].hash)->second);
  }
  return full;
}

}  // namespace qf
