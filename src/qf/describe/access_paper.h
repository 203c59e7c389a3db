// The papers that a person gets who asks what is kept of them: a page with everything, and a letter.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "qf/describe/paper.h"

namespace qf {

// Why a permitted record is in no version, beside the names of drop reasons.
inline constexpr std::string_view kAfterLatestBuild = "after_latest_build";
inline constexpr std::string_view kNotBuilt = "not_built";
inline constexpr std::string_view kAllowedSince = "allowed_since";
inline constexpr std::string_view kNotTold = "not_told";

struct AccessFacts {
  std::string subject;
  std::string asked_on, answer_by, destroy_package_on;  // days
  bool found = false;                                   // anything of the person is kept

  struct Version {
    std::string name, state, created_on, review_on, retire_on;
    std::string pseudonym;   // of the person in it; "" where its rows carry none, or it cannot be computed
    std::uint64_t rows = 0;  // of the person
    std::vector<std::pair<std::string, std::string>> text_levels;  // what of texts it holds, by group
    std::string unknown_en, unknown_sv;  // why its rows could not be found; "" where they were
  };
  std::vector<Version> versions;

  struct Recipient {
    std::string name, version, given_on, models;
  };
  std::vector<Recipient> recipients;

  struct Agreement {
    std::string scope, status, given_on, covers_from, expires_on, method, notice, evidence, recorded_by;
  };
  std::vector<Agreement> agreements;

  std::string controller;
  struct Project {
    std::string name, state_en, state_sv;  // read again, or why not
    std::uint64_t rows = 0;
    std::string log_due_on;                                 // when its holder should have reduced it
    std::map<std::string, std::uint64_t> dropped_at_build;  // by the newest version's build: reason → rows
  };
  std::vector<Project> projects;

  std::map<std::string, std::uint64_t> kept_in;  // version → rows that were read again and stand in it
  std::map<std::string, std::uint64_t> dropped;  // reason → rows
  // Permitted, and in no version: why, as far as the newest build's record tells → rows.
  std::map<std::string, std::uint64_t> nowhere;
  struct Changed {
    std::string meaning_en, meaning_sv;
    std::uint64_t rows = 0;
    std::uint64_t coarser = 0;  // of these, as something coarser
  };
  // Of each version: "table.field" → rows in which it leaves changed or not at all.
  std::map<std::string, std::map<std::string, Changed>> changed;

  struct Held {
    std::string project, place, field, reason, decision;
  };
  std::vector<Held> held;  // texts set apart

  struct Row {
    std::string day, place, table, what, fate_en, fate_sv, changed;
  };
  std::vector<Row> rows;  // the first ones; all of them are in the files
  std::uint64_t all_rows = 0;

  // Where others wrote the person's name beside what they did, and what the audit log says of the person.
  struct Named {
    std::string where, on;          // table; day
    nlohmann::ordered_json fields;  // what it says, other people's names masked
  };
  std::vector<Named> named;
  struct Entry {
    std::int64_t seq = 0;
    std::string kind, at;
    nlohmann::ordered_json fields;  // null where what it said is gone
  };
  std::vector<Entry> entries;

  struct Term {
    std::string what_en, what_sv, period_en, period_sv;
  };
  std::vector<Term> terms;
};

// `language` is sv or en.
Paper access_page(const AccessFacts& facts, const std::string& language);
Paper access_letter(const AccessFacts& facts, const std::string& language);

}  // namespace qf
