// Parts that the controller's papers share, each written in the language of the paper.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "qf/describe/controller_paper.h"

namespace qf {

class ControllerWriting {
 public:
  ControllerWriting(const ControllerFacts& facts, const std::string& language, std::string_view english,
                    std::string_view swedish);

  std::string word(std::string_view english, std::string_view swedish) const;
  ControllerWriting& heading(std::string_view english, std::string_view swedish);
  ControllerWriting& say(std::string_view english, std::string_view swedish);
  ControllerWriting& gap(std::string_view english, std::string_view swedish);
  ControllerWriting& note(std::string_view english, std::string_view swedish);

  void controller();
  void purposes();
  void authorisations();
  void people();
  void categories();  // in words; field by field in a fold
  void recipients();
  void terms();
  void measures();
  void agreements();
  void evidence();  // what the live versions and this program measured
  void rights_done();
  void signatures();

  Paper take() { return std::move(paper_); }
  Paper& paper() { return paper_; }

 private:
  using Rows = std::vector<std::vector<std::string>>;
  void evidence_of(const ControllerFacts::Version& version);
  void groups_of(const ControllerFacts::Version& version);
  void counts(const std::string& what, const std::map<std::string, std::string>& of);

  const ControllerFacts& facts_;
  bool swedish_;
  std::string language_;
  Paper paper_;
};

}  // namespace qf
