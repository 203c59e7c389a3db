// A paper for people: headings, paragraphs, lists and tables that become Markdown, or a web page of one file that asks
// no network for anything and reads on a phone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qf {

class Paper {
 public:
  // `language` is sv or en: what the page says of itself.
  Paper(std::string title, std::string language) : title_(std::move(title)), language_(std::move(language)) {}

  // Every text is plain: nothing in it becomes markup, whoever wrote it. In a web page the placeholders of redaction
  // ("[PERSON_1]") are highlighted.
  void heading(int level, std::string text);  // 2 or 3; the title is 1
  void paragraph(std::string text);
  void gap(std::string text);  // what the program cannot know and a person has to fill in; shown as such
  void note(std::string text);
  void list(std::vector<std::string> items);
  void table(std::vector<std::string> header, std::vector<std::vector<std::string>> rows);
  // What lies between is folded away under the summary until somebody opens it.
  void open_fold(std::string summary);
  void close_fold();

  const std::string& title() const { return title_; }
  std::string markdown() const;
  std::string html() const;

 private:
  enum class Kind { kHeading, kParagraph, kGap, kNote, kList, kTable, kOpenFold, kCloseFold };
  struct Block {
    Kind kind = Kind::kParagraph;
    int level = 0;
    std::vector<std::vector<std::string>> rows;  // a text is one row of one cell
  };
  void add(Kind kind, std::string text, int level = 0);

  std::string title_, language_;
  std::vector<Block> blocks_;
};

// A text as it stands in HTML, outside and inside of quoted attributes.
std::string html_text(std::string_view text);

}  // namespace qf
