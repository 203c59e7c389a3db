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
  std::string name;                 // of the dataset
  std::string controller, contact;  // "" where nobody has said
  std::string written_on;

  struct Authorisation {
    std::string controller, basis, dpia, audience, until, revoked_on;
  };
  std::vector<Authorisation> authorisations;

  struct Gate {
    std::string name, measured, required;
    bool passed = false;
  };
  struct Version {
    std::string name, created_on, text_levels, privacy_level;
    std::vector<Gate> gates;
    std::map<std::string, std::string> groups;                // table → k, l, groups, as text
    std::map<std::string, std::string> dropped, masked, quarantined;  // reason or type → count
  };
  std::vector<Version> versions;  // live ones
  std::uint64_t other_versions = 0;

  struct Recipient {
    std::string name, version, given_on, models;
  };
  std::vector<Recipient> recipients;

  std::map<std::string, std::uint64_t> people_by_scope;  // scope → people whose agreement stands
  std::uint64_t people = 0, projects = 0, guessed_people = 0;
  std::uint64_t access_requests = 0, erasures = 0, withdrawals = 0, holds = 0, awaiting_decision = 0;

  struct Field {
    std::string table, name, privacy_class, action, meaning;
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
