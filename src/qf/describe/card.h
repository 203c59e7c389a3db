// The dataset card: README.md with the YAML that loaders read and the text that people read.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "qf/core/schema.h"

namespace qf {

// The rows of one table in one split. Splits without rows have no file and no place in the card.
struct CardSplit {
  TableId table = TableId::kDecisions;
  std::string split;
  std::uint64_t rows = 0;
  std::uint64_t uncompressed_bytes = 0;  // of the rows in memory; loaders show it, none checks it
};

struct CardGate {
  std::string name;
  bool passed = false;
  std::string measured;
  std::string required;
  std::string severity;
};

// How far the people of one table can be told apart by their quasi-identifiers.
struct CardAnonymity {
  struct Column {
    std::string name;
    int level = 0, levels = 0;  // 0 as it is, the last one gone
    double retained = 1;        // share of its information that was kept
  };
  std::string table;
  std::uint64_t k = 0, l = 0, groups = 0;
  std::string unique_profiles;  // people whose rows together look like nobody else's
  std::vector<Column> columns;
  std::vector<std::string> rare_values_in;  // other columns, in which values that too few people have are empty
};

// Everything that the card says. Text that a person must give and has not is left empty; the card
// then reads "[More Information Needed]" in its place.
struct CardFacts {
  std::string name;
  std::string version;
  std::string audience;       // private, internal, external
  std::string privacy_level;  // raw, redacted or pseudonymised
  std::string program_version;
  std::map<std::string, std::string> text_levels;  // question, options, correction, rationale → none … raw
  std::vector<CardSplit> splits;
  std::uint64_t subjects = 0;
  std::uint64_t confirmed_subjects = 0;
  std::uint64_t sessions = 0;
  std::uint64_t sittings = 0;
  std::uint64_t k = 0;  // smallest group of people who share what could single them out; 0 = not measured
  std::string first_term;
  std::string last_term;
  std::map<std::string, std::uint64_t> languages;  // of question texts; a key that is no language code is "unknown"
  std::map<std::string, std::uint64_t> dropped;    // rows left out, by reason
  bool hides_counts = false;                       // such counts do not leave with this version
  std::vector<CardAnonymity> anonymity;            // empty where nothing was generalised
  std::vector<CardGate> gates;
  std::string content_digest;
  std::vector<std::string> warnings;  // about the data; never about inputs, whose places a card does not name
  std::set<std::string> withheld;     // "table.column": empty in every row, since the audience gets none of it
  std::string agreement;  // how far people who decided about the same thing agree, in words with its measure

  std::string summary;
  std::string license;  // an identifier that Hugging Face knows; else "other" is written
  std::string license_name;
  std::string controller;  // who answers for the personal data
  std::string contact;
  std::string authors;
  std::string citation;
};

// The whole file. Every value is escaped for YAML or Markdown; the same facts give the same bytes.
std::string dataset_card(const CardFacts& facts);

// A text as one YAML double-quoted scalar. What YAML cannot hold is escaped, bytes that are no UTF-8
// become U+FFFD.
std::string yaml_text(std::string_view text);

// A text as one line of Markdown without markup, links or HTML of its own.
std::string markdown_text(std::string_view text);

}  // namespace qf
