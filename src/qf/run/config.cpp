#include "qf/run/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <array>
#include <cmath>

#include "qf/core/text.h"

namespace qf {
namespace {

tl::unexpected<Error> invalid(std::string message) { return failure(ErrorCode::kInvalidInput, std::move(message)); }

Status read_string(const toml::node& node, std::string& to) {
  const auto value = node.value_exact<std::string>();
  if (!value) return invalid("must be a string");
  to = *value;
  return {};
}

Status read_integer(const toml::node& node, std::int64_t least, std::int64_t& to) {
  const auto value = node.value_exact<std::int64_t>();
  if (!value || *value < least) return invalid(fmt::format("must be a whole number of at least {}", least));
  to = *value;
  return {};
}

// A number of bytes, or "512 MB", "2 GiB".
Status read_bytes(const toml::node& node, std::int64_t& to) {
  if (node.is_integer()) return read_integer(node, 1, to);
  const auto text = node.value_exact<std::string>();
  if (!text) return invalid("must be a number of bytes or a text such as \"512 MB\"");
  std::size_t at = 0;
  std::int64_t number = 0;
  for (; at < text->size() && (*text)[at] >= '0' && (*text)[at] <= '9' && number < (1LL << 40); ++at)
    number = number * 10 + ((*text)[at] - '0');
  std::string_view unit = std::string_view(*text).substr(at);
  if (unit.starts_with(' ')) unit.remove_prefix(1);
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> kUnits = {{{"B", 1},
                                                                                {"kB", 1000},
                                                                                {"MB", 1'000'000},
                                                                                {"GB", 1'000'000'000},
                                                                                {"KiB", 1024},
                                                                                {"MiB", 1024 * 1024},
                                                                                {"GiB", 1024LL * 1024 * 1024}}};
  for (const auto& [name, factor] : kUnits)
    if (at > 0 && unit == name) {
      to = number * factor;
      return {};
    }
  return invalid("must be a number of bytes or a text such as \"512 MB\"");
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + "\"";
}

template <TextGroup Group>
Status read_level(const toml::node& node, Config& config) {
  std::string text;
  QF_CHECK(read_string(node, text));
  QF_ASSIGN(config.text[static_cast<std::size_t>(Group)], parse_text_level(text));
  return {};
}
template <TextGroup Group>
std::string write_level(const Config& config) {
  return toml_text(to_string(config.text[static_cast<std::size_t>(Group)]));
}

template <std::string Config::*Member>
Status read_text(const toml::node& node, Config& config) {
  return read_string(node, config.*Member);
}
template <std::string Config::*Member>
std::string write_text(const Config& config) {
  return toml_text(config.*Member);
}

template <std::optional<std::int64_t> Config::*Member>
Status read_minimum(const toml::node& node, Config& config) {
  std::int64_t value = 0;
  QF_CHECK(read_integer(node, 0, value));
  config.*Member = value;
  return {};
}

Status read_audience(const toml::node& node, Config& config) {
  std::string text;
  QF_CHECK(read_string(node, text));
  QF_ASSIGN(config.audience, parse_audience(text));
  return {};
}

Status read_ratios(const toml::node& node, Config& config) {
  const toml::array* list = node.as_array();
  if (list == nullptr || list->size() != kSplitCount)
    return invalid("must be a list of three numbers: train, validation, test");
  double total = 0;
  for (std::size_t i = 0; i < kSplitCount; ++i) {
    const auto value = (*list)[i].value<double>();
    if (!value || !(*value >= 0) || *value > 1) return invalid("must hold numbers from 0 to 1");
    config.ratios[i] = *value;
    total += *value;
  }
  if (std::abs(total - 1) > 1e-9) return invalid("must add up to 1");
  return {};
}

Status read_drop(const toml::node& node, Config& config) {
  const auto value = node.value_exact<bool>();
  if (!value) return invalid("must be true or false");
  config.drop_shared_text = *value;
  return {};
}

Status read_formats(const toml::node& node, Config& config) {
  const toml::array* list = node.as_array();
  if (list == nullptr || list->empty()) return invalid("must be a list of format names");
  config.formats.clear();
  for (const toml::node& item : *list) {
    const auto name = item.value_exact<std::string>();
    if (!name || *name != "parquet")
      return invalid("holds a format that this version does not write: it writes parquet");
    config.formats.push_back(*name);
  }
  return {};
}

struct KeyRow {
  ConfigKey key;
  Status (*read)(const toml::node&, Config&);
  std::string (*write)(const Config&);  // nullptr: belongs to the run, not to the dataset
};

const KeyRow kKeys[] = {
    {{"dataset.name", "string", "", "\"questionforge-decisions\"", "name of the dataset, for card and manifest"},
     read_text<&Config::dataset_name>,
     write_text<&Config::dataset_name>},
    {{"privacy.audience", "private | internal | external", "", "\"private\"", "who the dataset is for"},
     read_audience,
     [](const Config& c) { return toml_text(to_string(c.audience)); }},
    {{"privacy.text.question", "none | features | redacted | raw", "", "\"features\"",
      "question texts, titles and values without a canonical form"},
     read_level<TextGroup::kQuestion>,
     write_level<TextGroup::kQuestion>},
    {{"privacy.text.options", "none | features | redacted | raw", "", "\"features\"",
      "options, choices and suggestions outside the closed vocabularies"},
     read_level<TextGroup::kOptions>,
     write_level<TextGroup::kOptions>},
    {{"privacy.text.correction", "none | features | redacted | raw", "", "\"features\"",
      "texts before and after a correction"},
     read_level<TextGroup::kCorrection>,
     write_level<TextGroup::kCorrection>},
    {{"privacy.text.rationale", "none | features | redacted | raw", "", "\"features\"",
      "what a teacher wrote about a choice"},
     read_level<TextGroup::kRationale>,
     write_level<TextGroup::kRationale>},
    {{"quality.min_sessions", "integer", "sittings that hold a decision", "by audience: 100, 20, 100",
      "fewer: private warns, the others refuse"},
     read_minimum<&Config::min_sessions>,
     [](const Config& c) { return std::to_string(c.required_sessions()); }},
    {{"quality.min_subjects", "integer", "people", "by audience: 1, 5, 10", "fewer: nothing is published"},
     read_minimum<&Config::min_subjects>,
     [](const Config& c) { return std::to_string(c.required_subjects()); }},
    {{"split.ratios", "list of 3 numbers", "shares of people", "[0.8, 0.1, 0.1]",
      "wished sizes of train, validation and test"},
     read_ratios,
     [](const Config& c) { return fmt::format("[{}, {}, {}]", c.ratios[0], c.ratios[1], c.ratios[2]); }},
    {{"split.drop_shared_text", "boolean", "", "true", "drop rows of train whose text also stands in another split"},
     read_drop,
     [](const Config& c) { return std::string(c.drop_shared_text ? "true" : "false"); }},
    {{"output.formats", "list of strings", "", "[\"parquet\"]", "file formats of the version"},
     read_formats,
     [](const Config& c) { return fmt::format("[\"{}\"]", fmt::join(c.formats, "\", \"")); }},
    {{"output.max_shard_bytes", "integer or text", "bytes before compression", "500000000",
      "a split above this is written as several files"},
     [](const toml::node& node, Config& c) { return read_bytes(node, c.max_shard_bytes); },
     [](const Config& c) { return std::to_string(c.max_shard_bytes); }},
    {{"card.summary", "string", "", "\"\"", "what the dataset is, in your words"},
     read_text<&Config::summary>,
     write_text<&Config::summary>},
    {{"card.license", "string", "", "\"\"", "licence identifier, as dataset hubs know it"},
     read_text<&Config::license>,
     write_text<&Config::license>},
    {{"card.license_name", "string", "", "\"\"", "name of a licence that has no identifier"},
     read_text<&Config::license_name>,
     write_text<&Config::license_name>},
    {{"card.controller", "string", "", "\"\"", "who answers for the personal data"},
     read_text<&Config::controller>,
     write_text<&Config::controller>},
    {{"card.contact", "string", "", "\"\"", "whom to ask"}, read_text<&Config::contact>, write_text<&Config::contact>},
    {{"card.authors", "string", "", "\"\"", "who made the dataset"},
     read_text<&Config::authors>,
     write_text<&Config::authors>},
    {{"card.citation", "string", "", "\"\"", "how to cite it"},
     read_text<&Config::citation>,
     write_text<&Config::citation>},
    {{"run.threads", "integer", "threads", "0", "0: one for each core"},
     [](const toml::node& node, Config& c) { return read_integer(node, 0, c.threads); },
     nullptr},
    {{"run.memory", "integer or text", "bytes", "\"512 MiB\"",
      "what the build may keep in memory; sorts go to disk beyond their share of it"},
     [](const toml::node& node, Config& c) { return read_bytes(node, c.memory_bytes); },
     nullptr},
};

Status read_table(const toml::table& table, const std::string& prefix, const std::string& file, Config& config) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix.empty() ? std::string(name.str()) : prefix + "." + std::string(name.str());
    const auto place = fmt::format("{}:{}: {}", file, node.source().begin.line, key);
    const auto row =
        std::find_if(std::begin(kKeys), std::end(kKeys), [&](const KeyRow& r) { return r.key.name == key; });
    if (row != std::end(kKeys)) {
      if (auto status = row->read(node, config); !status) return invalid(place + " " + status.error().message);
      continue;
    }
    const bool is_prefix = std::any_of(std::begin(kKeys), std::end(kKeys),
                                       [&](const KeyRow& r) { return r.key.name.starts_with(key + "."); });
    if (is_prefix && node.is_table()) {
      QF_CHECK(read_table(*node.as_table(), key, file, config));
      continue;
    }
    std::vector<std::string_view> names;
    for (const KeyRow& known : kKeys) names.push_back(known.key.name);
    const std::string_view near = nearest_name(key, names);
    return invalid(place + " is not a key" +
                   (near.empty() ? std::string(". `qf-dataset schema config` lists them")
                                 : fmt::format("; did you mean {}?", near)));
  }
  return {};
}

}  // namespace

