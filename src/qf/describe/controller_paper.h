// The papers of whoever answers for the data: the record of processing (Article 30), the impact assessment (Article 35)
// and the notice to the people in it (Article 13). Filled with what was measured; what a person must judge is a gap.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "qf/describe/paper.h"

namespace qf {

struct ControllerFacts {
  std::string name;                      // of the dataset
  std::vector<std::string> controllers;  // none where nobody has said
  std::string contact;
  std::string written_on;

  struct Authorisation {
    std::string controller, basis, dpia, audience, until, revoked_on;
    bool in_force = false;
  };
  std::vector<Authorisation> authorisations;

  struct Gate {
    std::string name, measured, required;
    bool passed = false, refuses = true;
  };
  // How far the people of a table can be told apart.
  struct Groups {
    std::string table, k, l, groups, people, unique_profiles;
    std::vector<std::pair<std::string, double>> retained;  // column → share of its information that is kept
  };
  struct Version {
    std::string name, created_on, privacy_level;
    std::vector<std::pair<std::string, std::string>> text_levels;  // by group of texts
    std::vector<Gate> gates;
    std::vector<Groups> groups;
    std::map<std::string, std::string> dropped, masked, quarantined;  // reason or type → count
    std::string quarantined_rows;                                     // "" where it is not told
  };
  std::vector<Version> versions;  // live ones
  std::uint64_t superseded_versions = 0, revoked_versions = 0;

  struct Recipient {
    std::string name, version, given_on, models;
  };
  std::vector<Recipient> recipients;

  std::uint64_t people = 0, projects = 0;
  // Counts of people, of which few are not told.
  std::map<std::string, std::string> people_by_scope, people_by_method;
  std::uint64_t access_requests = 0, erasures = 0, holds = 0;
  std::uint64_t awaiting_texts = 0, awaiting_rows = 0;  // texts set apart without a decision; rows they stand in
  std::string withdrawn_by = "0";                       // people who withdrew anything
  std::uint64_t audit_entries = 0, audit_erased = 0;
  std::string audit_problem;  // "" where the chain holds

  struct Field {
    std::string table, name, privacy_class, action, meaning, meaning_sv;
  };
  std::vector<Field> fields;  // what may hold something about a person

  struct SelfTest {
    std::string profile;
    std::uint64_t planted = 0, covered = 0;
    bool passed = false;
  };
  std::vector<SelfTest> self_tests;
  double self_test_floor = 0;

  struct Term {
    std::string name, period_en, period_sv, then_en, then_sv;
  };
  std::vector<Term> terms;
};

Paper ropa_paper(const ControllerFacts& facts, const std::string& language);
Paper dpia_paper(const ControllerFacts& facts, const std::string& language);
Paper transparency_paper(const ControllerFacts& facts, const std::string& language);

}  // namespace qf
