#include "qf/describe/paper.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

#include "qf/core/digest.h"
#include "qf/describe/card.h"

namespace qf {
namespace {

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere;hyphens:auto}
h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.25rem;margin-top:2rem;border-bottom:1px solid #8886}
h3{font-size:1.05rem;margin-top:1.4rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{border:1px solid #8886;padding:.3rem .5rem;text-align:left;vertical-align:top;min-width:6rem}
th{background:#8882}mark{background:#ffd54a;color:#000;padding:0 .15em;border-radius:.2em}
.gap{border:2px dashed #c62828;padding:.5rem .7rem}.note{border-left:4px solid #1565c0;padding:.2rem .7rem;background:#1565c018}
details{border:1px solid #8886;border-radius:.3rem;padding:.4rem .6rem;margin:.5rem 0}summary{cursor:pointer}
@media(max-width:34rem){body{padding:.7rem}table{font-size:.85rem}th,td{min-width:4rem}
.wide,.wide tbody,.wide tr,.wide td{display:block;width:auto}.wide tr:first-child{display:none}
.wide tr{border:1px solid #8886;border-radius:.3rem;margin:.5rem 0}.wide td{border:0;padding:.15rem .5rem}
.wide td::before{content:attr(data-label) ": ";font-weight:600}}
@media print{details{border:0}}
)css";

std::string base64(const Sha256Bytes& bytes) {
  std::string text(48, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

// The end of a placeholder that begins at `at`, such as [PERSON_1]; `at` where there is none.
std::size_t placeholder_end(std::string_view text, std::size_t at) {
  std::size_t i = at + 1;
  while (i < text.size() && ((text[i] >= 'A' && text[i] <= 'Z') || text[i] == '_')) ++i;
  if (i - at < 3 || text[i - 1] != '_') return at;
  const std::size_t digits = i;
  while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
  return i > digits && i < text.size() && text[i] == ']' ? i + 1 : at;
}

// HTML with the placeholders of redaction highlighted.
std::string marked_text(std::string_view text) {
  std::string out;
  std::size_t from = 0;
  for (std::size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1)) {
    const std::size_t end = placeholder_end(text, at);
    if (end == at) continue;
    out += html_text(text.substr(from, at - from)) + "<mark>" + html_text(text.substr(at, end - at)) + "</mark>";
    from = end;
  }
  return out + html_text(text.substr(from));
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\0': out += "\xEF\xBF\xBD"; break;
      default: out += c;
    }
  }
  return out;
}

void Paper::add(Kind kind, std::string text, int level) {
  Block block;
  block.kind = kind;
  block.level = level;
  block.rows.push_back({std::move(text)});
  blocks_.push_back(std::move(block));
}

void Paper::heading(int level, std::string text) { add(Kind::kHeading, std::move(text), level); }
void Paper::paragraph(std::string text) { add(Kind::kParagraph, std::move(text)); }
void Paper::gap(std::string text) { add(Kind::kGap, std::move(text)); }
void Paper::note(std::string text) { add(Kind::kNote, std::move(text)); }
void Paper::open_fold(std::string summary) { add(Kind::kOpenFold, std::move(summary)); }
void Paper::close_fold() { add(Kind::kCloseFold, {}); }

void Paper::list(std::vector<std::string> items) {
  if (items.empty()) return;
  Block block;
  block.kind = Kind::kList;
  block.rows.push_back(std::move(items));
  blocks_.push_back(std::move(block));
}

void Paper::table(std::vector<std::string> header, std::vector<std::vector<std::string>> rows) {
  if (rows.empty()) return;
  Block block;
  block.kind = Kind::kTable;
  block.rows = std::move(rows);
  block.rows.insert(block.rows.begin(), std::move(header));
  blocks_.push_back(std::move(block));
}

std::string Paper::markdown() const {
  const std::string_view todo = language_ == "sv" ? "ATT FYLLA I" : "TO FILL IN";
  std::string out = "# " + markdown_text(title_) + "\n";
  for (const Block& block : blocks_) {
    const std::string text = block.kind == Kind::kList || block.kind == Kind::kTable
                                 ? std::string()
                                 : markdown_text(block.rows.front().front());
    switch (block.kind) {
      case Kind::kHeading:
        out += fmt::format("\n{} {}\n", std::string(static_cast<std::size_t>(block.level), '#'), text);
        break;
      case Kind::kParagraph: out += "\n" + text + "\n"; break;
      case Kind::kGap: out += fmt::format("\n> **{}:** {}\n", todo, text); break;
      case Kind::kNote: out += "\n> " + text + "\n"; break;
      case Kind::kOpenFold: out += "\n**" + text + "**\n"; break;
      case Kind::kCloseFold: break;
      case Kind::kList:
        out += "\n";
        for (const std::string& item : block.rows.front()) out += "- " + markdown_text(item) + "\n";
        break;
      case Kind::kTable:
        out += "\n";
        for (std::size_t row = 0; row < block.rows.size(); ++row) {
          out += "|";
          for (const std::string& cell : block.rows[row]) out += " " + markdown_text(cell) + " |";
          out += "\n";
          if (row != 0) continue;
          out += "|";
          for (std::size_t i = 0; i < block.rows[0].size(); ++i) out += "---|";
          out += "\n";
        }
        break;
    }
  }
  return out;
}

std::string Paper::html() const {
  const std::string_view todo = language_ == "sv" ? "Att fylla i: " : "To fill in: ";
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; base-uri "
      "'none'; form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>{}</style></head><body>\n"
      "<h1>{}</h1>\n",
      html_text(language_), base64(sha256(kStyle)), html_text(title_), kStyle, html_text(title_));
  for (const Block& block : blocks_) {
    const std::string text = block.kind == Kind::kList || block.kind == Kind::kTable
                                 ? std::string()
                                 : marked_text(block.rows.front().front());
    const bool wide = block.kind == Kind::kTable && block.rows[0].size() >= 4;
    switch (block.kind) {
      case Kind::kHeading: out += fmt::format("<h{0}>{1}</h{0}>\n", block.level, text); break;
      case Kind::kParagraph: out += "<p>" + text + "</p>\n"; break;
      case Kind::kGap: out += fmt::format("<p class=\"gap\"><strong>{}</strong>{}</p>\n", todo, text); break;
      case Kind::kNote: out += "<p class=\"note\">" + text + "</p>\n"; break;
      case Kind::kOpenFold: out += "<details><summary>" + text + "</summary>\n"; break;
      case Kind::kCloseFold: out += "</details>\n"; break;
      case Kind::kList:
        out += "<ul>";
        for (const std::string& item : block.rows.front()) out += "<li>" + marked_text(item) + "</li>";
        out += "</ul>\n";
        break;
      case Kind::kTable:
        // On a phone each row of a wide table is a card of its own, whose cells say what they are.
        out += wide ? "<div class=\"scroll\"><table class=\"wide\">" : "<div class=\"scroll\"><table>";
        for (std::size_t row = 0; row < block.rows.size(); ++row) {
          const std::string_view cell_tag = row == 0 ? "th" : "td";
          out += "<tr>";
          for (std::size_t i = 0; i < block.rows[row].size(); ++i) {
            const bool labelled = wide && row != 0 && i < block.rows[0].size();
            out += fmt::format("<{0}{1}>{2}</{0}>", cell_tag,
                               labelled ? fmt::format(" data-label=\"{}\"", html_text(block.rows[0][i])) : "",
                               marked_text(block.rows[row][i]));
          }
          out += "</tr>\n";
        }
        out += "</table></div>\n";
        break;
    }
  }
  return out + "</body></html>\n";
}

}  // namespace qf