std::int64_t Config::required_sessions() const {
  if (min_sessions) return *min_sessions;
  return audience == Audience::kInternal ? 20 : 100;
}

std::int64_t Config::required_subjects() const {
  if (min_subjects) return *min_subjects;
  switch (audience) {
    case Audience::kPrivate: return 1;
    case Audience::kInternal: return 5;
    case Audience::kExternal: return 10;
  }
  return 10;
}

std::vector<ConfigKey> config_keys() {
  std::vector<ConfigKey> keys;
  for (const KeyRow& row : kKeys) keys.push_back(row.key);
  return keys;
}

namespace {

// `parse` gives the table, or throws what toml++ throws.
template <class Parse>
Result<Config> config_of(const std::string& place, Parse&& parse) {
  Config config;
  try {
    const toml::table table = parse();
    QF_CHECK(read_table(table, "", place, config));
  } catch (const toml::parse_error& error) {
    return invalid(fmt::format("{}:{}: {}", place, error.source().begin.line, error.description()));
  }
  return config;
}

}  // namespace

Result<Config> load_config(const std::filesystem::path& path) {
  return config_of(path.string(), [&] { return toml::parse_file(path.string()); });
}

Result<Config> parse_config(std::string_view text, const std::string& place) {
  return config_of(place, [&] { return toml::parse(text, place); });
}

std::string canonical_config(const Config& config) {
  std::string out;
  for (const KeyRow& row : kKeys)
    if (row.write != nullptr) out += fmt::format("{} = {}\n", row.key.name, row.write(config));
  return out;
}

Result<Audience> parse_audience(std::string_view text) {
  for (const Audience audience : {Audience::kPrivate, Audience::kInternal, Audience::kExternal})
    if (to_string(audience) == text) return audience;
  return invalid("must be private, internal or external");
}

Result<TextLevel> parse_text_level(std::string_view text) {
  for (const TextLevel level : {TextLevel::kNone, TextLevel::kFeatures, TextLevel::kRedacted, TextLevel::kRaw})
    if (to_string(level) == text) return level;
  return invalid("must be none, features, redacted or raw");
}

}  // namespace qf
